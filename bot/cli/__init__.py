"""The command line: the same workflows as in Slack, for a person at a terminal or a program."""

from bot.cli.main import main

__all__ = ["main"]
