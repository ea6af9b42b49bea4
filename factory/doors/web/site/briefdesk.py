"""What the pages of briefs do with the store and the bucket: brands, starts, checks, pictures, plans."""

from __future__ import annotations

import hashlib
import io
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from factory.brief.shape import shaped
from factory.doors.web import desk
from factory.doors.web.access import Actor
from factory.doors.web.parts import Parts
from factory.doors.web.problems import Problem
from factory.doors.web.routes import briefs as api
from factory.doors.web.routes import uploads
from factory.doors.web.site.briefform import NEW, ROWS, Doc, Written, order, written
from factory.doors.web.site.briefview import Form, loaded
from factory.doors.web.site.places import known
from factory.errors import Fault, InputError
from factory.store import library
from factory.store.access import note

if TYPE_CHECKING:
    from brand_kits.kit import BrandKit
    from brand_kits.safe.yaml import Document
    from factory.records import Brief, Plan

MISSING: Final = ("brief.missing", "brief.empty", "brief.untranslated")
"""Faults of what is not there yet."""

START: Final[Doc] = {
    "language": "en", "locales": ["en"], "kinds": ["image", "video"], "cta": "learn_more", "objective": "traffic",
    "concepts": 8, "variants": 24, "product": {"facts": [{}, {}, {}]}, "tribes": [{}],
    "placements": ["meta.feed.portrait", "meta.stories.vertical", "iab.medium_rectangle"],
}  # fmt: skip
"""What a blank form says already."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Surface:
    """What a brief is written on: the brand's newest version and its kit."""

    brand: str
    version: int
    digest: str
    kit: BrandKit

    @property
    def pictures(self) -> list[str]:
        """Names of the kit's product pictures."""
        return list(self.kit.product_pictures)


def surface(web: Parts, brand: str) -> Surface:
    """Raises Problem brand.unknown."""
    with web.reading() as db:
        version = api.version_of(db, brand)
    return Surface(brand=brand, version=version["version"], digest=version["digest"], kit=desk.kit_of(web, version["digest"]))


