"""What people do, for tests: they type, press, fill in, look, and wait until they see something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sandbox.slack.actions import Actions, PressResult, find_part
from sandbox.slack.commands import CommandResult, Commands, with_mentions
from sandbox.slack.events import EventResult, Events
from sandbox.slack.model import BOT_USER, Conversation, Failure, Json, Message, UploadedFile, View
from sandbox.slack.reading import Button, buttons_of, text_of
from sandbox.slack.refusal import NotThere
from sandbox.slack.submissions import Submissions, SubmitResult, enter
from sandbox.slack.views import Views
from sandbox.slack.workspace import Workspace

Seen = TypeVar("Seen")
PATIENCE = 5.0


class Hands:
    """People may be named by id or by name (`vova`), channels by id or by name (`#standup`)."""

    workspace: Workspace
    views: Views
    commands: Commands
    actions: Actions
    submissions: Submissions
    events: Events

    async def command(self, user: str, channel: str, text: str) -> CommandResult:
        """Type a slash command. Returns once the app has acknowledged it, or has not."""
        if not text.startswith("/"):
            raise ValueError(f"A command begins with a slash: {text}")
        person, conversation = self._at(user, channel)
        return await self.commands.run(person, conversation, text)

    def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Message:
        """Write an ordinary message."""
        person, conversation = self._at(user, channel)
        text = with_mentions(self.workspace, text, named=False)
        parent = conversation.find(thread_ts) if thread_ts else None
        if thread_ts and (parent is None or parent.is_reply):
            raise NotThere(f"There is no thread {thread_ts} in {conversation.id}.")
        ts = self.workspace.new_ts()
        message = Message(ts, conversation.id, person, text, thread_ts=parent.ts if parent else None)
        self.workspace.add(message)
        self.events.said(message)
        return message

    async def click(
        self, user: str, target: Message | View, action_id: str, value: Any = None, *, option: Any = None
    ) -> PressResult:
        """Press a button, or choose in a menu.

        `value` tells buttons apart that share an action id, or is what is entered; `option` is an option's
        value or its text. Raises NotThere when this person sees no such thing.
        """
        person = self.workspace.person(user).id
        block, element = find_part(target.blocks, action_id, None, value)
        return await self._press(person, target, block, element, option if option is not None else value)

    async def press(
        self, user: str, target: Message | View, label: str, *, value: str | None = None
    ) -> PressResult:
        """Press what reads `label`: a button, or an option of an overflow menu.

        Raises NotThere when there is none, or several that `value` does not tell apart.
        """
        person = self.workspace.person(user).id
        buttons = [b for b in buttons_of(target) if b.label == label and value in (None, b.value)]
        if len(buttons) != 1:
            known = ", ".join(f"{b.label} ({b.value})" for b in buttons_of(target))
            raise NotThere(f"There are {len(buttons)} things to press that read {label}, of: {known}.")
        return await self._press_button(person, target, buttons[0])

    async def submit(self, user: str, view: View, values: Json | None = None) -> SubmitResult:
        """Fill in a form and submit it: what is entered by block_id or by action_id."""
        person = self.workspace.person(user).id
        if view is not self.views.top(person):
            raise NotThere(f"{person} does not have this view open.")
        enter(view.blocks, view.state, values or {})
        return await self.submissions.submit(person, view)

    def close(self, user: str, view: View) -> None:
        """Close a modal without submitting it."""
        self.submissions.close(self.workspace.person(user).id, view)

    async def open_home(self, user: str) -> EventResult:
        """Look at the app's home tab; `home_of` shows what the app then publishes."""
        person = self.workspace.person(user).id
        conversation = self.workspace.direct_message(BOT_USER, person)
        event = {"type": "app_home_opened", "user": person, "channel": conversation.id, "tab": "home"}
        return await self.events.emit(event | {"event_ts": self.workspace.new_ts()})

    async def emit(self, event: Json) -> EventResult:
        """Tell the app of any event, with all the repeats it takes."""
        return await self.events.emit(event)

    def messages(self, channel: str, user: str | None = None, thread_ts: str | None = None) -> list[Message]:
        """What this person sees there, oldest first, threads and ephemeral messages included.

        Without a person it is what everybody sees; with `thread_ts` one thread, its parent first.
        """
        person = self.workspace.person(user).id if user else None
        seen = self.workspace.seen_by(self.workspace.conversation(channel), person)
        return [m for m in seen if thread_ts in (None, m.ts, m.thread_ts)]

    def dm(self, user: str) -> Conversation:
        """This person's direct messages with the app."""
        return self.workspace.direct_message(BOT_USER, self.workspace.person(user).id)

    def view_of(self, user: str) -> View | None:
        """The modal that this person has in front of them."""
        return self.views.top(self.workspace.person(user).id)

    def home_of(self, user: str) -> View | None:
        return self.views.home(self.workspace.person(user).id)

    @property
    def files(self) -> list[UploadedFile]:
        """All files whose upload was completed."""
        return list(self.workspace.files.values())

    @property
    def failures(self) -> list[Failure]:
        """What people saw because the app did not answer as it should."""
        return self.workspace.failures

    async def wait_for(self, look: Callable[[], Seen], timeout: float = PATIENCE) -> Seen:
        """What `look` returns once that is true; it is asked after each change.

        Raises TimeoutError, which says what people see instead, after `timeout` real seconds.
        """
        try:
            return await self.workspace.news.wait_for(look, timeout)
        except TimeoutError:
            raise TimeoutError(f"Not seen within {timeout} s. {self._summary()}") from None

    async def see(
        self, channel: str, *wanted: str, user: str | None = None, timeout: float = PATIENCE
    ) -> Message:
        """The newest message there that holds all of these words, as soon as there is one."""

        def look() -> Message | None:
            for message in reversed(self.messages(channel, user)):
                shown = text_of(message)
                if all(words in shown for words in wanted):
                    return message
            return None

        seen = await self.wait_for(look, timeout)
        assert seen is not None
        return seen

    async def see_view(self, user: str, *wanted: str, timeout: float = PATIENCE) -> View:
        """The modal in front of this person, as soon as it holds all of these words."""

        def look() -> View | None:
            view = self.view_of(user)
            return view if view and all(words in text_of(view) for words in wanted) else None

        seen = await self.wait_for(look, timeout)
        assert seen is not None
        return seen

    async def _press_button(self, person: str, target: Message | View, button: Button) -> PressResult:
        block, element = find_part(target.blocks, button.action_id, button.block_id, button.value)
        return await self._press(person, target, block, element, button.value)

    async def _press(
        self, person: str, target: Message | View, block: Json, element: Json, choice: Any
    ) -> PressResult:
        if isinstance(target, View):
            if target not in self.views.stack(person) and target is not self.views.home(person):
                raise NotThere(f"{person} does not have this view open.")
            return await self.actions.in_view(person, target, block, element, choice)
        conversation = self.workspace.conversations[target.channel]
        if target not in self.workspace.seen_by(conversation, person):
            raise NotThere(f"{person} does not see this message.")
        return await self.actions.in_message(person, target, block, element, choice)

    def _at(self, user: str, channel: str) -> tuple[str, Conversation]:
        person = self.workspace.person(user).id
        conversation = self.workspace.conversation(channel)
        if not conversation.visible_to(person):
            raise NotThere(f"{person} is not in {channel}.")
        return person, conversation

    def _summary(self) -> str:
        lines: Sequence[str] = [
            f"{c.name or c.id}{' (to ' + m.ephemeral_to + ')' if m.ephemeral_to else ''}: {text_of(m)}"
            for c in self.workspace.conversations.values()
            for m in c.messages[-5:]
        ]
        failed = [failure.text for failure in self.failures[-5:]]
        return "People see: " + " / ".join([*lines, *failed] or ["nothing"])
