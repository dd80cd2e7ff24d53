"""What the operator is told: each thing by its name, what to do about it, and what could not be checked for it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.bootstrap import running_bot
from bot.cli.demo import far_sides, free_port, ringcentral_keys, sandbox_settings, vidyo_keys
from bot.doctor import database, examine
from bot.doctor.slack import WITHOUT
from bot.settings import Settings
from bot.slack.manifest import SCOPES
from bot.slack.socket import Socket
from providers.interfaces import Check
from sandbox.ringcentral.server import RingCentralSandbox
from sandbox.slack.faults import Fault
from sandbox.slack.server import SlackSandbox
from sandbox.vidyo.server import VidyoSandbox
from tests.database import new_file

Sections = dict[str, dict[str, Any]]
KEY = "a-key-of-this-house"


@dataclass
class House:
    """The far sides, and a configuration that may be wrong about them: `wrong` are keys by section.

    Of the providers only those are configured that `asks` names.
    """

    slack: SlackSandbox
    vidyo: VidyoSandbox
    directory: Path
    asks: tuple[str, ...]
    calls: RingCentralSandbox = field(init=False)
    wrong: Sections = field(default_factory=dict)

    def be_wrong(self, section: str, **keys: Any) -> None:
        self.wrong.setdefault(section, {}).update(keys)

    def settings(self) -> Settings:
        """As it should be, but for what is wrong. Without more there is no public address."""
        known = {
            "vidyo": lambda: vidyo_keys(self.vidyo),
            "ringcentral": lambda: ringcentral_keys(self.calls, speed=1),
        }
        providers = {
            name: {**known[name](), "read_retries": 0, **self.wrong.get(name, {})} for name in self.asks
        }
        sections: Sections = {
            "web": {"public_url": None},
            "security": {"keys": [KEY]},
            "providers": providers,
        }
        for name, keys in self.wrong.items():
            if name not in known:
                sections[name] = {**sections.get(name, {}), **keys}
        settings = sandbox_settings(self.slack, self.vidyo, self.directory, speed=1, sections=sections)
        if "vidyo" in self.asks:  # which it always has
            return settings
        return Settings.model_validate({**settings.model_dump(), "providers": providers})

    async def checks(self) -> list[Check]:
        return [check async for check in examine(self.settings())]

    async def root(self) -> tuple[Check, list[str]]:
        """The one thing that is wrong, and what could not be checked because of it, and of nothing else."""
        checks = await self.checks()
        failed = [check for check in checks if check.failed]
        assert len(failed) == 1, failed
        hidden = [check for check in checks if check.because]
        assert {check.because for check in hidden} <= {failed[0].what}
        return failed[0], [check.what for check in hidden]

    def logins(self) -> int:
        """How often Vidyo was shown a login."""
        return sum(entry.authorized for entry in self.vidyo.world.journal)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "recbot.db").write_bytes(new_file())
    return tmp_path


@pytest.fixture
async def house(directory: Path, request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """Of a case, only what it asks is there."""
    case: Case | None = request.node.callspec.params.get("case")
    asks = case.asks if case else ("vidyo", "ringcentral")
    async with AsyncExitStack() as stack:
        slack, vidyo = await stack.enter_async_context(far_sides(speed=1, port=0))
        house = House(slack, vidyo, directory, asks)
        if "ringcentral" in asks:
            house.calls = await stack.enter_async_context(RingCentralSandbox())
        yield house


async def test_where_all_is_well_each_thing_says_so(house: House) -> None:
    house.calls.world.settings.clock_ahead = 0
    checks = await house.checks()
    assert all(check.ok for check in checks), checks
    said = "\n".join(f"{check.what}: {check.found}" for check in checks)
    for words in (
        'configuration: can be read; Slack: mode = "socket"; providers: vidyo (vidyo), ringcentral (ringcentral)',
        "database: The database file",
        "database: schema: the newest",
        "database: writable: SQLite",
        "slack: bot token: signed in as recbot in sandbox",
        "slack: scopes: all that are needed",
        "slack: Socket Mode: 127.0.0.1 answers",
        "\nclock: agrees with Slack's",
        "vidyo: WSDL of the portal: as we know it",
        "vidyo: sign-in at the portal: version 22",
        "vidyo: account: signed in as recbot (Recording Bot), who records rooms it owns",
        "vidyo: recorders: one with the profile 000 is idle",
        "vidyo: WSDL of the replay server: as we know it",
        "vidyo: sign-in at the replay server: it shows us 403 recordings",
        "ringcentral: call log: that of the account shows",
        "ringcentral: extensions: 3 are known by their numbers",
        "ringcentral: clock: agrees with RingCentral's",
        "ringcentral: media host 127.0.0.1",
        "web: public_url: not set",
        "MB are free",
    ):
        assert words in said


def test_each_scope_says_what_cannot_be_promised_without_it() -> None:
    assert list(WITHOUT) == list(SCOPES)


VIDYO_PORTAL = ["vidyo: sign-in at the portal", "vidyo: account", "vidyo: recorders"]
VIDYO_REPLAY = ["vidyo: sign-in at the replay server", "vidyo: times of recordings"]
CALLS = ["ringcentral: permissions", "ringcentral: call log", "ringcentral: extensions"]
SLACK = ["slack: bot token", "slack: scopes", "slack: app token", "slack: Socket Mode", "clock"]


@dataclass(frozen=True)
class Case:
    """What is broken, which line says so in which words, and which lines could not be checked for it."""

    spoil: Callable[[House], object]
    root: str
    words: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    asks: tuple[str, ...] = ("vidyo",)


def nowhere() -> str:
    return f"127.0.0.1:{free_port()}"


def lose_scopes(house: House, *scopes: str) -> None:
    house.slack.api.scopes -= set(scopes)


CASES: Mapping[str, Case] = {
    "wrong bot token": Case(
        lambda house: house.be_wrong("slack", bot_token="xoxb-wrong"),
        "slack: bot token",
        ("invalid_auth", "xoxb-"),
        ("slack: scopes",),
    ),
    "app token in place of the bot token": Case(
        lambda house: house.be_wrong("slack", bot_token=house.slack.credentials.app_token),
        "slack: bot token",
        ("not_allowed_token_type", "xoxb-"),
        ("slack: scopes",),
    ),
    "wrong app token": Case(
        lambda house: house.be_wrong("slack", app_token="xapp-wrong"),
        "slack: app token",
        ("invalid_auth", "connections:write", "Socket Mode switched on"),
        ("slack: Socket Mode",),
    ),
    "bot token in place of the app token": Case(
        lambda house: house.be_wrong("slack", app_token=house.slack.credentials.bot_token),
        "slack: app token",
        ("xapp-",),
        ("slack: Socket Mode",),
    ),
    "no app token": Case(
        lambda house: house.be_wrong("slack", app_token=None),
        "slack: app token",
        ("is not set", "xapp-", 'mode = "socket"'),
        ("slack: Socket Mode",),
    ),
    "no signing secret": Case(
        lambda house: house.be_wrong("slack", mode="http", signing_secret=None),
        "slack: signing secret",
        ("is not set", 'mode = "http"'),
    ),
    "signing secret that was left empty": Case(
        lambda house: house.be_wrong("slack", mode="http", signing_secret=" "),
        "slack: signing secret",
        ("is not set", 'mode = "http"'),
    ),
    "missing scope for reading": Case(
        lambda house: lose_scopes(house, "channels:history"),
        "slack: scope channels:history",
        (
            "an unknown outcome of a post cannot be settled",
            "a message may be said twice",
            "install the app again",
        ),
    ),
    "missing scope for people": Case(
        lambda house: lose_scopes(house, "users:read"),
        "slack: scope users:read",
        ("guests are not told from members",),
    ),
    "missing scope for a group that a rule names": Case(
        lambda house: (
            lose_scopes(house, "usergroups:read"),
            house.be_wrong("policy", administrators=["S0LEADS"]),
        ),
        "slack: scope usergroups:read",
        ("install the app again",),
        ("policy: user groups",),
    ),
    "Slack not there": Case(
        lambda house: house.be_wrong("slack", api_url=f"http://{nowhere()}/api/"),
        "slack: Web API",
        ("refuses connections", "slack.api_url"),
        tuple(SLACK),
    ),
    "Slack's name unknown": Case(
        lambda house: house.be_wrong("slack", api_url="http://slack.invalid/api/"),
        "slack: Web API",
        ("its name is not known here", "DNS"),
        tuple(SLACK),
    ),
    "no TLS at Slack's address": Case(
        lambda house: house.be_wrong("slack", api_url=house.slack.api_url.replace("http:", "https:")),
        "slack: Web API",
        ("speaks no TLS", "https://"),
        tuple(SLACK),
    ),
    "not Slack": Case(
        lambda house: house.be_wrong("slack", api_url=f"{house.vidyo.portal_url}/api/"),
        "slack: Web API",
        ("does not answer as Slack does", "Correct slack.api_url"),
        tuple(SLACK),
    ),
    "Slack has a bad day": Case(
        lambda house: house.slack.faults.add(Fault("auth.test", "503", times=None)),
        "slack: Web API",
        ("http_503", "Try again"),
        tuple(SLACK),
    ),
    "Slack breaks off": Case(
        lambda house: house.slack.faults.add(Fault("apps.connections.open", "reset_before", times=None)),
        "slack: app token",
        ("Try again",),
        ("slack: Socket Mode",),
    ),
    "clock off": Case(
        lambda house: (
            setattr(house.slack.api, "clock_ahead", 400),
            setattr(house.calls.world.settings, "clock_ahead", 400),
        ),
        "clock",
        ("s apart", "Synchronise", "300 s"),
        ("ringcentral: clock",),
        asks=("ringcentral",),
    ),
    "Slack's clock alone": Case(
        lambda house: setattr(house.slack.api, "clock_ahead", -200), "clock", ("s apart",)
    ),
    "RingCentral's clock alone": Case(
        lambda house: setattr(house.calls.world.settings, "clock_ahead", 200),
        "ringcentral: clock",
        ("s apart", "Set the clock"),
        asks=("ringcentral",),
    ),
    "portal not there": Case(
        lambda house: house.be_wrong("vidyo", portal_url=f"http://{nowhere()}"),
        "vidyo: portal",
        ("refuses connections", "portal_url"),
        ("vidyo: WSDL of the portal", *VIDYO_PORTAL),
    ),
    "portal's name unknown": Case(
        lambda house: house.be_wrong("vidyo", portal_url="http://portal.invalid"),
        "vidyo: portal",
        ("its name is not known here", "portal_url"),
        ("vidyo: WSDL of the portal", *VIDYO_PORTAL),
    ),
    "portal has a bad day": Case(
        lambda house: house.vidyo.world.faults.add("503", match="wsdl", times=1),
        "vidyo: portal",
        ("HTTP 503", "try again"),
        ("vidyo: WSDL of the portal", *VIDYO_PORTAL),
    ),
    "not a portal": Case(
        lambda house: house.be_wrong("vidyo", portal_url=house.slack.url),
        "vidyo: WSDL of the portal",
        ("shows no WSDL (HTTP 404)", "Check the address"),
        tuple(VIDYO_PORTAL),
    ),
    "replay server not there": Case(
        lambda house: house.be_wrong("vidyo", replay_url=f"http://{nowhere()}"),
        "vidyo: replay server",
        ("refuses connections", "replay_url"),
        ("vidyo: WSDL of the replay server", *VIDYO_REPLAY),
    ),
    "wrong password": Case(
        lambda house: house.be_wrong("vidyo", password="mistyped"),
        "vidyo: sign-in at the portal",
        ("does not accept the login recbot", "Correct username and password, or unlock the account"),
        ("vidyo: account", "vidyo: recorders", *VIDYO_REPLAY),
    ),
    "no licence": Case(
        lambda house: house.vidyo.world.faults.add("402", match="getPortalVersion"),
        "vidyo: sign-in at the portal",
        ("licence", "Ask for a licence"),
        ("vidyo: account", "vidyo: recorders", *VIDYO_REPLAY),
    ),
    "not the role": Case(
        lambda house: house.be_wrong("vidyo", service="admin", username="vova", password="vova-secret"),
        "vidyo: sign-in at the portal",
        ("lacks the role",),
        ("vidyo: account", "vidyo: recorders", *VIDYO_REPLAY),
    ),
    "wrong tenant": Case(
        lambda house: setattr(house.vidyo.world.settings, "only_host", "test.platform.vidyo.io"),
        "vidyo: sign-in at the portal",
        ("no tenant of it",),
        (
            "vidyo: WSDL of the portal",
            "vidyo: account",
            "vidyo: recorders",
            "vidyo: WSDL of the replay server",
            *VIDYO_REPLAY,
        ),
    ),
    "an operation is called otherwise": Case(
        lambda house: setattr(house.vidyo.world.settings, "wsdl_names", {"startRecording": "beginRecording"}),
        "vidyo: WSDL of the portal",
        ("it has no operation startRecording", "newer Recbot"),
    ),
    "an element is called otherwise": Case(
        lambda house: setattr(house.vidyo.world.settings, "wsdl_names", {"paused": "halted"}),
        "vidyo: WSDL of the portal",
        ("getParticipants does not give paused",),
    ),
    "what signs us in is called otherwise": Case(
        lambda house: setattr(house.vidyo.world.settings, "wsdl_names", {"getPortalVersion": "version"}),
        "vidyo: WSDL of the portal",
        ("it has no operation getPortalVersion",),
        tuple(VIDYO_PORTAL),
    ),
    "an element of a recording is called otherwise": Case(
        lambda house: setattr(house.vidyo.world.settings, "wsdl_names", {"fileLink": "file"}),
        "vidyo: WSDL of the replay server",
        ("RecordsSearch does not give records/fileLink",),
        tuple(VIDYO_REPLAY),
    ),
    "RingCentral not there": Case(
        lambda house: house.be_wrong(
            "ringcentral", server_url=f"http://{nowhere()}", media_hosts=[house.calls.media_url[7:]]
        ),
        "ringcentral: server",
        ("refuses connections", "server_url"),
        ("ringcentral: sign-in", *CALLS, "ringcentral: recording settings", "ringcentral: clock"),
        asks=("ringcentral",),
    ),
    "RingCentral has a bad day": Case(
        lambda house: house.calls.world.faults.add("503", match="/restapi"),
        "ringcentral: server",
        ("HTTP 503", "try again"),
        ("ringcentral: sign-in", *CALLS, "ringcentral: recording settings", "ringcentral: clock"),
        asks=("ringcentral",),
    ),
    "wrong JWT": Case(
        lambda house: house.be_wrong("ringcentral", jwt="another"),
        "ringcentral: sign-in",
        ("JWT", "Correct client_id, client_secret and jwt"),
        (*CALLS, "ringcentral: recording settings"),
        asks=("ringcentral",),
    ),
    "wrong client secret": Case(
        lambda house: house.be_wrong("ringcentral", client_secret="another"),
        "ringcentral: sign-in",
        ("client", "Correct client_id, client_secret and jwt"),
        (*CALLS, "ringcentral: recording settings"),
        asks=("ringcentral",),
    ),
    "missing permission": Case(
        lambda house: [house.calls.world.scope.remove(name) for name in ("ReadCallLog", "ReadCallRecording")],
        "ringcentral: permissions",
        ("The app lacks ReadCallLog, ReadCallRecording.", "developer console"),
        ("ringcentral: call log",),
        asks=("ringcentral",),
    ),
    "missing permission to record": Case(
        lambda house: house.calls.world.scope.remove("CallControl"),
        "ringcentral: permissions",
        ("The app lacks CallControl.", "live_calls = false"),
        asks=("ringcentral",),
    ),
    "missing right of the user": Case(
        lambda house: house.calls.world.user_permissions.remove("FullCompanyCallLog"),
        "ringcentral: call log",
        ("the user we sign in as lacks the right FullCompanyCallLog", 'level = "extension"'),
        asks=("ringcentral",),
    ),
    "media host not there": Case(
        lambda house: house.be_wrong("ringcentral", media_hosts=["media.invalid"]),
        "ringcentral: media host media.invalid",
        ("its name is not known here", "media_hosts"),
        asks=("ringcentral",),
    ),
    "no folder for the database": Case(
        lambda house: house.be_wrong("database", url=f"sqlite:///{house.directory}/no/such/r.db"),
        "database",
        ("No such file or directory",),
        ("database: schema", "database: writable", "vidyo", "storage: free space"),
    ),
    "not a database": Case(
        lambda house: (house.directory / "recbot.db").write_bytes(b"no database " * 500),
        "database",
        ("is not an SQLite database",),
        ("database: schema", "database: writable", "vidyo", "storage: free space"),
    ),
    "public address not there": Case(
        lambda house: house.be_wrong("web", public_url=f"http://{nowhere()}"),
        "web: public_url",
        ("refuses connections", "Is the bot running?"),
        ("web: health",),
    ),
    "public address of another": Case(
        lambda house: house.be_wrong("web", public_url=house.vidyo.portal_url),
        "web: public_url",
        ("answers 404, and does not lead to Recbot's gateway", "Correct web.public_url"),
        ("web: health",),
    ),
    "no key to sign links with": Case(
        lambda house: (
            house.be_wrong("web", public_url=house.slack.url),
            house.be_wrong("security", keys=[]),
        ),
        "security: keys",
        ("There is none", "at least one is needed to sign links"),
        ("web: public_url", "web: health"),
    ),
    "a group that is not there": Case(
        lambda house: house.be_wrong("policy", administrators=["S0GONE"]),
        "policy: user group S0GONE",
        ("no_such_subteam", "[policy]"),
    ),
    "an owner at no provider": Case(
        lambda house: house.be_wrong("policy", owners={"U0ANNA": ["vydio/anna"]}),
        "policy: owners",
        ("no provider is called vydio", "[policy.owners]"),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_one_thing_that_is_broken_is_the_one_root(case: Case, house: House) -> None:
    case.spoil(house)
    root, hidden = await house.root()
    assert root.what == case.root
    for words in case.words:
        assert words in f"{root.found} {root.advice}"
    assert root.advice
    assert sorted(hidden) == sorted(case.hidden)


async def test_two_things_that_are_broken_are_two_roots_each_with_its_own(house: House) -> None:
    house.slack.api.scopes -= {"im:write", "files:write"}
    house.be_wrong("vidyo", password="mistyped")
    house.be_wrong("ringcentral", jwt="another")
    checks = await house.checks()
    assert [check.what for check in checks if check.failed] == [
        "slack: scope im:write",
        "slack: scope files:write",
        "vidyo: sign-in at the portal",
        "ringcentral: sign-in",
    ]
    assert {check.because for check in checks if check.what.startswith("ringcentral: c")} >= {
        "ringcentral: sign-in"
    }
    assert all(check.advice for check in checks if check.failed)


async def test_a_scope_for_groups_matters_only_where_a_rule_names_one(house: House) -> None:
    house.asks = ("vidyo",)
    lose_scopes(house, "usergroups:read")
    assert all(check.ok for check in await house.checks())
    house.slack.api.scopes |= {"usergroups:read"}
    house.be_wrong("policy", administrators=["S0LEADS"])
    assert [c.found for c in await house.checks() if c.what == "policy: user groups"] == ["1 can be read"]


async def test_no_line_holds_a_secret(house: House) -> None:
    said = str(await house.checks())
    for section, key in (("vidyo", "password"), ("ringcentral", "client_secret"), ("slack", "bot_token")):
        house.be_wrong(section, **{key: "another-secret"})
    said += str(await house.checks())
    slack, world = house.slack.credentials, house.calls.world
    for secret in (
        "recbot-secret",
        "another-secret",
        KEY,
        *(slack.bot_token, slack.app_token, slack.signing_secret),
        *(world.client_secret, world.jwt),
    ):
        assert secret not in said


async def test_a_wrong_password_is_shown_once_and_forgotten_when_it_is_right(house: House) -> None:
    house.asks = ("vidyo",)
    world = house.vidyo.world
    world.accounts.change_password("recbot", "new-secret")
    assert (await house.root())[0].what == "vidyo: sign-in at the portal"
    assert house.logins() == 1

    world.journal.clear()
    async with running_bot(house.settings()):
        await house.slack.command("vova", "#general", "/record start Nf5kaN9tWo")
        await house.slack.see("#general", "login", user="vova")
    assert house.logins() == 0

    world.accounts.change_password("recbot", "recbot-secret")
    assert all(check.ok for check in await house.checks())
    async with running_bot(house.settings()):
        await house.slack.command("vova", "#general", "/record start Nf5kaN9tWo")
        await house.slack.see("#general", "Recording 230301302", timeout=60)


async def test_a_portal_that_shows_no_description_and_works_is_well(house: House) -> None:
    house.asks = ("vidyo",)
    for kind in ("403", "html"):
        house.vidyo.world.faults.clear()
        house.vidyo.world.faults.add(kind, match="wsdl")
        checks = await house.checks()
        assert all(check.ok for check in checks), checks
        [wsdl] = [check for check in checks if check.what == "vidyo: WSDL of the portal"]
        assert wsdl.found.startswith("nothing to compare: It shows ")


async def test_a_public_address_is_tried_from_outside_and_a_bot_that_is_not_well_is_told_apart(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.asks = ("vidyo",)
    port = free_port()
    house.be_wrong("web", port=port, public_url=f"http://127.0.0.1:{port}")
    async with running_bot(house.settings()):
        assert all(check.ok for check in await house.checks())
        monkeypatch.setattr(
            Socket, "hopeless", lambda socket: ["Slack's events have not come for 10 minutes."]
        )
        root, hidden = await house.root()
        assert root.what == "web: health"
        assert "Recbot's, and says (503): Slack's events have not come for 10 minutes." in root.found
        assert "start it anew" in root.advice
        assert hidden == []
        house.be_wrong("slack", app_token="xapp-wrong")
        root, hidden = await house.root()
        assert root.what == "slack: app token"
        assert hidden == ["slack: Socket Mode", "web: health"]


async def test_whoever_stands_at_the_public_address_instead_of_the_bot_is_told_apart(house: House) -> None:
    house.asks = ("vidyo",)
    for status, words in (
        (502, "no bot behind it"),
        (301, "sends us elsewhere"),
        (200, "does not lead to Recbot"),
    ):

        async def answer(request: web.Request, status: int = status) -> web.Response:
            return web.Response(status=status, text="Welcome.")

        async with TestServer(web_app(answer)) as server:
            house.be_wrong("web", public_url=f"http://127.0.0.1:{server.port}")
            root, hidden = await house.root()
        assert (root.what, hidden) == ("web: public_url", ["web: health"])
        assert words in root.found


def web_app(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    return app


async def test_a_host_that_falls_silent_costs_its_own_lines_and_no_more_than_its_patience(
    house: House,
) -> None:
    house.slack.faults.add(Fault("auth.test", "slow", times=None, seconds=60))
    house.vidyo.world.faults.add("slow", match="wsdl", times=1, seconds=60)
    told = [(check, datetime.now(UTC)) async for check in examine(house.settings())]
    failed = {check.what: check.found for check, _ in told if check.failed}
    assert list(failed) == ["slack: Web API", "vidyo: portal"]
    assert all("it is silent" in found for found in failed.values())
    at = {check.what: at for check, at in told}
    for what, patience in (("slack: Web API", 8), ("vidyo: portal", 10)):
        assert (at[what] - at["configuration"]).total_seconds() == pytest.approx(patience, abs=0.01)
    assert next(iter(house.vidyo.world.journal)).at < at["slack: Web API"]
    assert next(iter(house.calls.world.journal)).at < at["slack: Web API"]
    assert {check.what for check, _ in told if check.ok} >= {
        "vidyo: sign-in at the replay server",
        "ringcentral: call log",
    }


async def test_a_disk_that_is_nearly_full_is_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.asks = ("vidyo",)
    monkeypatch.setattr(database, "_LEAST", 2**62)
    root, hidden = await house.root()
    assert (root.what, hidden) == ("storage: free space", [])
    assert "Make room" in root.advice
