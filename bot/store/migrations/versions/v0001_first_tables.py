"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# The hour as one statement sees it, in microseconds since 1970.
_CLOCK = """
CREATE FUNCTION recbot_now() RETURNS bigint LANGUAGE sql STABLE
AS 'SELECT (extract(epoch FROM statement_timestamp()) * 1000000)::bigint'
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_CLOCK)
    op.create_table(
        "inbox",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        *_claimable(),
        sa.PrimaryKeyConstraint("seq", name="pk_inbox"),
        sa.UniqueConstraint("key", name="uq_inbox_key"),
    )
    op.create_index(
        "ix_inbox_due",
        "inbox",
        ["due"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "links",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("recording", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_links"),
        sa.UniqueConstraint("id", name="uq_links_id"),
    )
    op.create_index("ix_links_recording", "links", ["recording"], unique=False)
    op.create_table(
        "looks",
        sa.Column("provider", sa.Text(), nullable=False),
        *_claimable(),
        sa.PrimaryKeyConstraint("provider", name="pk_looks"),
    )
    op.create_table(
        "notices",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("watch", sa.Text(), nullable=True),
        sa.Column("alarm", sa.Boolean(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("tried", sa.Boolean(), nullable=False),
        sa.Column("aside", sa.Text(), nullable=True),
        sa.Column("touched_at", sa.BigInteger(), nullable=False),
        *_claimable(),
        sa.PrimaryKeyConstraint("seq", name="pk_notices"),
        sa.UniqueConstraint("key", name="uq_notices_key"),
    )
    op.create_index(
        "ix_notices_due",
        "notices",
        ["due"],
        unique=False,
        sqlite_where=sa.text("wanted > shown AND aside IS NULL"),
        postgresql_where=sa.text("wanted > shown AND aside IS NULL"),
    )
    op.create_index("ix_notices_watch", "notices", ["watch"], unique=False)
    op.create_table(
        "sign_ins",
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.BigInteger(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("credential", name="pk_sign_ins"),
    )
    op.create_table(
        "watches",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("holds_room", sa.Boolean(), nullable=False),
        sa.Column("awaits_file", sa.Boolean(), nullable=False),
        sa.Column("bound", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("watch", sa.Text(), nullable=False),
        *_claimable(),
        sa.PrimaryKeyConstraint("seq", name="pk_watches"),
        sa.UniqueConstraint("id", name="uq_watches_id"),
    )
    op.create_index(
        "ix_watches_awaiting",
        "watches",
        ["provider"],
        unique=False,
        sqlite_where=sa.text("awaits_file IS 1"),
        postgresql_where=sa.text("awaits_file IS true"),
    )
    op.create_index(
        "ix_watches_due",
        "watches",
        ["due"],
        unique=False,
        sqlite_where=sa.text("open IS 1"),
        postgresql_where=sa.text("open IS true"),
    )
    op.create_index(
        "ix_watches_file",
        "watches",
        ["provider", "bound"],
        unique=True,
        sqlite_where=sa.text("bound IS NOT NULL"),
        postgresql_where=sa.text("bound IS NOT NULL"),
    )
    op.create_index("ix_watches_place", "watches", ["place"], unique=False)
    op.create_index(
        "ix_watches_room",
        "watches",
        ["provider", "room_id"],
        unique=True,
        sqlite_where=sa.text("holds_room IS 1"),
        postgresql_where=sa.text("holds_room IS true"),
    )
    op.create_table(
        "link_openings",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("link", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["link"], ["links.seq"], name="fk_link_openings_link", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq", name="pk_link_openings"),
    )
    op.create_index("ix_link_openings_link", "link_openings", ["link"], unique=False)


def _claimable() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("due", sa.BigInteger()),
        sa.Column("owner", sa.Text()),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
    )
