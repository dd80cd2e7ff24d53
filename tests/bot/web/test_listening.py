"""A host that nobody can listen on is named in one sentence."""

import pytest
from starlette.applications import Starlette

from bot.web.server import CannotListen, serve


@pytest.mark.parametrize("host", ["a..b", ".", "x" * 70, "10.255.255.1.2", "[::1]", "a b"])
async def test_a_host_that_cannot_be_one_is_a_sentence(host: str) -> None:
    with pytest.raises(CannotListen, match="Cannot listen on"):
        async with serve(Starlette(), host, 0):
            pass
