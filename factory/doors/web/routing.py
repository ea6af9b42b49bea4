"""How a route is declared, guarded and described.

`router = Router(prefix="/v1/briefs", tags=["briefs"])` in a module of `routes/`, listed in `app.ROUTERS`. A guarded
route looks at the key before anything else of a request; it refuses parameters that it does not know and bodies of
another type; and it declares by itself every status that follows from this.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.responses import Response

from factory.doors.web.access import ROLES, Gate, admit
from factory.doors.web.problems import MEDIA, Problem, error, table

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class _Id(StringConvertor):
    """A path segment up to a colon, so that `/v1/briefs/{brief:id}:validate` and `/v1/briefs/{brief:id}` stay apart."""

    regex = "[^/:]+"


register_url_convertor("id", _Id())


def Id(kind: str, pattern: str = "") -> Any:  # noqa: N802  (it stands where FastAPI has its Path)
    """A path parameter that is an id of ours: `brief: Annotated[str, Id("brf")]`; another form by its pattern."""
    example = f"{kind}_0123456789abcdef0123" if not pattern else kind
    return Path(pattern=pattern or f"^{kind}_[0-9a-f]{{20}}$", max_length=80, examples=[example])


BrandId = Annotated[str, Id("brd")]
BriefId = Annotated[str, Id("brf")]
UploadId = Annotated[str, Id("upl")]
KeyId = Annotated[str, Id("key")]
BatchId = Annotated[str, Id("bat")]


def told(*codes: str) -> dict[int | str, dict[str, Any]]:
    """What a route may refuse with, for `responses=`: problem codes, grouped by their status."""
    grouped: dict[int | str, list[str]] = {}
    for code in codes:
        grouped.setdefault(table()[code].status, []).append(code)
    return {status: _described(*found) for status, found in grouped.items()}


def _described(*codes: str) -> dict[str, Any]:
    rows = [table()[code] for code in codes]
    examples = {
        code: {"value": {"type": f"/problems/{code}", "title": row.title, "status": row.status, "detail": row.means,
                         "instance": "urn:request:0f8c2d1e9b7a4c35", "code": code}}
        for code, row in zip(codes, rows, strict=True)
    }
    text = " ".join(f"`{code}`: {row.means}" for code, row in zip(codes, rows, strict=True))
    return {"description": text, "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}}}


def merged(*tables: dict[int | str, dict[str, Any]]) -> dict[int | str, dict[str, Any]]:
    """Several tables of `told` as one: a status that stands in more than one keeps the examples of all."""
    whole: dict[int | str, dict[str, Any]] = {}
    for status, row in (item for t in tables for item in t.items()):
        before = whole.get(status)
        if before and MEDIA in before.get("content", {}) and MEDIA in row.get("content", {}):
            codes = [*before["content"][MEDIA]["examples"], *row["content"][MEDIA]["examples"]]
            row = _described(*dict.fromkeys(codes))  # noqa: PLW2901
        whole[status] = row
    return whole


UNSAID: Final = "Successful Response"
"""What FastAPI says of an answer when a route says nothing."""


class GuardedRoute(APIRoute):
    """A route that serves whom it declares, and nobody when it declares nothing."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        if given.get("response_description") == UNSAID:
            given["response_description"] = HTTPStatus(given.get("status_code") or 200).phrase + "."
        super().__init__(path, endpoint, **given)
        self.gate = gate_of(self.dependant)
        self.known = frozenset(_query(self.dependant))
        self.responses = merged(self._implied(), self.responses)
        self.openapi_extra = {**self._access(), **(self.openapi_extra or {})}

    def _implied(self) -> dict[int | str, dict[str, Any]]:
        """What any route of this shape may answer."""
        codes = ["request.invalid", "server.error", "server.busy"]
        if self.gate is None or not self.gate.public:
            codes += ["access.missing", "access.unknown", "access.ended", "access.role", "access.scope", "rate.limit"]
        if self.body_field:
            codes += ["request.malformed", "request.large", "request.type"]
        if any(p.alias in HEADERS for p in _headers(self.dependant) if p.field_info.is_required()):
            codes += ["request.header"]
        return told(*codes)

    def _access(self) -> dict[str, Any]:
        if self.gate and self.gate.public:
            return {"security": []}
        roles = () if self.gate is None else (*self.gate.roles, "admin") if self.gate.roles else ROLES
        return {"x-roles": list(dict.fromkeys(roles)), "x-scope": self.scope_of(min(self.methods or {"GET"}))}

    def scope_of(self, method: str) -> str:
        """What a request does, as scopes name it: `briefs:read`, `briefs:write`."""
        thing = str(self.tags[0]) if self.tags else "other"
        return f"{thing}:{'read' if method in SAFE else 'write'}"

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            await self._admit(request)
            self._refuse_unknown(request)
            self._refuse_type(request)
            return await inner(request)

        return guarded

    async def _admit(self, request: Request) -> None:
        key, scope = request.headers.get("authorization"), self.scope_of(request.method)
        if self.gate and self.gate.public:
            return
        actor, rate = await run_in_threadpool(admit, request.app.state.parts, self.gate, key, scope)
        request.state.actor, request.state.rate = actor, rate

    def _refuse_unknown(self, request: Request) -> None:
        strange = sorted(set(request.query_params) - self.known)
        if strange:
            known = f"Known are {', '.join(sorted(self.known))}." if self.known else "The route takes none."
            raise Problem("request.invalid", f"No parameter is called {strange[0]!r}.", errors=[
                error("parameter.unknown", f"No parameter is called {name!r}.", f"query/{name}", known) for name in strange])

    def _refuse_type(self, request: Request) -> None:
        empty = request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers
        if self.body_field is None or empty:
            return
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Problem("request.type", f"The body is {kind or 'of no type'}; send application/json.")


HEADERS: Final = frozenset({"Idempotency-Key", "If-Match"})
"""Headers whose absence is a problem of its own (428)."""


class Router(APIRouter):
    """A router whose routes are guarded."""

    def __init__(self, **given: Any) -> None:
        super().__init__(route_class=GuardedRoute, generate_unique_id_function=_operation, **given)


def _operation(route: APIRoute) -> str:
    """A short name for generated clients: the tag and the function."""
    return f"{route.tags[0]}.{route.name}" if route.tags else route.name


def gate_of(dependant: Dependant) -> Gate | None:
    """What a route declares about whom it serves."""
    if isinstance(dependant.call, Gate):
        return dependant.call
    return next((g for d in dependant.dependencies if (g := gate_of(d))), None)


def _query(dependant: Dependant) -> Iterator[str]:
    for p in dependant.query_params:
        kind = p.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (f.alias or name for name, f in kind.model_fields.items())
        else:
            yield p.alias
    for d in dependant.dependencies:
        yield from _query(d)


def _headers(dependant: Dependant) -> Iterator[Any]:
    yield from dependant.header_params
    for d in dependant.dependencies:
        yield from _headers(d)
