"""Real servers for tests, from the same table that `factory up` starts: once for each test process, on first use.

    postgres_url   an empty database of the test's own with the schema in it
    valkey_url     a broker that holds nothing when the test starts
    s3             endpoint, keys and an empty bucket of the test's own
    api            the web door over those two
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from factory.doors.up import ports, process, servers
from factory.doors.up.account import service_account
from factory.doors.up.keys import Keys
from factory.storage import FolderStorage, S3Storage, Storage

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from factory.settings import Settings

COUNT = itertools.count(1)


@pytest.fixture(scope="session")
def server_home() -> Iterator[Path]:
    """A short path that the servers' user may walk (pytest's own folders are closed when we are root)."""
    home = Path(tempfile.mkdtemp(prefix="cf-"))
    home.chmod(0o711)
    yield home
    shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def running(name: str, home: Path) -> Iterator[servers.Place]:
    """One server of the table with hasty settings, stopped at the end."""
    server = servers.SERVERS[name]
    place = servers.Place(
        folder=home / name, shelf=home / "programs", ports=ports.choose(dict.fromkeys(server.ports, 0), twins=server.twins),
        keys=Keys(), account=service_account(), hasty=True,
    )  # fmt: skip
    server.prepare(place)
    log = home / f"{name}.log"
    child = process.start(server.argv(place), env=server.environ(place), log=log, account=place.account, stop_signal=server.stop_signal)
    try:
        if not process.wait_until(lambda: server.ready(place), child, 60):
            pytest.fail(f"{name} did not start:\n{log.read_text()[-3000:]}")
        yield place
    finally:
        process.stop(child, server.stop_signal, 0.5)  # nobody will miss their data
        server.tidy(place)


@pytest.fixture(scope="session")
def postgres_server(server_home: Path) -> Iterator[servers.Place]:
    """A Postgres whose database `template_factory` has the schema."""
    import psycopg

    with running("postgres", server_home) as place:
        with psycopg.connect(servers.database_url(place, "postgres"), autocommit=True) as db:
            db.execute("CREATE DATABASE template_factory")
        if importlib.util.find_spec("factory.store.migrate"):
            from factory.store.migrate import migrate

            migrate(servers.database_url(place, "template_factory"))
        yield place


@pytest.fixture
def postgres_url(postgres_server: servers.Place) -> Iterator[str]:
    """The URL of a database of this test's own, with the schema and no rows but those that a migration writes."""
    import psycopg

    name = f"test_{next(COUNT)}"
    with psycopg.connect(servers.database_url(postgres_server, "postgres"), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name} TEMPLATE template_factory STRATEGY file_copy")
        yield servers.database_url(postgres_server, name)
        db.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def valkey_server(server_home: Path) -> Iterator[servers.Place]:
    with running("valkey", server_home) as place:
        yield place


@pytest.fixture
def valkey_url(valkey_server: servers.Place) -> str:
    """The URL of an empty broker."""
    import valkey

    url = servers.broker_url(valkey_server)
    with contextlib.closing(valkey.Valkey.from_url(url)) as client:
        client.flushall()
    return url


@dataclass(frozen=True, kw_only=True)
class S3:
    """What a client needs to reach one bucket."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"


@pytest.fixture(scope="session")
def s3_server(server_home: Path) -> Iterator[servers.Place]:
    with running("s3", server_home) as place:
        yield place


@pytest.fixture
def s3(s3_server: servers.Place) -> S3:
    """An empty bucket of this test's own."""
    import boto3

    held = S3(
        endpoint=servers.s3_endpoint(s3_server), bucket=f"test-{next(COUNT)}-{secrets.token_hex(3)}",
        access_key=s3_server.keys.s3_access_key, secret_key=s3_server.keys.s3_secret_key,
    )  # fmt: skip
    client = boto3.client("s3", endpoint_url=held.endpoint, aws_access_key_id=held.access_key, aws_secret_access_key=held.secret_key,
                          region_name=held.region)
    client.create_bucket(Bucket=held.bucket)
    client.close()
    return held


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """An empty store of either kind, for suites that run over both; parts are small, so that big objects need not be."""
    if request.param == "folder":
        made = FolderStorage(tmp_path / "store")
        made.ensure_bucket()
        return made
    at = request.getfixturevalue("s3")
    return S3Storage(endpoint=at.endpoint, bucket=at.bucket, region=at.region, access_key=at.access_key, secret_key=at.secret_key,
                     part=5 << 20)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Api:
    """The web door on real servers: a client without a key, and clients with keys of given roles."""

    client: TestClient
    settings: Settings

    def key(self, *roles: str, scopes: tuple[str, ...] = ()) -> str:
        """A fresh key."""
        from factory.doors.web.access import new_key
        from factory.store import access
        from factory.store.pool import connect

        key, prefix, sha256 = new_key()
        with contextlib.closing(connect(self.settings.database_url)) as db:
            access.put_key(db, name="-".join(roles), prefix=prefix, sha256=sha256, roles=roles, scopes=scopes, expires_at=None, by="test")
        return key

    def login(self, *roles: str, scopes: tuple[str, ...] = ()) -> TestClient:
        """A client with a fresh key, on the same app."""
        from starlette.testclient import TestClient

        headers = {"Authorization": f"Bearer {self.key(*roles, scopes=scopes)}"}
        return TestClient(self.client.app, headers=headers, follow_redirects=False)


@pytest.fixture
def api(postgres_url: str, s3: S3, tmp_path: Path) -> Iterator[Api]:
    """The web app with its own database and bucket. Its lifespan runs as long as the test."""
    from starlette.testclient import TestClient

    from factory.doors.web.app import create_app
    from factory.settings import Settings

    settings = Settings(database_url=postgres_url, s3_endpoint=s3.endpoint, bucket=s3.bucket, s3_access_key=s3.access_key,
                        s3_secret_key=s3.secret_key, s3_region=s3.region, loopback_webhooks=True, home=tmp_path / "home")
    with TestClient(create_app(settings), follow_redirects=False) as client:
        yield Api(client=client, settings=settings)
