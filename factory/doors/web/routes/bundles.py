"""Bundles: what was chosen, published for platforms; zipped, downloaded, recalled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Query
from pydantic import Field, StringConstraints
from starlette.responses import RedirectResponse, Response

from factory.doors.web.access import Actor, Needs
from factory.doors.web.idempotency import Answer, MaybeOnce
from factory.doors.web.paging import Cursor, Limit, Page, decode, encode, page, when, word
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem, error
from factory.doors.web.routing import Id, Router, merged, told
from factory.doors.web.shapes import In, Out
from factory.doors.web.variant_view import VARIANT, parts_of
from factory.store import bundles as store
from factory.store import variants, work
from factory.store.access import note

if TYPE_CHECKING:
    from psycopg import Connection

router = Router(prefix="/v1/bundles", tags=["bundles"])

BundleId = Annotated[str, Id("0123456789abcdef", pattern=r"^[0-9a-f]{16}$")]
State = Literal["queued", "publishing", "published", "failed", "recalled"]
LINK_S = 300
"""Seconds that a download link lives."""

REDIRECT: dict[int | str, dict[str, Any]] = {
    302: {
        "description": "The file is at `Location`, for five minutes.",
        "headers": {"Location": {"description": "A presigned link.", "schema": {"type": "string"}}},
    }
}


class NewBundle(In):
    """What to publish. Without lists everything of the batch that is approved."""

    batch: str = Field(pattern=r"^bat_[0-9a-f]{20}$", examples=["bat_0123456789abcdef0123"])
    variants: list[Annotated[str, StringConstraints(pattern=VARIANT)]] | None = Field(None, min_length=1, max_length=5000)
    platforms: list[Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]] | None = Field(
        None, min_length=1, max_length=20
    )
    placements: list[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]] | None = Field(
        None, min_length=1, max_length=100
    )
    include: Literal["approved", "unreviewed"] = Field(
        "approved", description="`unreviewed` adds undecided ones; for ad_ops and admins."
    )
    archive: bool = Field(False, description="Make a zip for download too.")


class ArchiveOut(Out):
    """The bundle as one zip."""

    state: Literal["", "wanted", "building", "ready", "failed"]
    bytes: int | None
    sha256: str | None


class BundleOut(Out):
    """A bundle."""

    id: str
    batch: str
    state: State
    include: Literal["approved", "unreviewed"]
    variants: dict[str, int] = Field(description="What it holds: variant and version.")
    prefix: str = Field(
        description="Where it lies in the bucket. `_SUCCESS` stands there once it is whole, `_RECALLED` when it is recalled."
    )
    digest: str | None
    files: int | None
    bytes: int | None
    archive: ArchiveOut
    error: str | None
    created_by: str
    created_at: datetime
    published_at: datetime | None
    recalled_at: datetime | None
    recall_reason: str | None
    download_url: str


class Recall(In):
    """Why a bundle must not be used any more."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


def bundle_out(web: Parts, row: Mapping[str, Any]) -> BundleOut:
    """A row as the API shows it."""
    facts, chosen = row["facts"], row["selection"]
    zipped = facts.get("archive", {})
    return BundleOut(
        id=row["id"],
        batch=row["batch"],
        state=row["state"],
        include=chosen["include"],
        variants={f"{row['batch']}.{v}": c["version"] for v, c in sorted(chosen["variants"].items())},
        prefix=f"bundles/{row['id']}/",
        digest=facts.get("digest"),
        files=facts.get("files"),
        bytes=facts.get("bytes"),
        archive=ArchiveOut(state=row["archive"], bytes=zipped.get("bytes"), sha256=zipped.get("sha256")),
        error=row["error"] or None,
        created_by=row["created_by"],
        created_at=row["created_at"],
        published_at=row["published_at"],
        recalled_at=row["recalled_at"],
        recall_reason=facts.get("recalled", {}).get("reason"),
        download_url=f"{web.settings.url}/v1/bundles/{row['id']}/download",
    )


