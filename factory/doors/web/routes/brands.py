"""Brands and their versions: a version is a kit, and never changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import Response

from factory.doors.web.access import Actor, Needs
from factory.doors.web.idempotency import Answer, MaybeOnce
from factory.doors.web.kitfacts import differences
from factory.doors.web.paging import Cursor, Limit, Page, decode, encode, number, page, when, word
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.routing import BrandId, Router, merged, told
from factory.doors.web.shapes import In, Name, Out
from factory.store import library
from factory.store.access import note

if TYPE_CHECKING:
    from psycopg import Connection

router = Router(prefix="/v1/brands", tags=["brands"])

UploadRef = Annotated[str, Field(
    pattern="^upl_[0-9a-f]{20}$", examples=["upl_0123456789abcdef0123"], description="A kit's upload, completed.")]
Number = Annotated[int, Path(ge=1, le=1_000_000, examples=[1])]


class NewBrand(In):
    """A brand with its first version."""

    upload: UploadRef
    name: Name | None = Field(default=None, description="By default the kit's own name.")


class NewVersion(In):
    """A version of a brand."""

    upload: UploadRef


class BrandOut(Out):
    """A brand. `newest` is the number of its newest version."""

    id: str
    name: str
    newest: int
    created_by: str
    created_at: datetime


class VersionOut(Out):
    """A version of a brand: which kit it is, and what stands in it."""

    brand: str
    version: int
    digest: str = Field(description="Names the kit by its content.")
    facts: dict[str, Any] = Field(description="Palette, type, logos, products, voice, claims, legal lines.")
    created_by: str
    created_at: datetime


class BrandMade(Out):
    """A new brand and its first version."""

    brand: BrandOut
    version: VersionOut


class Difference(Out):
    """One value that is another. null: there is none."""

    pointer: str
    before: Any
    after: Any


class DiffOut(Out):
    """How a version differs from another."""

    brand: str
    before: int
    after: int
    same: bool
    differences: list[Difference]


def _brand(row: Mapping[str, Any]) -> BrandOut:
    return BrandOut(**row)


def _version(row: Mapping[str, Any]) -> VersionOut:
    return VersionOut(**row)


@router.post("", status_code=201, response_model=BrandMade, summary="Make a brand",
             responses=told("brand.taken", "upload.unknown", "upload.ended"))
def create(body: NewBrand, actor: Annotated[Actor, Needs("creator")], once: MaybeOnce) -> Response:
    """Makes a brand of a kit that was uploaded: its version 1."""

    def work(db: Connection[dict[str, Any]]) -> Answer:
        row, version = made(db, _kit(db, body.upload), body.name or "", actor)
        return Answer(201, BrandMade(brand=_brand(row), version=_version(version)), {"Location": f"/v1/brands/{row['id']}"})

    return once.run(work)


def made(
    db: Connection[dict[str, Any]], kit: Mapping[str, Any], name: str, actor: Actor
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A new brand of a kit's facts, and its first version. Raises Problem brand.taken."""
    name = name or kit["kit_name"]
    brand = library.put_brand(db, name, actor.id)
    if brand is None:
        raise Problem("brand.taken", f"There is a brand {name!r} already.")
    version = library.put_version(db, brand, kit["digest"], _told(kit), actor.id)[0]
    note(db, actor.id, "brand.create", brand, {"name": name, "digest": kit["digest"]})
    row = library.get_brand(db, brand)
    assert row is not None
    return row, version


def added(db: Connection[dict[str, Any]], brand: str, kit: Mapping[str, Any], actor: Actor) -> tuple[dict[str, Any], bool]:
    """A kit's facts as a brand's next version: its row, and whether it is new. Raises Problem brand.unknown."""
    if library.get_brand(db, brand) is None:
        raise Problem("brand.unknown")
    row, fresh = library.put_version(db, brand, kit["digest"], _told(kit), actor.id)
    if fresh:
        note(db, actor.id, "brand.version", f"{brand}/{row['version']}", {"digest": row["digest"]})
    return row, fresh


def _told(kit: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in kit.items() if k != "digest"}


