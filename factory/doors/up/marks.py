"""Who runs: a file for each process with its number and the moment it started, and one lock for the supervisor.

A number alone is worth nothing, as numbers are used again; number, start and boot together name one process for ever.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from factory.doors.up.keys import write_private
from factory.doors.up.process import kill_session
from factory.errors import RefusedError

PROC = Path("/proc")
LOCK = "supervisor.lock"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One process: its number, and when it started (clock ticks since which boot, or seconds where there is no /proc)."""

    part: str
    pid: int
    started: str
    stop_signal: int = signal.SIGTERM


def started(pid: int) -> str | None:
    """The moment a process started, as a text that no other process of this number shares; None when it is gone."""
    if PROC.joinpath("self/stat").exists():
        fields = _stat(pid)
        return None if fields is None else f"{_boot()}:{fields[19]}"
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.2f}"
    except psutil.Error:
        return None


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name, which may itself hold spaces and brackets; None for the dead."""
    try:
        fields = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {"Z", "X"} else fields


def _boot() -> str:
    return (PROC / "sys/kernel/random/boot_id").read_text().strip()[:8]


def is_alive(mark: Mark) -> bool:
    """Whether that very process still runs."""
    return started(mark.pid) == mark.started


def write(run: Path, part: str, pid: int, stop_signal: int = signal.SIGTERM) -> None:
    """Note a child that was just started."""
    mark = Mark(part=part, pid=pid, started=started(pid) or "gone", stop_signal=int(stop_signal))
    write_private(run / f"{part}.pid.json", json.dumps(asdict(mark)))


def erase(run: Path, part: str) -> None:
    """Forget a child that ended."""
    (run / f"{part}.pid.json").unlink(missing_ok=True)


def read_all(run: Path) -> list[Mark]:
    """What was noted; a file that is damaged says nothing."""
    found: list[Mark] = []
    for path in sorted(run.glob("*.pid.json")):
        with contextlib.suppress(OSError, ValueError, TypeError):
            found.append(Mark(**json.loads(path.read_text())))
    return found


def clear_leftovers(run: Path, home: Path, grace_s: float = 8.0) -> list[str]:
    """Stop what an earlier supervisor left behind, and whatever those left in their sessions. Names of what was stopped."""
    marks = read_all(run)
    alive = [m for m in marks if is_alive(m)]
    for mark in alive:
        _signal(mark.pid, mark.stop_signal)
    end = time.monotonic() + grace_s
    while any(is_alive(m) for m in alive) and time.monotonic() < end:
        time.sleep(0.03)
    for mark in alive:
        if is_alive(mark):
            kill_session(mark.pid)
    orphans = [m.part for m in marks if _kill_orphans(m, home)]
    for mark in marks:
        erase(run, mark.part)
    return sorted({m.part for m in alive} | set(orphans))


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _kill_orphans(mark: Mark, home: Path) -> bool:
    """Kill members of a dead leader's session: children of a worker that was killed. Each is asked for our home in its
    environment first, as a number that nobody holds any more may have gone to somebody else."""
    if not PROC.joinpath("self/stat").exists() or _stat(mark.pid) is not None:
        return False
    mine = f"FACTORY_HOME={home}".encode()
    orphans = [pid for pid in _session(mark.pid) if mine in _environ(pid)]
    for pid in orphans:
        _signal(pid, signal.SIGKILL)
    return bool(orphans)


def _session(leader: int) -> list[int]:
    pids = (int(p.name) for p in PROC.iterdir() if p.name.isdigit())
    return [pid for pid in pids if (fields := _stat(pid)) is not None and int(fields[3]) == leader]


def _environ(pid: int) -> list[bytes]:
    try:
        return (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


@contextlib.contextmanager
def sole_supervisor(run: Path) -> Iterator[IO[str]]:
    """Hold the installation's lock, which the kernel takes back whatever happens to us. Raises RefusedError when it is held."""
    file = (run / LOCK).open("a+")
    try:
        if not _locked(file):
            raise _taken(run)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield file
    finally:
        file.close()


def _locked(file: IO[str]) -> bool:
    """Take the lock; tried for a moment, as whoever asks if it is held holds it for an instant."""
    for _ in range(10):
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.03)
    return False


def _taken(run: Path) -> RefusedError:
    return RefusedError(
        f"`factory up` runs here already as process {supervisor(run) or '?'}", code="up.running", where=str(run / LOCK),
        help="`factory up --check` shows its parts; `factory down` stops it; another FACTORY_HOME is another installation.",
    )  # fmt: skip


def supervisor(run: Path) -> int | None:
    """The number of the supervisor that holds the lock; None when nobody does."""
    try:
        with (run / LOCK).open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return int(file.read().strip() or 0) or None
    except (OSError, ValueError):
        return None
    return None
