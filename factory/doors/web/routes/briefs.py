"""Briefs: sent as they are written, YAML or JSON; held against a brand's kit; quoted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from factory.doors.web import desk
from factory.doors.web.access import Actor, Needs
from factory.doors.web.idempotency import Answer, MaybeOnce
from factory.doors.web.paging import Cursor, Limit, Page, decode, encode, page, when, word
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.routing import BriefId, Router, told
from factory.doors.web.shapes import Fault as FaultOut
from factory.doors.web.shapes import In, Out
from factory.errors import Fault, InputError
from factory.store import library, work
from factory.store.access import note

if TYPE_CHECKING:
    from psycopg import Connection

    from brand_kits.kit import BrandKit

router = Router(prefix="/v1/briefs", tags=["briefs"])

MOST: Final = 256_000
TYPES: Final[Mapping[str, Literal["yaml", "json"]]] = {
    "application/json": "json", "application/yaml": "yaml", "application/x-yaml": "yaml", "text/yaml": "yaml",
}
BODY: Final = {"requestBody": {
    "required": True, "description": "The brief as in docs/briefs.md, at most 256 kB.",
    "content": {"application/yaml": {"schema": {"type": "object"}}, "application/json": {"schema": {"type": "object"}}},
}}  # fmt: skip
READING: Final = ("request.malformed", "request.large", "request.type", "brand.unknown", "version.unknown", "upload.unknown",
                  "upload.ended", "input.invalid")


@dataclass(frozen=True, slots=True)
class Text:
    """A brief as it came."""

    body: str
    format: Literal["yaml", "json"]


async def _text(request: Request) -> Text:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in TYPES:
        raise Problem("request.type", f"The body is {kind or 'of no type'}; send application/yaml or application/json.")
    data = await request.body()
    if len(data) > MOST:
        raise Problem("request.large", f"A brief has at most {MOST:,} bytes.")
    try:
        text = Text(data.decode("utf-8"), TYPES[kind])
        whole = json.loads(text.body) if text.format == "json" else {}
    except (ValueError, RecursionError) as error:
        raise Problem("request.malformed", "The body is not UTF-8, or not the JSON that it says it is.") from error
    if not isinstance(whole, dict):
        raise Problem("request.invalid", "A brief is an object with fields.")
    return text


Sent = Annotated[Text, Depends(_text)]
Brand = Annotated[str, Query(
    pattern="^brd_[0-9a-f]{20}$", examples=["brd_0123456789abcdef0123"], description="Whose kit it is held against.")]
Version = Annotated[int | None, Query(ge=1, le=1_000_000, description="The brand's version; by default the newest.")]
Picture = Annotated[str, Field(pattern=f"^{desk.PICTURE_PATH}=upl_[0-9a-f]{{20}}$")]
Pictures = Annotated[list[Picture], Query(
    alias="picture", max_length=20, description="A picture beside the brief: its path in the brief, `=`, a completed upload.")]


class BriefOut(Out):
    """A brief that was kept."""

    id: str
    name: str
    brand: str
    brand_version: int
    format: Literal["yaml", "json"]
    pictures: list[str] = Field(description="Paths of pictures that came with it.")
    created_by: str
    created_at: datetime


class BriefWhole(BriefOut):
    """A brief with its text."""

    body: str = Field(description="As it was written.")


class Money(Out):
    """An amount of money."""

    amount: str
    currency: str


class Quote(Out):
    """What a brief becomes, and about what that takes: good to a factor of two."""

    variants: int = Field(description="How many will be shipped.")
    cells: int = Field(description="How many will be made, spares included.")
    concepts: int
    kinds: dict[str, int]
    jobs: dict[str, int]
    worker_seconds: float
    seconds: int = Field(description="With the workers that there are, if they have nothing else to do.")
    workers: int
    money: Money


class Verdict(Out):
    """Whether a brief may be made now; every fault; the quote when there is none."""

    valid: bool
    faults: list[FaultOut]
    quote: Quote | None


class Options(In):
    """How it would be made."""

    variants: int | None = Field(default=None, ge=1, le=5000)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    video: bool = True
    brand_version: int | None = Field(default=None, ge=1, le=1_000_000, description="Another version of its brand.")


def _shown(row: Mapping[str, Any]) -> BriefOut:
    return BriefOut(**_common(row))


def _common(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**{n: row[n] for n in BriefOut.model_fields if n != "pictures"}, "pictures": sorted(row["pictures"])}


@router.post("", status_code=201, response_model=BriefOut, summary="Send a brief", openapi_extra=BODY, responses=told(*READING))
def create(
    sent: Sent, brand: Brand, actor: Annotated[Actor, Needs("creator")], web: Web, once: MaybeOnce,
    brand_version: Version = None, pictures: Pictures = [],  # noqa: B006  (read only)
) -> Response:
    """Keeps a brief that has no fault; otherwise the problem tells all of them, with their lines."""
    version, keys, kit = surroundings(web, brand, brand_version, pictures)
    brief = desk.read(web, sent.body, sent.format, keys, kit)
    return once.run(lambda db: keep(db, actor, sent, brief.name, version, keys))


def keep(
    db: Connection[dict[str, Any]], actor: Actor, sent: Text, name: str, version: Mapping[str, Any], keys: Mapping[str, str]
) -> Answer:
    """Keep a brief that was read without a fault, within a transaction. `keys` maps its pictures to the bucket's."""
    row = library.put_brief(db, name=name, brand=version["brand"], brand_version=version["version"], body=sent.body,
                            format=sent.format, pictures=keys, by=actor.id)
    note(db, actor.id, "brief.create", row["id"], {"name": name, "brand": version["brand"], "version": version["version"]})
    return Answer(201, _shown(row), {"Location": f"/v1/briefs/{row['id']}"})


