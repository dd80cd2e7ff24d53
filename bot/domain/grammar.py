"""From what was typed after `/record` and `/recordings` to plain values.

Whatever is typed, the answer is a value or a `UsageError` that shows how to write it. Nothing here knows
which rooms, providers or recordings there are.
"""

import difflib
import re
from collections.abc import Sequence
from datetime import datetime

from bot.domain.commands import (
    LATEST_DEFAULT,
    LATEST_MOST,
    HelpCommand,
    LatestCommand,
    RecordCommand,
    RecordingsCommand,
    RecordVerb,
    SearchCommand,
    ShowCommand,
    SubscribeCommand,
    SubscriptionsCommand,
    UnsubscribeCommand,
)
from bot.domain.errors import UsageError
from bot.domain.filters import FILTERS, read_filters
from bot.domain.policy import Verb
from bot.domain.subscription import meaning
from bot.domain.words import LONGEST_VALUE, Word, shown, split
from providers.model import RecordingId, Scope
from providers.spelling import folded

_SEARCH_VERBS = ("search", "latest", "show", "subscribe", "unsubscribe", "subscriptions", "help")
_OPTIONS = {"profile": "profile:NAME", "on": "on:PROVIDER"}
_TARGETS = {
    RecordVerb.START,
    RecordVerb.STOP,
    RecordVerb.PAUSE,
    RecordVerb.RESUME,
    RecordVerb.STATUS,
    RecordVerb.CAN,
}
_MENTION = re.compile(r"<@([UW][A-Z0-9]{1,20})(?:\|[^<>]*)?>|([UW][A-Z0-9]{2,20})")
_EXAMPLE = "ROOMKEY"


def read_record(text: str) -> RecordCommand:
    """What was typed after `/record`, or UsageError."""
    options: dict[str, str] = {}
    rest: list[Word] = []
    for word in split(text):
        if word.key is None or (not word.text and word.key not in _OPTIONS):
            rest.append(word)
        else:
            _take_option(options, word)
    if not rest:
        if options:
            example = shown(f"/record start {_EXAMPLE} {text.strip()}")
            raise UsageError(f"What is to be done? For example {example}")
        return RecordCommand(RecordVerb.HELP)
    verb = _record_verb(rest)
    if verb is RecordVerb.HELP:
        return RecordCommand(verb)
    rest = rest[1:]
    who, what = None, None
    if verb is RecordVerb.CAN:
        who, what, rest = _permission(rest)
    webcast = verb is RecordVerb.START and any(_is_webcast(word) for word in rest)
    if verb is RecordVerb.START:
        rest = [word for word in rest if not _is_webcast(word)]
    elif "profile" in options:
        example = shown(f"/record start {_EXAMPLE} profile:{options['profile']}")
        raise UsageError(f"`profile:` goes with start only: {example}")
    target = _target(rest, verb)
    return RecordCommand(
        verb,
        target=target if verb in _TARGETS else None,
        profile=options.get("profile"),
        on=folded(options["on"]) if "on" in options else None,
        webcast=webcast,
        name=target if verb is RecordVerb.ROOM else None,
        who=who,
        what=what,
    )


def read_recordings(text: str, now: datetime, zone: str | None) -> RecordingsCommand:
    """What was typed after `/recordings`, or UsageError. Days are those of the asker's `zone`."""
    words = split(text)
    if not words:
        return HelpCommand()
    first = next((word for word in words if word.key is None), None)
    verb = folded(first.text) if first else ""
    if first is None or verb not in _SEARCH_VERBS:
        raise UsageError(_no_recordings_verb(words, verb))
    words.remove(first)
    if verb == "help":
        return HelpCommand()
    if verb == "search":
        query, on = read_filters(words, now, zone)
        return SearchCommand(query, on)
    if verb == "subscribe":
        return _subscribe(words, now, zone)
    if verb == "unsubscribe":
        return _unsubscribe(words, now, zone)
    if verb == "subscriptions":
        if words:
            raise UsageError(
                "`/recordings subscriptions` stands alone; it lists what this channel is told of."
            )
        return SubscriptionsCommand()
    on, rest = _only_on(words, verb)
    if verb == "latest":
        return LatestCommand(_count(rest), on)
    return ShowCommand(_recording_id(rest), on)


# -- /record --------------------------------------------------------------------------------------


def _take_option(options: dict[str, str], word: Word) -> None:
    key = word.key or ""
    if key not in _OPTIONS:
        raise UsageError(
            f"{shown(word.typed)}: there is no option `{key}:` here. Known are `profile:NAME`, `on:PROVIDER` and "
            f'`webcast`. A name with a colon goes into quotes: `/record start "{_plain(word.typed)}"`'
        )
    if not word.text:
        raise UsageError(f"`{key}:` needs a value right behind the colon: `{_OPTIONS[key]}`")
    if key in options:
        raise UsageError(f"`{key}:` is given twice. Once is enough: `{_OPTIONS[key]}`")
    options[key] = _short(word.text, f"What stands behind `{key}:`")


def _record_verb(rest: Sequence[Word]) -> RecordVerb:
    typed, verb = rest[0].text, folded(rest[0].text)
    try:
        return RecordVerb(verb)
    except ValueError:
        pass
    behind = " ".join(word.typed for word in rest[1:])
    near = difflib.get_close_matches(verb[:40], list(RecordVerb), 1, 0.6)
    if near:
        meant = shown(f"/record {near[0]} {behind}".strip())
        raise UsageError(f"There is no {shown('/record ' + typed)}. Did you mean {meant}?")
    start = shown("/record start " + " ".join(word.typed for word in rest))
    raise UsageError(
        f"{shown(typed)} is nothing that `/record` can do. To record a room of that name: {start}. "
        f"Known are {', '.join(RecordVerb)}."
    )


