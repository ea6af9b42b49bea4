"""Brands: their palette, type, logos, voice and claims; versions, what changed; kits and colours taken in."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path as File
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Form, Path, Query, Request, UploadFile
from starlette.responses import FileResponse, RedirectResponse, Response

from factory.doors.web import desk
from factory.doors.web.access import Actor, Needs
from factory.doors.web.kitfacts import differences
from factory.doors.web.paging import Cursor, decode, encode, when, word
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.routes import brands as api
from factory.doors.web.routes.bundles import LINK_S
from factory.doors.web.routing import BrandId
from factory.doors.web.site import brandshelf as shelf
from factory.doors.web.site import brandview as view
from factory.doors.web.site import retoken
from factory.doors.web.site.pages import Pages
from factory.doors.web.site.render import go, page
from factory.errors import Fault, InputError

if TYPE_CHECKING:
    from brand_kits.kit import BrandKit

router = Pages(tags=["brands"])

Number = Annotated[int | None, Query(ge=1, le=1_000_000)]
Text = Annotated[str, Form(max_length=120)]
Tokens = Annotated[str, Form(max_length=500_000)]
SAMPLE, PER_PAGE = "vesper", 48
NO_FILE = Fault(code="kit.file", fact="No file was sent", help="Choose your kit's zip archive.")


@router.get("/brands")
def listed(_: Annotated[Actor, Needs()], request: Request, web: Web, cursor: Cursor = None) -> Response:
    """Brands as cards, newest first."""
    place = decode(cursor, when, word)
    rows = shelf.shelf(web, place and (place[0], place[1]), PER_PAGE + 1)
    more = encode(rows[PER_PAGE - 1]["created_at"], rows[PER_PAGE - 1]["id"]) if len(rows) > PER_PAGE else None
    return page(request, "brands.html", title="Brands", brands=rows[:PER_PAGE], more=more)


# ------------------------------------------------------------------------------------------------ taking in


@router.get("/brands/new")
def new(_: Annotated[Actor, Needs("creator")], request: Request) -> Response:
    """Where a kit is dropped."""
    return _form(request)


def _form(request: Request, *, brand: dict[str, Any] | None = None, name: str = "", faults: tuple[Fault, ...] = (),
          taken: str = "", status: int = 200) -> Response:  # fmt: skip
    title = f"A new version of {brand['name']}" if brand else "A new brand"
    return page(request, "brand_new.html", status=status, title=title, brand=brand, name=name, faults=faults, taken=taken)


@router.post("/drop/brands")
def create(
    actor: Annotated[Actor, Needs("creator")], request: Request, web: Web, kit: UploadFile | None = None, name: Text = ""
) -> Response:
    """A kit becomes a brand."""
    try:
        if kit is None or not kit.filename:
            raise InputError([NO_FILE])
        return _made(request, web, actor, shelf.taken_in(web, actor, kit), name.strip())
    except InputError as refused:
        return _form(request, name=name, faults=refused.faults, status=422)
    except Problem as refused:
        if refused.code != "brand.taken":
            raise
        return _form(request, name=name, taken=refused.detail, status=422)


@router.post("/brands/sample")
def sample(actor: Annotated[Actor, Needs("creator")], request: Request, web: Web) -> Response:
    """The sample brand, to try things with."""
    from factory.kitzip import pack

    with tempfile.TemporaryDirectory(prefix="kit-") as scratch:
        path = File(scratch) / "kit.zip"
        path.write_bytes(pack(File(str(files("brand_kits"))) / "samples" / SAMPLE))
        facts = shelf.kept(web, actor, path, f"{SAMPLE}.zip")
    try:
        return _made(request, web, actor, facts, "")
    except Problem as refused:
        if refused.code != "brand.taken":
            raise
        return go(request, "/brands", "The sample is here already.")


def _made(request: Request, web: Parts, actor: Actor, facts: dict[str, Any], name: str) -> Response:
    with web.changing() as db:
        row, _ = api.made(db, facts, name, actor)
    return go(request, f"/brands/{row['id']}", f"{row['name']} is here: look it over before you write a brief.")


@router.get("/brands/{brand:id}/versions/new")
def another(brand: BrandId, _: Annotated[Actor, Needs("creator")], request: Request, web: Web) -> Response:
    """Where a brand's next kit is dropped."""
    return _form(request, brand=api.known(web, brand))


@router.post("/drop/brands/{brand:id}")
def add(
    brand: BrandId, actor: Annotated[Actor, Needs("creator")], request: Request, web: Web, kit: UploadFile | None = None
) -> Response:
    """A kit becomes a brand's next version."""
    row = api.known(web, brand)
    try:
        if kit is None or not kit.filename:
            raise InputError([NO_FILE])
        return _added(request, web, actor, brand, shelf.taken_in(web, actor, kit))
    except InputError as refused:
        return _form(request, brand=row, faults=refused.faults, status=422)


