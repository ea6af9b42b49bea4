"""A review as it changes: the cards that others decided, edited or made anew, each change once, in order."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool

from factory.doors.web.hub import hub_of
from factory.doors.web.site.reviewing import card
from factory.store import events, people, reviewing

if TYPE_CHECKING:
    from fastapi import Request
    from psycopg import Connection

    from factory.doors.web.parts import Parts

PING_S: Final = 15.0
LAST_S: Final = 300.0
"""After this a browser has to come again, so that a session that has ended sees no more."""

CHUNK: Final = 200


class Watcher:
    """One reviewer's view of one batch."""

    def __init__(self, request: Request, web: Parts, batch: str, seq: int, me: str) -> None:
        self.request, self.web, self.batch, self.seq, self.me = request, web, batch, seq, me
        self.talk: dict[str, str] | None = None

    async def lines(self) -> AsyncIterator[str]:
        """The stream's text, for a few minutes."""
        began = spoke = time.monotonic()
        yield "retry: 1000\n\n"
        async with hub_of(self.request).watching(self.batch) as bell:
            while time.monotonic() - began < LAST_S:
                said = await run_in_threadpool(self._next)
                for text in said:
                    yield text
                if said:
                    spoke = time.monotonic()
                    continue
                if time.monotonic() - spoke >= PING_S:
                    spoke = time.monotonic()
                    yield ": ping\n\n"
                await bell.wait()

    def _next(self) -> list[str]:
        with self.web.reading() as db:
            rows = events.after(db, self.batch, self.seq, CHUNK)
            talk = reviewing.talked(db, self.batch)
            changed = {v for v in {*talk, *(self.talk or {})} if self.talk is not None and talk.get(v) != self.talk.get(v)}
            self.talk = talk
            if rows:
                self.seq = rows[-1]["seq"]
            told = _touched(rows)
            who = people.names(db, [t["by"] for t in told.values() if t["by"]])
            return [*self._cards(db, told, who, talk), *self._talk(db, changed - set(told), talk)]

    def _cards(
        self, db: Connection[dict[str, Any]], told: Mapping[str, Mapping[str, Any]], who: Mapping[str, str],
        talk: Mapping[str, str],
    ) -> list[str]:
        """One event with every variant that events tell of, as it is now."""
        if not told:
            return []
        shown = [{**card(r, talk), "by": who.get(told[r["id"]]["by"], ""), "mine": told[r["id"]]["by"] == self.me,
                  "type": told[r["id"]]["type"]} for r in reviewing.some(db, self.batch, list(told))]
        return [f"id: {self.seq}\nevent: cards\ndata: {_json(shown)}\n\n"]

    def _talk(self, db: Connection[dict[str, Any]], changed: set[str], talk: Mapping[str, str]) -> list[str]:
        """Variants of which only the comments changed."""
        if not changed:
            return []
        rows = reviewing.some(db, self.batch, sorted(changed))
        shown = [{**card(r, talk), "by": "", "mine": False, "type": "comment"} for r in rows]
        return [f"event: cards\ndata: {_json(shown)}\n\n"]


def _touched(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Variant -> the newest thing that events tell of it, and who did it."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        data = row["data"]
        for of in data.get("decisions") or ([data] if "variant" in data else ()):
            found[of["variant"]] = {"type": row["type"], "by": str(data.get("by", ""))}
    return found


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
