"""Bundles: chosen from a batch with the sheets in view, published, downloaded, recalled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from factory.doors.web.access import Actor, Needs
from factory.doors.web.paging import Cursor, decode, encode, when, word
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.routes import bundles as api
from factory.doors.web.routing import BatchId
from factory.doors.web.site.batchview import idea_title
from factory.doors.web.site.bundling import Preview, preview
from factory.doors.web.site.pages import Pages
from factory.doors.web.site.render import go, page, platform, tongue
from factory.errors import FactoryError
from factory.placements import load_placements
from factory.store import batches, library, people, variants
from factory.store import bundles as store

if TYPE_CHECKING:
    from psycopg import Connection

router = Pages(tags=["bundles"])

BundleId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
Word = Annotated[str, Query(max_length=80)]
Words = Annotated[list[str], Query(max_length=100)]
PER_PAGE: Final = 30

NARROW: Final = (("platform", "Platform"), ("placement", "Placement"), ("locale", "Language"), ("concept", "Idea"))
"""By what a selection is narrowed: a field of the form, and its name."""


@router.get("/bundles")
def listed(_: Annotated[Actor, Needs()], request: Request, web: Web, cursor: Cursor = None) -> Response:
    """Every bundle, newest first."""
    place = decode(cursor, when, word)
    with web.reading() as db:
        rows = store.page(db, PER_PAGE + 1, before_this=place and (place[0], place[1]))
        shown = rows[:PER_PAGE]
        titles, who = _titles(db, [r["batch"] for r in shown]), people.names(db, [r["created_by"] for r in shown])
    more = encode(shown[-1]["created_at"], shown[-1]["id"]) if len(rows) > PER_PAGE else None
    return page(request, "bundles.html", title="Bundles", bundles=shown, titles=titles, who=who, more=more)


def _titles(db: Connection[dict[str, Any]], batch_ids: Sequence[str]) -> dict[str, str]:
    """What batches are called: their brief's name."""
    found = {}
    for batch in dict.fromkeys(batch_ids):
        row = batches.get(db, batch)
        brief = library.get_brief(db, row["brief"]) if row else None
        found[batch] = brief["name"] if brief else batch
    return found


@router.get("/batches/{batch}/bundle")
def choose(
    batch: BatchId, actor: Annotated[Actor, Needs("creator", "reviewer", "ad_ops")], request: Request, web: Web,
    platform: Words = [], placement: Words = [], locale: Words = [], concept: Words = [],  # noqa: B006  (read only)
    include: Word = "approved",
) -> Response:
    """Choose what goes out, and see what that makes."""
    narrowed = {"platform": platform, "placement": placement, "locale": locale, "concept": concept}
    return _chooser(request, web, actor, batch, narrowed, include)


def _chooser(
    request: Request, web: Parts, actor: Actor, batch: str, narrowed: Mapping[str, Sequence[str]], include: str,
    fault: str = "", status: int = 200,
) -> Response:
    include = include if include == "unreviewed" and actor.has("ad_ops") else "approved"
    seen: Preview | None = None
    with web.reading() as db:
        row = _ended(db, batch)
        rows = variants.selected(db, batch, unreviewed=include == "unreviewed")
        if rows and not fault:
            seen, fault = _seen(web, db, _wanted(batch, rows, narrowed, include))
        name = _titles(db, [batch])[batch]
        states = Counter(str(v["review"]) for v in variants.selected(db, batch, unreviewed=True))
    return page(request, "bundle_new.html", status=status, title="A new bundle", batch=row, name=name, options=_options(rows),
                narrowed=narrowed, include=include, may_all=actor.has("ad_ops"), seen=seen, fault=fault, narrow=NARROW,
                approved=states["approved"], pending=states["pending"])


def _ended(db: Connection[dict[str, Any]], batch: str) -> Mapping[str, Any]:
    row = batches.get(db, batch)
    if row is None:
        raise Problem("batch.unknown")
    if not row["recorded"] or row["ended_at"] is None:
        raise Problem("state.conflict", "The batch is still being made. A bundle is made of a batch that has ended.")
    return row


def _seen(web: Parts, db: Connection[dict[str, Any]], wanted: api.NewBundle | None) -> tuple[Preview | None, str]:
    if wanted is None:
        return None, "Nothing fits this choice. Widen it."
    try:
        return preview(web, db, wanted.batch, api.selection_of(db, wanted)), ""
    except Problem as refused:
        return None, refused.detail
    except FactoryError as refused:
        return None, refused.fault.fact


def _options(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[str, str, int]]]:
    """By what can be narrowed: value, words, how many."""
    table = load_placements()
    counted = {
        "platform": Counter(table[r["placement"]].platform for r in rows), "placement": Counter(r["placement"] for r in rows),
        "locale": Counter(r["locale"] for r in rows), "concept": Counter(r["concept"] for r in rows),
    }  # fmt: skip
    named: dict[str, Callable[[str], str]] = {
        "platform": platform, "placement": lambda p: table[p].title,
        "locale": tongue, "concept": lambda c: idea_title(c)[0],
    }  # fmt: skip
    return {k: [(v, named[k](v), n) for v, n in sorted(c.items())] for k, c in counted.items()}


