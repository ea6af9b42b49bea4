"""Files of variants: looked up, never proxied."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import RedirectResponse

from factory.doors.web.access import Actor, Needs
from factory.doors.web.parts import Web
from factory.doors.web.problems import Problem
from factory.doors.web.routes.bundles import LINK_S, REDIRECT
from factory.doors.web.routing import Id, Router, merged, told
from factory.store import variants

router = Router(prefix="/v1/files", tags=["files"])

FileName = Annotated[str, Id("0" * 64 + ".jpg", pattern=r"^[0-9a-f]{64}\.(jpg|png|webp|mp4)$")]


@router.get(
    "/{name:id}",
    summary="Get a variant's file",
    status_code=302,
    response_class=RedirectResponse,
    responses=merged(told("file.unknown"), REDIRECT),
)
def one(
    name: FileName,
    _: Annotated[Actor, Needs()],
    web: Web,
    inline: Annotated[bool, Query(description="To be shown rather than saved.")] = False,
) -> RedirectResponse:
    """A link to the file, for five minutes."""
    with web.reading() as db:
        if variants.holding(db, name) is None:
            raise Problem("file.unknown")
    return RedirectResponse(web.storage.presign_get(f"blobs/{name}", name, LINK_S, inline=inline), status_code=302)
