"""Who is there, and where they talk, when the sandbox starts."""

from __future__ import annotations

from sandbox.slack.model import BOT_USER, Conversation, Person, SlashCommand, UserGroup


def people() -> list[Person]:
    return [
        Person("U0VOVA", "vova", "Vova Tareiev", "#2f6f9f", "Europe/Kyiv", "Eastern European Time", 7200),
        Person(
            "U0ANNA", "anna", "Anna Lindqvist", "#a0522d", "Europe/Stockholm", "Central European Time", 3600
        ),
        Person("U0SAM", "sam", "Sam Okafor", "#3b7d4f", "America/New_York", "Eastern Standard Time", -18000),
        Person(
            "U0GUEST",
            "gil",
            "Gil Guest",
            "#7a5c99",
            "Asia/Kolkata",
            "India Standard Time",
            19800,
            is_guest=True,
        ),
        Person(BOT_USER, "recbot", "Recbot", "#c0392b", "Etc/UTC", "UTC", 0, is_bot=True),
    ]


def conversations() -> list[Conversation]:
    everyone = [person.id for person in people()]
    humans = [person.id for person in people() if not person.is_bot]
    return [
        Conversation("C0GENERAL", "general", "channel", list(everyone), "Company-wide words"),
        Conversation("C0STANDUP", "standup", "channel", list(everyone), "Every day at ten"),
        Conversation("C0NOBOT", "no-bot", "channel", humans, "Recbot is not in here"),
        Conversation("G0LEADS", "leads", "private", ["U0VOVA", "U0ANNA"], "Leads only"),
    ]


def user_groups() -> list[UserGroup]:
    return [
        UserGroup("S0LEADS", "leads", "Team leads", ["U0VOVA", "U0ANNA"]),
        UserGroup("S0PHONES", "phones", "Whoever answers the telephone", ["U0SAM"]),
    ]


COMMANDS = (
    SlashCommand(
        "/record",
        "Start, stop and watch recordings",
        "start <room> | stop | pause | resume | status | help",
        ("/record start Nf5kaN9tWo", "/record status", "/record help"),
    ),
    SlashCommand(
        "/recordings",
        "Find recordings",
        "search <words> | latest | show <id> | help",
        ("/recordings search vova", "/recordings latest"),
    ),
)
"""The commands shown when the caller brings none."""
