"""Files that pages load: styles, scripts and faces; small pictures of variants; the files of variants in the bucket."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from factory.doors.web.access import Needs, Public
from factory.doors.web.parts import Web
from factory.doors.web.problems import Problem
from factory.doors.web.routes.bundles import LINK_S
from factory.doors.web.site.pages import Pages
from factory.doors.web.site.render import read_static, static
from factory.doors.web.site.thumbs import Thumbs, thumbs_of
from factory.store import variants

router = Pages(tags=["files"])

KINDS: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "woff2": "font/woff2",
                "svg": "image/svg+xml", "png": "image/png", "webp": "image/webp"}
FOR_GOOD: Final = "public, max-age=31536000, immutable"

FACES: Final = """\
@font-face { font-family: "Inter"; font-weight: 100 900; font-display: swap; src: url("%s") format("woff2"); }
@font-face { font-family: "Inter"; font-weight: 100 900; font-display: swap; src: url("%s") format("woff2");
  unicode-range: U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+0304, U+0308, U+0329, U+1D00-1DBF,
  U+1E00-1E9F, U+1EF2-1EFF, U+2020, U+20A0-20AB, U+20AD-20C0, U+2113, U+2C60-2C7F, U+A720-A7FF; }
"""


@router.get("/static/fonts.css")
def fonts(_: Annotated[None, Public()]) -> Response:
    """The faces of the pages, at addresses that change with their content."""
    text = FACES % (static("inter-latin.woff2"), static("inter-latin-ext.woff2"))
    return Response(text, media_type=KINDS["css"], headers={"Cache-Control": "public, max-age=3600"})


@router.get("/static/{digest}/{name}")
def one(
    _: Annotated[None, Public()], digest: Annotated[str, Path(pattern="^[0-9a-f]{12}$")],
    name: Annotated[str, Path(pattern=r"^[a-z0-9._-]{1,60}$")],
) -> Response:
    """A file of `static/`; kept by browsers for good, because its address changes with it."""
    try:
        data = read_static(name)
    except FileNotFoundError:
        raise Problem("page.unknown") from None
    fresh = static(name) == f"/static/{digest}/{name}"
    kind = KINDS.get(name.rpartition(".")[2], "application/octet-stream")
    return Response(data, media_type=kind, headers={"Cache-Control": FOR_GOOD if fresh else "no-store"})


@router.get("/favicon.ico")
def icon(_: Annotated[None, Public()]) -> Response:
    """Where browsers look without being told."""
    return RedirectResponse(static("mark.svg"), status_code=302)


@router.get("/media/{name}")
def media(
    _: Annotated[None, Needs()], web: Web,
    name: Annotated[str, Path(pattern=r"^[0-9a-f]{64}\.(jpg|png|webp|mp4)$")], save: bool = False,
) -> Response:
    """A variant's file at full size: a link into the bucket, for five minutes."""
    with web.reading() as db:
        if variants.holding(db, name) is None:
            raise Problem("file.unknown")
    link = web.storage.presign_get(f"blobs/{name}", name, LINK_S, inline=not save)
    return RedirectResponse(link, status_code=302, headers={"Cache-Control": "private, max-age=240"})


@router.get("/thumbs/{name}")
async def thumb(
    _: Annotated[None, Needs()], request: Request, web: Web,
    name: Annotated[str, Path(pattern=r"^[0-9a-f]{64}\.(jpg|png|webp|mp4)$")], w: Literal["160", "320", "640"] = "320",
) -> Response:
    """A variant's file, small: browsers keep it for good, because its address says its content."""
    thumbs = thumbs_of(request.app.state, lambda: Thumbs(web))
    data = await run_in_threadpool(thumbs.kept, name, int(w)) or await thumbs.get(name, int(w))
    return Response(data, media_type=KINDS["webp"], headers={"Cache-Control": "private, max-age=31536000, immutable"})