def surroundings(
    web: Parts, brand: str, number: int | None, pictures: Sequence[str]
) -> tuple[dict[str, Any], dict[str, str], BrandKit]:
    """The brand's version, where the pictures lie, and the kit. Raises Problem brand.unknown, upload.unknown and their kin."""
    with web.reading() as db:
        version = version_of(db, brand, number)
        keys = dict(picture_of(db, entry) for entry in pictures)
    return version, keys, desk.kit_of(web, version["digest"])


def version_of(db: Connection[dict[str, Any]], brand: str, number: int | None = None) -> dict[str, Any]:
    """A brand's version, the newest without a number. Raises Problem brand.unknown, version.unknown."""
    if library.get_brand(db, brand) is None:
        raise Problem("brand.unknown")
    version = library.get_version(db, brand, number)
    if version is None:
        raise Problem("version.unknown")
    return version


def picture_of(db: Connection[dict[str, Any]], entry: str) -> tuple[str, str]:
    """Path and key of a picture that is told as `path=upload`. Raises Problem upload.unknown, upload.ended."""
    path, _, upload = entry.rpartition("=")
    row = library.get_upload(db, upload)
    if row is None:
        raise Problem("upload.unknown", f"No upload is {upload}.")
    if row["kind"] != "picture" or row["state"] != "ready":
        raise Problem("upload.ended", f"{upload} is a {row['kind']} and {row['state']}; a completed picture is needed.")
    return path, row["storage_key"]


@router.post(":validate", summary="Validate a text", openapi_extra=BODY, responses=told(*READING))
def validate_text(
    sent: Sent, brand: Brand, _: Annotated[Actor, Needs("creator")], web: Web,
    brand_version: Version = None, pictures: Pictures = [],  # noqa: B006  (read only)
) -> Verdict:
    """Every fault of a brief, or its quote. Nothing is kept."""
    _version_row, keys, kit = surroundings(web, brand, brand_version, pictures)
    return verdict(web, sent.body, sent.format, keys, kit, Options())


@router.post("/{brief:id}:validate", summary="Validate and quote a brief", responses=told("brief.unknown", "version.unknown"))
def validate(brief: BriefId, _: Annotated[Actor, Needs("creator")], web: Web, options: Options | None = None) -> Verdict:
    """Every fault that it has today (its offer may be over), or its quote."""
    chosen = options or Options()
    row = row_of(web, brief)
    digest = row["kit"]
    if chosen.brand_version is not None:
        with web.reading() as db:
            digest = version_of(db, row["brand"], chosen.brand_version)["digest"]
    return verdict(web, row["body"], row["format"], row["pictures"], desk.kit_of(web, digest), chosen)


def verdict(web: Parts, body: str, format: str, pictures: Mapping[str, str], kit: BrandKit, options: Options) -> Verdict:
    """Every fault that a brief has today, or its quote. Raises InputError when the text is no brief at all."""
    try:
        brief = desk.read(web, body, format, pictures, kit)
        late = desk.late(brief)
        if late:
            raise InputError([late])
        quote = desk.quoted(web, brief, kit, variants=options.variants, seed=options.seed, video=options.video,
                            workers=workers_of(web))
    except InputError as error:
        if any(f.code == "brief.shape" or f.code.startswith("yaml.") for f in error.faults):
            raise  # it cannot be read as a brief at all: that is no verdict on a brief
        return Verdict(valid=False, faults=[_fault(f) for f in error.faults], quote=None)
    return Verdict(valid=True, faults=[], quote=Quote(**quote))


def _fault(fault: Fault) -> FaultOut:
    return FaultOut(pointer=fault.where or None, code=fault.code, detail=fault.fact, help=fault.help or None)


def workers_of(web: Parts) -> int:
    """How many make things here."""
    with web.reading() as db:
        return sum(w["lane"] in ("cpu", "gpu") for w in work.workers(db)) or desk.cores()


@router.get("", summary="List briefs")
def index(
    _: Annotated[Actor, Needs()], web: Web, limit: Limit = 50, cursor: Cursor = None,
    brand: Annotated[str | None, Query(pattern="^brd_[0-9a-f]{20}$")] = None,
) -> Page[BriefOut]:
    """Newest first."""
    place = decode(cursor, when, word)
    with web.reading() as db:
        rows = library.briefs(db, place, limit + 1, brand or "")
    return page(rows, limit, lambda r: encode(r["created_at"], r["id"]), _shown)


@router.get("/{brief:id}", summary="Show a brief", responses=told("brief.unknown"))
def show(brief: BriefId, _: Annotated[Actor, Needs()], web: Web) -> BriefWhole:
    """With its text, as it was written."""
    row = row_of(web, brief)
    return BriefWhole(**_common(row), body=row["body"])


def row_of(web: Parts, brief: str) -> dict[str, Any]:
    """A brief's row, its kit's digest as `kit`. Raises Problem brief.unknown."""
    with web.reading() as db:
        row = library.get_brief(db, brief)
    if row is None:
        raise Problem("brief.unknown")
    return row
