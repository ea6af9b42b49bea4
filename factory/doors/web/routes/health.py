"""Whether the process lives, whether the service can work, and its figures."""

from __future__ import annotations

import hmac
import ipaddress
import socket
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from factory.doors.web import metrics as figures_text
from factory.doors.web.access import Public
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.routing import Router, merged, told
from factory.doors.web.shapes import Out
from factory.store import figures, migrate

if TYPE_CHECKING:
    from factory.settings import Settings
    from factory.storage import Storage

router = Router(tags=["health"])

STANDSTILL_S: Final = 120.0
"""Work that waits this long while no worker ends anything: the service does not work, whatever its parts say."""


class Alive(Out):
    """The process answers."""

    status: str


class Check(Out):
    """One part of the service."""

    name: str
    ok: bool
    fact: str


class Ready(Out):
    """Whether the service can work, and what each part says."""

    ready: bool
    checks: list[Check] = Field(description="database, bucket, broker, workers.")


@router.get("/healthz", summary="Does the process live?")
async def alive(_: Annotated[None, Public()]) -> Alive:
    """Asks no other part: a supervisor restarts the process when this does not answer."""
    return Alive(status="ok")


@router.get("/readyz", summary="Can the service work?",
            responses={503: {"model": Ready, "description": "A part does not answer."}})
def ready(_: Annotated[None, Public()], web: Web, response: Response) -> Ready:
    """Database, bucket and broker answer, and workers have made progress lately, or nothing waits."""
    checks = [_checked(name, check, web) for name, check in CHECKS.items()]
    whole = all(c.ok for c in checks)
    response.status_code = 200 if whole else 503
    return Ready(ready=whole, checks=checks)


def _checked(name: str, check: Callable[[Parts], str], parts: Parts) -> Check:
    """A check says what is wrong, or nothing; one that breaks off is a part that does not answer."""
    try:
        wrong = check(parts)
    except Exception as broke:  # whatever it is, this part cannot be worked with
        wrong = f"It does not answer ({type(broke).__name__})."
    return Check(name=name, ok=not wrong, fact=wrong or "It answers.")


def _database(parts: Parts) -> str:
    with parts.pool.connection(timeout=3) as db:
        missing = migrate.pending(db)
    return f"It lacks migrations: {', '.join(missing)}." if missing else ""


def _bucket(parts: Parts) -> str:
    next(iter(_hasty(parts.settings).list("readiness/")), None)  # `head` would take a missing bucket for a missing object
    return ""


@lru_cache(maxsize=1)
def _hasty(settings: Settings) -> Storage:
    """The bucket, for a question that wants its answer now: once, and two seconds at most."""
    from factory.storage import open_storage

    return open_storage(endpoint=settings.s3_endpoint, bucket=settings.bucket, region=settings.s3_region,
                        access_key=settings.s3_access_key, secret_key=settings.s3_secret_key, attempts=1, read_s=2)


def _broker(parts: Parts) -> str:
    url = urlsplit(parts.settings.broker_url)
    if not url.scheme:
        return "None is set."
    if url.scheme in ("redis", "rediss", "valkey"):
        import redis

        address = parts.settings.broker_url.replace("valkey://", "redis://", 1)
        with closing(redis.Redis.from_url(address, socket_connect_timeout=2, socket_timeout=2)) as client:
            client.ping()
    else:
        socket.create_connection((url.hostname or "127.0.0.1", url.port or 5672), 2).close()
    return ""


def _workers(parts: Parts) -> str:
    with parts.pool.connection(timeout=3) as db:
        waited = figures.standstill(db, STANDSTILL_S)
    return f"Work has waited for {waited:.0f} s and no worker has made progress." if waited else ""


CHECKS: Final[Mapping[str, Callable[[Parts], str]]] = {
    "database": _database, "bucket": _bucket, "broker": _broker, "workers": _workers,
}

TEXT: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "Prometheus' text format.", "content": {"text/plain": {"schema": {"type": "string"}}}},
}


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response,
            responses=merged(told("access.missing", "access.closed"), TEXT))
def metrics(_: Annotated[None, Public()], request: Request, web: Web) -> Response:
    """For this machine only, or for whoever has the metrics token."""
    _admit(request, web.settings.metrics_token)
    return Response(figures_text.text(web), media_type="text/plain; version=0.0.4; charset=utf-8")


def _admit(request: Request, token: str) -> None:
    if token:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise Problem("access.missing", "Send the metrics token as `Authorization: Bearer ...`.")
    elif not _from_here(request):
        raise Problem("access.closed", "Without a metrics token only this machine may read the figures.")


def _from_here(request: Request) -> bool:
    """Whether the caller sits on this machine; what a proxy passes on comes from elsewhere."""
    if request.client is None or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
