"""Watching children: start, see them become ready, start again with growing pauses, stop in order. Runs no thread."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from factory.doors.up import marks, process
from factory.doors.up.parts import Part
from factory.errors import FactoryError

State = Literal["starting", "running", "pausing", "failing", "stopped"]
PAUSES_S = (0.0, 0.5, 1.0, 2.0)
FAILING_PAUSE_S = 15.0
MANY, SPAN_S = 5, 60.0
"""This many deaths within this many seconds: told plainly, then tried only now and then; the other parts go on."""
HUNG = 3
"""A part that is not ready after this many times what it may take is killed and started anew."""
LOG_BYTES, LOG_KEPT, LOG_CHECK_S = 20_000_000, 3, 5.0


@dataclass(kw_only=True, slots=True)
class Child:
    """A part and the process that is it at the moment."""

    part: Part
    log: Path
    process: subprocess.Popen[bytes] | None = None
    state: State = "stopped"
    since: float = 0.0
    log_before: int = 0
    next_try: float = 0.0
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=MANY))
    told_failing: bool = False

    @property
    def pid(self) -> int | None:
        """The number of the process, while there is one."""
        return self.process.pid if self.process is not None else None


class Watch:
    """Keeps the parts of one installation running. `tell` gets a line for people, `changed` is called after each change."""

    def __init__(
        self, run: Path, logs: Path, tell: Callable[[str], None], changed: Callable[[Mapping[str, Child]], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.run, self.logs, self.tell, self.changed, self.clock = run, logs, tell, changed, clock
        self.children: dict[str, Child] = {}
        self._logs_seen = 0.0

    def start(self, parts: Iterable[Part]) -> None:
        """Start parts without waiting for them. What a part cannot be prepared for is the caller's to tell."""
        for part in parts:
            part.prepare()
            child = self.children[part.name] = Child(part=part, log=self.logs / f"{part.name}.log")
            self._spawn(child)

    def _spawn(self, child: Child) -> None:
        part = child.part
        child.log_before = child.log.stat().st_size if child.log.exists() else 0
        part.take_off()
        child.process = process.start(
            part.argv(), env=part.env(), log=child.log, account=part.account, stop_signal=part.stop_signal, cwd=part.cwd
        )
        child.state, child.since = "starting", self.clock()
        marks.write(self.run, part.name, child.process.pid, part.stop_signal)
        self.changed(self.children)

    def tick(self) -> None:
        """Look at every child once: deaths, restarts that are due, readiness, logs that grew too long."""
        for child in self.children.values():
            if child.process is not None and (code := process.ended(child.process)) is not None:
                self._died(child, code)
            elif child.state == "starting":
                self._look(child)
            elif child.state in {"pausing", "failing"} and child.next_try <= self.clock():
                self._again(child)
        if self.clock() - self._logs_seen >= LOG_CHECK_S:
            self._logs_seen = self.clock()
            for child in self.children.values():
                if rotate(child.log):
                    child.log_before = 0

    def _look(self, child: Child) -> None:
        if self._ready(child):
            child.state = "running"
            self.tell(line(child.part, f"{self.clock() - child.since:5.1f} s"))
            child.told_failing = False
            self.changed(self.children)
        elif child.process is not None and self.clock() - child.since > HUNG * child.part.start_s:
            process.kill_session(child.process.pid)  # its death is seen at the next look

    def _ready(self, child: Child) -> bool:
        """Ask whether it serves. A complaint counts only if it lives on: else it was another program that answered."""
        try:
            return child.part.ready(child.log_before)
        except FactoryError:
            assert child.process is not None
            if process.wait_until(lambda: process.ended(child.process) is not None, None, 0.5):  # type: ignore[arg-type]
                return False
            raise

    def _again(self, child: Child) -> None:
        try:
            child.part.prepare()
            self._spawn(child)
        except Exception as error:  # one part's trouble must not take the others down
            self._pause(child, str(error))

    def _died(self, child: Child, code: int) -> None:
        child.process = None
        marks.erase(self.run, child.part.name)
        self._pause(child, ended_how(code))

    def _pause(self, child: Child, how: str) -> None:
        now = self.clock()
        child.deaths.append(now)
        recent = sum(1 for t in child.deaths if now - t < SPAN_S)
        child.state = "failing" if recent >= MANY else "pausing"
        child.next_try = now + (FAILING_PAUSE_S if recent >= MANY else PAUSES_S[recent - 1])
        if child.state == "pausing":
            self.tell(line(child.part, f"ended ({how}); starting it again"))
        elif not child.told_failing:
            child.told_failing = True
            self.tell(line(child.part, f"ended {MANY} times within a minute ({how}); the other parts go on. Trying it every "
                                       f"{FAILING_PAUSE_S:.0f} s. Its log, {child.log}, ends with:\n{tail(child.log)}"))
        self.changed(self.children)

    def waiting(self) -> list[Child]:
        """Children that are not ready yet."""
        return [c for c in self.children.values() if c.state != "running"]

    def stop(self, names: Iterable[str], impatient: Callable[[], bool] = lambda: False) -> None:
        """Stop these parts at once together, each with its own patience; all are killed as soon as `impatient` says so."""
        going = [c for n in names if (c := self.children.get(n)) is not None and c.process is not None]
        begun = self.clock()
        for child in going:
            process.ask(child.process, child.part.stop_signal)  # type: ignore[arg-type]
        while going:
            going = [c for c in going if not self._gone(c, begun, impatient())]
            time.sleep(0.02)
        for name in names:
            if name in self.children:
                self.children[name].state = "stopped"
        self.changed(self.children)

    def _gone(self, child: Child, begun: float, now: bool) -> bool:
        assert child.process is not None
        if process.ended(child.process) is None:
            if now or self.clock() - begun > child.part.grace_s:
                process.kill_session(child.process.pid)
                child.process.wait()
            else:
                return False
        child.process = None
        marks.erase(self.run, child.part.name)
        child.part.tidy()
        return True


def line(part: Part, what: str) -> str:
    """One line for people about a part."""
    return f"{part.name:<15} {part.port or '':>5}  {what}"


def ended_how(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"exit {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"


def tail(log: Path, lines: int = 5) -> str:
    """The last lines of a log, indented."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4000))
            last = file.read().decode(errors="replace").splitlines()[-lines:]
    except OSError:
        return ""
    return "\n".join(f"    {text}" for text in last)


def rotate(log: Path, most: int = LOG_BYTES, kept: int = LOG_KEPT) -> bool:
    """Copy a long log away and cut it: its writer appends, so it goes on at the new end. A few lines may be lost between."""
    import shutil

    if not log.exists() or log.stat().st_size <= most:
        return False
    for n in range(kept - 1, 0, -1):
        older = log.with_name(f"{log.name}.{n}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{n + 1}"))
    shutil.copy2(log, log.with_name(f"{log.name}.1"))
    with log.open("r+b") as file:
        file.truncate(0)
    return True
