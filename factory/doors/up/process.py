"""Starting and stopping child processes: in sessions of their own, as their own user, never outliving whoever watches them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from factory.doors.up.account import Account

PR_SET_PDEATHSIG = 1
BASICS = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR")
"""What a server needs of our environment; the rest may hold other people's secrets."""


def basic_environ() -> dict[str, str]:
    """The least environment that a server runs in."""
    return {name: os.environ[name] for name in BASICS if name in os.environ}


def start(
    argv: Sequence[str], *, env: Mapping[str, str], log: Path, account: Account | None = None, stop_signal: int = signal.SIGTERM,
    cwd: str = "/",
) -> subprocess.Popen[bytes]:
    """A child in a session of its own, so that Ctrl-C at a terminal reaches us alone, writing into `log` (appended).

    On Linux it gets `stop_signal` when the thread that started it is gone, be it by kill -9: call this from a main thread.
    """
    with log.open("ab") as sink:
        return subprocess.Popen(  # noqa: S603
            list(argv), env=dict(env), stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, cwd=cwd,
            start_new_session=True, umask=0o077,
            preexec_fn=_tie(stop_signal),  # noqa: PLW1509 (whoever watches children runs no threads)
            user=account.uid if account else None, group=account.gid if account else None, extra_groups=[] if account else None,
        )  # fmt: skip


def _tie(stop_signal: int) -> Callable[[], None] | None:
    """What the child does between fork and exec: ask the kernel for a signal at our death. Set after the user changed,
    as the kernel forgets it there; a parent that was gone before is seen by its number."""
    if sys.platform != "linux":
        return None
    import ctypes

    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def tie() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever starts us in the background may have had it ignored
        prctl(PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return tie


def stop(child: subprocess.Popen[bytes], stop_signal: int = signal.SIGTERM, grace_s: float = 10.0) -> int:
    """Ask a child to end, wait, and after `grace_s` seconds kill it; whatever is left of its session goes too. Its exit code."""
    ask(child, stop_signal)
    if not wait_until(lambda: ended(child) is not None, None, grace_s):
        kill_session(child.pid)
    return child.wait()


def ask(child: subprocess.Popen[bytes], number: int) -> None:
    """Send a signal to a child that may be gone."""
    with contextlib.suppress(ProcessLookupError):
        child.send_signal(number)


def kill_session(leader: int) -> None:
    """Kill what is left of a child's process group (its number is its leader's)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def wait_until(ready: Callable[[], bool], child: subprocess.Popen[bytes] | None, seconds: float) -> bool:
    """Ask `ready` again and again until it says yes; False when the child died or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return True
        if child is not None and ended(child) is not None:
            return False
        time.sleep(0.03)
    return False


def ended(child: subprocess.Popen[bytes]) -> int | None:
    """The exit code of a child that is dead, None while it lives. What is left of its session is killed before the child's
    number is given back, so that no stranger can hold it."""
    if child.returncode is not None:
        return child.returncode
    if hasattr(os, "waitid"):
        if os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return None
        kill_session(child.pid)
    return child.poll()
