"""How Slack says no: the code of it, what it concerns, and when to come back.

What stands before Slack (a proxy, a load balancer) answers in plain words or a page, and slack_sdk hands that on in
three shapes, of which only one is a dictionary.
"""

from datetime import timedelta
from enum import Enum

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.domain.conversation import Conversation

NOT_TAKEN = (SlackApiError, aiohttp.ClientError, OSError, TimeoutError)
"""How a call fails that Slack refused, or that may never have reached it."""


class Concern(Enum):
    """What a refusal is said of, and so what becomes of a message that was refused."""

    PASSING = "passing"
    """Slack is too busy, or is not there: the same call may go well later."""
    APP = "of the app"
    """Everything that we say is refused until somebody mends the token, its scopes or the workspace's leave."""
    CONVERSATION = "of the conversation"
    """This place, or this person, takes nothing from us."""
    MESSAGE = "of the message"
    """The message that is to be changed is gone, or cannot be changed any more."""
    CONTENT = "of what it says"
    """Slack does not show this; it may show less."""
    UNKNOWN = "unknown"
    """A code that Slack's reference did not have, or of which it does not tell whether it is said of the app or of the
    place: taken as passing, for a while."""


_TOO_MUCH = {"ratelimited", "rate_limited"}
_CODES: dict[Concern, frozenset[str]] = {
    Concern.PASSING: frozenset(
        {
            *_TOO_MUCH,
            "external_channel_migrating",
            "fatal_error",
            "internal_error",
            "message_limit_exceeded",
            "request_timeout",
            "server_error",
            "service_unavailable",
            "streaming_state_conflict",
            "team_added_to_org",
            "update_failed",
        }
    ),
    Concern.APP: frozenset(
        {
            "accesslimited",
            "account_inactive",
            "app_access_restricted",
            "deprecated_endpoint",
            "ekm_access_denied",
            "enterprise_is_restricted",
            "invalid_auth",
            "method_deprecated",
            "missing_scope",
            "not_allowed_token_type",
            "not_authed",
            "org_login_required",
            "team_access_not_granted",
            "team_not_found",
            "token_expired",
            "token_revoked",
            "two_factor_setup_required",
            "unknown_method",
        }
    ),
    Concern.CONVERSATION: frozenset(
        {
            "as_user_not_supported",
            "cannot_dm_bot",
            "cannot_reply_to_message",
            "channel_not_found",
            "channel_type_not_supported",
            "duplicate_channel_not_found",
            "invalid_channel",
            "invalid_thread_ts",
            "is_archived",
            "is_inactive",
            "messages_tab_disabled",
            "method_not_supported_for_channel_type",
            "not_in_channel",
            "posting_to_channel_denied",
            "restricted_action",
            "restricted_action_non_threadable_channel",
            "restricted_action_read_only_channel",
            "restricted_action_thread_locked",
            "restricted_action_thread_only_channel",
            "send_on_behalf_not_allowed",
            "thread_not_found",
            "user_disabled",
            "user_not_found",
            "user_not_in_channel",
            "user_not_visible",
        }
    ),
    Concern.MESSAGE: frozenset(
        {
            "cant_update_message",
            "duplicate_message_not_found",
            "edit_window_closed",
            "message_not_found",
        }
    ),
    Concern.CONTENT: frozenset(
        {
            "attachment_payload_limit_exceeded",
            "block_mismatch",
            "cant_broadcast_message",
            "invalid_arg_name",
            "invalid_arguments",
            "invalid_array_arg",
            "invalid_attachments",
            "invalid_blocks",
            "invalid_blocks_format",
            "invalid_charset",
            "invalid_form_data",
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "invalid_post_type",
            "markdown_text_conflict",
            "metadata_must_be_sent_from_app",
            "metadata_too_large",
            "missing_argument",
            "missing_post_type",
            "msg_blocks_too_long",
            "msg_blocks_too_many",
            "msg_too_long",
            "no_dual_broadcast_content_update",
            "no_text",
            "slack_connect_canvas_sharing_blocked",
            "slack_connect_file_link_sharing_blocked",
            "slack_connect_lists_sharing_blocked",
            "too_many_attachments",
            "too_many_contact_cards",
        }
    ),
    Concern.UNKNOWN: frozenset({"access_denied", "no_permission"}),
}
"""The codes of Slack's method reference, for the methods by which messages are posted, changed, found and deleted."""

_CONCERNS = {code: concern for concern, codes in _CODES.items() for code in codes}
_LONGEST_PENALTY = timedelta(hours=1)
_PASSING_STATUSES = {408, 429}


def code_of(error: SlackApiError) -> str:
    """Slack's own code, such as `not_in_channel`; `http_503` where it was not Slack that answered."""
    data = getattr(error.response, "data", error.response)
    code = data.get("error") if isinstance(data, dict) else None
    return str(code) if code else f"http_{status_of(error)}"


def status_of(error: SlackApiError) -> int:
    """The HTTP status; 0 where there is none."""
    response = error.response
    found = getattr(response, "status_code", None) or getattr(response, "status", None)
    return found if isinstance(found, int) else 0


def concern_of(error: SlackApiError) -> Concern:
    """What was refused, by Slack's code; without one, by the status of whoever answered in Slack's place."""
    known = _CONCERNS.get(code_of(error))
    status = status_of(error)
    if known is None and (status in _PASSING_STATUSES or status >= 500):
        return Concern.PASSING
    return known or Concern.UNKNOWN


def is_passing(error: SlackApiError) -> bool:
    """Whether the same call may go well later: Slack is too busy, or is not there."""
    return concern_of(error) is Concern.PASSING


def is_worth_waiting(error: Exception) -> bool:
    """Whether what a person asked for is kept until the same call goes well: Slack is not there, or refuses the app.

    A scope that is missing is not waited for: whoever asked can tell who must grant it, and a token in time tells them.
    """
    if not isinstance(error, SlackApiError):
        return True
    return concern_of(error) in (Concern.PASSING, Concern.APP) and code_of(error) != "missing_scope"


def is_too_much(error: SlackApiError) -> bool:
    """Whether Slack was asked more often than it likes."""
    return code_of(error) in _TOO_MUCH or status_of(error) == 429


def method_of(error: SlackApiError) -> str:
    """The method that was refused, such as `chat.update`; empty if it is not known."""
    return str(getattr(error.response, "api_url", "")).rpartition("/")[2]


def retry_after(error: SlackApiError) -> timedelta | None:
    """How long Slack wants to be left alone, an hour at most; None if it does not say.

    Its own penalties last a minute or so; what a proxy says in its place must not keep cards still for days.
    """
    headers = getattr(error.response, "headers", None) or {}
    said = {str(name).lower(): str(value) for name, value in headers.items()}.get("retry-after", "")
    if not (said.isascii() and said.isdecimal()):
        return None
    return min(timedelta(seconds=int(said[:9])), _LONGEST_PENALTY)


def why_not_there(code: str, conversation: Conversation) -> str:
    """Why nothing was done in a conversation that takes none of our messages, and what to do, for whoever asked."""
    if code in ("not_in_channel", "channel_not_found"):
        if not conversation.takes_invitations:
            return (
                "Recbot is not in this conversation, and direct messages take no more people, so nothing was done "
                "here. Ask in a channel, or in Recbot's own messages."
            )
        return (
            "Recbot is not in this channel, so nothing was done here. Type /invite @Recbot, then try again."
        )
    if code == "is_archived":
        return "This channel is archived, so Recbot cannot post here, and nothing was done."
    return (
        f"Slack does not let Recbot post here ({code}), so nothing was done. Ask whoever runs the workspace."
    )
