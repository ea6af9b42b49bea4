"""Claim, run, finish: how a worker takes work, holds it, and ends it once. Plain; knows no queue.

A job is held under a lease with a token. A thread holds the leases of the chunk at hand longer while their jobs run; a
worker that has lost its token writes nothing. The result and all that follows from it is written in one transaction,
tried again with the same token for as long as the database is away: a finished job is never lost to an outage.
"""

from __future__ import annotations

import contextlib
import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg

from brand_kits.errors import KitError
from factory.errors import InputError, RefusedError, StageError, StoreError
from factory.store import work as store
from factory.store.pool import connect
from factory.store.rows import Lease
from workers import endings
from workers.pool import peak_mb, tell

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    Pool = ConnectionPool[Connection[dict[str, Any]]]

T = TypeVar("T")

FINAL: Final = (InputError, RefusedError, StageError, KitError)
"""Errors that another try would only repeat."""

AWAY: Final = (psycopg.OperationalError, psycopg.InterfaceError)
"""The database is away, restarts, or a statement lost a race: try again, nothing is wrong with the job."""

LONGEST_S: Final[Mapping[str, float]] = {"plate": 3600.0, "animate": 1800.0}
LONGEST: Final = 900.0
"""Seconds after which a job counts as hanging: its process ends, and the lease with it."""

PATIENCE_S: Final = 300.0
"""How long a worker waits for a database or bucket that is away, with its work in hand."""
CLAIM_S: Final = 60.0
"""And how long with empty hands."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What a hand made: the result to keep, and what else to write in the very transaction that ends the job."""

    result: Any
    tell: Callable[[Connection[dict[str, Any]]], None] | None = None


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How a worker works. `stop` says that it shall hand back what it has not begun; `told` hears of each job's end."""

    lanes: Sequence[str]
    worker: str
    lease_s: float = 60.0
    attempts: int = 4
    stop: Callable[[], bool] = lambda: False
    claimed: Callable[[Sequence[Lease]], None] = lambda _leases: None
    told: Callable[[Lease, str, float, str], None] = lambda _lease, _state, _seconds, _error: None
    die: Callable[[str], None] = lambda why: os._exit(70)  # noqa: ARG005  (the log has told why; nothing of ours can be trusted to unwind)


def work(pool: Pool, url: str, do: Callable[[Lease], Done], terms: Terms, *, seconds: float = 30.0) -> int:
    """Take and do work until nothing is ready, `terms.stop` says so, or `seconds` have passed. Returns how many jobs ended.

    `url` is for the connection that holds the leases, which must not wait for one of the pool's.
    """
    ended, until, warm = 0, time.monotonic() + seconds, ""
    with Holder(url, terms) as holder:
        while not terms.stop():
            leases = patiently(partial(_claim, pool, terms, warm), unless=terms.stop, most_s=CLAIM_S)
            if not leases:
                break
            terms.claimed(leases)
            warm = leases[0].batch
            ended += _chunk(pool, do, terms, holder, leases)
            if time.monotonic() > until:
                break
    return ended


def _claim(pool: Pool, terms: Terms, warm: str) -> list[Lease]:
    with pool.connection() as db:
        return store.claim(db, terms.lanes, terms.worker, terms.lease_s, warm=warm)


def _chunk(pool: Pool, do: Callable[[Lease], Done], terms: Terms, holder: Holder, leases: Sequence[Lease]) -> int:
    """Do a chunk's jobs one after the other; whatever interrupts us, what was not begun is handed back."""
    left, ended = list(leases), 0
    with holder.holding(leases):
        try:
            while left and not terms.stop():
                if not holder.lost(left[0]):
                    ended += _one(pool, do, terms, holder, left[0])
                left.pop(0)
        finally:
            for lease in left:
                _hand_back(pool, lease)
    return ended


def _hand_back(pool: Pool, lease: Lease) -> None:
    with contextlib.suppress(*AWAY), pool.connection(timeout=2.0) as db:  # if the database is away, the lease runs out by itself
        store.give_back(db, lease)


def _one(pool: Pool, do: Callable[[Lease], Done], terms: Terms, holder: Holder, lease: Lease) -> bool:
    """Do one job and end it. One of the two places where any error is caught: a worker outlives a job."""
    def lost() -> bool:
        return holder.lost(lease)

    begun, kept = patiently(lambda: _begin(pool, terms, lease), unless=lost)
    if not begun:
        return False
    start = time.perf_counter()
    with holder.running(lease):
        try:
            done = Done(result=kept) if kept is not None else patiently(lambda: do(lease), unless=lost)
            seconds = time.perf_counter() - start
            state, error = "done" if patiently(lambda: _finish(pool, terms, lease, done, seconds), unless=lost) else "stale", ""
        except Exception as caught:
            seconds, error = time.perf_counter() - start, tell(caught)
            state = _failed(pool, terms, lease, caught, seconds, lost)
    terms.told(lease, state, seconds, error)
    return state in ("done", "failed")


def _begin(pool: Pool, terms: Terms, lease: Lease) -> tuple[bool, Any]:
    """Mark a job as begun. Where another batch's equal job has left the result meanwhile, there is nothing to do."""
    with pool.connection() as db:
        begun = store.begin(db, lease, terms.worker, terms.lanes[0])
        return begun, store.result(db, lease.id) if begun and lease.stage not in store.OUTSIDE else None


