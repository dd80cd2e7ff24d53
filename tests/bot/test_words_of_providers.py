"""The application speaks of providers in general: what is one kind's own stands in that kind's folder."""

import re
from pathlib import Path

import bot

_ROOT = Path(bot.__file__).parent
_THEIRS = re.compile(
    r"vidyo|ringcentral|\bportal\b|(?<![,#\d_])000\b|Nf5kaN9tWo|conferenceID|entityID|recorderPrefix|telephonySession",
    re.IGNORECASE,
)
# It starts the far sides, and so it names them.
_THE_DEMO = _ROOT / "cli" / "demo.py"


def test_no_module_of_the_bot_speaks_of_one_provider() -> None:
    files = [
        file
        for file in _ROOT.rglob("*")
        if file.suffix in (".py", ".js", ".html", ".css") and file != _THE_DEMO
    ]
    assert len(files) > 100
    found = [
        f"{file.relative_to(_ROOT)}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if _THEIRS.search(line)
    ]
    assert found == []
