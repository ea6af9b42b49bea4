"""How a batch is getting on: a live bar on a terminal, plain lines elsewhere, events for programs.

A reporter takes the events that `workers.local.make` sends (`stage`, `job`, `first`, `empty`, `error`, `done`).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from factory.doors import faults

Event = dict[str, Any]
Report = Callable[[Event], None]
PAUSE = 5.0
"""Seconds between two plain lines: a log stays short, and nobody thinks that it hangs."""
TITLES = {"plate": "plates", "copy": "words", "compose": "pictures", "animate": "videos", "bundle": "bundle"}
MOST_EMPTY = 20


@dataclass
class Tally:
    """How far each stage is, and how fast all of them together."""

    clock: Callable[[], float] = time.monotonic
    stages: dict[str, tuple[int, int]] = field(default_factory=dict)
    began: float | None = None
    before: int = 0
    """Jobs that an earlier run had done already."""

    def note(self, event: Event) -> None:
        """Take in an event of a stage or job."""
        self.stages[str(event["stage"])] = (int(event["done"]), int(event["total"]))
        if self.began is None and event["event"] == "job":
            self.began = self.clock()
            self.before = max(0, self.done - 1)

    @property
    def done(self) -> int:
        """Jobs done, of all stages."""
        return sum(d for d, _ in self.stages.values())

    @property
    def total(self) -> int:
        """Jobs in all."""
        return sum(t for _, t in self.stages.values())

    def rate(self) -> float:
        """Jobs a minute in this run, 0 before there is a measure."""
        seconds = self.clock() - self.began if self.began is not None else 0.0
        return 60.0 * (self.done - self.before) / seconds if seconds > 0.5 else 0.0

    def left(self) -> str:
        """The time that the rest will take at this rate: `about 2 min left`, or ""."""
        rate = self.rate()
        if not rate or self.done >= self.total:
            return ""
        seconds = 60 * (self.total - self.done) / rate
        return f"about {round(seconds / 60)} min left" if seconds >= 90 else f"about {max(1, round(seconds))} s left"


@contextmanager
def reporter(*, as_json: bool) -> Iterator[Report]:
    """The reporter that suits where the output goes."""
    if as_json:
        yield faults.line
    elif sys.stdout.isatty():
        with live() as report:
            yield report
    else:
        yield plain(sys.stdout.write)


def plain(write: Callable[[str], Any], clock: Callable[[], float] = time.monotonic) -> Report:
    """A reporter that writes a line when a stage ends, and every few seconds in between."""
    tally, last, missing = Tally(clock=clock), [float("-inf")], [0]

    def report(event: Event) -> None:
        if event["event"] in ("stage", "job"):
            tally.note(event)
            ends = event["done"] == event["total"] and event["event"] == "job"
            if event["event"] == "job" and (ends or clock() - last[0] >= PAUSE):
                last[0] = clock()
                write(_line(event, tally))
        else:
            write(_notice(event, missing))

    return report


def _line(event: Event, tally: Tally) -> str:
    pace = f", {tally.rate():.0f} jobs a minute" if tally.rate() else ""
    left = f", {tally.left()}" if tally.left() else ""
    return f"{TITLES.get(str(event['stage']), event['stage'])}: {event['done']} of {event['total']}{pace}{left}\n"


def _notice(event: Event, missing: list[int]) -> str:
    """A sentence for an event that is no progress."""
    kind = event["event"]
    if kind == "empty":
        missing[0] += 1
        if missing[0] > MOST_EMPTY:
            return ""
        cell = f"{event['concept']}, {event['placement']}, {event['locale']}, {event['kind']}"
        return f"Stays empty: {cell}: {event.get('reason') or 'no variant passed its checks'}\n"
    say = {
        "first": lambda e: f"First picture: {e['path']}\n",
        "error": lambda e: f"Failed: {e.get('job', '')} {e['fact']}\n",
        "warning": lambda e: f"Take care: {e['fact']}. {e.get('help', '')}\n",
        "done": _done,
    }.get(str(kind))
    return say(event) if say else ""


def _done(event: Event) -> str:
    shipped = f"{event['shipped']} variant{'' if event['shipped'] == 1 else 's'} shipped"
    place = f" into {event['out']}. Open {event['out']}/index.html" if event.get("out") else ""
    after = {
        faults.EXIT_EMPTY: "\nSome cells stayed empty: their checks did not pass, and checks are never blunted.",
        faults.EXIT_BROKE: "\nSome jobs failed; the same command tries them again and keeps what is done.",
    }
    return f"{shipped}{place}.{after.get(event['exit'], '')}\n"


@contextmanager
def live() -> Iterator[Report]:
    """A reporter with a bar a stage and one for all: how many, how fast, how long still."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    name, pace_ = TextColumn("{task.description:<9}"), TextColumn("{task.fields[pace]}")
    columns = (name, BarColumn(bar_width=32), MofNCompleteColumn(), pace_)
    tally, missing = Tally(), [0]
    with Progress(*columns, console=Console(highlight=False)) as bars:
        rows: dict[str, Any] = {}

        def report(event: Event) -> None:
            if event["event"] not in ("stage", "job"):
                text = _notice(event, missing)
                if text:
                    bars.console.print(text.rstrip(), markup=False, soft_wrap=True)
                return
            tally.note(event)
            for name, (done, total) in tally.stages.items():
                if name not in rows and total:
                    rows[name] = bars.add_task(TITLES.get(name, name), total=total, pace="")
                if name in rows:
                    bars.update(rows[name], completed=done, total=total)
            if "all" not in rows:
                rows["all"] = bars.add_task("all", total=tally.total, pace="")
            pace = f"{tally.rate():.0f}/min  {tally.left()}" if tally.rate() else ""
            bars.update(rows["all"], completed=tally.done, total=tally.total, pace=pace)

        yield report
