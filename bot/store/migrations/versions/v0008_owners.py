"""Owners: who asked for a recording, kept beside it."""

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    owners = op.create_table(
        "owners",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("recording", sa.Text(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("asker", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "recording", name="pk_owners"),
    )
    connection = op.get_bind()
    kept = connection.execute(
        sa.text("SELECT provider, watch FROM watches WHERE state = 'ready' ORDER BY seq")
    )
    known = {}
    for provider, written in kept.all():
        watch = json.loads(written)
        files = watch.get("candidates", [])
        if len(files) != 1 or watch["asker"]["front"] == "cli" or watch.get("ran_already"):
            continue
        started = datetime.fromisoformat(files[0]["started"])
        known[provider, files[0]["id"]] = {
            "provider": provider,
            "recording": files[0]["id"],
            "started": (started - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1),
            "asker": json.dumps(watch["asker"]),
        }
    if known:
        connection.execute(sa.insert(owners), list(known.values()))