def _kit(db: Connection[dict[str, Any]], upload: str) -> dict[str, Any]:
    """The facts of a kit's upload."""
    row = library.get_upload(db, upload)
    if row is None:
        raise Problem("upload.unknown")
    if row["state"] != "ready" or row["kind"] != "kit":
        raise Problem("upload.ended", f"The upload is a {row['kind']} and {row['state']}; a completed kit is needed.")
    return dict(row["facts"])


@router.get("", summary="List brands")
def index(
    _: Annotated[Actor, Needs()], web: Web, limit: Limit = 50, cursor: Cursor = None,
    name: Annotated[str | None, Query(min_length=1, max_length=120, description="Only the brand of this name.")] = None,
) -> Page[BrandOut]:
    """Newest first."""
    place = decode(cursor, when, word)
    with web.reading() as db:
        rows = library.brands(db, place, limit + 1, name or "")
    return page(rows, limit, lambda r: encode(r["created_at"], r["id"]), _brand)


@router.get("/{brand:id}", summary="Show a brand", responses=told("brand.unknown"))
def show(brand: BrandId, _: Annotated[Actor, Needs()], web: Web) -> BrandOut:
    """Its name and the number of its newest version."""
    return _brand(known(web, brand))


def known(web: Parts, brand: str) -> dict[str, Any]:
    """A brand. Raises Problem brand.unknown."""
    with web.reading() as db:
        row = library.get_brand(db, brand)
    if row is None:
        raise Problem("brand.unknown")
    return row


@router.post("/{brand:id}/versions", status_code=201, response_model=VersionOut, summary="Add a version",
             responses=merged(told("brand.unknown", "upload.unknown", "upload.ended"),
                              {200: {"model": VersionOut, "description": "The kit is the one of this version already."}}))
def add(brand: BrandId, body: NewVersion, actor: Annotated[Actor, Needs("creator")], once: MaybeOnce) -> Response:
    """Adds a kit that was uploaded as the next version. The same kit again is the version that it was: 200."""

    def work(db: Connection[dict[str, Any]]) -> Answer:
        row, fresh = added(db, brand, _kit(db, body.upload), actor)
        return Answer(201 if fresh else 200, _version(row), {"Location": f"/v1/brands/{brand}/versions/{row['version']}"})

    return once.run(work)


@router.get("/{brand:id}/versions", summary="List a brand's versions", responses=told("brand.unknown"))
def versions(
    brand: BrandId, _: Annotated[Actor, Needs()], web: Web, limit: Limit = 50, cursor: Cursor = None
) -> Page[VersionOut]:
    """Newest first."""
    place = decode(cursor, number)
    known(web, brand)
    with web.reading() as db:
        rows = library.versions(db, brand, min(place[0], 2**31 - 1) if place else None, limit + 1)
    return page(rows, limit, lambda r: encode(r["version"]), _version)


@router.get("/{brand:id}/versions/{version}", summary="Show a version", responses=told("brand.unknown", "version.unknown"))
def version(brand: BrandId, version: Number, _: Annotated[Actor, Needs()], web: Web) -> VersionOut:
    """Its palette, type, logos, products, voice, claims and legal lines."""
    return _version(known_version(web, brand, version))


@router.get("/{brand:id}/versions/{version}/diff", summary="Compare two versions",
            responses=told("brand.unknown", "version.unknown"))
def diff(
    brand: BrandId, version: Number, _: Annotated[Actor, Needs()], web: Web,
    against: Annotated[int | None, Query(ge=1, le=1_000_000, description="By default the version before.")] = None,
) -> DiffOut:
    """Every value that is another than in an earlier version (or a later one)."""
    after = known_version(web, brand, version)
    before = known_version(web, brand, against or max(1, version - 1))
    found = [Difference(pointer=w, before=b, after=a) for w, b, a in differences(before["facts"], after["facts"])]
    same = before["digest"] == after["digest"]
    return DiffOut(brand=brand, before=before["version"], after=version, same=same, differences=found)


def known_version(web: Parts, brand: str, version: int) -> dict[str, Any]:
    """A version of a brand. Raises Problem brand.unknown, version.unknown."""
    known(web, brand)
    with web.reading() as db:
        row = library.get_version(db, brand, version)
    if row is None:
        raise Problem("version.unknown")
    return row


