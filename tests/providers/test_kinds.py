"""A provider of another distribution: installed beside Recbot, named in a table, and nothing here knows of it."""

import base64
import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import cli
from bot.settings import SettingsError, load
from providers import kinds
from tests.database import new_file

PACKAGE = '''
"""A meeting service in which a recorder comes as soon as it is asked for."""

from contextlib import asynccontextmanager
from typing import Literal

from pydantic import SecretStr

from providers.kinds import Kind, ProviderSettings
from providers.memory import MemoryProvider


class AcmeSettings(ProviderSettings):
    kind: Literal["acme"]
    server: str
    secret: SecretStr
    regions: list[str] = []


class AcmeProvider(MemoryProvider):
    kind = "acme"

    async def start(self, room, profile, *, webcast=False):
        await super().start(room, profile, webcast=webcast)
        self.backend.recorder_joins(room.key)


@asynccontextmanager
async def connect(name, settings, memories):
    provider = AcmeProvider(name)
    provider.backend.add_room("Board")
    provider.backend.add_recording(title="Quarterly numbers", room="Board", size=1000)
    yield provider


KIND = Kind(AcmeSettings, connect)
NOTHING = object()
'''
ENTRIES = """[recbot.providers]
acme = recbot_acme:KIND
nothing = recbot_acme:NOTHING
gone = recbot_acme.gone:KIND
"""


def wheel(directory: Path) -> Path:
    """A wheel as its author would build it."""
    info = "recbot_acme-1.0.dist-info"
    files = {
        "recbot_acme.py": PACKAGE,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: recbot-acme\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": ENTRIES,
    }
    record = ""
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(text.encode())}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    file = directory / "recbot_acme-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return file


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel was installed."""
    directory = tmp_path_factory.mktemp("acme")
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    where = directory / "site"
    subprocess.run(
        [sys.executable, *install, "--target", str(where), str(wheel(directory))],
        check=True,
        capture_output=True,
    )
    return where


@pytest.fixture
def installed(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(site))
    kinds.installed.cache_clear()
    yield
    monkeypatch.undo()
    kinds.installed.cache_clear()
    sys.modules.pop("recbot_acme", None)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "recbot.db").write_bytes(new_file())
    file = tmp_path / "recbot.toml"
    file.write_text(
        f'[database]\nurl = "sqlite:///{tmp_path}/recbot.db"\n'
        '[providers.meetings]\nkind = "acme"\nserver = "acme.example"\nsecret = "swordfish"\n',
        encoding="utf-8",
    )
    return file


def recbot(config: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--config", str(config), *words])


def test_those_that_are_installed_are_known(installed: None) -> None:
    assert kinds.known() == ("acme", "gone", "nothing", "ringcentral", "vidyo")


@pytest.mark.usefixtures("installed")
def test_its_table_is_read_by_its_own_settings(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = {
        "RECBOT_PROVIDERS__MEETINGS__REGIONS": '["eu", "us"]',
        "RECBOT_PROVIDERS__MEETINGS__SECRET": '"x"',
    }
    table = load(config, variables).providers["meetings"]
    assert table.model_dump()["regions"] == ["eu", "us"]
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n")
    text = config.read_text().replace('secret = "swordfish"', f'secret_file = "{secret}"\nserver_ = 5')
    config.write_text(text)
    with pytest.raises(SettingsError, match=r"^providers.meetings.server_: there is no such key here"):
        load(config, {})


@pytest.mark.usefixtures("installed")
def test_it_is_examined_recorded_with_searched_and_downloaded_from(config: Path, tmp_path: Path) -> None:
    examined = recbot(config, "doctor", "--json")
    assert '"meetings' in examined.stdout
    found = recbot(config, "recordings", "search", "quarterly", "--json")
    [row] = [json.loads(line) for line in found.stdout.splitlines()]
    assert (row["provider"], row["title"]) == ("meetings", "Quarterly numbers")
    started = recbot(config, "record", "start", "Board", "--json")
    assert started.exit_code == 0, started.output
    assert json.loads(started.stdout.splitlines()[-1])["state"] == "recording"
    file = tmp_path / "numbers.mp4"
    fetched = recbot(config, "recordings", "download", row["id"], "-o", str(file))
    assert fetched.exit_code == 0, fetched.output
    assert file.stat().st_size == 1000


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (
            "zoom",
            "providers.meetings.kind: this key is needed, and is one of acme, gone, nothing, ringcentral, vidyo",
        ),
        (
            "nothing",
            "the kind nothing of recbot-acme cannot be loaded: recbot_acme:NOTHING is no providers.kinds.Kind",
        ),
        ("gone", "the kind gone of recbot-acme cannot be loaded (ModuleNotFoundError"),
    ],
)
def test_a_kind_that_is_none_is_one_sentence(config: Path, kind: str, sentence: str) -> None:
    config.write_text(config.read_text().replace('kind = "acme"', f'kind = "{kind}"'))
    ended = recbot(config, "recordings", "latest")
    assert ended.exit_code == 2
    assert sentence in ended.stderr
    assert "swordfish" not in ended.output


def test_a_kind_is_imported_only_where_a_table_names_it(tmp_path: Path) -> None:
    """Vidyo's SOAP costs a second of a start."""
    config = tmp_path / "recbot.toml"
    config.write_text(
        '[providers.calls]\nkind = "ringcentral"\nclient_id = "i"\nclient_secret = "s"\njwt = "j"\n',
        encoding="utf-8",
    )
    look = (
        "import sys, pathlib; from bot import bootstrap; from bot.settings import load;"
        f"load(pathlib.Path({str(config)!r}), {{}}); print(sorted({{'zeep', 'httpx'}} & set(sys.modules)))"
    )
    seen = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True)
    assert seen.stdout == "['httpx']\n"
