"""How a page is declared and guarded.

    router = Pages(tags=["briefs"])

    @router.get("/briefs/new")
    def new(request: Request, web: Web, actor: Annotated[Actor, Needs("creator")]) -> Response:
        return page(request, "brief_new.html", title="A new brief", ...)

As in the API a route declares whom it serves, and is closed when it declares nothing. Strangers are shown the sign-in
page; a change must come from one of our own pages. `Here` gives a handler the visit.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, cast
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from factory.doors.web.access import Gate
from factory.doors.web.problems import Problem
from factory.doors.web.routing import SAFE, gate_of
from factory.doors.web.site import visits
from factory.doors.web.site.visits import Visit


class PageRoute(APIRoute):
    """A route of the site."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        super().__init__(path, endpoint, **{**given, "include_in_schema": False, "response_model": None})
        self.gate: Gate | None = gate_of(self.dependant)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                refused = await self._admit(request)
                return refused or await inner(request)
            finally:
                await request.close()  # files of a form that nobody has read

        return guarded

    async def _admit(self, request: Request) -> Response | None:
        if self.gate is None:
            raise Problem("access.closed")
        parts = request.app.state.parts
        visit = await run_in_threadpool(visits.visit_of, parts, request)
        request.state.visit, request.state.actor = visit, visit.actor if visit else None
        if request.method not in SAFE:
            visits.check_origin(parts, request)
        if self.gate.public:
            return None
        if visit is None:
            return _to_sign_in(request)
        if request.method not in SAFE:
            await visits.check_mark(request, visit)
        if self.gate.roles and not visit.actor.has(*self.gate.roles):
            wanted = " or ".join(dict.fromkeys([*self.gate.roles, "admin"])).replace("_", " ")
            raise Problem("access.role", f"This is for people with the role {wanted}.")
        return None


def _to_sign_in(request: Request) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = f"/sign-in?next={quote(here, safe='')}" if request.method in SAFE else "/sign-in"
    if is_fragment(request):
        return HTMLResponse("", status_code=401, headers={"HX-Redirect": target})
    return RedirectResponse(target, status_code=303)


class Pages(APIRouter):
    """A router of pages."""

    def __init__(self, **given: Any) -> None:
        super().__init__(route_class=PageRoute, **given)


def is_fragment(request: Request) -> bool:
    """Whether htmx asks for a part of the page only."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-request-type") != "full"


async def _visit(request: Request) -> Visit | None:
    return getattr(request.state, "visit", None)


async def _here(request: Request) -> Visit:
    return cast(Visit, request.state.visit)


Here = Annotated[Visit, Depends(_here)]
"""The visit, on a page that is not open to strangers."""

MaybeHere = Annotated[Visit | None, Depends(_visit)]
"""The visit, on a page that strangers may see."""
