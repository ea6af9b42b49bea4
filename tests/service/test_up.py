"""`factory up` as a person runs it, with its real servers: whatever is killed, it comes back and what was kept is there."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from factory.doors.up import installation, marks, ports, servers, supervisor
from factory.doors.up.account import Account, reachable
from factory.settings import Settings

pytestmark = pytest.mark.xdist_group("up")
ROOT = Path(__file__).parents[2]
SERVERS = ("postgres", "valkey", "s3")
SERVERS_ONLY = [word for name in SERVERS for word in ("--only", name)]
NOBODY = 65534


@dataclass(kw_only=True)
class House:
    """One FACTORY_HOME, and the program `factory` told to use it."""

    home: Path
    wrap: list[str] = field(default_factory=list)
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("FACTORY_")}
        return kept | {"FACTORY_HOME": str(self.home), "PYTHONPATH": str(ROOT)} | self.more

    def command(self, *words: str) -> list[str]:
        return [*self.wrap, sys.executable, "-m", "factory.doors.cli", *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*words), check=False, env=self.environ, capture_output=True, text=True, timeout=60, cwd="/")

    @contextlib.contextmanager
    def up(self, *only: str) -> Iterator[Running]:
        words = [word for name in only or SERVERS for word in ("--only", name) if name != "all"]
        with (self.home.parent / f"{self.home.name}.out").open("wb") as out:
            child = subprocess.Popen(self.command("up", *words), env=self.environ, stdout=out, stderr=out, cwd="/", start_new_session=True)
        running = Running(house=self, process=child, out=Path(out.name))
        try:
            running.wait_for(lambda: "ready in" in running.said(), "readiness", 90)
            yield running
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGINT)
            child.wait(60)

    def shown_secrets(self, running: Running) -> list[str]:
        """Names of secrets that `ps` or our output would tell anybody."""
        keys = json.loads((self.home / "secrets.json").read_text())
        assert (self.home / "secrets.json").stat().st_mode & 0o077 == 0
        pids = ",".join(map(str, running.pids().values()))
        lines = subprocess.run(["ps", "-ww", "-o", "args=", "-p", pids], capture_output=True, text=True, check=True).stdout
        assert len(lines.splitlines()) == len(running.pids())
        return [k for k, secret in keys.items() if secret in lines + running.said()]

    def places(self) -> dict[str, servers.Place]:
        here = installation.installed(Settings(home=self.home))
        assert here is not None
        return dict(here.places)


@dataclass(kw_only=True)
class Running:
    """A `factory up` that runs."""

    house: House
    process: subprocess.Popen[bytes]
    out: Path

    def said(self) -> str:
        return self.out.read_text()

    def parts(self) -> dict[str, dict[str, Any]]:
        told = json.loads((self.house.home / "run" / "up.json").read_text())
        return {row["part"]: row for row in told["parts"]}

    def pids(self) -> dict[str, int]:
        return {name: row["pid"] for name, row in self.parts().items()}

    def wait_for(self, true: Any, what: str, seconds: float = 40) -> None:
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end or self.process.poll() is not None:
                pytest.fail(f"no {what}:\n{self.said()}")
            time.sleep(0.02)


def gone(pids: dict[str, int], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while any(marks.started(pid) for pid in pids.values()):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def keep(places: dict[str, servers.Place], word: str) -> None:
    """Leave a word with each server."""
    import psycopg
    import valkey

    with psycopg.connect(servers.database_url(places["postgres"]), autocommit=True) as db:
        db.execute("create table if not exists words (word text)")
        db.execute("insert into words values (%s)", (word,))
    with contextlib.closing(valkey.Valkey.from_url(servers.broker_url(places["valkey"]))) as broker:
        broker.set(word, "kept")
        broker.execute_command("WAITAOF", 1, 0, 2000)
    with bucket(places["s3"]) as s3:
        s3.put_object(Bucket="words", Key=word, Body=b"kept")


def kept(places: dict[str, servers.Place], word: str) -> bool:
    import psycopg
    import valkey

    with psycopg.connect(servers.database_url(places["postgres"]), autocommit=True) as db:
        row = db.execute("select 1 from words where word = %s", (word,)).fetchone()
    with contextlib.closing(valkey.Valkey.from_url(servers.broker_url(places["valkey"]))) as broker:
        value = broker.get(word)
    with bucket(places["s3"]) as s3, contextlib.closing(s3.get_object(Bucket="words", Key=word)["Body"]) as body:
        return row == (1,) and value == b"kept" and body.read() == b"kept"


@contextlib.contextmanager
def bucket(place: servers.Place) -> Iterator[Any]:
    import boto3

    s3 = boto3.client("s3", endpoint_url=servers.s3_endpoint(place), aws_access_key_id=place.keys.s3_access_key,
                      aws_secret_access_key=place.keys.s3_secret_key, region_name="us-east-1")
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
        s3.create_bucket(Bucket="words")
    yield s3
    s3.close()


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="cf-up-"))
    folder.chmod(0o711)
    home = installation.make_home(folder / "home")
    chosen = {s.name: ports.choose(dict.fromkeys(s.ports, 0), twins=True) for s in servers.SERVERS.values()}
    (home / "run" / "ports.json").write_text(json.dumps(chosen))  # not the usual ones: other tests run beside us
    yield House(home=home, more={"FACTORY_PORT": str(ports.choose({"web": 0})["web"])})
    shutil.rmtree(folder, ignore_errors=True)


def test_a_second_supervisor_says_who_runs_and_ctrl_c_leaves_no_process(house: House) -> None:
    with house.up() as running:
        pids = running.pids()
        assert set(pids) == {"postgres", "valkey", "s3"}
        assert house.shown_secrets(running) == []
        keep(house.places(), "first")
        second = house.run("up")
        assert second.returncode == 2
        assert f"process {running.process.pid}" in second.stderr
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(30) == 0
    assert gone(pids, 0.5)
    assert marks.read_all(house.home / "run") == []
    assert running.said().endswith("stopped\n")


def test_each_server_that_is_killed_comes_back_with_what_it_kept(house: House) -> None:
    with house.up() as running:
        keep(house.places(), "second")
        for name, pid in running.pids().items():
            os.kill(pid, signal.SIGKILL)
            running.wait_for(lambda n=name, p=pid: running.parts()[n]["state"] == "running" and running.pids()[n] != p, f"{name} again")
        assert kept(house.places(), "second")
        assert "SIGKILL" in running.said()


def test_after_the_supervisor_is_killed_the_next_one_starts_over_the_same_data(house: House) -> None:
    with house.up():
        keep(house.places(), "before")
    with house.up() as running:
        keep(house.places(), "third")
        pids = running.pids()
        running.process.kill()
    if sys.platform == "linux":
        assert gone(pids), "a child outlived its supervisor"
    with house.up() as again:
        assert kept(house.places(), "before")
        assert kept(house.places(), "third")
        assert not set(again.pids().values()) & set(pids.values())


def test_in_the_background_it_is_checked_examined_and_stopped(house: House) -> None:
    started = house.run("up", "--detach", *SERVERS_ONLY)
    assert started.returncode == 0, started.stdout + started.stderr
    assert "ready in" in started.stdout
    shown = house.run("up", "--check", "--json")
    rows = json.loads(shown.stdout.splitlines()[0])["parts"]
    assert {r["part"]: r["answers"] for r in rows} == {"s3": True, "valkey": True, "postgres": True}
    levels = {r["check"]: r["level"] for r in json.loads(house.run("doctor", "--json").stdout.splitlines()[0])["checks"]}
    assert {levels[c] for c in ("secrets", "parts", "database", "broker", "bucket", "clock")} == {"ok"}
    assert house.run("down").returncode == 0
    assert gone({r["part"]: r["pid"] for r in rows}, 0.5)
    assert house.run("up", "--check").returncode == 1


def test_a_server_that_cannot_start_is_told_with_the_end_of_its_log(house: House) -> None:
    if not (house.home / "data" / "postgres").exists():
        with house.up():
            pass
    broken = next(p for n, p in house.places().items() if n == "postgres").folder / "postgresql.auto.conf"
    broken.write_text("shared_buffers = nonsense\n")
    try:
        done = house.run("up", *SERVERS_ONLY)
    finally:
        broken.write_text("")
    assert done.returncode == 1
    assert "postgres ends again and again" in done.stderr
    assert "shared_buffers" in done.stderr
    assert "Traceback" not in done.stderr


def test_servers_that_settings_name_are_asked_and_not_started(tmp_path: Path, postgres_url: str, valkey_url: str, s3: Any) -> None:
    given = {
        "FACTORY_DATABASE_URL": postgres_url, "FACTORY_BROKER_URL": valkey_url, "FACTORY_S3_ENDPOINT": s3.endpoint,
        "FACTORY_S3_ACCESS_KEY": s3.access_key, "FACTORY_S3_SECRET_KEY": s3.secret_key, "FACTORY_BUCKET": s3.bucket,
    }  # fmt: skip
    house = House(home=tmp_path / "home", more=given)
    with house.up("relay") as running:
        assert list(running.parts()) == ["relay"]
        assert running.said().count("not started: given by FACTORY_") == 3
    house.more["FACTORY_BROKER_URL"] = valkey_url.replace("redis://:", "redis://:not-")
    refused = house.run("up", "--only", "relay")
    assert refused.returncode == 1
    assert "The broker refuses us" in refused.stderr
    assert valkey_url.split("@", maxsplit=1)[0].rpartition(":")[2] not in refused.stdout + refused.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests ran as an ordinary user already")
def test_an_ordinary_user_may_run_it() -> None:
    folder = Path(tempfile.mkdtemp(prefix="cf-nobody-"))
    os.chown(folder, NOBODY, NOBODY)
    wrap = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    nobody = Account(name="nobody", uid=NOBODY, gid=NOBODY)
    if not all(reachable(path, nobody) for path in (Path(sys.executable).resolve(), Path(sys.prefix), ROOT)):  # may read root's folders, no more
        wrap += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", "--securebits=+no_setuid_fixup"]
    if shutil.which("setpriv") is None:
        pytest.skip("no setpriv here to become an ordinary user with")
    try:
        with House(home=folder / "home", wrap=wrap, more={"HOME": str(folder)}).up() as running:
            owners = {name: Path(f"/proc/{pid}").stat().st_uid for name, pid in running.pids().items()}
            assert owners == {"s3": NOBODY, "valkey": NOBODY, "postgres": NOBODY}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.skipif(sys.platform != "linux", reason="who belongs to a home is read from /proc")
def test_the_whole_service_comes_back_whatever_is_killed_and_leaves_nothing(house: House) -> None:
    with house.up("all") as running:
        pids = running.pids()
        assert set(pids) == {"s3", "valkey", "postgres", "web", "worker-cpu", "worker-io", "worker-preview", "relay"}
        assert (house.home / "admin-key").stat().st_mode & 0o077 == 0
        for pid in pids.values():
            os.kill(pid, signal.SIGKILL)
        running.wait_for(lambda: all(r["state"] == "running" and r["pid"] != pids[n] for n, r in running.parts().items()), "return of all", 90)
        examined = house.run("doctor")
        assert examined.returncode == 0, examined.stdout
        key = (house.home / "admin-key").read_text().strip()
        assert key not in running.said() + examined.stdout
        running.process.kill()
    assert house.run("down").returncode == 0
    left = {str(pid): pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if f"FACTORY_HOME={house.home}".encode() in environ_of(pid)}
    assert gone(left, 5)


def environ_of(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def test_a_port_that_is_stolen_at_the_last_moment_is_chosen_anew(house: House) -> None:
    """A thief listens on the database's port as soon as it is let go, before Postgres can."""
    told: list[str] = []
    stolen: list[int] = []
    boss = supervisor.Supervisor(Settings(home=house.home), told.append, only=SERVERS)
    let_go = ports.Held.free

    def steal(held: ports.Held, given: Any) -> None:
        given = list(given)
        let_go(held, given)
        if boss.here.places["postgres"].port in given and not stolen:
            stolen.append(boss.here.places["postgres"].port)
            thief.bind(("127.0.0.1", stolen[0]))
            thief.listen()

    with pytest.MonkeyPatch.context() as patch, socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        patch.setattr(ports.Held, "free", steal)
        patch.setattr(boss, "_go_on", lambda: None)
        boss.run()
    assert len(stolen) == 1
    assert boss.here.places["postgres"].port != stolen[0]
    assert any("another program's port" in text for text in told)
    assert any(text.startswith("ready in") for text in told)
