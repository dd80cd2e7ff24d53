"""What Slack delivers twice is kept once, counted, and told under one name."""

import logging
from pathlib import Path
from unittest.mock import Mock

import pytest

from bot.domain.requests import RefreshWatch
from bot.slack.answering import Desk, keep
from bot.slack.heard import Heard
from bot.slack.tasks import Tasks
from tests.bot.recording.stage import VOVA, by, open_stage
from tests.figures import counted

TRIGGER = "13345224609.738474920.8088930838d88f008e0"


async def test_a_click_that_is_delivered_twice_is_kept_once_and_its_key_is_not_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    heard = Heard({"trigger_id": TRIGGER, "user": {"id": "U0VOVA"}})
    async with open_stage(tmp_path) as stage:
        desk = Desk(stage.services, Tasks(), Mock(), Mock(), Mock())
        for _ in range(2):
            await keep(RefreshWatch(by(VOVA), "w1"), heard, desk)
        assert await stage.services.store.inbox.pending() == 1
        assert counted(stage.services.metrics)["recbot_duplicates_prevented_total request"] == 1
    assert [record.getMessage() for record in caplog.records] == ["kept", "kept before"]
    assert TRIGGER not in caplog.text + str([vars(record) for record in caplog.records])
