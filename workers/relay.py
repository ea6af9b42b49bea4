"""`python -m workers.relay`: rings the bells that transactions have asked for, and sweeps up (`reaper`).

One relay leads, by an advisory lock in Postgres; others stand by. Bells are sent, then deleted: a crash between the two
rings twice, which is harmless. Whatever is away (broker, database, bucket), the rest goes on and that is tried again.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from factory.store import webhooks, work
from factory.store.pool import connect
from workers import logs, reaper
from workers.lease import AWAY

if TYPE_CHECKING:
    from psycopg import Connection

    from factory.settings import Settings
    from factory.storage import Storage

LOCK = 0x0FAC7032
TICK_S = 0.5
GATHER_S = 0.02
"""Bells are rung as soon as they are asked for, those of this time together; unasked, the relay looks each `TICK_S`."""
STALE_S = 3.0
"""A lane whose oldest ready job is older rings again: its bell was lost, or its workers were away."""
ENOUGH = 8
"""Bells that may wait in a lane's queue; more would only be answered with "nothing to do"."""


@dataclass(kw_only=True)
class Relay:
    """One relay. `ring` sends a bell, `length` tells how many wait in a lane's queue; both raise when the broker is away."""

    settings: Settings
    ring: Callable[[str], None]
    length: Callable[[str], int]
    storage: Callable[[], Storage]
    _due: dict[str, float] = field(default_factory=dict)

    def run(self, over: threading.Event) -> None:
        """Lead when nobody else does, until told to stop. The database may come and go."""
        while not over.is_set():
            try:
                with connect(self.settings.database_url) as db:
                    self._lead(db, over)
            except AWAY as error:
                logs.logger().warning("database away", error=str(error))
                over.wait(1.0)

    def _lead(self, db: Connection[dict[str, Any]], over: threading.Event) -> None:
        while not over.is_set() and not _leads(db):
            over.wait(2.0)
        # when the database was away, so were the workers' heartbeats: let them beat first, then judge their leases
        self._due["expired_leases"] = time.monotonic() + self.settings.lease_s / 2
        db.execute("listen bells")
        while not over.is_set():
            self.step(db)
            over.wait(GATHER_S)
            for _ in db.notifies(timeout=TICK_S, stop_after=1):
                pass

    def step(self, db: Connection[dict[str, Any]]) -> None:
        """One round: bells, then whatever sweeps are due."""
        self._guarded("bells", lambda: self._bells(db))
        self._every(STALE_S, "stale", lambda: self._stale(db))
        self._every(15.0, "seen", lambda: work.seen(db, f"relay@{socket.gethostname()}:{os.getpid()}", "relay", progress=True))
        for name, (seconds, sweep) in reaper.SWEEPS.items():
            self._every(seconds, name, lambda sweep=sweep: _told(sweep, db, self.settings.attempts))  # type: ignore[misc]
        self._every(60.0, "expired_uploads", lambda: reaper.expired_uploads(db, self.storage))
        self._every(reaper.DAY_S, "torn_uploads", lambda: reaper.torn_uploads(self.storage))

    def _bells(self, db: Connection[dict[str, Any]]) -> None:
        with db.transaction():
            for lane in work.bells(db):
                self._ring(lane)

    def _stale(self, db: Connection[dict[str, Any]]) -> None:
        """Lost bells cost time only: what waits rings again. Deliveries that are due ring like jobs."""
        waiting = {lane for lane, w in work.waiting(db).items() if w["age"] > STALE_S}
        for lane in sorted(waiting | ({"io"} if webhooks.due(db) else set())):
            self._ring(lane)

    def _ring(self, lane: str) -> None:
        if self.length(lane) < ENOUGH:
            self.ring(lane)

    def _every(self, seconds: float, name: str, act: Callable[[], Any]) -> None:
        now = time.monotonic()
        if now >= self._due.get(name, 0.0):
            self._due[name] = now + seconds
            self._guarded(name, act)

    def _guarded(self, name: str, act: Callable[[], Any]) -> None:
        """A round outlives what goes wrong in one of its parts; only a lost database ends it."""
        try:
            act()
        except AWAY:
            raise
        except Exception as error:
            logs.logger().warning("relay", part=name, error=f"{type(error).__name__}: {error}")


def _told(sweep: reaper.Sweep, db: Connection[dict[str, Any]], attempts: int) -> None:
    found = sweep(db, attempts)
    if found:
        logs.logger().info("sweep", sweep=getattr(sweep, "__name__", ""), found=found)


def _leads(db: Connection[dict[str, Any]]) -> bool:
    row = db.execute("select pg_try_advisory_lock(%s) as leads", (LOCK,)).fetchone()
    return bool(row and row["leads"])


def queue_length(lane: str, celery: Any = None) -> int:
    """How many bells wait in a lane's queue; 0 where there is no such queue yet."""
    from workers.app import app

    with (celery or app).connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, timeout=4)
        try:
            return int(connection.default_channel.queue_declare(lane, passive=True).message_count)
        except connection.channel_errors:
            return 0


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    from factory.storage import open_storage
    from workers.app import ring, settings

    told = settings()
    logs.configure(told.log_level)
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, lambda *_: over.set())
    relay = Relay(
        settings=told, ring=ring, length=queue_length,
        storage=lambda: open_storage(endpoint=told.s3_endpoint, bucket=told.bucket, region=told.s3_region,
                                     access_key=told.s3_access_key, secret_key=told.s3_secret_key),
    )
    logs.logger().info("relay ready")
    relay.run(over)
    return 0


if __name__ == "__main__":
    sys.exit(main())
