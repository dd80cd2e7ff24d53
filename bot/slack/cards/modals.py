"""The modals: edit a recording, or delete it; and what was entered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.blockkit import Block, clean, cut, plain
from bot.slack.cards.drawn import context, section
from bot.slack.cards.figures import bold, scope
from bot.slack.cards.recording import PRIVATE_HINT, lines, title
from bot.slack.emoji import spelled_out
from bot.slack.values import ModalValue, Submission, decode, encode
from providers.model import Recording, RecordingChange, Scope

_LONGEST = {"title": 255, "tags": 1_000, "comments": 3_000, "pin": 64}
_SETTABLE = (Scope.PRIVATE, Scope.ORGANIZATION, Scope.PUBLIC)
_REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Edited:
    """What came back from the edit modal: only the fields that were changed.

    `errors` are sentences by block_id, as Slack shows them in the modal; with any, nothing is to be changed.
    """

    about: ModalValue
    change: RecordingChange
    errors: Mapping[str, str]


def edit_modal(about: ModalValue, recording: Recording) -> Block:
    """A view with the recording's fields as they are now. A PIN is never drawn: it can be set anew or removed."""
    pin_hint = "A PIN is set. Leave this empty to keep it." if recording.has_pin else "No PIN is set."
    blocks = [
        _text("title", "Title", recording.title, needed=True),
        _text("tags", "Tags", recording.tags),
        _text("comments", "Comment", recording.comments, many_lines=True),
        _scopes(recording.scope),
        _text("pin", "PIN", "", hint=pin_hint),
    ]
    if recording.has_pin:
        choice = {"text": _plain("Remove the PIN"), "value": _REMOVE}
        element = {"type": "checkboxes", "action_id": "pin_removal", "options": [choice]}
        blocks.append(_input("pin_removal", "PIN protection", element))
    return _modal(Submission.EDIT, "Edit the recording", "Save", about, blocks)


def delete_modal(about: ModalValue, recording: Recording) -> Block:
    """A view that asks before a recording is deleted for good. A locked one has to be unlocked first."""
    if recording.locked:
        text = f"{bold(title(recording))} is locked. Unlock it first: More, then Unlock."
        return _modal(Submission.DELETE, "It is locked", None, about, [section(text)])
    blocks = [
        section(f"Delete this recording for good?\n\n{lines(recording)}"),
        context("Nobody can bring it back."),
    ]
    return _modal(Submission.DELETE, "Delete the recording?", "Delete", about, blocks)


def read_modal(view: Mapping[str, Any]) -> ModalValue:
    """What a submitted modal is about, or UsageError."""
    return decode(ModalValue, str(view.get("private_metadata") or ""))


def read_edit(view: Mapping[str, Any]) -> Edited:
    """What was entered in the edit modal. A field that reads as it was drawn is not changed."""
    entered, drawn = _entered(view), _drawn(view)
    changed = {key: text for key, text in entered.items() if _looked(text) != _looked(drawn.get(key, ""))}
    errors: dict[str, str] = {}
    if "title" in changed and not changed["title"]:
        errors["title"] = "A recording needs a title."
    for key, text in entered.items():
        if len(text) > _LONGEST.get(key, 3_000):
            errors[key] = f"At most {_LONGEST[key]} characters."
    pin: str | None = changed.get("pin") or None
    removed = _REMOVE in _chosen(view, "pin_removal")
    if pin and removed:
        errors["pin"] = "Either set a new PIN or remove it, not both."
    elif pin and not (pin.isascii() and pin.isprintable() and " " not in pin):
        errors["pin"] = "A PIN has letters, digits and signs, without spaces."
    return Edited(
        read_modal(view),
        RecordingChange(
            title=changed.get("title"),
            tags=changed.get("tags"),
            comments=changed.get("comments"),
            scope=_scope(view, drawn.get("scope", "")),
            pin="" if removed else pin,
        ),
        errors,
    )


# -- drawing --------------------------------------------------------------------------------------


def _modal(
    callback: Submission, heading: str, submit: str | None, about: ModalValue, blocks: list[Block]
) -> Block:
    view: Block = {
        "type": "modal",
        "callback_id": callback.value,
        "private_metadata": encode(about),
        "title": _plain(heading),
        "close": _plain("Cancel"),
        "blocks": blocks,
    }
    return view | ({"submit": _plain(submit)} if submit else {})


def _text(
    key: str, label: str, value: str, *, needed: bool = False, many_lines: bool = False, hint: str = ""
) -> Block:
    longest = _LONGEST[key]
    shown = clean(value).strip()[:longest].strip() if many_lines else cut(value, longest)
    element: Block = {"type": "plain_text_input", "action_id": key, "max_length": longest}
    if many_lines:
        element["multiline"] = True
    if shown:
        element["initial_value"] = shown
    return _input(key, label, element, needed=needed, hint=hint)


def _scopes(now: Scope | None) -> Block:
    options = [{"text": _plain(scope(one)), "value": one.value} for one in _SETTABLE]
    element: Block = {
        "type": "static_select",
        "action_id": "scope",
        "options": options,
        "placeholder": _plain(f"{scope(now)}: leave as it is" if now else "Leave as it is"),
    }
    if now in _SETTABLE:
        element["initial_option"] = options[_SETTABLE.index(now)]
    return _input("scope", "Who may see it", element, hint=PRIVATE_HINT)


def _input(key: str, label: str, element: Block, *, needed: bool = False, hint: str = "") -> Block:
    block: Block = {
        "type": "input",
        "block_id": key,
        "label": _plain(label),
        "element": element,
        "optional": not needed,
    }
    return block | ({"hint": _plain(hint, 300)} if hint else {})


def _plain(text: str, limit: int = 75) -> Block:
    return {"type": "plain_text", "text": plain(text, limit)}


# -- reading --------------------------------------------------------------------------------------


def _entered(view: Mapping[str, Any]) -> dict[str, str]:
    found = {key: _state(view, key, "value") for key in _LONGEST}
    return {
        key: _lines(text, named=key != "pin") if isinstance(text, str) else "" for key, text in found.items()
    }


def _drawn(view: Mapping[str, Any]) -> dict[str, str]:
    """What the modal showed when it was opened. Slack sends the blocks back with what was entered."""
    found: dict[str, str] = {}
    for block in _list(view.get("blocks")):
        shown = _at(block, "element", "initial_value") or _at(block, "element", "initial_option", "value")
        found[str(_at(block, "block_id"))] = _lines(shown) if isinstance(shown, str) else ""
    return found


def _looked(text: str) -> str:
    """The text as both sides of Slack have it: an emoji's name does not say whether it is to be drawn in colours."""
    return text.replace("\ufe0f", "")


def _state(view: Mapping[str, Any], key: str, *within: str) -> Any:
    return _at(view, "state", "values", key, key, *within)


def _chosen(view: Mapping[str, Any], key: str) -> list[Any]:
    return [_at(option, "value") for option in _list(_state(view, key, "selected_options"))]


def _scope(view: Mapping[str, Any], drawn: str) -> Scope | None:
    chosen = _state(view, "scope", "selected_option", "value")
    return Scope(chosen) if chosen in _SETTABLE and chosen != drawn else None


def _at(value: Any, *keys: str) -> Any:
    """What lies at the end of these keys; None where anything but an object is in the way."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _lines(text: str, *, named: bool = True) -> str:
    """What was written, on its lines. `named`: emoji came by their names."""
    text = clean(text.replace("\r\n", "\n")).strip()
    return spelled_out(text) if named else text
