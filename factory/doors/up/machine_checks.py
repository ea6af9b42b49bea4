"""What `factory doctor` looks at on this machine: programs, disk, memory, ports, who may read what."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from factory.doors.up import installation, keys, marks, parts, ports, programs, servers
from factory.doors.up.doctor import Check, Patient, Reading, fail, ok, warn
from factory.doors.up.first_key import FILE as ADMIN_KEY
from factory.errors import FactoryError

PACKAGES = (
    "psycopg", "psycopg_pool", "boto3", "celery", "redis", "fastapi", "uvicorn", "structlog", "prometheus_client", "psutil",
)  # fmt: skip
GB = 1_000_000_000
LEAST_DISK, GOOD_DISK, GOOD_MEMORY = 1 * GB, 10 * GB, 2.0
OLDEST_PYTHON = (3, 11)


def _python(_: Patient) -> Iterator[Reading]:
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if sys.version_info < OLDEST_PYTHON:
        yield fail(f"Python {sys.version.split()[0]}", "Use Python 3.11 or newer.")
    elif missing:
        yield fail(f"packages are missing: {', '.join(missing)}", programs.INSTALL)
    else:
        yield ok(f"Python {sys.version.split()[0]}, all packages")


def _servers(patient: Patient) -> Iterator[Reading]:
    finders = {
        "postgres": lambda: programs.postgres_tool("postgres", Path(), None),
        "valkey": lambda: programs.valkey_server(Path(), None),
        "s3": lambda: programs.weed(Path(), None),
    }  # fmt: skip
    own = installation.own_servers(patient.settings)
    for name in own:
        try:
            finders[name]()
        except FactoryError as error:
            yield fail(error.fault.fact, f"{error.fault.help} Or name another: docs/operators.md, 'Replace a part'.")
    yield ok(f"ours: {', '.join(own) or 'none'}; given by settings: {', '.join(set(servers.SERVERS) - set(own)) or 'none'}")


def _home(patient: Patient) -> Iterator[Reading]:
    home = patient.settings.home.absolute()
    if not home.exists():
        yield warn(f"{home} is not there", "`factory up` makes it.")
        return
    folders = {home} | {p.folder.parent for p in (patient.here.places.values() if patient.here else ())}
    for folder in sorted(f for f in folders if f.exists()):
        if not os.access(folder, os.W_OK):
            yield fail(f"{folder} cannot be written", "Give it to the user who runs the service.")
        yield _space(folder)


def _space(folder: Path) -> Reading:
    free = shutil.disk_usage(folder).free
    said = f"{free / GB:.1f} GB free in {folder}"
    if free < LEAST_DISK:
        return fail(said, "Make room: databases stop when a disk is full. See 'Disk' in docs/operators.md.")
    return ok(said) if free >= GOOD_DISK else warn(said, "A batch of films takes some GB: make room.")


def _memory(_: Patient) -> Iterator[Reading]:
    memory = parts.memory_gib()
    said = f"{memory:.1f} GiB, {os.cpu_count()} cores, {'a' if parts.has_card() else 'no'} graphics card"
    yield ok(said) if memory >= GOOD_MEMORY else warn(said, "A worker takes up to 2 GB.")


def _supervisor(patient: Patient) -> Iterator[Reading]:
    run = patient.settings.home.absolute() / "run"
    pid = marks.supervisor(run) if run.is_dir() else None
    left = [m.part for m in marks.read_all(run) if marks.is_alive(m)] if run.is_dir() else []
    if pid is not None:
        patient.facts["supervisor"] = pid
        yield from _parts(patient, pid)
    elif left:
        yield warn(f"no supervisor, but these parts still run: {', '.join(left)}",
                   "`factory up` stops and starts them; `factory down` stops them.")
    else:
        yield warn("`factory up` does not run here", "Start it, or ignore this where another machine runs the service.")


def _parts(patient: Patient, pid: int) -> Iterator[Reading]:
    from factory.doors.up import background

    rows = background.check(patient.settings)
    for row in rows:
        if not row["answers"]:
            log = patient.settings.home / "logs" / f"{row['part']}.log"
            yield fail(f"{row['part']} is {row['state']} and does not answer", f"It is tried again; its log says more: {log}")
    if rows and all(row["answers"] for row in rows):
        yield ok(f"process {pid} watches {len(rows)} parts, all answer")


def _ports(patient: Patient) -> Iterator[Reading]:
    if "supervisor" in patient.facts:
        yield ok("held by our own parts")
        return
    usual = {name: next(iter(servers.SERVERS[name].ports.values())) for name in installation.own_servers(patient.settings)}
    wanted = {"web": patient.settings.port} | usual
    taken = [f"{port} ({name})" for name, port in wanted.items() if not ports.is_free(port)]
    if taken:
        yield warn(f"taken by other programs: {', '.join(taken)}",
                   "`factory up` takes free ones and says which; FACTORY_PORT sets the web door's.")
    else:
        yield ok("the usual ones are free")


def _private(patient: Patient) -> Iterator[Reading]:
    home = patient.settings.home.absolute()
    for name in (keys.FILE, ADMIN_KEY):
        path = home / name
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield fail(f"{path} can be read by others", f"chmod 600 {path}; then change what it holds.")
    yield ok("secrets are their owner's only")


def _media(_: Patient) -> Iterator[Reading]:
    from imageio_ffmpeg import get_ffmpeg_exe

    done = subprocess.run([get_ffmpeg_exe(), "-version"], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        yield fail("ffmpeg does not run", "Reinstall imageio-ffmpeg.")
    yield ok(f"ffmpeg {done.stdout.split()[2] if done.stdout else ''}")
    missing = [name for name in ("ots", "fontTools", "uharfbuzz", "skia") if find_spec(name) is None]
    yield fail(f"packages for type are missing: {', '.join(missing)}", programs.INSTALL) if missing else ok("type: all packages")


CHECKS = (
    Check(name="python", look=_python), Check(name="servers", look=_servers), Check(name="disk", look=_home),
    Check(name="machine", look=_memory), Check(name="parts", look=_supervisor), Check(name="ports", look=_ports),
    Check(name="secrets", look=_private), Check(name="media", look=_media),
)  # fmt: skip
