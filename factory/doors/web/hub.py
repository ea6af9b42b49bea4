"""Waiting for a batch's next event: one listening connection a process, and a glance at the table now and then.

The connection is there only while somebody waits. A notification that is lost costs a second, as waiters look by
themselves.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Request

GLANCE = 1.0
"""Seconds after which a waiter looks without having been called."""


class Hub:
    """Calls those who wait for a batch when the database notifies of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.lock = threading.Lock()
        self.waiters: dict[str, list[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = defaultdict(list)
        self.thread: threading.Thread | None = None

    @asynccontextmanager
    async def watching(self, batch: str) -> AsyncIterator[Bell]:
        """A bell that rings for a batch."""
        bell = Bell()
        entry = (asyncio.get_running_loop(), bell.event)
        with self.lock:
            self.waiters[batch].append(entry)
            if self.thread is None:
                self.thread = threading.Thread(target=self._listen, daemon=True, name="events")
                self.thread.start()
        try:
            yield bell
        finally:
            with self.lock:
                self.waiters[batch].remove(entry)
                if not self.waiters[batch]:
                    del self.waiters[batch]

    def _listen(self) -> None:
        while self._wanted():
            try:
                self._hear()
            except Exception:  # the database is away: waiters look by themselves until it is back
                time.sleep(GLANCE)

    def _wanted(self) -> bool:
        with self.lock:
            if not self.waiters:
                self.thread = None
                return False
            return True

    def _hear(self) -> None:
        from factory.store.pool import connect

        with connect(self.url) as db:
            db.execute("listen events")
            self._ring(None)
            while self.waiters:
                for told in db.notifies(timeout=0.5):
                    self._ring(told.payload)

    def _ring(self, batch: str | None) -> None:
        with self.lock:
            called = [e for b, entries in self.waiters.items() if batch in (None, b) for e in entries]
        for loop, event in called:
            loop.call_soon_threadsafe(event.set)


class Bell:
    """Rings when something may have happened."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    async def wait(self, seconds: float = GLANCE) -> None:
        """Return when it rings, or after so many seconds."""
        try:
            await asyncio.wait_for(self.event.wait(), min(seconds, GLANCE))
        except TimeoutError:
            return
        finally:
            self.event.clear()


def hub_of(request: Request) -> Hub:
    """The process's hub."""
    state: Any = request.app.state
    if not hasattr(state, "hub"):
        state.hub = Hub(state.settings.database_url)
    hub: Hub = state.hub
    return hub
