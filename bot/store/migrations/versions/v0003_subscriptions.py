"""Subscriptions, and what was announced where."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_subscriptions"),
        sa.UniqueConstraint("id", name="uq_subscriptions_id"),
        sa.UniqueConstraint("place", "meaning", name="uq_subscriptions_place"),
    )
    op.create_table(
        "announced",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("recording", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_announced"),
        sa.UniqueConstraint("provider", "recording", "place", name="uq_announced_provider"),
    )
    op.create_index("ix_announced_started", "announced", ["provider", "started"], unique=False)
    op.add_column("looks", sa.Column("watermark", sa.BigInteger(), nullable=True))
    op.add_column("looks", sa.Column("mark", sa.Text(), nullable=True))
    op.add_column("looks", sa.Column("whole_at", sa.BigInteger(), nullable=True))
    op.add_column("notices", sa.Column("line", sa.Text(), nullable=True))
    op.create_index(
        "ix_notices_line",
        "notices",
        ["line", "seq"],
        unique=False,
        sqlite_where=sa.text("wanted > shown AND aside IS NULL"),
        postgresql_where=sa.text("wanted > shown AND aside IS NULL"),
    )
