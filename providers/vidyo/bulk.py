"""How much XML may become in memory: a hundred times its size, if it is all elements and no text."""

import re
from itertools import islice

_MOST = 200_000  # a full page of records has ten thousand
_ATTRIBUTE = re.compile(rb"""=[\s\x00]*+["']""")


def is_bulk(data: bytes) -> bool:
    """Whether there are more elements or attributes in it than in any answer that we ask for."""
    if data.count(b"<") > _MOST:
        return True
    # Counting one letter costs a twentieth of looking for attributes, and each has one.
    return data.count(b"=") > _MOST and next(islice(_ATTRIBUTE.finditer(data), _MOST, None), None) is not None
