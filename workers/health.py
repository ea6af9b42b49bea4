"""`python -m workers.health`: whether work is being done. Alive means made progress, or has nothing to do.

Exit 0 when it is so, 1 when work waits and nobody makes progress, 2 when the database cannot be asked. One JSON line.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from factory.store import work
from workers.lease import AWAY

if TYPE_CHECKING:
    from psycopg import Connection

PATIENCE_S = 120.0
"""Seconds that work may wait in a lane in which nothing ends; a film on a slow machine takes less."""


def lanes(db: Connection[dict[str, Any]], *, patience_s: float = PATIENCE_S) -> dict[str, dict[str, Any]]:
    """Each lane that has work or workers: jobs ready, age of the oldest, seconds since something ended, and `well`."""
    waiting, now = work.waiting(db), datetime.now(UTC)
    ended: dict[str, float] = {}
    for row in work.workers(db, within_s=86400.0):
        at = row["progress_at"] or row["started_at"]
        age = (now - at).total_seconds()
        ended[row["lane"]] = min(age, ended.get(row["lane"], age))
    if "gpu" not in ended and "cpu" in ended:
        ended["gpu"] = ended["cpu"]  # without a card the processor serves both lanes
    return {lane: _lane(waiting.get(lane), ended.get(lane), patience_s) for lane in sorted({*waiting, *ended} - {"relay"})}


def _lane(waits: Mapping[str, Any] | None, ended: float | None, patience_s: float) -> dict[str, Any]:
    jobs, age = (waits["jobs"], waits["age"]) if waits else (0, 0.0)
    well = age < patience_s or (ended is not None and ended < patience_s)
    return {"jobs": jobs, "age": round(age, 1), "ended": None if ended is None else round(ended, 1), "well": well}


def main(wanted: Sequence[str]) -> int:
    """Ask about all lanes, or those named."""
    from factory.settings import Settings
    from factory.store.pool import connect

    try:
        with connect(Settings.read(os.environ).database_url) as db:
            found = lanes(db)
    except AWAY as error:
        print(json.dumps({"well": False, "error": type(error).__name__}))  # noqa: T201
        return 2
    asked = {k: v for k, v in found.items() if not wanted or k in wanted}
    well = all(v["well"] for v in asked.values())
    print(json.dumps({"well": well, "lanes": asked}, sort_keys=True))  # noqa: T201
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
