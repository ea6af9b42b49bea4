"""Whatever a request raises, as a problem."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from brand_kits.errors import KitError
from factory.doors.web.problems import Problem, answer, error, faulty
from factory.doors.web.routing import HEADERS
from factory.doors.web.site.problem import for_people, shown
from factory.errors import FactoryError, Fault, InputError, StoreError

log = structlog.get_logger("factory.web")

Told = Callable[[Request, Any], Problem]


def install(app: FastAPI) -> None:
    """Answer every error of the app with a problem."""
    import psycopg
    from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

    away = (psycopg.OperationalError, psycopg.InterfaceError, PoolClosed, PoolTimeout, TooManyRequests)
    table: list[tuple[type[Exception], Told]] = [
        (Problem, _same), (InputError, _input), (KitError, _kit), (StoreError, _store), (FactoryError, _refused),
        (RequestValidationError, _invalid), (HTTPException, _http), (psycopg.DataError, _characters),
        (UnicodeEncodeError, _characters), (psycopg.errors.CheckViolation, _moved), *((k, _away) for k in away),
    ]
    for kind, told in table:
        app.add_exception_handler(kind, _handler(told))


def _handler(told: Told) -> Callable[[Request, Exception], Response]:
    def handle(request: Request, raised: Exception) -> Response:
        problem = told(request, raised)
        if problem.rate is not None:
            request.state.rate = problem.rate
        return shown(request, problem) if for_people(request) else answer(problem, request.state.request_id)

    return handle


def _same(_request: Request, raised: Problem) -> Problem:
    return raised


def _input(_request: Request, raised: InputError) -> Problem:
    return faulty(raised.faults)


def _kit(_request: Request, raised: KitError) -> Problem:
    return faulty([Fault(code=f.code, fact=f.fact, where=f.where, help=f.help) for f in raised.faults])


def _refused(_request: Request, raised: FactoryError) -> Problem:
    return faulty([raised.fault], "input.refused")


def _store(request: Request, raised: StoreError) -> Problem:
    log.error("storage", request=request.state.request_id, code=raised.fault.code, fact=raised.fault.fact)
    return Problem("server.error") if raised.fault.code in BROKEN else Problem("server.busy", retry_after=5)


BROKEN: Final = frozenset({"storage.key", "storage.digest", "storage.missing"})
"""Storage errors that waiting does not mend."""


def _characters(_request: Request, _raised: Exception) -> Problem:
    return Problem("request.characters")


def _moved(_request: Request, _raised: Exception) -> Problem:
    """The database refused a move that another request had made impossible since we looked."""
    return Problem("state.conflict")


def _away(request: Request, raised: Exception) -> Problem:
    log.error("database", request=request.state.request_id, kind=type(raised).__name__, fact=str(raised)[:300])
    return Problem("server.busy", retry_after=2)


HTTP: Final[Mapping[int, str]] = {
    400: "request.malformed", 404: "request.path", 405: "request.method", 413: "request.large", 415: "request.type",
}


def _http(request: Request, raised: HTTPException) -> Problem:
    code = HTTP.get(raised.status_code, "request.other")
    headers = {"Allow": ", ".join(_allowed(request))} if raised.status_code == 405 else {}
    return Problem(code, headers=headers)


def _allowed(request: Request) -> list[str]:
    """Every method that some route takes on this path."""
    found: set[str] = set()
    for route in request.app.routes:
        if route.matches(dict(request.scope))[0] is not Match.NONE:
            found |= set(getattr(route, "methods", None) or ())
    return sorted(found)


def _invalid(_request: Request, raised: RequestValidationError) -> Problem:
    wrong = raised.errors()
    if any(e["type"] == "json_invalid" for e in wrong):
        return Problem("request.malformed", f"The body is no JSON: {wrong[0].get('ctx', {}).get('error', 'it ends early')}.")
    errors = [error(f"request.{e['type']}", _said(e), _pointer(e["loc"])) for e in wrong]
    if any(e["type"] == "missing" and e["loc"][0] == "header" and e["loc"][-1] in HEADERS for e in wrong):
        return Problem("request.header", errors=errors)
    if all(e["loc"][0] == "path" for e in wrong):
        return Problem("request.path", "Nothing has an id of this form.")
    only = f"{errors[0]['pointer']}: {errors[0]['detail']}"
    return Problem("request.invalid", only if len(errors) == 1 else f"{len(errors)} things are wrong.", errors=errors)


def _said(wrong: Mapping[str, Any]) -> str:
    text = str(wrong["msg"]).removeprefix("Value error, ")
    return text if text.endswith(".") else text + "."


def _pointer(place: tuple[str | int, ...]) -> str:
    """A JSON pointer into the body; `query/limit` or `header/If-Match` for the other parts of a request."""
    first, *rest = place
    way = "/".join(str(p).replace("~", "~0").replace("/", "~1") for p in rest)[:300]
    return f"/{way}" if first == "body" else f"{first}/{way}"
