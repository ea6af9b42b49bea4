"""Variants: looked at, edited, taken back to an earlier version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Header, Query, Response
from pydantic import Field, StringConstraints

from factory.doors.web.access import Actor, Needs
from factory.doors.web.paging import Cursor, Limit, Page, decode, encode, number
from factory.doors.web.parts import Web
from factory.doors.web.problems import Problem, error
from factory.doors.web.routing import Router, told
from factory.doors.web.shapes import In
from factory.doors.web.variant_view import (
    ProvenanceOut,
    Review,
    State,
    VariantId,
    VariantOut,
    VersionOut,
    VersionsOut,
    file_out,
    findings_of,
    found,
    texts_of,
    variant_out,
    worst_of,
)
from factory.store import batches
from factory.store import variants as store
from factory.store.access import note

if TYPE_CHECKING:
    from psycopg import Connection

router = Router(prefix="/v1/variants", tags=["variants"])

Some = Annotated[list[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]] | None, Query(max_length=50)]

IfMatch = Annotated[
    str, Header(alias="If-Match", pattern=r'^"\d{1,9}"$', description="The ETag of the version that you saw.", examples=['"1"'])
]
TAGGED: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": {"description": "The version that stands.", "schema": {"type": "string"}}}}
}


class Edit(In):
    """New words for some fields."""

    texts: dict[
        Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")],
        Annotated[str, StringConstraints(max_length=2000)],
    ] = Field(min_length=1, max_length=40, examples=[{"headline": "Slept 18 hours. Woke up cold."}])


class Back(In):
    """Which version stands again."""

    version: int = Field(ge=1, le=10**6)


def _matched(row: Mapping[str, Any], if_match: str) -> None:
    if if_match != f'"{row["version"]}"':
        raise Problem("match.failed", f"Version {row['version']} stands.", headers={"ETag": f'"{row["version"]}"'})


@router.get("", summary="List variants")
def listed(
    web: Web,
    _: Annotated[Actor, Needs()],
    limit: Limit = 50,
    cursor: Cursor = None,
    batch: Annotated[str | None, Query(pattern=r"^bat_[0-9a-f]{20}$")] = None,
    state: Annotated[list[State] | None, Query(max_length=6)] = None,
    review: Annotated[list[Review] | None, Query(max_length=4)] = None,
    verdict: Annotated[list[Literal["pass", "warn", "fail"]] | None, Query(max_length=3)] = None,
    kind: Annotated[list[Literal["image", "video"]] | None, Query(max_length=2)] = None,
    placement: Some = None,
    locale: Some = None,
    concept: Some = None,
    tribe: Some = None,
) -> Page[VariantOut]:
    """Variants in the order in which they were planned. A filter given twice lets either through."""
    place = decode(cursor, number)
    filters: dict[str, Sequence[str]] = {
        "batch": [batch] if batch else [], "state": state or [], "review": review or [], "verdict": verdict or [],
        "kind": kind or [], "placement": placement or [], "locale": locale or [], "concept": concept or [], "tribe": tribe or [],
    }  # fmt: skip
    with web.reading() as db:
        rows = store.page(db, limit + 1, after=place[0] if place else 0, **filters)
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(data=[variant_out(web, r) for r in shown], next_cursor=encode(shown[-1]["seq"]) if more else None, has_more=more)


@router.get("/{variant:id}", summary="Show a variant", responses={**told("variant.unknown"), **TAGGED})
def one(variant: VariantId, _: Annotated[Actor, Needs()], web: Web, response: Response) -> VariantOut:
    """As it stands; its ETag is its version."""
    with web.reading() as db:
        row = found(db, variant)
    response.headers["ETag"] = f'"{row["version"]}"'
    return variant_out(web, row)


@router.patch(
    "/{variant:id}",
    summary="Write other words",
    status_code=202,
    responses=told("variant.unknown", "variant.unmade", "match.failed", "input.invalid"),
)
def change(
    variant: VariantId,
    body: Edit,
    actor: Annotated[Actor, Needs("creator", "reviewer")],
    web: Web,
    if_match: IfMatch,
    response: Response,
) -> VariantOut:
    """A new version with these words, used as they are; it is composed at once and must be decided on anew."""
    with web.changing() as db:
        row = found(db, variant, hold=True)
        _matched(row, if_match)
        version = write(db, row, body.texts, actor)
        out = variant_out(web, found(db, variant))
    response.headers["ETag"] = f'"{version}"'
    return out


def write(db: Connection[dict[str, Any]], row: Mapping[str, Any], texts: Mapping[str, str], actor: Actor, **how: Any) -> int:
    """Other words for a variant, held with its batch: a new version's number. `how` goes to `store.edit`.

    Raises Problem variant.unmade, input.invalid.
    """
    if not row["made"] or row["state"] in ("queued", "cancelled"):
        raise Problem("variant.unmade", "The variant was not made yet: there is nothing to edit.")
    _refuse_texts(row, texts)
    version = store.edit(db, row, texts, actor.id, **how)
    note(db, actor.id, "variant.edit", f"{row['batch']}.{row['id']}", {"version": version, "fields": sorted(texts)})
    return version


def back_to(db: Connection[dict[str, Any]], row: Mapping[str, Any], wanted: int, actor: Actor) -> int:
    """An earlier version of a variant, held with its batch, stands again: its new number. Raises Problem variant.unmade."""
    old = next((r for r in store.versions(db, row) if r["version"] == wanted and r["made"]), None)
    if old is None or row["state"] in ("queued", "cancelled"):
        raise Problem("variant.unmade", f"There is no finished version {wanted}.")
    version = store.revert(db, row, old, actor.id)
    note(db, actor.id, "variant.revert", f"{row['batch']}.{row['id']}", {"version": version, "to": wanted})
    return version


def _refuse_texts(row: Mapping[str, Any], texts: Mapping[str, str]) -> None:
    """Only fields that the variant shows, plain characters, and never more than the platform takes."""
    from factory.placements import load_placements

    placement = load_placements().get(row["placement"])
    known = set(row["made"]["copy"]) | set(row["edits"])
    wrong = []
    for field, text in texts.items():
        limit = placement.text[field].hard if placement and field in placement.text else None
        if field not in known:
            wrong.append(
                error("text.field", f"The variant shows no {field}.", f"/texts/{field}", f"It shows {', '.join(sorted(known))}.")
            )
        elif text and not (text.strip() and text.replace("\n", " ").isprintable()):
            wrong.append(
                error(
                    "text.characters",
                    "A text has visible, printable characters.",
                    f"/texts/{field}",
                    "Remove control characters.",
                )
            )
        elif limit is not None and len(text) > limit:
            wrong.append(
                error("text.long", f"{len(text)} characters; the platform takes {limit}.", f"/texts/{field}", "Shorten it.")
            )
    if wrong:
        raise Problem("input.invalid", errors=wrong)


@router.get("/{variant:id}/versions", summary="List a variant's versions", responses=told("variant.unknown"))
def versions(variant: VariantId, _: Annotated[Actor, Needs()], web: Web) -> VersionsOut:
    """Every version, with its words and file, oldest first."""
    with web.reading() as db:
        row = found(db, variant)
        rows = store.versions(db, row)
    return VersionsOut(
        data=[
            VersionOut(
                version=r["version"],
                stands=r["version"] == row["version"],
                by=r["by"],
                at=r["at"],
                edits=r["edits"],
                texts=texts_of(r["made"]),
                verdict=worst_of(r["made"]),
                file=file_out(web, r["made"]),
            )
            for r in rows
        ]
    )


@router.post(
    "/{variant:id}:revert",
    summary="Let an earlier version stand",
    responses={**told("variant.unknown", "variant.unmade", "match.failed"), **TAGGED},
)
def revert(
    variant: VariantId,
    body: Back,
    actor: Annotated[Actor, Needs("creator", "reviewer")],
    web: Web,
    if_match: IfMatch,
    response: Response,
) -> VariantOut:
    """The words and file of that version stand again, under a new number, to be decided on anew."""
    with web.changing() as db:
        row = found(db, variant, hold=True)
        _matched(row, if_match)
        version = back_to(db, row, body.version, actor)
        out = variant_out(web, found(db, variant))
    response.headers["ETag"] = f'"{version}"'
    return out


@router.get(
    "/{variant:id}/provenance", summary="Tell where a variant comes from", responses=told("variant.unknown", "variant.unmade")
)
def provenance(variant: VariantId, _: Annotated[Actor, Needs()], web: Web) -> ProvenanceOut:
    """Brief, kit version, models, seed, layout, every check."""
    with web.reading() as db:
        row = found(db, variant)
        batch = batches.get(db, row["batch"])
        source = db.execute(
            "select b.id, b.brand, b.brand_version, v.digest from briefs b join brand_versions v on v.brand = b.brand "
            "and v.version = b.brand_version where b.id = %s",
            (batch["brief"] if batch else "",),
        ).fetchone()
    if batch is None or source is None or not row["made"]:
        raise Problem("variant.unmade")
    models = batch["models"] or {k: v for k, v in batch["options"].items() if k.endswith("_model") and v}
    return ProvenanceOut(
        id=variant,
        version=row["version"],
        brief=source["id"],
        brand=source["brand"],
        brand_version=source["brand_version"],
        kit_sha256=source["digest"],
        seed=batch["options"].get("seed", 0),
        models=models,
        plan=batch["plan"],
        made={**row["made"].get("provenance", {}), "attempt": row["made"]["attempt"]},
        texts=texts_of(row["made"]),
        findings=findings_of(row["made"], every=True),
        file=file_out(web, row["made"]),
        generated=True,
    )
