"""The bot's settings: one TOML file, each key also as an environment variable."""

from bot.settings.reading import Settings, SettingsError, load
from bot.settings.tables import SlackSettings

__all__ = ["Settings", "SettingsError", "SlackSettings", "load"]
