"""The servers that `factory up` brings along, as a table: how each is prepared, started, asked and stopped.

All listen on loopback only, want a secret, report to nobody, and keep what they confirmed through a kill -9.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from factory.doors.up import programs
from factory.doors.up.account import Account
from factory.doors.up.keys import Keys, write_private
from factory.doors.up.ports import GRPC, shared_sockets
from factory.doors.up.process import basic_environ
from factory.errors import FactoryError, StoreError

LOOPBACK = "127.0.0.1"
DATABASE = "creative_factory"
DATABASE_USER = "factory"
POSTGRES_TOLD = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # its path may be too long for a socket, and TCP asks for a password
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "max_connections": "120",
    "idle_in_transaction_session_timeout": "5min",  # a client that forgot its transaction must not hold locks for ever
}
POSTGRES_HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
"""For tests, whose data nobody will miss."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where one server of one installation lives."""

    folder: Path
    shelf: Path
    ports: Mapping[str, int]
    keys: Keys
    account: Account | None = None
    hasty: bool = False

    @property
    def port(self) -> int:
        """The port that clients talk to."""
        return next(iter(self.ports.values()))

    @property
    def all_ports(self) -> tuple[int, ...]:
        """Every port of the server, those that it talks to itself on included (more than some servers use)."""
        return (*self.ports.values(), *(port + GRPC for port in self.ports.values()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """One line of the table. `ports` are the usual ones, the clients' first."""

    name: str
    ports: Mapping[str, int]
    prepare: Callable[[Place], None]
    argv: Callable[[Place], list[str]]
    ready: Callable[[Place], bool]
    env: Callable[[Place], dict[str, str]] = field(default=lambda _: {})
    tidy: Callable[[Place], None] = field(default=lambda _: None)
    """Removes what a stopped server leaves outside of its folder."""
    stop_signal: int = signal.SIGTERM
    grace_s: float = 10.0
    start_s: float = 30.0
    twins: bool = False
    """Whether each port has a second one, 10000 above."""

    def environ(self, place: Place) -> dict[str, str]:
        """All that the server sees of an environment."""
        return basic_environ() | {"HOME": str(place.folder)} | self.env(place)


def make_folder(path: Path, account: Account | None, mode: int = 0o700) -> Path:
    """A folder of the server's own. Those above it are made passable where they are missing; others stay as they are."""
    for folder in reversed([path, *path.parents]):
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(mode if folder == path or account is None else 0o711)
    if account is not None:
        account.own(path)
    return path


# Postgres


def _postgres_prepare(place: Place) -> None:
    data = place.folder
    if (data / "PG_VERSION").exists():
        _same_major(data)
        return
    if data.exists() and any(data.iterdir()):
        raise StoreError("The database's folder holds something else", code="up.folder", where=str(data),
                         help="Move its content away, or choose another FACTORY_HOME.")
    fresh = data.with_name(f"{data.name}.new")
    _remove(fresh)
    make_folder(fresh, place.account)
    _initdb(place, fresh)
    _remove(data)
    fresh.rename(data)


def _same_major(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != str(programs.POSTGRES_MAJOR):
        raise StoreError(
            f"The database was made by Postgres {found}; this is {programs.POSTGRES_MAJOR}", code="up.postgres_major",
            where=str(data), help="See 'Upgrade' in docs/operators.md: dump with the old one, restore with the new one.",
        )  # fmt: skip


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _initdb(place: Place, data: Path) -> None:
    password = data.with_name(f".{data.name}.password")
    write_private(password, place.keys.database_password)
    if place.account is not None:
        place.account.own(password)
    command = [
        str(programs.postgres_tool("initdb", place.shelf, place.account)), "--pgdata", str(data), "--username", DATABASE_USER,
        "--pwfile", str(password), "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C",
        "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", *(["--no-sync"] if place.hasty else []),
    ]  # fmt: skip
    account = place.account
    try:
        done = subprocess.run(  # noqa: S603
            command, env=basic_environ(), cwd="/", capture_output=True, text=True, check=False, start_new_session=True,
            user=account.uid if account else None, group=account.gid if account else None, extra_groups=[] if account else None,
        )  # fmt: skip
    finally:
        password.unlink(missing_ok=True)
    if done.returncode:
        said = done.stderr.strip()[-600:]
        raise FactoryError("Postgres could not make its database", code="up.initdb", where=str(data), help=said)


def _postgres_argv(place: Place) -> list[str]:
    told = POSTGRES_TOLD | (POSTGRES_HASTY if place.hasty else {})
    program = programs.postgres_tool("postgres", place.shelf, place.account)
    options = [word for name, value in told.items() for word in ("-c", f"{name}={value}")]
    return [str(program), "-D", str(place.folder), "-p", str(place.port), *options]


def database_url(place: Place, database: str = DATABASE) -> str:
    """How clients reach the database."""
    return f"postgresql://{DATABASE_USER}:{place.keys.database_password}@{LOOPBACK}:{place.port}/{database}"


def _postgres_ready(place: Place) -> bool:
    """Whether it answers; makes the database at the first yes. Raises StoreError when our password is not the one it knows."""
    import psycopg

    try:
        with psycopg.connect(database_url(place, "postgres"), connect_timeout=2, autocommit=True) as db:
            if db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                db.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise StoreError("The database knows another password than secrets.json", code="up.password", where=str(place.folder),
                             help="Put back the secrets.json it was made with, or remove it if its data may go.") from None
        return False
    return True


# Valkey


def _valkey_prepare(place: Place) -> None:
    make_folder(place.folder, place.account)
    told = {
        "bind": LOOPBACK, "port": place.port, "requirepass": place.keys.broker_password, "protected-mode": "yes",
        "daemonize": "no", "dir": f'"{place.folder}"', "appendonly": "no" if place.hasty else "yes", "appendfsync": "everysec",
        "save": '""', "maxmemory-policy": "noeviction", "timeout": 0, "tcp-keepalive": 60,
    }  # fmt: skip
    config = place.folder / "valkey.conf"
    write_private(config, "".join(f"{k} {v}\n" for k, v in told.items()))
    if place.account is not None:
        place.account.own(config)


def _valkey_argv(place: Place) -> list[str]:
    return [str(programs.valkey_server(place.shelf, place.account)), str(place.folder / "valkey.conf")]


def broker_url(place: Place, database: int = 0) -> str:
    """How clients reach the broker."""
    return f"redis://:{place.keys.broker_password}@{LOOPBACK}:{place.port}/{database}"


def _valkey_ready(place: Place) -> bool:
    try:
        with socket.create_connection((LOOPBACK, place.port), timeout=2) as line:
            line.settimeout(2)
            line.sendall(f"AUTH {place.keys.broker_password}\r\nPING\r\n".encode())
            said = b""
            while said.count(b"\r\n") < 2:
                more = line.recv(256)
                if not more:
                    return False
                said += more
    except OSError:
        return False
    return said.endswith(b"+PONG\r\n")


# The S3 server


def _s3_prepare(place: Place) -> None:
    make_folder(place.folder, place.account)
    _s3_tidy(place)


def _s3_tidy(place: Place) -> None:
    for port in place.ports.values():
        for path in shared_sockets(port):
            with contextlib.suppress(OSError):
                path.unlink()


def _s3_argv(place: Place) -> list[str]:
    told: dict[str, object] = {
        "dir": place.folder, "ip": LOOPBACK, "ip.bind": LOOPBACK, "master.telemetry": "false", "webdav": "false",
        "admin.ui": "false", "s3.port.iceberg": 0, "s3.port.lance": 0,
        "volume.preStopSeconds": 0,  # there is no second machine to tell
        "master.resumeState": "false",  # a lone master learns all from its volumes; resuming stalls 1 of 6 restarts by 5 to 15 s
        "s3.localSocket": place.folder / "s3.sock",
        "filer.localSocket": place.folder / "filer.sock",
    }  # fmt: skip
    if place.hasty:
        told |= {"master.volumeSizeLimitMB": 32}  # a bucket takes a few volumes, and tests make many buckets
    for name, port in place.ports.items():
        told |= {f"{name}.port": port, f"{name}.port.grpc": port + GRPC}
    return [str(programs.weed(place.shelf, place.account)), "-logtostderr", "mini", *(f"-{k}={v}" for k, v in told.items())]


def _s3_env(place: Place) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": place.keys.s3_access_key, "AWS_SECRET_ACCESS_KEY": place.keys.s3_secret_key}


def s3_endpoint(place: Place) -> str:
    """How clients reach the bucket's server."""
    return f"http://{LOOPBACK}:{place.port}"


def _s3_ready(place: Place) -> bool:
    """The S3 door answers and there is a volume that takes writes."""
    return _http(f"{s3_endpoint(place)}/healthz") and _http(f"http://{LOOPBACK}:{place.ports['master']}/dir/assign")


def _http(url: str) -> bool:
    import http.client
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, http.client.HTTPException, OSError):
        return False


SERVERS: Mapping[str, Server] = {  # the slowest first
    s.name: s
    for s in (
        Server(name="s3", ports={"s3": 18333, "master": 19333, "volume": 19340, "filer": 18888, "admin": 13646}, twins=True,
               prepare=_s3_prepare, argv=_s3_argv, ready=_s3_ready, env=_s3_env, tidy=_s3_tidy),
        Server(name="valkey", ports={"valkey": 16379}, prepare=_valkey_prepare, argv=_valkey_argv, ready=_valkey_ready),
        Server(name="postgres", ports={"postgres": 15432}, prepare=_postgres_prepare, argv=_postgres_argv, ready=_postgres_ready,
               stop_signal=signal.SIGINT),  # fast shutdown; SIGTERM would wait for every client to leave
    )
}  # fmt: skip
