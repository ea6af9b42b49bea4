"""Doing it once: the same POST, sent again or many times at once, is done once and answered alike.

    @router.post("", status_code=202, response_model=BatchOut)
    def start(body: NewBatch, actor: Annotated[Actor, Needs("creator")], once: Once) -> Response:
        def work(db: Connection) -> Answer:
            ...
            return Answer(202, BatchOut(...), {"Location": url})
        return once.run(work)

`work` runs in the transaction that keeps the key. Whatever it raises undoes both, so a refused request leaves nothing
behind and may be corrected under the same key. `Once` needs the header; `MaybeOnce` does without where it is absent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.store import access as store

if TYPE_CHECKING:
    from psycopg import Connection


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered: a status, a body that JSON can hold, and headers."""

    status: int
    body: BaseModel | Mapping[str, Any] | list[Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The answer as data, to be kept."""
        body = self.body.model_dump(mode="json", by_alias=True) if isinstance(self.body, BaseModel) else self.body
        return {"body": body, "headers": dict(self.headers)}


Work = Callable[["Connection[dict[str, Any]]"], Answer]


@dataclass(frozen=True, kw_only=True, slots=True)
class Keyed:
    """A request with its key, ready to be served once."""

    parts: Parts
    actor: str
    route: str
    key: str | None
    body_sha256: str

    def run(self, work: Work) -> Response:
        """Do the work in a transaction, or answer as the first time. Raises Problem 409 and 422."""
        with self.parts.changing() as db:
            if self.key is None:
                answer = work(db)
                return _response(answer.status, answer.plain())
            first = self._begin(db, self.key)
            if first is not None:
                return self._again(first)
            answer = work(db)
            store.answered(db, actor=self.actor, route=self.route, key=self.key, status=answer.status, response=answer.plain())
        return _response(answer.status, answer.plain())

    def _begin(self, db: Connection[dict[str, Any]], key: str) -> dict[str, Any] | None:
        from psycopg.errors import LockNotAvailable

        try:
            return store.begin(db, actor=self.actor, route=self.route, key=key, body_sha256=self.body_sha256)
        except LockNotAvailable:
            raise Problem("idempotency.running", retry_after=1) from None

    def _again(self, first: Mapping[str, Any]) -> Response:
        if first["body_sha256"] != self.body_sha256:
            raise Problem("idempotency.other")
        if first["status"] is None:
            raise Problem("idempotency.running", retry_after=1)
        return _response(first["status"], first["response"], {"Idempotent-Replayed": "true"})


def _response(status: int, kept: Mapping[str, Any], more: Mapping[str, str] | None = None) -> Response:
    headers = {**kept["headers"], **(more or {})}
    if kept["body"] is None:
        return Response(status_code=status, headers=headers)
    return JSONResponse(kept["body"], status_code=status, headers=headers)


KEY_FORM = r"^[\x21-\x7e]{1,255}$"
_Header = Header(alias="Idempotency-Key", pattern=KEY_FORM, description="Any text of the client's that names this request.",
                 examples=["7b1c0a52-8f0e-4c0e-9b1e-2a6f3c1d9e10"])


async def _keyed(request: Request, web: Web, idempotency_key: Annotated[str, _Header]) -> Keyed:
    return await _of(request, web, idempotency_key)


async def _maybe_keyed(request: Request, web: Web, idempotency_key: Annotated[str | None, _Header] = None) -> Keyed:
    return await _of(request, web, idempotency_key)


async def _of(request: Request, web: Parts, key: str | None) -> Keyed:
    body = await request.body()
    return Keyed(parts=web, actor=request.state.actor.id, route=f"{request.method} {request.url.path}", key=key,
                 body_sha256=hashlib.sha256(body).hexdigest())


Once = Annotated[Keyed, Depends(_keyed)]
"""The header must be there."""

MaybeOnce = Annotated[Keyed, Depends(_maybe_keyed)]
"""Without the header the work is done each time."""
