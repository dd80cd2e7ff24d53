"""User groups: who is in those that a rule names."""

import time
from collections.abc import Callable

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import CannotDo, NotNow
from bot.slack.refusal import NOT_TAKEN, Concern, code_of, concern_of, is_passing, is_worth_waiting

_SECONDS = 5.0
_HINTS = {
    "missing_scope": " Whoever runs Recbot must grant it the scope usergroups:read.",
    "no_such_subteam": " Whoever runs Recbot must take it out of [policy], or correct it there.",
    "plan_upgrade_required": " This workspace has no user groups: whoever runs Recbot must take it out of [policy].",
}


class Groups:
    """Asks Slack who is in a group, and remembers it for some seconds: Slack answers twenty such questions a minute."""

    def __init__(self, client: AsyncWebClient, seconds: Callable[[], float] | None = None) -> None:
        self._client = client
        self._seconds = seconds or time.monotonic
        self._known: dict[str, tuple[float, frozenset[str]]] = {}

    async def members(self, group: str, anew: bool) -> frozenset[str]:
        """The IDs of who is in the group. `anew`: nothing is remembered. CannotDo if Slack does not say."""
        now, known = self._seconds(), self._known.get(group)
        if known is not None and not anew and now - known[0] < _SECONDS:
            return known[1]
        try:
            answer = await self._client.usergroups_users_list(usergroup=group)
        except NOT_TAKEN as error:
            if not isinstance(error, SlackApiError) or is_passing(error):
                raise NotNow(
                    "Slack cannot be asked who is in a user group now, so nothing was done. Try again in a moment."
                ) from error
            code = code_of(error)
            if code not in _HINTS and (is_worth_waiting(error) or concern_of(error) is Concern.UNKNOWN):
                raise NotNow(
                    f"Slack did not say who is in the user group {group} ({code}), so nothing was done. "
                    "Try again in a moment."
                ) from error
            raise CannotDo(
                f"Slack did not say who is in the user group {group} ({code}), which a rule names, so nothing was "
                f"done.{_HINTS.get(code, '')}"
            ) from error
        if not isinstance(answer.get("users"), list):
            raise CannotDo(f"Slack did not say who is in the user group {group}, so nothing was done.")
        found = frozenset(str(user) for user in answer["users"])
        self._known[group] = (now, found)
        return found
