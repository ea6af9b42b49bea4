"""The parts of a running service, as a table: what is started, in which order, and how one sees that it is ready."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from factory.doors.up.account import Account
from factory.doors.up.installation import Installation
from factory.doors.up.ports import Held
from factory.doors.up.servers import SERVERS

ROOT = Path(__file__).resolve().parents[3]
CARDS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
LANES = ("cpu", "io", "preview")
WORKER_MIB = 2048
"""What a process of lane `cpu` may take at its peak: more of them than fit would swap."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One process of the service with all that is needed to start, ask and stop it."""

    name: str
    argv: Callable[[], list[str]]
    env: Callable[[], dict[str, str]]
    ready: Callable[[int], bool]
    """Whether it serves; given how long its log was before it started."""
    prepare: Callable[[], None] = field(default=lambda: None)
    take_off: Callable[[], None] = field(default=lambda: None)
    """Called just before it starts: whoever holds its ports lets go."""
    tidy: Callable[[], None] = field(default=lambda: None)
    port: int | None = None
    account: Account | None = None
    stop_signal: int = signal.SIGTERM
    grace_s: float = 10.0
    start_s: float = 30.0
    cwd: str = "/"


def server_parts(here: Installation, held: Held | None = None) -> list[Part]:
    """The servers that are ours. `held` are ports that somebody keeps for them."""
    return [_server(here, name, held or Held()) for name in here.places]


def _server(here: Installation, name: str, held: Held) -> Part:
    server, place = SERVERS[name], here.places[name]
    return Part(
        name=name, prepare=lambda: server.prepare(place), argv=lambda: server.argv(place), env=lambda: server.environ(place),
        ready=lambda _: server.ready(place), take_off=lambda: held.free(place.all_ports), tidy=lambda: server.tidy(place),
        port=place.port, account=place.account, stop_signal=server.stop_signal, grace_s=server.grace_s, start_s=server.start_s,
    )  # fmt: skip


def own_parts(here: Installation) -> list[Part]:
    """The web door, the workers and the relay."""
    cards = gpu_count()
    gpus = [_worker(here, "gpu", f"gpu{n}", 1, {"CUDA_VISIBLE_DEVICES": str(n)}) for n in range(cards)]
    hidden = {"CUDA_VISIBLE_DEVICES": ""} if cards else {}
    lanes = [_worker(here, _queues(lane, cards), lane, _processes(lane), hidden) for lane in LANES]
    return [_web(here), *lanes, *gpus, _relay(here)]


def _queues(lane: str, cards: int) -> str:
    """Without a card the processor serves lane `gpu` as well."""
    return "cpu,gpu" if lane == "cpu" and not cards else lane


def _processes(lane: str) -> int:
    return {"cpu": cpu_processes(), "io": 2}.get(lane, 1)


def cpu_processes() -> int:
    """One a core, but no more than fit in memory."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, int(memory_gib() * 1024 // WORKER_MIB)))


def has_card() -> bool:
    """Whether a driver for graphics cards is loaded."""
    return any(Path(node).exists() for node in CARDS)


def memory_gib() -> float:
    """GiB of memory: the machine's, or our control group's limit where no card makes that question dear to ask."""
    if has_card():
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    from gpu.device import here

    return here().memory


def gpu_count() -> int:
    """How many cards torch can use, asked in a process of its own: the supervisor loads no torch."""
    if not has_card():
        return 0
    code = "from gpu.device import here; import torch; print(torch.cuda.device_count() if here().kind == 'cuda' else 0)"
    done = subprocess.run([sys.executable, "-c", code], env=_environ({}), capture_output=True, text=True, check=False)  # noqa: S603
    return int(done.stdout.strip() or 0) if done.returncode == 0 else 0


def _environ(more: Mapping[str, str]) -> dict[str, str]:
    """Our own environment, in which our packages can be found from anywhere."""
    path = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH", "")) if p)
    return dict(os.environ) | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"} | dict(more)


def _web(here: Installation) -> Part:
    told = here.settings
    argv = [
        sys.executable, "-m", "uvicorn", "factory.doors.web.app:create_app", "--factory", "--host", told.host,
        "--port", str(told.port), "--no-server-header", "--log-level", told.log_level, "--timeout-graceful-shutdown", "3",
    ]  # fmt: skip
    return Part(name="web", argv=lambda: argv, env=lambda: _environ(told.environ()), port=told.port, start_s=60,
                ready=lambda _: answers(told.host, told.port))  # fmt: skip


def answers(host: str, port: int) -> bool:
    """Whether the web door says that it is alive."""
    import http.client

    door = http.client.HTTPConnection("127.0.0.1" if host in {"", "0.0.0.0", "::"} else host, port, timeout=2)  # noqa: S104
    try:
        door.request("GET", "/healthz")
        return door.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        door.close()


def _worker(here: Installation, queues: str, name: str, processes: int, more: Mapping[str, str]) -> Part:
    argv = [
        sys.executable, "-m", "celery", "-A", "workers.app", "worker", "--queues", queues, "--hostname", f"{name}@%h",
        "--pool", "prefork", "--concurrency", str(processes), "--loglevel", here.settings.log_level,
        "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    return _ours(here, f"worker-{name}", argv, more)  # SIGTERM: a worker ends the job at hand and hands the rest back


def _relay(here: Installation) -> Part:
    return _ours(here, "relay", [sys.executable, "-m", "workers.relay"], {})


def _ours(here: Installation, name: str, argv: list[str], more: Mapping[str, str]) -> Part:
    log = here.log(name)
    return Part(
        name=name, argv=lambda: argv, env=lambda: _environ(here.settings.environ() | dict(more)),
        ready=lambda before: says_ready(log, before), start_s=60, grace_s=40,
    )  # fmt: skip


def says_ready(log: Path, before: int) -> bool:
    """Whether a process has written the word `ready` since it started (Celery does, and so does ours)."""
    try:
        with log.open("rb") as file:
            file.seek(before)
            return b"ready" in file.read()
    except OSError:
        return False
