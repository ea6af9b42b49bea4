"""What stands around every request: its id, its line in the log, security headers, a bound on its body, a last net."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect

from factory.doors.web.problems import Problem, answer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY: Final = 1_000_000
"""Bytes of a body. A program's files go to the bucket by a presigned form, never through this door."""

MAX_DROP: Final = 64_000_000
"""Bytes of a form with files that a person sends from a page (its path starts with DROP)."""

DROP: Final = "/drop/"

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")

SECURITY: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""Answers are data of one organisation: not framed, not sniffed, not kept by caches. A page sets a policy of its own."""

QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Paths whose good answers are not worth a line."""

log = structlog.get_logger("factory.web")


class Frame:
    """Pure ASGI, so that streams and long polls pass unbuffered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told = Headers(scope=scope).get("x-request-id", "")
        state = scope.setdefault("state", {})
        state["request_id"] = told if REQUEST_ID.fullmatch(told) else secrets.token_hex(8)
        await _Passage(scope, receive, send).run(self.app)


class _Passage:
    """One request on its way."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        self.state: dict[str, Any] = scope["state"]
        self.status, self.sent, self.taken, self.began = 0, 0, 0, time.perf_counter()

    async def run(self, app: ASGIApp) -> None:
        try:
            await app(self.scope, self._take, self._give)
        except ClientDisconnect:
            pass  # nobody is there to be answered
        except Exception as broke:  # the last net: whatever comes here is our fault, and goes to the log whole
            log.error("request.broke", **self._facts(), exc_info=broke)
            if not self.status:
                await answer(Problem("server.error"), self.state["request_id"])(self.scope, self.receive, self._give)
        finally:
            self._write()

    async def _take(self) -> Message:
        message = await self.receive()
        if message["type"] == "http.request":
            self.taken += len(message.get("body", b""))
            declared = Headers(scope=self.scope).get("content-length", "")
            most = MAX_DROP if self.scope["path"].startswith(DROP) else MAX_BODY
            if self.taken > most or (declared.isdigit() and int(declared[:20]) > most):
                from fastapi import HTTPException

                raise HTTPException(413)
        return message

    async def _give(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self.state["request_id"]
            for name, value in SECURITY.items():
                headers.setdefault(name, value)
            rate = self.state.get("rate")
            for name, value in (rate.headers() if rate else {}).items():
                headers[name] = value
        elif message["type"] == "http.response.body":
            self.sent += len(message.get("body", b""))
        await self.send(message)

    def _facts(self) -> dict[str, Any]:
        actor, route = self.state.get("actor"), self.scope.get("route")
        named = {k: v for k, v in self.scope.get("path_params", {}).items() if k in NAMED}
        return {"request": self.state["request_id"], "method": self.scope["method"], "path": _path(self.scope["path"]),
                "route": getattr(route, "path_format", None), "actor": actor.id if actor else None, **named}

    def _write(self) -> None:
        if self.scope["path"] in QUIET and self.status < 400:
            return
        took = round(1000 * (time.perf_counter() - self.began), 1)
        log.info("request", **self._facts(), status=self.status or 499, ms=took, bytes=self.sent, body=self.taken)


def _path(path: str) -> str:
    """A path as the log may know it: an invitation opens the door, so it is left out."""
    return "/join/..." if path.startswith("/join/") else path


NAMED: Final = frozenset({"batch", "variant", "brief", "brand", "bundle", "upload", "webhook"})
"""Path parameters that the log names as such."""
