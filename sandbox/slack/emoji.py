"""Emoji as Slack sends them on: by name. Of the thousands that it knows, those that people in meetings type."""

_NAMES = {
    "☕": "coffee",
    "⚡": "zap",
    "✅": "white_check_mark",
    "❤": "heart",
    "🎉": "tada",
    "🎥": "movie_camera",
    "🎧": "headphones",
    "👀": "eyes",
    "👋": "wave",
    "👍": "+1",
    "📅": "date",
    "📈": "chart_with_upwards_trend",
    "🔥": "fire",
    "🔴": "red_circle",
    "😀": "grinning",
    "🙂": "slightly_smiling_face",
    "🚀": "rocket",
}
_SENT = str.maketrans({emoji: f":{name}:" for emoji, name in _NAMES.items()} | {"\ufe0f": None})


def by_name(text: str) -> str:
    """The text as it reaches the app."""
    return text.translate(_SENT) if any(emoji in text for emoji in _NAMES) else text
