"""Why the application itself says no. The text is a sentence for the person who asked."""


class CannotDo(Exception):
    """What was asked cannot be done as things stand."""


class UsageError(CannotDo):
    """It was mistyped; the sentence shows how to write it."""


class NotAllowed(CannotDo):
    """The policy says no; the sentence names the rule."""


class CannotSpeak(CannotDo):
    """The bot may not post into that conversation, so nothing was begun there."""


class NotShownYet(CannotDo):
    """Slack does not take the message now; it stays owed."""


class NotNow(CannotDo):
    """Slack cannot be asked what must be known first. Nothing was begun, and it may go well in a moment."""
