"""The one task: a bell has rung in a lane, so look what is to be done there. Loads no torch; hands load what they need."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from factory.store.rows import Lease
from workers import logs
from workers.app import LANES_VARIABLE, STOP_VARIABLE, TASK, app, ring, settings
from workers.lease import AWAY, Terms, patiently, work

if TYPE_CHECKING:
    from factory.outbound.client import Client
    from workers.desk import Desk

PARENT = os.getppid()
LANES = ("cpu", "gpu", "io", "preview")


def answer(lane: str) -> int:
    """Work until nothing is ready or half a minute has passed. Returns how many jobs ended.

    The first claim rings the bell once more: while there is work, every answered bell leaves one behind, which wakes the
    next idle process or waits for this one. A worker that serves several lanes takes from all of them, so that ranks
    hold across them.
    """
    if lane not in LANES:
        return 0
    lanes = os.environ.get(LANES_VARIABLE, lane).split(",")
    desk = _desk()
    done = sum(side(desk) for name in lanes for side in SIDE.get(name, ()))
    bell = _Bell(lane)
    from workers.service import do

    terms = Terms(
        lanes=lanes, worker=f"{lanes[0]}@{socket.gethostname()}:{os.getpid()}", lease_s=settings().lease_s,
        attempts=settings().attempts, stop=stopping, claimed=bell, told=_log, die=_die,
    )
    ended = work(desk.pool, settings().database_url, partial(do, desk), terms)
    if not ended and "preview" in lanes and not stopping():
        _warm(desk)
    return done + ended


app.task(name=TASK)(answer)


def _warm(desk: Desk) -> None:
    """Somebody reviews and rang ahead of their first edit: a picture of the newest batch is made once, to no end but that."""
    import contextlib

    from factory.errors import FactoryError

    with contextlib.suppress(*AWAY, FactoryError):
        with desk.pool.connection() as db:
            row = db.execute("select id from batches where state like 'completed%' order by updated_at desc limit 1").fetchone()
        if row:
            _rehearsed(row["id"])


@lru_cache(maxsize=8)
def _rehearsed(batch: str) -> str:
    from workers.edits import rehearse

    return rehearse(_desk(), batch)


class _Bell:
    """Rings once, at the first claim. A broker that is away is no reason to stop: the relay rings later."""

    def __init__(self, lane: str) -> None:
        self.lane, self.rung = lane, False

    def __call__(self, _leases: Sequence[Lease]) -> None:
        from kombu.exceptions import OperationalError

        if not self.rung:
            self.rung = True
            try:
                ring(self.lane)
            except OperationalError as error:
                logs.logger().warning("broker away", lane=self.lane, error=str(error))


@lru_cache(maxsize=1)
def _desk() -> Desk:
    """This process's open things: made in its first task, when the worker has reported itself alive long since."""
    from workers.desk import open_desk

    logs.configure(settings().log_level)
    return patiently(lambda: open_desk(settings()))


def stopping() -> bool:
    """Whether to take no other job: the parent said so, or is gone."""
    return os.getppid() != PARENT or Path(os.environ.get(STOP_VARIABLE, "/nonexistent")).exists()


def _log(lease: Lease, state: str, seconds: float, error: str) -> None:
    logs.logger().info(
        "job", batch=lease.batch, job=lease.id, stage=lease.stage, lane=lease.lane, attempt=lease.attempts, state=state,
        seconds=round(seconds, 3), variants=[c["id"] for c in lease.args.get("cells", ())] or lease.args.get("variant"),
        **({"error": error} if error else {}),
    )


def _die(why: str) -> None:
    logs.logger().error("this process ends itself", why=why)
    os._exit(70)


# -------------------------------------------------------------------------------------- what is no job in a lane


def _deliver(desk: Desk) -> int:
    """Webhook deliveries that are due."""
    from factory import webhooks

    sent, more = 0, True
    while more and not stopping():
        try:
            tried = webhooks.send_due(desk.pool, _client())
        except AWAY as error:
            logs.logger().warning("database away", error=str(error))
            break
        sent, more = sent + tried, tried > 0 and sent < 200
    return sent


@lru_cache(maxsize=1)
def _client() -> Client:
    from factory import webhooks

    return webhooks.open_client(loopback=settings().loopback_webhooks)


SIDE: Mapping[str, Sequence[Callable[[Desk], int]]] = {"io": (_deliver,)}
"""Lane -> what its workers do beside jobs, each time they are rung."""