@router.post(
    "",
    summary="Publish a bundle",
    status_code=202,
    response_model=BundleOut,
    responses=told("batch.unknown", "state.conflict", "bundle.empty", "bundle.include", "bundle.recalled", "input.invalid"),
)
def create(
    body: NewBundle, actor: Annotated[Actor, Needs("creator", "reviewer", "ad_ops")], once: MaybeOnce, web: Web
) -> Response:
    """Fix a selection and publish it. The same selection is the same bundle, however often it is asked for."""

    def work_(db: Connection[dict[str, Any]]) -> Answer:
        out = asked(db, web, actor, body)
        return Answer(202, out, {"Location": f"{web.settings.url}/v1/bundles/{out.id}"})

    return once.run(work_)


def asked(db: Connection[dict[str, Any]], web: Parts, actor: Actor, body: NewBundle) -> BundleOut:
    """Fix a selection and set its publication going, within a transaction. Raises Problem."""
    if body.include == "unreviewed" and not actor.has("ad_ops"):
        raise Problem("bundle.include")
    row = ended_batch(db, body.batch)
    chosen = selection_of(db, body)
    bundle, going = store.ask(db, row["id"], chosen, actor.id, archive=body.archive)
    if bundle["state"] == "recalled":
        raise Problem("bundle.recalled", "This very selection was published and recalled.")
    if going:
        facts = {"batch": row["id"], "variants": len(chosen["variants"]), "include": body.include}
        note(db, actor.id, "bundle.create", bundle["id"], facts)
    return bundle_out(web, store.get(db, bundle["id"]) or bundle)


def ended_batch(db: Connection[dict[str, Any]], batch: str) -> Mapping[str, Any]:
    """A batch that has ended and made something, locked. Raises Problem batch.unknown, state.conflict."""
    try:
        row = work.lock(db, batch)
    except LookupError:
        raise Problem("batch.unknown") from None
    if not row["recorded"] or row["ended_at"] is None:
        raise Problem(
            "state.conflict", f"The batch is {row['state']}: a bundle is made of one that has ended and made something."
        )
    return row


def selection_of(db: Connection[dict[str, Any]], body: NewBundle) -> dict[str, Any]:
    """Variants with the versions and reviews that they have now: later decisions make another bundle."""
    from factory.placements import load_placements

    table = load_placements()
    ready = variants.selected(db, body.batch, unreviewed=body.include == "unreviewed")
    _refuse_lists(body, table)
    wanted = {parts_of(v)[1] for v in body.variants} if body.variants else None
    kept = [
        v
        for v in ready
        if (wanted is None or v["id"] in wanted)
        and (body.placements is None or v["placement"] in body.placements)
        and (body.platforms is None or table[v["placement"]].platform in body.platforms)
    ]
    if not kept:
        raise Problem(
            "bundle.empty", f"{len(ready)} variants of the batch may ship; none of them is in the selection." if ready else ""
        )
    missing = sorted((wanted or set()) - {v["id"] for v in ready})
    if missing:
        raise Problem(
            "input.invalid",
            f"{len(missing)} of the variants may not ship.",
            errors=[error("bundle.variant", f"{v} is not ready and approved.", "/variants") for v in missing[:50]],
        )
    return {
        "include": body.include,
        "platforms": sorted({table[v["placement"]].platform for v in kept}),
        "variants": {v["id"]: {"version": v["version"], "review": v["review"]} for v in kept},
    }


def _refuse_lists(body: NewBundle, table: Mapping[str, Any]) -> None:
    """Names that are nobody's are mistakes, not empty selections."""
    platforms = {p.platform for p in table.values()}
    wrong = [
        error("placement.unknown", f"No placement is called {p}.", f"/placements/{n}", "See /v1/placements.")
        for n, p in enumerate(body.placements or ())
        if p not in table
    ]
    wrong += [
        error("platform.unknown", f"No platform is called {p}.", f"/platforms/{n}", f"There are {', '.join(sorted(platforms))}.")
        for n, p in enumerate(body.platforms or ())
        if p not in platforms
    ]
    wrong += [
        error("bundle.variant", f"{v} is of another batch.", f"/variants/{n}")
        for n, v in enumerate(body.variants or ())
        if parts_of(v)[0] != body.batch
    ]
    if wrong:
        raise Problem("input.invalid", errors=wrong)


