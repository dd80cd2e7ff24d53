"""`recbot policy check`: what the rules say, from the configuration alone."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import cli
from bot.settings import SettingsError, load

RULES = """
[policy]
administrators = ["U0VOVA", "S0CHIEFS"]

[policy.owners]
U0ANNA = ["vidyo/anna"]

[[policy.rules]]
name = "only leads see the board"
effect = "deny"
verbs = ["view", "start"]
rooms = ["Board room"]
unless = ["S0LEADS"]

[[policy.rules]]
name = "our contractor"
verbs = ["view"]
people = ["U0GIL"]
channels = ["C0STANDUP"]
providers = ["vidyo"]
"""
VIDYO = """
[providers.vidyo]
kind = "vidyo"
portal_url = "https://p.example"
replay_url = "https://r.example"
username = "recbot"
password = "hunter2-hunter2"
"""
README = (Path(__file__).parents[2] / "README.md").read_text()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "recbot.toml"
    file.write_text(RULES + VIDYO)
    return file


def check(config: Path, words: str) -> Result:
    return CliRunner().invoke(cli, ["--config", str(config), "policy", "check", *words.split()])


@pytest.mark.parametrize(
    ("words", "code", "rule"),
    [
        ("--user U0ANNA --verb start --room Weekly", 0, "members view and start"),
        ("--user U0ANNA --verb start", 1, "only leads see the board"),
        ("--user U0ANNA --verb share", 0, "members share, download and subscribe"),
        ("--user U0LEAD --verb start --group S0LEADS", 0, "members view and start"),
        ("--user U0ANNA --verb stop --started-by U0ANNA", 0, "who started it stops it"),
        (
            "--user U0ANNA --verb stop --started-by U0VOVA --channel C1 --belongs-to C1",
            0,
            "the channel it belongs to",
        ),
        (
            "--user U0ANNA --verb stop --started-by U0VOVA --channel C2 --belongs-to C1",
            1,
            "who started it and",
        ),
        ("--user U0ANNA --verb edit --provider vidyo --owner anna", 0, "the owner edits and deletes"),
        ("--user U0ANNA --verb edit --provider vidyo --owner vova", 1, "the owner or an administrator"),
        ("--user U0VOVA --verb delete", 0, "administrators edit, delete and administer"),
        ("--user U0SAM --verb administer --group S0CHIEFS", 0, "administrators edit, delete and administer"),
        (
            "--user U0GIL --guest --verb view --channel C0STANDUP --provider vidyo --room 7",
            0,
            "our contractor",
        ),
        ("--user U0GIL --guest --verb view --channel C0GENERAL --provider vidyo --room 7", 1, "guests get"),
        ("--user U0EVE --foreign --verb view --room 7", 1, "other workspaces' people get nothing"),
    ],
)
def test_the_answer_is_in_words_in_json_and_in_the_exit_code(
    config: Path, words: str, code: int, rule: str
) -> None:
    said = check(config, words)
    assert said.exit_code == code
    assert f"The rule is “{rule}" in said.stdout
    value = json.loads(check(config, f"{words} --json").stdout)
    assert value["allowed"] is (code == 0)
    assert value["rule"].startswith(rule)


def test_where_it_depends_on_what_was_not_said_the_answer_says_so(config: Path) -> None:
    said = check(config, "--user U0ANNA --verb stop")
    assert said.exit_code == 1
    assert "U0ANNA may stop some and not others: it depends on what it is." in said.stdout
    assert json.loads(check(config, "--user U0ANNA --verb stop --json").stdout)["depends"] is True


@pytest.mark.parametrize(
    "words",
    ["--user U0ANNA", "--verb start", "--user U0ANNA --verb fly", "--user U0ANNA --verb view --provider x"],
)
def test_what_is_mistyped_ends_with_two(config: Path, words: str) -> None:
    assert check(config, words).exit_code == 2


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ('[[policy.rules]]\nname = "x"\nverbs = ["fly"]', "policy.rules.0.verbs.0"),
        ('[[policy.rules]]\nname = "x"\nverbs = []', "policy.rules.0.verbs"),
        ('[[policy.rules]]\nverbs = ["view"]', "policy.rules.0.name"),
        ('[[policy.rules]]\nname = "x"\nverbs = ["view"]\neffect = "maybe"', "policy.rules.0.effect"),
        ('[[policy.rules]]\nname = "x"\nverbs = ["view"]\npeople = ["vova"]', "policy.rules.0.people"),
        ('[[policy.rules]]\nname = "x"\nverbs = ["view"]\npeople = ["S0LEADS"]', "policy.rules.0.people"),
        ('[[policy.rules]]\nname = "x"\nverbs = ["view"]\ngroups = ["U0VOVA"]', "policy.rules.0.groups"),
        ('[[policy.rules]]\nname = "x"\nverbs = ["view"]\nchannels = ["#x"]', "policy.rules.0.channels"),
        ('[[policy.rules]]\nname = "x"\nverbs = ["view"]\nrooms = [""]', "policy.rules.0.rooms"),
        ('[[policy.rules]]\nname = "x"\nverbs = ["view"]\nunless = ["x"]', "policy.rules.0.unless"),
        ('[[policy.rules]]\nname = "x"\nverbs = ["view"]\nproviders = ["vydio"]', "'x' names 'vydio'"),
        ('[[policy.rules]]\nname = "x"\nverbs = ["view"]\nroom = ["7"]', "policy.rules.0.room"),
        ('[[policy.rules]]\nname = "x"\nverbs = ["view"]\n' * 2, "two rules are called 'x'"),
        ('[policy]\ndefault = ["fly"]', "policy.default.0"),
        ('[policy.owners]\nvova = ["vova"]', "policy.owners"),
    ],
)
def test_a_rule_that_says_something_else_than_was_meant_stops_the_start(
    tmp_path: Path, wrong: str, named: str
) -> None:
    file = tmp_path / "recbot.toml"
    file.write_text(wrong + VIDYO)
    with pytest.raises(SettingsError, match=re.escape(named)):
        load(file, {})


def test_the_readmes_example_is_one(tmp_path: Path) -> None:
    example = re.search(r"## Permissions.*?```\n(.*?)```", README, re.DOTALL)
    assert example is not None
    file = tmp_path / "recbot.toml"
    file.write_text(example[1])
    assert [rule.name for rule in load(file, {}).policy.rules] == [
        "only leads see the board",
        "our contractor records standups",
    ]
