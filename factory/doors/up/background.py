"""`factory up --detach`, `factory up --check` and `factory down`: what one does about a supervisor from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from factory.doors.up import installation, marks, parts, supervisor
from factory.errors import FactoryError
from factory.settings import Settings

START_S, STOP_S = 180.0, 90.0


def detach(settings: Settings, arguments: Sequence[str], tell: Callable[[str], None]) -> None:
    """Start a supervisor that outlives this terminal and wait until it says that all is ready. Raises FactoryError."""
    home = installation.make_home(settings.home.absolute())
    log = home / "logs" / "up.log"
    before = log.stat().st_size if log.exists() else 0
    path = os.pathsep.join(p for p in (str(parts.ROOT), os.environ.get("PYTHONPATH", "")) if p)
    with log.open("ab") as sink:
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "factory.doors.cli", "up", *arguments], stdin=subprocess.DEVNULL, stdout=sink,
            stderr=subprocess.STDOUT, start_new_session=True,
            env=dict(os.environ) | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    end = time.monotonic() + START_S
    while child.poll() is None and time.monotonic() < end:
        before = _pass_on(log, before, tell)
        told = supervisor.state_of(home)
        if told.get("stage") == "ready" and told.get("pid") == child.pid:
            _pass_on(log, before, tell)
            child.returncode = 0  # it is nobody's child from now on; keeps subprocess from warning about it
            return
        time.sleep(0.05)
    _pass_on(log, before, tell)
    if child.returncode == 2:
        raise SystemExit(2)
    raise FactoryError("The service did not become ready", code="up.detach", where=str(log), help="Its log says why.")


def _pass_on(log: Path, before: int, tell: Callable[[str], None]) -> int:
    """Tell whole lines that were written since; where to go on."""
    with log.open("rb") as file:
        file.seek(before)
        fresh = file.read()
    whole = fresh[: fresh.rfind(b"\n") + 1]
    for text in whole.decode(errors="replace").splitlines():
        tell(text)
    return before + len(whole)


def down(settings: Settings, tell: Callable[[str], None], *, now: bool = False) -> None:
    """Stop the supervisor and with it all parts; without one, stop what one left. Raises FactoryError when it takes too long."""
    home = settings.home.absolute()
    run = home / "run"
    pid = marks.supervisor(run)
    if pid is None:
        left = marks.clear_leftovers(run, home) if run.is_dir() else []
        tell(f"Nothing runs here.{' Stopped what was left: ' + ', '.join(left) + '.' if left else ''}")
        return
    for _ in range(2 if now else 1):
        os.kill(pid, signal.SIGTERM)
        time.sleep(0.3)
    end = time.monotonic() + STOP_S
    while marks.supervisor(run) == pid:
        if time.monotonic() > end:
            raise FactoryError(f"Process {pid} is still stopping", code="up.down", where=str(run),
                               help="`factory down --now` kills what does not end.")
        time.sleep(0.05)
    tell("stopped")


def check(settings: Settings) -> list[dict[str, Any]]:
    """Every part with its state and whether it answers now; empty when no supervisor runs."""
    here = installation.installed(settings)
    if here is None or marks.supervisor(here.run) is None:
        return []
    told = supervisor.state_of(here.home)
    servers = {p.name: p for p in parts.server_parts(here)}
    return [row | {"answers": _answers(row, servers, here)} for row in told.get("parts", [])]


def _answers(row: dict[str, Any], servers: dict[str, parts.Part], here: installation.Installation) -> bool:
    if row["part"] in servers:
        return servers[row["part"]].ready(0)
    if row["part"] == "web":
        return parts.answers(here.settings.host, row["port"])
    return bool(row["state"] == "running")
