"""People as the workspace describes them."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.conversation import Asker
from bot.domain.errors import CannotDo, NotNow
from bot.domain.policy import Person
from bot.slack.groups import Groups
from bot.slack.refusal import Concern, code_of, concern_of, is_worth_waiting
from bot.slack.shut_out import ShutOut

_SECONDS = 60.0
_MOST = 5_000
_UNKNOWN = (
    "Slack does not tell Recbot who asks ({code}), so nothing that people ask for is done: look at slack.bot_token, "
    "and at how the app is installed; recbot doctor says more."
)
_AWAY = "Slack cannot be asked who that is now, so nothing was done. Try again in a moment."


class People:
    """Looks people up, and remembers them for a minute: a guest stays one while a menu is open.

    Which groups they are in is another matter: see `Groups`.
    """

    def __init__(self, client: AsyncWebClient, team: str, seconds: Callable[[], float] | None = None) -> None:
        self._client = client
        self._team = team
        self._seconds = seconds or time.monotonic
        self._groups = Groups(client, seconds)
        self._known: dict[str, tuple[float, Mapping[str, Any]]] = {}
        self._shut_out = ShutOut(_UNKNOWN, seconds)

    def trouble(self) -> Sequence[str]:
        """Why nobody is known to us, if somebody must act before that is over."""
        return self._shut_out.trouble()

    async def person(self, asker: Asker, named: Collection[str] = (), *, anew: bool = False) -> Person:
        """The asker, whether they are a guest or from a foreign workspace, which of the groups they are in that are
        named here, and which of the people they are.

        `anew`: their groups are not remembered. CannotDo if Slack does not say.
        """
        if asker.front != "slack":
            return Person(asker)
        user = await self._user(asker.user)
        ids = await self._all_ids(_ids(user) | {asker.user}, [id for id in named if not _is_group(id)])
        groups = [id for id in named if _is_group(id)]
        return Person(
            asker,
            guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            foreign=bool(user.get("is_stranger")) or self._team not in _homes(user),
            deactivated=bool(user.get("deleted")),
            groups=frozenset([id for id in groups if await self._is_in(ids, id, anew)]),
            also=ids - {asker.user},
        )

    async def _is_in(self, ids: frozenset[str], group: str, anew: bool) -> bool:
        """Whether whoever has these IDs is in the group, by which of them ever it lists its people.

        Whoever is known by the ID of an organisation alone may be listed by another one: then Slack is asked of each
        who may be them.
        """
        members = await self._groups.members(group, anew)
        if members & ids:
            return True
        return len(await self._all_ids(ids, members)) > len(ids)

    async def _all_ids(self, ids: frozenset[str], others: Collection[str]) -> frozenset[str]:
        """The IDs of one person, and that one of the others which is theirs as well."""
        if not all(map(_is_of_grid, ids)):
            return ids
        for other in sorted(others):
            if not _is_of_grid(other) and ids & (theirs := await self._ids_of(other)):
                return ids | theirs | {other}
        return ids

    async def _ids_of(self, named: str) -> frozenset[str]:
        """The IDs of somebody whom a rule or a group names; none of who is no longer there."""
        try:
            return _ids(await self._user(named))
        except CannotDo as error:
            if isinstance(error.__cause__, SlackApiError) and code_of(error.__cause__) == "user_not_found":
                return frozenset()
            raise

    async def zone(self, asker: Asker) -> str | None:
        """The asker's time zone by its IANA name."""
        zone = (await self._user(asker.user)).get("tz")
        return str(zone) if zone else None

    async def _user(self, id: str) -> Mapping[str, Any]:
        now = self._seconds()
        at, user = self._known.get(id, (-_SECONDS, {}))
        if now - at < _SECONDS and user:
            return user
        try:
            answer = await self._client.users_info(user=id)
        except SlackApiError as error:
            if concern_of(error) in (Concern.PASSING, Concern.UNKNOWN):
                raise NotNow(_AWAY) from error
            code = code_of(error)
            if concern_of(error) is Concern.APP:
                self._shut_out.refused(code)
            hint = (
                " Whoever runs Recbot must grant it the scope users:read." if code == "missing_scope" else ""
            )
            kind = NotNow if is_worth_waiting(error) else CannotDo
            raise kind(f"Slack did not say who that is ({code}), so nothing was done.{hint}") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NotNow(_AWAY) from error
        self._shut_out.taken()
        found: Mapping[str, Any] = answer.get("user") or {}
        if not _homes(found):
            raise CannotDo("Slack did not say who that is, so nothing was done. Try again in a moment.")
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[id] = (now, found)
        return found


def _ids(user: Mapping[str, Any]) -> frozenset[str]:
    """On Grid a person may have one of a workspace (U…) and one of the organisation (W…)."""
    known = (user.get("id"), _of_grid(user).get("id"))
    return frozenset(id for id in known if isinstance(id, str) and id)


def _homes(user: Mapping[str, Any]) -> frozenset[str]:
    """The workspaces that a person belongs to, as far as Slack says. On Grid `team_id` may name any of them or none."""
    teams = _of_grid(user).get("teams")
    known = [user.get("team_id"), *(teams if isinstance(teams, list) else ())]
    return frozenset(id for id in known if isinstance(id, str) and id)


def _of_grid(user: Mapping[str, Any]) -> Mapping[str, Any]:
    of_grid = user.get("enterprise_user")
    return of_grid if isinstance(of_grid, Mapping) else {}


def _is_of_grid(id: str) -> bool:
    return id.startswith("W")


def _is_group(id: str) -> bool:
    return id.startswith("S")
