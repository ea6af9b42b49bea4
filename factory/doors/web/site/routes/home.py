"""The start: what runs, what waits for a decision."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request
from starlette.responses import Response

from factory.doors.web.access import Actor, Needs
from factory.doors.web.site.pages import Pages
from factory.doors.web.site.render import page

router = Pages(tags=["home"])


@router.get("/")
def home(_: Annotated[Actor, Needs()], request: Request) -> Response:
    """The start."""
    return page(request, "home.html", title="Start")
