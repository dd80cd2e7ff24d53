"""Slates: what all processes of a provider must agree upon."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slates",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("written", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_slates"),
    )