def _wanted(
    batch: str, rows: Sequence[Mapping[str, Any]], narrowed: Mapping[str, Sequence[str]], include: str, *, archive: bool = False
) -> api.NewBundle | None:
    """The request to the API that a choice means; None when nothing is left of it."""
    table = load_placements()
    told = {k: set(v) for k, v in narrowed.items() if v}
    kept = [
        r for r in rows
        if all((table[r["placement"]].platform if k == "platform" else r[k]) in v for k, v in told.items())
    ]  # fmt: skip
    if not kept:
        return None
    ids = [f"{batch}.{r['id']}" for r in kept] if told else None
    return api.NewBundle.model_validate({"batch": batch, "variants": ids, "include": include, "archive": archive})


@router.post("/batches/{batch}/bundle")
def publish(
    batch: BatchId, actor: Annotated[Actor, Needs("creator", "reviewer", "ad_ops")], request: Request, web: Web,
    platform: Annotated[list[str], Form(max_length=100)] = [], placement: Annotated[list[str], Form(max_length=100)] = [],  # noqa: B006
    locale: Annotated[list[str], Form(max_length=100)] = [], concept: Annotated[list[str], Form(max_length=100)] = [],  # noqa: B006
    include: Annotated[str, Form(max_length=20)] = "approved", archive: Annotated[bool, Form()] = False,
) -> Response:
    """Publish the choice. The same choice is the same bundle."""
    narrowed = {"platform": platform, "placement": placement, "locale": locale, "concept": concept}
    try:
        with web.changing() as db:
            rows = variants.selected(db, batch, unreviewed=include == "unreviewed")
            wanted = _wanted(batch, rows, narrowed, include, archive=archive)
            if wanted is None:
                raise Problem("bundle.empty")
            out = api.asked(db, web, actor, wanted)
    except Problem as refused:
        if refused.status in (403, 404):
            raise
        return _chooser(request, web, actor, batch, narrowed, include, fault=refused.detail, status=refused.status)
    return go(request, f"/bundles/{out.id}", "It is being published.")


@router.get("/bundles/{bundle}")
def one(bundle: BundleId, actor: Annotated[Actor, Needs()], request: Request, web: Web) -> Response:
    """A bundle: where it lies, what it holds, who took it."""
    with web.reading() as db:
        row = api.found(db, bundle)
        taken = store.downloads(db, bundle)
        who = people.names(db, [row["created_by"], row["facts"].get("recalled", {}).get("by", ""), *(t["by"] for t in taken)])
        seen, _fault = _again(web, db, row)
        name = _titles(db, [row["batch"]])[row["batch"]]
    going = row["state"] in ("queued", "publishing") or (row["state"] == "published" and row["archive"] in ("wanted", "building"))
    return page(request, "bundle.html", title=f"Bundle {bundle[:6]}", bundle=row, name=name, who=who, taken=taken, seen=seen,
                going=going, address=f"s3://{web.settings.bucket}/bundles/{bundle}/", may_recall=actor.has("ad_ops"))


def _again(web: Parts, db: Connection[dict[str, Any]], row: Mapping[str, Any]) -> tuple[Preview | None, str]:
    try:
        return preview(web, db, row["batch"], row["selection"]), ""
    except FactoryError as refused:
        return None, refused.fault.fact


@router.get("/bundles/{bundle}/download")
def download(bundle: BundleId, actor: Annotated[Actor, Needs()], web: Web) -> Response:
    """The zip, by a link into the bucket."""
    with web.changing() as db:
        return RedirectResponse(api.fetched(db, web, actor, bundle), status_code=302)


@router.get("/bundles/{bundle}/manifests/{platform}/{name}")
def manifest(
    bundle: BundleId, platform: Annotated[str, Path(pattern="^[a-z0-9_]{1,40}$")],
    name: Annotated[str, Path(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,79}$")], actor: Annotated[Actor, Needs()], web: Web,
) -> Response:
    """One sheet of a published bundle, by a link into the bucket."""
    with web.changing() as db:
        row = api.found(db, bundle)
        if row["state"] != "published":
            raise Problem("bundle.recalled" if row["state"] == "recalled" else "bundle.unready")
        path = f"manifests/{platform}/{name}"
        if web.storage.head(f"bundles/{bundle}/{path}") is None:
            raise Problem("page.unknown", "The bundle has no such sheet.")
        store.fetched(db, bundle, path, actor.id)
    link = web.storage.presign_get(f"bundles/{bundle}/{path}", name, api.LINK_S)
    return RedirectResponse(link, status_code=302)


@router.post("/bundles/{bundle}/archive")
def zipped(
    bundle: BundleId, actor: Annotated[Actor, Needs("creator", "reviewer", "ad_ops")], request: Request, web: Web
) -> Response:
    """Make the zip of a bundle that has none."""
    with web.changing() as db:
        row = api.found(db, bundle)
        if row["state"] == "recalled":
            raise Problem("bundle.recalled")
        store.ask(db, row["batch"], row["selection"], actor.id, archive=True)
    return go(request, f"/bundles/{bundle}", "The zip is being made.")


@router.post("/bundles/{bundle}/recall")
def recall(
    bundle: BundleId, actor: Annotated[Actor, Needs("ad_ops")], request: Request, web: Web,
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Tell everybody to use a bundle no more."""
    if not reason.strip():
        return go(request, f"/bundles/{bundle}", "Say why it is recalled: whoever has it will want to know.", tone="bad")
    with web.changing() as db:
        api.withdrawn(db, web, actor, bundle, reason.strip())
    return go(request, f"/bundles/{bundle}", "The bundle is recalled.")
