"""The tables. What is looked for has a column of its own; the whole value lies beside it as JSON.

A claimable row has the same six columns everywhere: `due`, who has it (`owner`, until `lease_until`), `fence`, which
each claim and each write moves on, and `attempts`.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
)

from bot.store.moment import Moment

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)


def _claimable() -> tuple[Column[object], ...]:
    return (
        Column("due", Moment),
        Column("owner", Text),
        Column("lease_until", Moment),
        Column("fence", Integer, nullable=False),
        Column("attempts", Integer, nullable=False),
    )


inbox = Table(
    "inbox",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("kept_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", Text),
    Column("answer", Text),
    Column("noted", Boolean, nullable=False, server_default=false()),
    *_claimable(),
    UniqueConstraint("key"),
)

watches = Table(
    "watches",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("room_id", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("holds_room", Boolean, nullable=False),
    Column("awaits_file", Boolean, nullable=False),
    Column("bound", Text),
    Column("closed_at", Moment),
    Column("watch", Text, nullable=False),
    *_claimable(),
    UniqueConstraint("id"),
)

looks = Table(
    "looks",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("watermark", Moment),
    Column("mark", Text),
    Column("whole_at", Moment),
    *_claimable(),
)

notices = Table(
    "notices",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("watch", Text),
    Column("line", Text),
    Column("alarm", Boolean, nullable=False),
    Column("notice", Text, nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("message", Text),
    Column("tried", Boolean, nullable=False),
    Column("aside", Text),
    Column("touched_at", Moment, nullable=False),
    *_claimable(),
    UniqueConstraint("key"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("meaning", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("subscription", Text, nullable=False),
    UniqueConstraint("id"),
    UniqueConstraint("place", "meaning"),
)

announced = Table(
    "announced",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("recording", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("started", Moment, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("provider", "recording", "place"),
)

links = Table(
    "links",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("recording", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("issued_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("opened", Integer, nullable=False),
    UniqueConstraint("id"),
)

link_openings = Table(
    "link_openings",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("link", Integer, ForeignKey("links.seq", ondelete="CASCADE"), nullable=False),
    Column("at", Moment, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("credential", Text, primary_key=True),
    Column("refused_at", Moment, nullable=False),
    Column("sentence", Text, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("key", Text, primary_key=True),
    Column("sealed", Text, nullable=False),
)

slates = Table(
    "slates",
    metadata,
    Column("key", Text, primary_key=True),
    Column("written", Text),
)

budgets = Table(
    "budgets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("full_at", Moment, nullable=False),
    Column("opens_at", Moment, nullable=False),
)

owners = Table(
    "owners",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("recording", Text, primary_key=True),
    Column("started", Moment, nullable=False),
    Column("asker", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("what", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("number", Integer),
    Column("sealed", Text),
    UniqueConstraint("number"),
)

sealer = Table(
    "sealer",
    metadata,
    Column("trail", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("head", Text, nullable=False),
    Column("anchor_number", Integer, nullable=False),
    Column("anchor", Text, nullable=False),
    *_claimable(),
)

waiting = inbox.c.ended_at.is_(None)
watched = watches.c.open.is_(True)
holding = watches.c.holds_room.is_(True)
awaiting = watches.c.awaits_file.is_(True)
owed = and_(notices.c.wanted > notices.c.shown, notices.c.aside.is_(None))
unsealed = audit.c.number.is_(None)
_bound = watches.c.bound.is_not(None)

Index("ix_inbox_due", inbox.c.due, sqlite_where=waiting, postgresql_where=waiting)
Index("ix_watches_due", watches.c.due, sqlite_where=watched, postgresql_where=watched)
Index(
    "ix_watches_room",
    watches.c.provider,
    watches.c.room_id,
    unique=True,
    sqlite_where=holding,
    postgresql_where=holding,
)
Index(
    "ix_watches_file",
    watches.c.provider,
    watches.c.bound,
    unique=True,
    sqlite_where=_bound,
    postgresql_where=_bound,
)
Index("ix_watches_awaiting", watches.c.provider, sqlite_where=awaiting, postgresql_where=awaiting)
Index("ix_watches_place", watches.c.place)
Index("ix_notices_due", notices.c.due, sqlite_where=owed, postgresql_where=owed)
Index("ix_notices_watch", notices.c.watch)
Index("ix_notices_line", notices.c.line, notices.c.seq, sqlite_where=owed, postgresql_where=owed)
Index("ix_announced_started", announced.c.provider, announced.c.started)
Index("ix_links_recording", links.c.recording)
Index("ix_link_openings_link", link_openings.c.link)
Index("ix_audit_unsealed", audit.c.seq, sqlite_where=unsealed, postgresql_where=unsealed)