def _finish(pool: Pool, terms: Terms, lease: Lease, done: Done, seconds: float) -> bool:
    """Keep the result and end the job, with all that follows. False when the lease is stale: nothing is written."""
    with pool.connection() as db, db.transaction():
        ended_in = store.finish(db, lease, done.result, seconds=seconds, peak_mb=peak_mb())
        if not ended_in:
            return False
        endings.well(db, lease, done.result, ended_in)
        if done.tell:
            done.tell(db)
        store.seen(db, terms.worker, terms.lanes[0], busy=seconds, progress=True)
    return True


def _failed(pool: Pool, terms: Terms, lease: Lease, error: Exception, seconds: float, lost: Callable[[], bool]) -> str:
    """Try later, or fail for good. Returns the state that the job has now: "ready", "failed" or "stale".

    What failed because a server was away is not counted: it waits for the server.
    """
    away = is_away(error)
    final = isinstance(error, FINAL) or (lease.attempts >= terms.attempts and not away)

    def end() -> bool:
        with pool.connection() as db, db.transaction():
            store.seen(db, terms.worker, terms.lanes[0], busy=seconds, progress=final)
            if final:
                return endings.badly(db, lease, tell(error), faults_of(error), seconds=seconds)
            if away:
                return store.give_back(db, lease, wait_s=backoff_s(2), error=tell(error))
            return store.try_again(db, lease, tell(error), wait_s=backoff_s(lease.attempts))

    written = patiently(end, unless=lost)
    return "stale" if not written else "failed" if final else "ready"


def faults_of(error: BaseException) -> list[dict[str, str]]:
    """What is wrong, fault by fault, as plain data."""
    faults = getattr(error, "faults", None) or [f for f in [getattr(error, "fault", None)] if f]
    return [{"code": f.code, "fact": f.fact, "where": f.where, "help": f.help} for f in faults]


def backoff_s(attempts: int) -> float:
    """Seconds to wait before the next try: 2, 8, 32, 60, each with jitter so that a crowd spreads out."""
    return min(60.0, 2.0 * 4.0 ** (attempts - 1)) * random.uniform(0.75, 1.25)  # noqa: S311


# ------------------------------------------------------------------------------------------------------ patience


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database or the bucket is away, and nothing of the work itself."""
    return isinstance(error, AWAY) or (isinstance(error, StoreError) and error.fault.code == "storage.down")


def patiently(act: Callable[[], T], *, unless: Callable[[], bool] = lambda: False, most_s: float = PATIENCE_S) -> T:
    """Do something, and again with growing pauses while the database or the bucket is away; not once `unless` holds."""
    start, tries = time.monotonic(), 0
    while True:
        try:
            return act()
        except Exception as error:
            if not is_away(error) or unless() or time.monotonic() - start > most_s:
                raise
            time.sleep(min(5.0, 0.05 * 2.0**tries) * random.uniform(0.5, 1.0))  # noqa: S311
            tries += 1


# ------------------------------------------------------------------------------------------------ holding leases


class Holder:
    """Holds leases longer while their jobs run, from a thread of its own; ends the process when that has no sense any more.

    A job whose token was lost a whole lease ago, and one that hangs, cannot be stopped from inside: the process ends,
    its supervisor starts a new one, and the job's lease runs out.
    """

    def __init__(self, url: str, terms: Terms) -> None:
        self._url, self._terms = url, terms
        self._held: dict[int, Lease] = {}
        self._lost: dict[int, float] = {}
        self._running: tuple[Lease, float] | None = None
        self._guard, self._over = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._beat, name="leases", daemon=True)

    def __enter__(self) -> Holder:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(1.0)

    @contextlib.contextmanager
    def holding(self, leases: Sequence[Lease]) -> Iterator[None]:
        """Hold these for a while."""
        with self._guard:
            self._held |= {x.token: x for x in leases}
        try:
            yield
        finally:
            with self._guard:
                for x in leases:
                    self._held.pop(x.token, None)
                    self._lost.pop(x.token, None)

    @contextlib.contextmanager
    def running(self, lease: Lease) -> Iterator[None]:
        """This one's job runs now; afterwards it is no longer held."""
        self._running = (lease, time.monotonic())
        try:
            yield
        finally:
            self._running = None
            with self._guard:
                self._held.pop(lease.token, None)

    def lost(self, lease: Lease) -> bool:
        """Whether the database has said that a lease is another's now."""
        return lease.token in self._lost

    def _beat(self) -> None:
        with contextlib.ExitStack() as stack:
            db: Connection[dict[str, Any]] | None = None
            while not self._over.wait(self._terms.lease_s / 3):
                try:
                    if self._held:
                        db = db or stack.enter_context(connect(self._url))
                        self._extend(db)
                except AWAY:
                    stack.close()
                    db = None
                self._judge(time.monotonic())

    def _extend(self, db: Connection[dict[str, Any]]) -> None:
        with self._guard:
            held = list(self._held.values())
        alive = store.heartbeat(db, held, self._terms.lease_s)
        with self._guard:
            for lease in held:
                if lease.token not in alive and lease.token in self._held:
                    self._lost.setdefault(lease.token, time.monotonic())

    def _judge(self, now: float) -> None:
        running = self._running
        if running is None:
            return
        lease, since = running
        if now - self._lost.get(lease.token, now) > self._terms.lease_s:
            self._terms.die(f"{lease.id} runs on although its lease was lost a whole lease ago")
        if now - since > LONGEST_S.get(lease.stage, LONGEST):
            self._terms.die(f"{lease.id} hangs: it has run for {now - since:.0f} s")
