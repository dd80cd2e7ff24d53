"""What the store refuses, each told apart by who must act."""

from datetime import timedelta

from bot.domain.watch import Watch


class StoreError(Exception):
    """The operator: the database cannot be used. The sentence says why, and what to do."""


class LostClaim(Exception):
    """Nobody: the row was taken over, changed or closed since it was claimed. Nothing was written."""


class NoTurn(Exception):
    """Time: as many messages were sent as may be. It is worth trying again after `wait`. Nothing was written."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"No turn for {wait}.")
        self.wait = wait


class Unknown(KeyError):
    """Nothing of that id is kept (any more)."""


class TooMany(Exception):
    """The channel has as many subscriptions as it may have. Nothing was written."""


class AlreadyReserved(Exception):
    """Another watch holds the room, or this one was begun before: `existing`. Nothing was written."""

    def __init__(self, existing: Watch) -> None:
        super().__init__(f"A watch holds the room {existing.room.name} already.")
        self.existing = existing


class AlreadyBound(Exception):
    """The file belongs to another watch: `existing`. Nothing was written."""

    def __init__(self, existing: Watch) -> None:
        super().__init__("The recording belongs to another watch already.")
        self.existing = existing
