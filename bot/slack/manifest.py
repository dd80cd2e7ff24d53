"""The manifest from which Slack makes the app: commands, scopes and how events arrive."""

from typing import Any

import yaml

COMMANDS: tuple[dict[str, str | bool], ...] = (
    {
        "command": "/record",
        "description": "Record a meeting, and be told for certain that it records",
        "usage_hint": "start ROOM | stop | pause | resume | status | room | profiles | calls | can @WHO VERB | help",
        # Slack then sends a mention as <@U123|name>: names alone say nobody for certain.
        "should_escape": True,
    },
    {
        "command": "/recordings",
        "description": "Find recordings and get their files",
        "usage_hint": (
            "search WORDS [user: room: since: longer: …] | latest | show ID | "
            "subscribe [filters] | unsubscribe | subscriptions | help"
        ),
        "should_escape": False,
    },
)

SCOPES: dict[str, str] = {
    "commands": "hear /record and /recordings",
    "chat:write": "post the live card and answers",
    "im:write": "answer in direct messages, and send files there",
    "files:write": "send a recording's file where no public address serves a link",
    "users:read": "tell guests from members, and know the asker's time zone",
    "usergroups:read": "know who is in a user group that a rule in [policy] names",
    "channels:history": "look for a message before it is posted again",
    "groups:history": "the same in private channels",
    "im:history": "the same in direct messages",
    "mpim:history": "the same in group messages",
}
"""Each scope, and what it is for."""


def manifest(url: str | None = None) -> dict[str, Any]:
    """The manifest for Socket Mode, or for delivery over HTTP to the gateway at `url`."""
    request_url = {} if url is None else {"url": f"{url.rstrip('/')}/slack/events"}
    where = {} if url is None else {"request_url": f"{url.rstrip('/')}/slack/events"}
    return {
        "display_information": {
            "name": "Recbot",
            "description": "Control meeting recording, find recordings, be told when one is ready.",
            "background_color": "#1f2a44",
        },
        "features": {
            # Without this Slack may switch direct messages off, by which answers, files and alarms find their way.
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Recbot", "always_online": True},
            "slash_commands": [{**command, **request_url} for command in COMMANDS],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "interactivity": {"is_enabled": True, **where},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }


def manifest_text(url: str | None = None) -> str:
    """The manifest as YAML, as Slack's own page takes it."""
    return yaml.safe_dump(manifest(url), sort_keys=False, allow_unicode=True, width=100)
