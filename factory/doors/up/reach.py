"""Reaching servers by their settings alone, whoever runs them."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from factory.doors.up import installation, programs
from factory.errors import FactoryError, RefusedError
from factory.settings import Settings

if TYPE_CHECKING:
    from factory.storage import Storage


def storage_of(settings: Settings) -> Storage:
    """The bucket that settings name."""
    from factory.storage import open_storage

    return open_storage(
        endpoint=settings.s3_endpoint, bucket=settings.bucket, region=settings.s3_region, access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
    )  # fmt: skip


def broker_trouble(address: str) -> str:
    """What is wrong with a broker; empty when it answers. Of RabbitMQ only the door is tried."""
    url = urlsplit(address)
    port = url.port or (5672 if url.scheme.startswith("amqp") else 6379)
    try:
        with socket.create_connection((url.hostname or "127.0.0.1", port), timeout=3) as line:
            said = _ping(line, unquote(url.password or "")) if url.scheme == "redis" else "+PONG"
    except OSError as error:
        return f"does not answer: {error}"
    return "" if said == "+PONG" else f"refuses us: {said}"


def _ping(line: socket.socket, password: str) -> str:
    line.settimeout(3)
    words = [f"AUTH {password}", "PING"] if password else ["PING"]
    for word in words:
        line.sendall(f"{word}\r\n".encode())
        said = line.recv(256).decode(errors="replace").strip()
        if said.startswith("-"):
            return said
    return said


def shell_environ(settings: Settings) -> dict[str, str]:
    """An installation's settings in the words of the usual tools. Raises RefusedError when there is none.

    The database's URL and its like are left out: in a shell that holds them, `factory up` would take them as given.
    """
    here = installation.installed(settings)
    if here is None:
        raise RefusedError(f"There is no installation in {settings.home}", code="up.none", help="`factory up` makes one.")
    full, url = here.settings, urlsplit(here.settings.database_url)
    told = {
        "PGHOST": url.hostname or "", "PGPORT": str(url.port or 5432), "PGUSER": unquote(url.username or ""),
        "PGPASSWORD": unquote(url.password or ""), "PGDATABASE": url.path.lstrip("/"), "AWS_ACCESS_KEY_ID": full.s3_access_key,
        "AWS_SECRET_ACCESS_KEY": full.s3_secret_key, "AWS_DEFAULT_REGION": full.s3_region,
        "AWS_ENDPOINT_URL_S3": full.s3_endpoint, "FACTORY_HOME": str(here.home), "FACTORY_BUCKET": full.bucket,
    }  # fmt: skip
    with contextlib.suppress(FactoryError):
        told["PGBIN"] = str(programs.postgres_tool("pg_dump", Path(), None).parent)
    return {name: value for name, value in told.items() if value}