# ------------------------------------------------------------------------------------------------ starts


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A brief that comes with the product, for a brand of its own."""

    slug: str
    name: str
    brand: str
    path: Path


def samples() -> tuple[Sample, ...]:
    """Every sample; none where they were not installed."""
    root = Path(str(files("brand_kits"))) / "samples"
    return tuple(_sample(p) for p in sorted(root.glob("*/briefs/*.yaml")))


def _sample(path: Path) -> Sample:
    head = path.read_text(encoding="utf-8")[:600]
    name, brand = (re.search(rf"^{w}: *(.+)$", head, re.M) for w in ("name", "brand"))
    return Sample(slug=path.stem, name=name[1].strip() if name else path.stem, brand=brand[1].strip() if brand else "", path=path)


def from_sample(slug: str, kit: BrandKit) -> Form:
    """A sample, rewritten for a brand: pictures that its kit does not have are left out. Raises Problem page.unknown."""
    found = next((s for s in samples() if slug in ("1", s.slug)), None)
    if found is None:
        raise Problem("page.unknown")
    doc = _doc(found.path.read_text(encoding="utf-8"), "brief.yaml")[0]
    if found.brand.casefold() != kit.name.casefold():
        doc["name"] = f"{doc.get('name', '')} (as an example)"
        doc["product"]["pictures"] = [p for p in doc["product"].get("pictures", ()) if p in kit.product_pictures]
    return Form(doc=doc)


def from_brief(web: Parts, brief: str) -> Form:
    """An earlier brief, its pictures with it. Raises Problem brief.unknown."""
    row = api.row_of(web, brief)
    doc, _ = _doc(row["body"], f"brief.{row['format']}")
    return Form(doc=doc, pictures=[f"{path}={brief}" for path in row["pictures"]])


def from_file(text: str, name: str) -> tuple[Form, tuple[Fault, ...]]:
    """A brief that somebody wrote elsewhere, and the faults of its form. Raises InputError when it cannot be read at all."""
    ending = "json" if name.lower().endswith(".json") else "yaml"
    doc, faults = _doc(text, f"brief.{ending}")
    return Form(doc=doc), faults


def _doc(text: str, name: str) -> tuple[Doc, tuple[Fault, ...]]:
    data, faults = shaped(_parsed(text, name))
    if any(f.code == "brief.shape" for _, f in faults):
        raise InputError([f for _, f in faults])
    return loaded(data), tuple(f for _, f in faults)


def _parsed(text: str, name: str) -> Document:
    from brand_kits.errors import KitError
    from brand_kits.safe.yaml import parse_yaml

    try:
        return parse_yaml(text, name)
    except KitError as error:
        raise InputError([Fault(code=f.code, fact=f.fact, where=f.where, help=f.help) for f in error.faults]) from error


# ------------------------------------------------------------------------------------------------ checks


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A fault as the form tells it: at which field, whose row that is, what is wrong and what to do."""

    at: str
    label: str
    fact: str
    help: str
    missing: bool

    @property
    def text(self) -> str:
        """The very words of the command line."""
        return f"{self.fact}. {self.help}".strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A form held against its kit: every fault, or the quote."""

    written: Written
    told: Sequence[Told] = ()
    quote: Any = None

    def by_field(self) -> dict[str, list[str]]:
        """The texts of faults by field."""
        found: dict[str, list[str]] = {}
        for t in self.told:
            found.setdefault(t.at, []).append(t.text)
        return found


def checked(web: Parts, form: Form, on: Surface) -> Checked:
    """What `factory validate` says of the form's brief, and its quote when it says nothing."""
    brief = written(form.doc, on.kit.name)
    verdict = api.verdict(web, brief.body, "yaml", keys_of(web, form), on.kit, api.Options())
    faults = [Fault(code=f.code, fact=f.detail, where=f.pointer or "", help=f.help or "") for f in verdict.faults]
    return Checked(written=brief, told=sorted((_told(brief, f) for f in faults), key=lambda t: order(t.at)), quote=verdict.quote)


def _told(brief: Written, fault: Fault) -> Told:
    at = brief.place(fault.where)
    if fault.code == "brief.untranslated":
        at = "translations"
    return Told(at=at, label=_label(at), fact=fault.fact, help=fault.help, missing=fault.code in MISSING)


def _label(at: str) -> str:
    """Whose field it is, where a form has several alike."""
    for where in ROWS:
        number = at.removeprefix(f"{where}.").split(".")[0]
        if at.startswith(f"{where}.") and number.isdigit():
            return f"{NEW[where].capitalize()} {int(number) + 1}"
    return {"offer": "Offer", "product": "Product"}.get(at.split(".", maxsplit=1)[0], "") if "." in at else ""


def keys_of(web: Parts, form: Form) -> dict[str, str]:
    """Where the pictures lie that the form names and that are not the kit's: path -> key of the bucket."""
    wanted = set(form.ticked("product.pictures"))
    found: dict[str, str] = {}
    with web.reading() as db:
        for entry in form.pictures:
            path, _, source = entry.rpartition("=")
            if path not in wanted or not re.fullmatch(desk.PICTURE_PATH, path):
                continue
            if source.startswith("brf_"):
                row = library.get_brief(db, source)
                key = row["pictures"].get(path) if row else None
                if key:
                    found[path] = key
            else:
                found.update([api.picture_of(db, entry)])
    return found


# ------------------------------------------------------------------------------------------------ pictures


