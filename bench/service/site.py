"""An installation of the service for a benchmark: its own home and bucket server, and an init that starts it again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.service.proxy import Proxy
from factory.doors.up import marks, ports, process, servers
from factory.doors.up.account import service_account
from factory.doors.up.installation import installed
from factory.doors.up.keys import Keys
from factory.doors.up.supervisor import state_of
from factory.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
UP = [sys.executable, "-m", "factory.doors.cli", "up"]


class Bucket:
    """The S3 server, started again whenever it dies, behind a proxy that can misbehave."""

    def __init__(self, home: Path) -> None:
        server = servers.SERVERS["s3"]
        self.place = servers.Place(
            folder=home / "s3", shelf=home / "programs", ports=ports.choose(dict.fromkeys(server.ports, 0), twins=server.twins),
            keys=Keys(), account=service_account(),
        )  # fmt: skip
        self._server, self._log, self._over = server, home / "s3.log", False
        server.prepare(self.place)
        self.child = self._start()
        self.proxy = Proxy(self.place.port)
        threading.Thread(target=self._watch, daemon=True).start()

    def _start(self) -> subprocess.Popen[bytes]:
        child = process.start(self._server.argv(self.place), env=self._server.environ(self.place), log=self._log,
                              account=self.place.account, stop_signal=self._server.stop_signal)
        process.wait_until(lambda: self._server.ready(self.place), child, 60)
        return child

    def _watch(self) -> None:
        while not self._over:
            if self.child.poll() is not None:
                self.child = self._start()
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop server and proxy."""
        self._over = True
        self.proxy.close()
        process.stop(self.child, self._server.stop_signal, 2.0)


class Site:
    """`factory up` over a home, started again when its supervisor dies (as an init system would)."""

    def __init__(self, home: Path, bucket: Bucket, **settings: str) -> None:
        self.home, self.bucket = home, bucket
        port = ports.choose({"web": 0})["web"]
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("FACTORY_")} | {
            "FACTORY_HOME": str(home), "FACTORY_PORT": str(port), "FACTORY_S3_ENDPOINT": bucket.proxy.url,
            "FACTORY_S3_ACCESS_KEY": bucket.place.keys.s3_access_key, "FACTORY_S3_SECRET_KEY": bucket.place.keys.s3_secret_key,
            "FACTORY_LOOPBACK_WEBHOOKS": "1", "PYTHONPATH": str(ROOT), **settings,
        }  # fmt: skip
        self.url, self._over = f"http://127.0.0.1:{port}", False
        self.starts = 0
        self.child = self._start()
        threading.Thread(target=self._watch, daemon=True).start()

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        with (self.home.parent / "up.log").open("ab") as log:
            return subprocess.Popen(UP, env=self.env, cwd="/", stdout=log, stderr=log, start_new_session=True)

    def _watch(self) -> None:
        while not self._over:
            if self.child.poll() is not None:
                self.child = self._start()
            time.sleep(0.3)

    def wait_ready(self, seconds: float = 120) -> None:
        """Until the supervisor says that all runs. Raises TimeoutError."""
        end = time.monotonic() + seconds
        while state_of(self.home).get("stage") != "ready":
            if time.monotonic() > end:
                raise TimeoutError(f"factory up was not ready in {seconds} s; see {self.home.parent / 'up.log'}")
            time.sleep(0.1)

    @property
    def settings(self) -> Settings:
        """Complete settings, with the addresses of the servers that `factory up` brought along."""
        here = installed(Settings.read({k: v for k, v in self.env.items() if k.startswith("FACTORY_")}))
        assert here is not None
        return here.settings

    @property
    def key(self) -> str:
        """The first administrator's key."""
        return (self.home / "admin-key").read_text().strip()

    def second(self) -> int:
        """Start a second supervisor; its exit code."""
        return subprocess.run(UP, env=self.env, cwd="/", capture_output=True, timeout=60, check=False).returncode

    def targets(self) -> dict[str, list[int]]:
        """Processes that may be killed, by kind."""
        found: dict[str, list[int]] = {"supervisor": [self.child.pid], "s3": [self.bucket.child.pid]}
        for mark in marks.read_all(self.home / "run"):
            if marks.is_alive(mark):
                found.setdefault(_kind(mark.part), []).append(mark.pid)
                if mark.part.startswith("worker-"):
                    found.setdefault("worker child", []).extend(_children(mark.pid))
        return {kind: pids for kind, pids in found.items() if pids}

    def stop(self) -> None:
        """Stop everything; kill what does not."""
        self._over = True
        time.sleep(0.4)
        self.child.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(60)
        for pid in {p for kind, pids in self.targets().items() for p in pids if kind != "s3"}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _kind(part: str) -> str:
    return "worker parent" if part.startswith("worker-") else part


def _children(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError, ValueError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes():
                yield int(child)


def rows(site: Site, sql: str, *values: Any) -> list[dict[str, Any]]:
    """Ask the site's database; patient while it starts again."""
    from factory.store.pool import connect

    for left in range(60, -1, -1):
        try:
            with connect(site.settings.database_url) as db:
                return db.execute(sql, values).fetchall()
        except Exception:
            if not left:
                raise
            time.sleep(0.5)
    return []