def _added(request: Request, web: Parts, actor: Actor, brand: str, facts: dict[str, Any]) -> Response:
    with web.changing() as db:
        row, fresh = api.added(db, brand, facts, actor)
    if not fresh:
        return go(request, f"/brands/{brand}?version={row['version']}", f"This very kit is version {row['version']} already.")
    return go(request, f"/brands/{brand}?against={max(1, row['version'] - 1)}#changes", f"Version {row['version']} is here.")


# ------------------------------------------------------------------------------------------------ colours from tokens


@router.get("/brands/{brand:id}/tokens")
def tokens(brand: BrandId, _: Annotated[Actor, Needs("creator")], request: Request, web: Web) -> Response:
    """Where design tokens are pasted."""
    return page(request, "brand_tokens.html", title="Colours from tokens", brand=api.known(web, brand), text="", proposal=None)


@router.post("/drop/brands/{brand:id}/tokens")
async def propose(brand: BrandId, actor: Annotated[Actor, Needs("creator")], request: Request, web: Web) -> Response:
    """What the tokens would change; with `do` = `make`, the version made of it."""
    from starlette.concurrency import run_in_threadpool

    form = await request.form(max_files=20, max_fields=2000)
    given = {k: v for k, v in form.items() if isinstance(v, str)}
    file = form.get("file")
    if isinstance(file, str) or file is None or not file.filename:
        text = given.get("text", "")
    else:
        text = (await file.read(500_000)).decode("utf-8", "replace")
    return await run_in_threadpool(_proposed, request, web, actor, brand, text, given)


def _proposed(request: Request, web: Parts, actor: Actor, brand: str, text: str, given: dict[str, str]) -> Response:
    row = api.known(web, brand)
    version = api.known_version(web, brand, row["newest"])
    kit = desk.kit_of(web, version["digest"])
    chosen = {k.removeprefix("into:"): v for k, v in given.items() if k.startswith("into:")}
    proposal = retoken.proposed(kit, text, chosen or None)
    if given.get("do") == "make" and proposal.ready and given.get("on") == str(row["newest"]):
        return _added(request, web, actor, brand, retoken.made(web, actor, version["digest"], proposal.changes))
    late = given.get("do") == "make" and given.get("on") != str(row["newest"])
    status = 200 if proposal.ready and not late else 422
    return page(request, "brand_tokens.html", status=status, title="Colours from tokens", brand=row, text=text, late=late,
                proposal=proposal, colours=list(kit.palette.colours.values()), changed=view.told(proposal.found))  # fmt: skip


# ------------------------------------------------------------------------------------------------ a brand


@router.get("/brands/pictures/{digest}/{name}")
def picture(
    _: Annotated[None, Needs()], web: Web, digest: Annotated[str, Path(pattern="^[0-9a-f]{64}$")],
    name: Annotated[str, Path(pattern=r"^[a-z0-9_-]{1,120}\.webp$")],
) -> Response:
    """A small picture drawn from a kit; browsers keep it for good, because its address names the kit's content."""
    folder = shelf.pictures(web, digest) if shelf.has(web, digest) else None
    if folder is None or not (folder / name).is_file():
        raise Problem("page.unknown")
    return FileResponse(folder / name, media_type="image/webp", headers={"Cache-Control": "private, max-age=31536000, immutable"})


@router.get("/brands/{brand:id}/versions/{version}/kit")
def kit(
    brand: BrandId, version: Annotated[int, Path(ge=1, le=1_000_000)], _: Annotated[Actor, Needs()], web: Web
) -> Response:
    """The kit itself as a zip: a link into the bucket."""
    row, name = api.known_version(web, brand, version), api.known(web, brand)["name"]
    link = web.storage.presign_get(f"kits/{row['digest']}.zip", f"{name} {version}.zip", LINK_S)
    return RedirectResponse(link, status_code=302)


@router.get("/brands/{brand:id}")
def show(
    brand: BrandId, _: Annotated[Actor, Needs()], request: Request, web: Web, version: Number = None, against: Number = None
) -> Response:
    """Everything about a brand, of its newest version or another; against which other, if asked."""
    row = api.known(web, brand)
    shown = api.known_version(web, brand, version or row["newest"])
    other = api.known_version(web, brand, against) if against else None
    whole = desk.kit_of(web, shown["digest"])
    versions, names = shelf.history(web, brand)
    drawn = shelf.pictures(web, shown["digest"])
    changed = view.told(list(differences(other["facts"], shown["facts"]))) if other else None
    return page(request, "brand.html", title=row["name"], brand=row, shown=shown, kit=whole, versions=versions, names=names,
                other=other, changed=changed, have={p.name for p in drawn.iterdir()} if drawn else set(), **_parts(whole))


def _parts(kit: BrandKit) -> dict[str, Any]:
    return {"view": view, "contrast": view.contrast(kit), "modes": view.modes(kit), "faces": view.faces(kit),
            "claims": view.claims(kit, datetime.now(UTC).date())}