def take_picture(web: Parts, actor: Actor, data: bytes, name: str, taken: Sequence[str]) -> str:
    """Put a dropped picture through intake. Returns `path=upload`. Raises InputError, Problem."""
    with uploads.turn():
        key, sha256, facts = uploads.keep_picture(web, data, name)
    with web.changing() as db:
        row = library.put_upload(db, kind="picture", name=name[:120] or "picture", max_bytes=uploads.MOST["picture"], by=actor.id,
                                 hours=uploads.HOURS)
        library.end_upload(db, row["id"], "ready", facts=facts, storage_key=key, sha256=sha256)
        note(db, actor.id, "upload.ready", row["id"], {"sha256": sha256})
    return f"{_path(name, taken)}={row['id']}"


def _path(name: str, taken: Sequence[str]) -> str:
    """A path of our own making, from the file's name, that no other picture of the form has."""
    from factory.brief.desk import slug

    stem = slug(name.rpartition(".")[0] or name) or "picture"
    tries = [f"{stem}.png", *(f"{stem}-{n}.png" for n in range(2, 99))]
    return next(t for t in tries if t not in taken)


SMALL: Final = 320
DRAWING: Final = threading.BoundedSemaphore(2)


def small(web: Parts, source: str, load: Callable[[], bytes]) -> bytes:
    """A product picture as a small WebP, made once. `source` names its content."""
    kept = web.settings.home / "cache" / "cutouts" / f"{hashlib.sha256(source.encode()).hexdigest()[:32]}.webp"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with DRAWING:
            made = _drawn(load())
        scratch = kept.with_suffix(f".{threading.get_ident()}")
        scratch.write_bytes(made)
        scratch.replace(kept)
    return kept.read_bytes()


def _drawn(data: bytes) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
        picture.thumbnail((SMALL, SMALL))
        sink = io.BytesIO()
        picture.convert("RGBA").save(sink, "WEBP", quality=82)
    return sink.getvalue()


# ------------------------------------------------------------------------------------------------ plans


@dataclass(frozen=True, kw_only=True, slots=True)
class Idea:
    """A concept of a plan, in words, with how many variants each column gets of it."""

    id: str
    idea: str
    motive: str
    tribe: str
    counts: Sequence[int]

    @property
    def total(self) -> int:
        """Variants of it in all."""
        return sum(self.counts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Matrix:
    """A plan as a table: ideas, and columns of placements under each locale."""

    locales: Sequence[str]
    placements: Sequence[tuple[str, str]]
    ideas: Sequence[Idea]
    totals: Sequence[int]
    quote: Mapping[str, Any] = field(default_factory=dict)


def plan_of(web: Parts, row: Mapping[str, Any], *, variants: int | None, seed: int, video: bool) -> Matrix:
    """What a kept brief becomes. Raises InputError with every fault that it has today."""
    kit = desk.kit_of(web, row["kit"])
    brief = desk.read(web, row["body"], row["format"], row["pictures"], kit)
    late = desk.late(brief)
    if late:
        raise InputError([late])
    plan = desk.planned(web, brief, kit, variants=variants, seed=seed, video=video)
    return matrix(plan, brief, desk.quote_of(web, plan, api.workers_of(web)))


def matrix(plan: Plan, brief: Brief, quote: Mapping[str, Any]) -> Matrix:
    """A plan as a table; what is made twice to choose from is counted once."""
    from factory.placements import load_placements

    table = load_placements()
    cells = [c for c in plan.cells if not c.spare]
    locales = [x for x in brief.locales if any(c.locale == x for c in cells)]
    places = [p for p in known() if any(c.placement == p for c in cells)]
    count = Counter((c.concept, c.locale, c.placement) for c in cells)
    tribes = {t.id: t.name for t in brief.tribes}
    columns = [(x, p) for x in locales for p in places]
    ideas = [Idea(id=c.id, idea=c.idea, motive=c.motive, tribe=tribes.get(c.tribe, c.tribe),
                  counts=[count[c.id, x, p] for x, p in columns]) for c in plan.concepts]
    totals = [sum(i.counts[n] for i in ideas) for n in range(len(columns))]
    return Matrix(locales=locales, placements=[(p, table[p].title) for p in places], ideas=ideas, totals=totals,
                  quote=quote)
