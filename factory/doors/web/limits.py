"""How often a key may ask: a token bucket a key, kept in Postgres so that all processes share it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from factory.doors.web.problems import Problem
from factory.doors.web.rates import Rate
from factory.store import access as store

if TYPE_CHECKING:
    from psycopg import Connection

BURST: Final = 600
PER_SECOND: Final = 50.0
"""A page of a thousand thumbnails or a reviewer at full speed never meets this; a loop gone wild does."""


def take(db: Connection[dict[str, Any]], key: str) -> Rate:
    """Take a token. Raises Problem 429 when the bucket is empty."""
    left = store.take_token(db, key, burst=BURST, per_second=PER_SECOND)
    if left is None:
        raise Problem("rate.limit", retry_after=1, rate=Rate(left=0, burst=BURST, per_second=PER_SECOND))
    return Rate(left=math.floor(left), burst=BURST, per_second=PER_SECOND)
