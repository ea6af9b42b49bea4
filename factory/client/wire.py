"""Requests that are sent again when that is safe, and problems as errors of ours."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import httpx

from factory.errors import FactoryError, Fault, InputError

AGAIN: Final = frozenset({429, 502, 503, 504})
"""Statuses that say: not now. Nothing was done."""

SAFE: Final = frozenset({"GET", "HEAD", "PUT", "DELETE"})
LONGEST_WAIT: Final = 30.0


class RejectedError(InputError):
    """The service refuses a request: what is wrong, with every fault. `status` and `problem` are as it answered."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status, self.problem = status, problem
        code = str(problem.get("code", f"http.{status}"))
        listed = [
            Fault(code=e.get("code", code), fact=e.get("detail", ""), where=e.get("pointer") or "", help=e.get("help") or "")
            for e in problem.get("errors") or ()
        ]
        super().__init__(
            listed or [Fault(code=code, fact=str(problem.get("detail") or problem.get("title") or f"HTTP {status}"))]
        )
        self.code = code


class UnreachableError(FactoryError):
    """The service does not answer, or not as it should, however often it was asked."""


class Wire:
    """A connection to the API. Safe for threads."""

    def __init__(
        self, url: str, key: str, *, attempts: int = 6, timeout: float = 30.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.url, self.attempts = url.rstrip("/"), attempts
        self.http = httpx.Client(
            base_url=self.url,
            timeout=timeout,
            transport=transport,
            headers={"Authorization": f"Bearer {key}", "User-Agent": "creative-factory-client"},
        )
        self.plain = httpx.Client(timeout=timeout, transport=transport, headers={"User-Agent": "creative-factory-client"})
        """For the bucket: the key is nobody's business there."""

    def close(self) -> None:
        """Close connections."""
        self.http.close()
        self.plain.close()

    def ask(self, method: str, path: str, *, again: bool | None = None, **more: Any) -> httpx.Response:
        """Send a request; a POST goes with an Idempotency-Key unless `again` is False, so that it may be sent again.

        Raises RejectedError for a refusal, UnreachableError when all tries failed.
        """
        headers = dict(more.pop("headers", None) or {})
        if method == "POST" and again is None:
            headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        resend = method in SAFE or "Idempotency-Key" in headers if again is None else again
        last = "no try was made"
        for number in range(self.attempts):
            try:
                got = self.http.request(method, path, headers=headers, **more)
            except httpx.TransportError as error:
                last = f"{type(error).__name__}: {error}"
                if not resend and not isinstance(error, httpx.ConnectError):
                    break
                pause(number)
                continue
            if not _not_now(got):
                return _checked(got)
            last = f"HTTP {got.status_code}"
            pause(number, got.headers.get("retry-after"))
        raise UnreachableError(
            f"{self.url} does not answer: {last}",
            code="client.unreachable",
            where=path,
            help="See whether the service runs (`factory doctor`) and the URL is right.",
        )

    @contextmanager
    def stream(
        self, path: str, headers: Mapping[str, str], params: Mapping[str, Any], timeout: float
    ) -> Iterator[httpx.Response]:
        """An answer that is read while it comes. Raises RejectedError; httpx.TransportError is the caller's to mend."""
        with self.http.stream("GET", path, headers=dict(headers), params=dict(params), timeout=timeout) as got:
            if _not_now(got):
                raise httpx.ReadError(f"HTTP {got.status_code}")
            if got.status_code >= 400:
                got.read()
            yield _checked(got)


def _not_now(got: httpx.Response) -> bool:
    if got.status_code != 409:
        return got.status_code in AGAIN
    got.read()
    return bool(_problem(got).get("code") == "idempotency.running")


def _checked(got: httpx.Response) -> httpx.Response:
    if got.status_code < 400:
        return got
    problem = _problem(got)
    if got.status_code >= 500:
        raise UnreachableError(
            str(problem.get("detail") or f"HTTP {got.status_code}"),
            code=str(problem.get("code", "client.broken")),
            where=str(problem.get("instance", "")),
            help="Tell the operator the request's id.",
        )
    raise RejectedError(got.status_code, problem)


def _problem(got: httpx.Response) -> Mapping[str, Any]:
    try:
        body = got.json()
    except ValueError:
        return {"detail": f"HTTP {got.status_code}: {got.text[:200]}"}
    return body if isinstance(body, dict) else {}


def pause(number: int, told: str | None = None) -> None:
    """Wait before the next try: as long as was told, else longer each time with full jitter."""
    wait = random.uniform(0.05, min(LONGEST_WAIT, 0.25 * 2**number))  # noqa: S311  (no secret)
    if told and told.isdigit():
        wait = min(LONGEST_WAIT, float(told)) + random.uniform(0, 0.25)  # noqa: S311
    time.sleep(wait)