def _permission(rest: list[Word]) -> tuple[str | None, Verb, list[Word]]:
    """Whose permission, for what, and the words that name with what."""
    example = f"`/record can @vova stop {_EXAMPLE}`, or `/record can me start`"
    if not rest:
        raise UsageError(f"Who, and what? For example {example}")
    match = _MENTION.fullmatch(rest[0].typed)
    if match is None and folded(rest[0].text) != "me":
        raise UsageError(f"{shown(rest[0].typed)} is nobody whom Slack knows. Mention a person: {example}")
    if len(rest) == 1:
        raise UsageError(f"May they do what? Known are {', '.join(Verb)}: {example}")
    verb = folded(rest[1].text)
    try:
        what = Verb(verb)
    except ValueError:
        near = difflib.get_close_matches(verb[:40], list(Verb), 1, 0.6)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(
            f"{shown(rest[1].typed)} is nothing that rules speak of. {meant}Known are {', '.join(Verb)}: {example}"
        ) from None
    return (match[1] or match[2]) if match else None, what, rest[2:]


def _is_webcast(word: Word) -> bool:
    return not word.quoted and folded(word.text) == "webcast"


def _target(rest: Sequence[Word], verb: RecordVerb) -> str | None:
    target = _short(" ".join(word.text or word.typed for word in rest).strip(), "The name of a room")
    if verb is RecordVerb.START and not target:
        raise UsageError(
            f"Which room? Write its key, its name or a join link: `/record start {_EXAMPLE}` or "
            '`/record start "Board room" profile:NAME`'
        )
    if verb is RecordVerb.PROFILES and target:
        raise UsageError(
            "`/record profiles` takes no room; at most a provider: `/record profiles on:PROVIDER`"
        )
    if verb is RecordVerb.CALLS and target:
        record = shown(f"/record start {target}")
        raise UsageError(f"`/record calls` lists the live calls. To record one of them: {record}")
    return target or None


# -- /recordings ----------------------------------------------------------------------------------


def _no_recordings_verb(words: Sequence[Word], verb: str) -> str:
    near = difflib.get_close_matches(verb[:40], _SEARCH_VERBS, 1, 0.6) if verb else []
    if near:
        behind = [word.typed for word in words if not (word.key is None and folded(word.text) == verb)]
        return (
            f"There is no {shown('/recordings ' + verb)}. Did you mean "
            f"{shown(f'/recordings {near[0]} ' + ' '.join(behind))}?"
        )
    search = shown("/recordings search " + " ".join(word.typed for word in words))
    return f"To look for that: {search}. Known are {', '.join(_SEARCH_VERBS)}."


def _only_on(words: Sequence[Word], verb: str) -> tuple[str | None, list[Word]]:
    on: str | None = None
    rest: list[Word] = []
    for word in words:
        if word.key is None:
            rest.append(word)
        elif word.key != "on":
            known = (
                "goes with `/recordings search` and `subscribe`" if word.key in FILTERS else "is no filter"
            )
            raise UsageError(f"`{word.key}:` {known}; `/recordings {verb}` takes `on:PROVIDER` at most.")
        elif not word.text or on is not None:
            raise UsageError(f"Name one provider: `/recordings {verb} on:PROVIDER`")
        else:
            on = _short(folded(word.text), "A provider's name")
    return on, rest


def _subscribe(words: Sequence[Word], now: datetime, zone: str | None) -> SubscribeCommand:
    """A subscription looks ahead and in no order, so dates and `sort:` are refused rather than ignored."""
    for word in words:
        if word.key in ("since", "until", "sort"):
            raise UsageError(
                f"`{word.key}:` does not go with subscribe, which tells of each recording that comes: "
                '`/recordings subscribe room:"Board room" longer:10m`'
            )
    query, on = read_filters(words, now, zone)
    if query.scope is Scope.PRIVATE:
        raise UsageError("Private recordings are shown to nobody here, so none of them would be told.")
    return SubscribeCommand(query, on, " ".join(word.typed for word in words))


def _unsubscribe(words: Sequence[Word], now: datetime, zone: str | None) -> UnsubscribeCommand:
    if not words:
        return UnsubscribeCommand()
    if len(words) == 1 and words[0].key is None:
        if folded(words[0].text) == "all":
            return UnsubscribeCommand(everything=True)
        if re.fullmatch(r"[0-9]{1,4}", number := folded(words[0].text)):
            return UnsubscribeCommand(number=int(number))
    meant = _subscribe(words, now, zone)
    return UnsubscribeCommand(meaning=meaning(meant.query, meant.on))


def _count(rest: Sequence[Word]) -> int:
    if not rest:
        return LATEST_DEFAULT
    number = folded(rest[0].text)
    if len(rest) == 1 and re.fullmatch(r"[0-9]{1,4}", number) and 1 <= int(number) <= LATEST_MOST:
        return int(number)
    raise UsageError(
        f"`/recordings latest` takes a number from 1 to {LATEST_MOST}: `/recordings latest 10`. "
        "To look for words: `/recordings search standup`"
    )


def _recording_id(rest: Sequence[Word]) -> RecordingId:
    if len(rest) == 1 and re.fullmatch(r"[0-9]{1,18}", number := folded(rest[0].text)):
        return RecordingId(number)
    raise UsageError(
        "Which recording? Write its number: `/recordings show 4711`. A search shows the numbers."
    )


def _short(text: str, what: str) -> str:
    if len(text) > LONGEST_VALUE:
        raise UsageError(f"{what} has at most {LONGEST_VALUE} characters.")
    return text


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "'").replace('"', "").split())[:60]
