"""A problem as a page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from factory.doors.web.problems import Problem, table
from factory.doors.web.site.pages import PageRoute
from factory.doors.web.site.render import page

PROGRAMS = ("/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json")


def for_people(request: Request) -> bool:
    """Whether a person looks at the answer: it is a page's, or a browser's at an address where nothing is."""
    if isinstance(request.scope.get("route"), PageRoute):
        return True
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(PROGRAMS)


def shown(request: Request, problem: Problem) -> Response:
    """The problem, whole or as a fragment, with its own status. Faults of an input are listed with their remedy."""
    row = table()[problem.code]
    return page(request, "problem.html", status=problem.status, headers=problem.headers, title=problem.title,
                detail=problem.detail, errors=problem.errors, do=row.do)
