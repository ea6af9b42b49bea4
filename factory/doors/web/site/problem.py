"""A problem as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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


NOWHERE: Final = ("There is no such page", "Nothing is at this address: it was mistyped, or the link is old.", "")
WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "request.path": NOWHERE, "page.unknown": NOWHERE,
    "access.role": ("This is not for your role", "", "An admin can give you the role, under Settings, People."),
    "request.invalid": ("Something in it is wrong", "", "Go back, correct what is listed, and send it again."),
    "input.invalid": ("Something in it is wrong", "", "Go back, correct what is listed, and send it again."),
    "request.large": ("This is too large", "At most 64 MB are taken in one go.", "Send a smaller file."),
    "request.method": ("Not this way", "This address takes what a page of ours sends, and shows nothing by itself.", ""),
    "server.busy": ("Not now", "A part of the service does not answer.", "Try again in a moment."),
    "rate.limit": ("Too fast", "", "Wait a moment, then try again."),
}  # fmt: skip
"""How people are told of a problem: title, detail, what to do. An empty text stays as programs are told it."""


def shown(request: Request, problem: Problem) -> Response:
    """The problem, whole or as a fragment, with its own status. Faults of an input are listed with their remedy."""
    lost = problem.code == "request.invalid" and request.method == "GET"  # an id or a page number that nothing of ours wrote
    title, detail, do = NOWHERE if lost else WORDS.get(problem.code, ("", "", table()[problem.code].do))
    return page(request, "problem.html", status=problem.status, headers=problem.headers, title=title or problem.title,
                detail=detail or problem.detail, errors=() if lost else problem.errors, do=do)
