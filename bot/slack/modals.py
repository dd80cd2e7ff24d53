"""Hears Edit… and Delete…, and what is submitted in their modals.

A modal must open within three seconds, and a library may take longer: so it opens empty, and is filled.
"""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import CannotDo, UsageError
from bot.domain.policy import Verb
from bot.domain.requests import DeleteRecording, EditRecording, Request
from bot.recording.permission import of_kept
from bot.recording.search import find_recording
from bot.slack import cards
from bot.slack.answering import Desk, Listener, answering, choosing, keeping
from bot.slack.heard import Heard
from bot.slack.refusal import NOT_TAKEN, code_of
from bot.slack.values import Action, ModalValue, MoreValue, Submission, decode
from providers.errors import ProviderError


class Modals:
    """Edit and delete, from the menu to the kept request."""

    def __init__(self, desk: Desk, client: AsyncWebClient) -> None:
        self._desk = desk
        self._client = client
        self._keep_edit = keeping(_edit, desk)

    def openers(self) -> dict[Action, Listener]:
        """The listeners of the menu's two choices."""
        return {
            Action.EDIT: answering(self._open_edit, self._desk),
            Action.DELETE: answering(self._open_delete, self._desk),
        }

    def register(self, app: AsyncApp) -> None:
        app.view(Submission.EDIT.value)(choosing(self.submit_edit, self._desk))
        app.view(Submission.DELETE.value)(keeping(_delete, self._desk))

    async def submit_edit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """What is wrong is said beside its field, and the modal stays open."""
        try:
            edited = cards.read_edit(Heard(body).view)
        except UsageError:
            await self._keep_edit(ack, body)
            return
        if edited.errors:
            await ack(response_action="errors", errors=dict(edited.errors))
        else:
            await self._keep_edit(ack, body)

    async def _open_edit(self, heard: Heard) -> None:
        await self._open(heard, Verb.EDIT, "Edit the recording")

    async def _open_delete(self, heard: Heard) -> None:
        await self._open(heard, Verb.DELETE, "Delete the recording?")

    async def _open(self, heard: Heard, verb: Verb, title: str) -> None:
        value = decode(MoreValue, heard.value)
        try:
            opened = await self._client.views_open(
                trigger_id=heard.trigger, view=_waiting(title, "One moment…")
            )
        except NOT_TAKEN as error:
            raise CannotDo("Slack did not open the window in time. Choose it again.") from error
        view_id = str(opened["view"]["id"])
        try:
            services = self._desk.services
            person = await services.require(heard.reply, verb)
            provider, recording = await find_recording(value.provider, value.recording, heard.reply, services)
            services.policy.require(person, verb, await of_kept(provider, recording, services))
        except (CannotDo, ProviderError) as error:
            await self._fill(view_id, _waiting(title, str(error)))
            return
        about = ModalValue(provider, recording.id, heard.channel or None, heard.thread)
        draw = cards.edit_modal if verb is Verb.EDIT else cards.delete_modal
        await self._fill(view_id, draw(about, recording))

    async def _fill(self, view_id: str, view: dict[str, Any]) -> None:
        """Put this into the open window. Whoever has closed it meanwhile wants nothing more."""
        try:
            await self._client.views_update(view_id=view_id, view=view)
        except NOT_TAKEN as error:
            if isinstance(error, SlackApiError) and code_of(error) == "not_found":
                return
            raise CannotDo("Slack did not fill the window. Close it, and choose it again.") from error


def _waiting(title: str, text: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": title[:24]},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": cards.sentence(text).blocks,
    }


def _edit(heard: Heard) -> Request:
    edited = cards.read_edit(heard.view)
    about = edited.about
    return EditRecording(heard.reply_in(about.channel or ""), about.provider, about.recording, edited.change)


def _delete(heard: Heard) -> Request:
    about: ModalValue = cards.read_modal(heard.view)
    return DeleteRecording(heard.reply_in(about.channel or ""), about.provider, about.recording)