@router.get("", summary="List bundles")
def listed(
    web: Web,
    _: Annotated[Actor, Needs()],
    limit: Limit = 50,
    cursor: Cursor = None,
    batch: Annotated[str | None, Query(pattern=r"^bat_[0-9a-f]{20}$")] = None,
) -> Page[BundleOut]:
    """Bundles, newest first."""
    place = decode(cursor, when, word)
    with web.reading() as db:
        rows = store.page(db, limit + 1, before_this=place and (place[0], place[1]), batch=batch or "")
    return page(rows, limit, lambda r: encode(r["created_at"], r["id"]), lambda r: bundle_out(web, r))


def found(db: Connection[dict[str, Any]], bundle: str) -> dict[str, Any]:
    """A bundle's row. Raises Problem bundle.unknown."""
    row = store.get(db, bundle)
    if row is None:
        raise Problem("bundle.unknown")
    return row


@router.get("/{bundle:id}", summary="Show a bundle", responses=told("bundle.unknown"))
def one(bundle: BundleId, _: Annotated[Actor, Needs()], web: Web) -> BundleOut:
    """Its state, its facts, what it holds."""
    with web.reading() as db:
        return bundle_out(web, found(db, bundle))


@router.get(
    "/{bundle:id}/download",
    summary="Download a bundle",
    status_code=302,
    response_class=RedirectResponse,
    responses=merged(told("bundle.unknown", "bundle.unready", "bundle.recalled"), REDIRECT),
)
def download(bundle: BundleId, actor: Annotated[Actor, Needs()], web: Web) -> RedirectResponse:
    """The archive, by a link that lives for five minutes."""
    with web.changing() as db:
        return RedirectResponse(fetched(db, web, actor, bundle), status_code=302)


def fetched(db: Connection[dict[str, Any]], web: Parts, actor: Actor, bundle: str) -> str:
    """A link to the archive; who asked for it is kept. Raises Problem bundle.unknown, bundle.recalled, bundle.unready."""
    row = found(db, bundle)
    if row["state"] == "recalled":
        raise Problem("bundle.recalled")
    if row["archive"] != "ready":
        waits = row["archive"] in ("wanted", "building") and row["state"] != "failed"
        raise Problem("bundle.unready", "The archive is being made." if waits else "", retry_after=2 if waits else None)
    note(db, actor.id, "bundle.download", bundle)
    store.fetched(db, bundle, "archive", actor.id)
    return web.storage.presign_get(row["facts"]["archive"]["key"], f"bundle-{bundle}.zip", LINK_S)


@router.post("/{bundle:id}:recall", summary="Recall a bundle", responses=told("bundle.unknown", "state.conflict"))
def recall(bundle: BundleId, body: Recall, actor: Annotated[Actor, Needs("ad_ops")], web: Web) -> BundleOut:
    """A mark beside the bundle tells every reader to use it no more; its downloads end. Asked twice, it is recalled once."""
    with web.changing() as db:
        return withdrawn(db, web, actor, bundle, body.reason)


def withdrawn(db: Connection[dict[str, Any]], web: Parts, actor: Actor, bundle: str, reason: str) -> BundleOut:
    """Recall a bundle, within a transaction. Raises Problem bundle.unknown, state.conflict."""
    row = found(db, bundle)
    work.lock(db, row["batch"])
    row = found(db, bundle)
    if row["state"] not in ("published", "recalled"):
        raise Problem("state.conflict", f"The bundle is {row['state']}; only a published one is recalled.")
    if row["state"] == "published":
        _mark(web, bundle, reason)
        store.recalled(db, bundle, reason, actor.id)
        note(db, actor.id, "bundle.recall", bundle, {"reason": reason[:200]})
    return bundle_out(web, found(db, bundle))


def _mark(web: Parts, bundle: str, reason: str) -> None:
    """Before the row: if the bucket is away, nothing is recalled and the request may be sent again."""
    from factory.publish import recall as mark

    mark(web.storage, f"bundles/{bundle}", reason)
