"""What cannot be told any more where somebody asked for it: said to them directly."""

import re

from bot.domain.conversation import Conversation
from bot.slack.cards.drawn import Drawn, section

_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,20}")


def told_alone(conversation: Conversation, drawn: Drawn) -> Drawn:
    """A message that was meant for a conversation."""
    said = f"Recbot can no longer write {there(conversation)}, so this is told to you alone."
    return Drawn(f"{said} {drawn.text}", [section(f":warning: {said}"), *drawn.blocks])


def unheard(conversation: Conversation) -> Drawn:
    """Said to whoever subscribed a conversation."""
    said = (
        f"Recbot can no longer write {there(conversation)}, so new recordings that you wanted told there are not told. "
        "`/recordings search` finds them."
    )
    return Drawn(said, [section(f":warning: {said}")])


def there(conversation: Conversation) -> str:
    """In which channel, where Slack knows it."""
    return f"in <#{conversation.channel}>" if _CHANNEL.fullmatch(conversation.channel) else "there"
