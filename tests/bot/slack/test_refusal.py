"""What each of Slack's refusals is said of: the table, held against every code that our methods may give."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from slack_sdk.errors import SlackApiError

from bot.slack.refusal import Concern, concern_of, retry_after

PASSING = """
ratelimited rate_limited internal_error fatal_error service_unavailable request_timeout update_failed server_error
external_channel_migrating team_added_to_org message_limit_exceeded streaming_state_conflict
"""
APP = """
token_revoked token_expired account_inactive invalid_auth not_authed missing_scope org_login_required
team_access_not_granted ekm_access_denied not_allowed_token_type enterprise_is_restricted accesslimited
two_factor_setup_required app_access_restricted method_deprecated deprecated_endpoint unknown_method team_not_found
"""
CONVERSATION = """
channel_not_found not_in_channel is_archived restricted_action restricted_action_read_only_channel
restricted_action_thread_only_channel restricted_action_non_threadable_channel restricted_action_thread_locked
messages_tab_disabled user_disabled user_not_found user_not_visible user_not_in_channel cannot_dm_bot is_inactive
cannot_reply_to_message thread_not_found invalid_channel channel_type_not_supported as_user_not_supported
method_not_supported_for_channel_type posting_to_channel_denied duplicate_channel_not_found invalid_thread_ts
send_on_behalf_not_allowed
"""
MESSAGE = "message_not_found cant_update_message edit_window_closed duplicate_message_not_found"
CONTENT = """
invalid_blocks invalid_blocks_format msg_too_long msg_blocks_too_many msg_blocks_too_long no_text metadata_too_large
invalid_metadata_format invalid_metadata_schema metadata_must_be_sent_from_app invalid_attachments too_many_attachments
attachment_payload_limit_exceeded too_many_contact_cards markdown_text_conflict block_mismatch cant_broadcast_message
no_dual_broadcast_content_update slack_connect_file_link_sharing_blocked slack_connect_canvas_sharing_blocked
slack_connect_lists_sharing_blocked invalid_arguments invalid_arg_name invalid_array_arg invalid_charset
invalid_form_data invalid_post_type missing_post_type missing_argument
"""
NOBODY_KNOWS = "no_permission access_denied"
SORTED = {
    code: concern
    for concern, codes in (
        (Concern.PASSING, PASSING),
        (Concern.APP, APP),
        (Concern.CONVERSATION, CONVERSATION),
        (Concern.MESSAGE, MESSAGE),
        (Concern.CONTENT, CONTENT),
        (Concern.UNKNOWN, NOBODY_KNOWS),
    )
    for code in codes.split()
}


class Response:
    def __init__(self, status: int, data: object, headers: Mapping[str, str] | None = None) -> None:
        self.status_code, self.data, self.headers = status, data, headers or {}


def refused(code: str, status: int = 200) -> SlackApiError:
    return SlackApiError("refused", Response(status, {"ok": False, "error": code}))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("code", SORTED)
def test_each_code_of_the_reference_is_sorted(code: str) -> None:
    assert concern_of(refused(code)) is SORTED[code]


def test_a_code_that_nobody_knows_says_nothing_of_the_place() -> None:
    assert concern_of(refused("brand_new")) is Concern.UNKNOWN


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 520, 524, 530])
def test_whoever_answers_in_slacks_place_is_only_in_the_way(status: int) -> None:
    page = SlackApiError("refused", Response(status, "<html>Bad gateway</html>"))  # type: ignore[no-untyped-call]
    assert concern_of(page) is Concern.PASSING


def test_slacks_own_word_counts_for_more_than_the_status() -> None:
    assert concern_of(refused("token_revoked", 503)) is Concern.APP


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("30", 30), ("0", 0), ("999999", 3600), ("9" * 5000, 3600), ("soon", None), ("-1", None), ("٣", None)],
)
def test_no_penalty_keeps_cards_still_for_longer_than_an_hour(said: str, seconds: int | None) -> None:
    page = SlackApiError("refused", Response(429, "", {"Retry-After": said}))  # type: ignore[no-untyped-call]
    assert retry_after(page) == (None if seconds is None else timedelta(seconds=seconds))
