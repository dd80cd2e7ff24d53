"""Whoever reads the log finds one line for each thing, and in it the request that it belongs to."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from bot.logs import ForMachines, ForPeople, Lines, id_of, on_behalf_of, set_up, tell

NAME = "bot.test_logs"
FORGED = "Weekly\n2026-11-22T04:00:00.000+00:00 ERROR bot: all is lost\x1b[2J\u2028\u202e"


class Page(logging.Handler):
    """Keeps the lines as they would be written."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(formatter)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += self.format(record) + "\n"

    @property
    def values(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    log = logging.getLogger(NAME)
    log.setLevel(logging.DEBUG)
    yield log
    log.handlers.clear()
    log.setLevel(logging.NOTSET)


def page(log: logging.Logger, formatter: logging.Formatter) -> Page:
    made = Page(formatter)
    log.addHandler(made)
    return made


def test_what_happened_stands_in_fields_for_machines_and_behind_the_words_for_people(
    log: logging.Logger,
) -> None:
    machines, people = page(log, ForMachines()), page(log, ForPeople())
    with on_behalf_of(id_of("1.2.trigger")):
        tell(log, "provider error", provider="vidyo", error="Unavailable", seconds=0.25, why=None)
    [line] = machines.values
    request = id_of("1.2.trigger")[:12]
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": NAME,
        "request": request,
        "message": "provider error",
        "provider": "vidyo",
        "error": "Unavailable",
        "seconds": 0.25,
    }
    assert f"INFO {NAME} [{request}]: provider error provider=vidyo" in people.text
    assert people.text.endswith("error=Unavailable seconds=0.25\n")


def test_a_name_begins_no_line_of_its_own(log: logging.Logger) -> None:
    machines, people = page(log, ForMachines()), page(log, ForPeople())
    log.warning("vidyo: cannot see %s", FORGED)
    tell(log, "proven", room=FORGED)
    try:
        raise ValueError(FORGED)
    except ValueError:
        log.exception("it broke")
    assert len(machines.values) == 3
    assert machines.values[1]["room"] == FORGED
    assert "ValueError" in machines.values[2]["fault"]
    own = [line for line in people.text.splitlines() if not line.startswith("    ")]
    assert len(own) == 3
    assert people.text.replace("\n", "").isprintable()


def test_a_value_ends_where_it_is_seen_to_end(log: logging.Logger) -> None:
    people = page(log, ForPeople())
    tell(log, "asked", room="a level=ERROR", empty="")
    assert people.text.endswith(': asked room="a level=ERROR" empty=""\n')


def test_the_key_of_a_request_cannot_be_read_from_its_id() -> None:
    key = "13345224609.738474920.8088930838d88f008e0"
    assert key not in id_of(key)
    assert id_of(key) == id_of(key) != id_of(key + "1")


def test_each_request_is_told_by_its_own_id_and_nothing_after_it(log: logging.Logger) -> None:
    machines = page(log, ForMachines())
    with on_behalf_of("outer-request"):
        with on_behalf_of("inner-request"):
            tell(log, "one")
        tell(log, "two")
    tell(log, "three")
    assert [line.get("request") for line in machines.values] == ["inner-reques", "outer-reques", None]


def test_the_configured_form_replaces_the_one_of_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "bot", "providers")}
    monkeypatch.setattr(root, "handlers", [])
    try:
        set_up()
        set_up("json", "warning")
        logging.getLogger("bot").info("hidden")
        logging.getLogger("providers").warning("shown")
        [handler] = root.handlers
        assert isinstance(handler, Lines)
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "shown"
