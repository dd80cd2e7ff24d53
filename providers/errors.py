"""What can go wrong, told apart by who must act. The text is one sentence fit for a person."""

from datetime import timedelta


class ProviderError(Exception):
    """Something a provider would not or could not do. Callers decide by the class, never by the text."""


class NotFound(ProviderError):
    """The person: there is no such room or recording; it was mistyped, or is gone."""


class NotKept(NotFound):
    """Nobody: it was recorded, but the provider kept nothing of it, and never will have it."""


class Refused(ProviderError):
    """The person: something must change first."""


class AlreadyRecording(Refused):
    """A recorder is in the room, or has been asked for."""


class NotOurRoom(Refused):
    """The owner rule: our login may only record rooms that it owns."""


class RecordingForbidden(Refused):
    """The room's group may not be recorded."""


class NoRecorderFree(Refused):
    """Every recorder with that profile is busy or offline."""


class Protected(Refused):
    """The library will not let our login change or delete this recording (locked, or not ours)."""


class NotSupported(ProviderError):
    """Nobody: this provider cannot do it.

    `filters` are the fields of a query without which it can: how people type them, whoever asks for them knows.
    """

    def __init__(self, text: str, *, filters: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.filters = filters


class NotLicensed(ProviderError):
    """The operator: the licence does not cover it."""


class SignInFailed(ProviderError):
    """The operator: our credentials are refused. Nothing is sent again until that has changed."""


class Unavailable(ProviderError):
    """Time: nobody answered, or answered that it cannot now.

    `asked` False means that the request surely never left: nothing can have come of it. True means that
    the outcome is unknown, and whoever wrote must look before writing again. `retry_after` is set where
    we were told.
    """

    def __init__(self, sentence: str, *, asked: bool = True, retry_after: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.asked = asked
        self.retry_after = retry_after


class BadAnswer(ProviderError):
    """Us: this is not the answer we learned to read."""


class UnsafeLink(BadAnswer):
    """A provider's record points at a host that is not configured; nothing was sent there."""
