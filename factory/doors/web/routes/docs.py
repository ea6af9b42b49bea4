"""The API told to programs (/openapi.json), to people (/docs), and what each problem means."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Path, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from factory.doors.web import problems, reference
from factory.doors.web.access import Public
from factory.doors.web.parts import Web
from factory.doors.web.problems import Problem
from factory.doors.web.routing import Router, merged, told
from factory.errors import InputError

router = Router(tags=["docs"])

Code = Annotated[str, Path(pattern=r"^[a-z0-9._-]{1,80}$", examples=["brief.unknown"])]


def _text(media: str, about: str, schema: dict[str, Any] | None = None) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": about, "content": {media: {"schema": schema or {"type": "string"}}}}}


WHOLE: Final = _text("application/json", "OpenAPI 3.1.", {"type": "object"})


@router.get("/openapi.json", summary="The API as OpenAPI", response_class=JSONResponse, responses=WHOLE)
def openapi(_: Annotated[None, Public()], request: Request) -> JSONResponse:
    """Everything that the service takes and gives."""
    return JSONResponse(request.app.openapi(), headers={"Cache-Control": "public, max-age=300"})


@router.get("/docs", summary="The API for people", response_class=HTMLResponse, responses=_text("text/html", "A page."))
def docs(_: Annotated[None, Public()], request: Request, web: Web) -> HTMLResponse:
    """One page without scripts, written from the document above."""
    state = request.app.state
    if not hasattr(state, "reference"):
        state.reference = reference.page(request.app.openapi(), web.settings.url)
    return HTMLResponse(state.reference, headers={"Content-Security-Policy": reference.policy()})


@router.get("/problems/{code}", summary="What a problem means", response_class=PlainTextResponse,
            responses=merged(told("problem.unknown"), _text("text/plain", "Words.")))
def problem(code: Code, _: Annotated[None, Public()]) -> Response:
    """What a code means, and what to do: of problems, and of faults and findings inside them."""
    row = problems.table().get(code)
    if row is not None:
        action = f"\n\nWhat to do\n    {row.do}" if row.do else ""
        return PlainTextResponse(f"{code} ({row.status})\n{row.title}\n\n{row.means}{action}\n")
    from factory.doors.explain import explain

    try:
        return PlainTextResponse(f"{code}\n\n{explain(code).text}\n")
    except InputError as error:
        raise Problem("problem.unknown", error.fault.fact + ".") from error
