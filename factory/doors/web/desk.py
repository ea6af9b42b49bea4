"""Briefs held against their kit and quoted, as `factory validate` and `factory plan` do: nothing is made.

A brief lies in the store as it was written; kits and pictures lie in the bucket. Here they are put into folders that
the readers of briefs and kits know how to read.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from factory.errors import Fault, InputError

if TYPE_CHECKING:
    from brand_kits.kit import BrandKit
    from factory.doors.web.parts import Parts
    from factory.plan import KitFacts
    from factory.records import Brief, Plan

PICTURE_PATH: Final = r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,5}"
"""A picture's path beside a brief: plain segments, so that it never leaves the brief's folder."""


def kit_of(parts: Parts, digest: str) -> BrandKit:
    """The kit of a digest, from the bucket by way of a folder of the cache. Raises StoreError, KitError."""
    folder = parts.settings.home / "cache" / "kits" / digest
    if not (folder / "kit.yaml").is_file():
        from factory.kitzip import unpack

        folder.parent.mkdir(parents=True, exist_ok=True)
        unpack(parts.storage.get(f"kits/{digest}.zip"), folder)
    return _loaded(folder)


@lru_cache(maxsize=8)
def _loaded(folder: Path) -> BrandKit:
    """A kit read once: folders of the cache are named by their content."""
    from brand_kits.load import load_kit

    return load_kit(folder)


def read(parts: Parts, body: str, format: str, pictures: Mapping[str, str], kit: BrandKit) -> Brief:
    """The brief that a text holds. InputError with every fault. `pictures` maps its paths to keys of the bucket."""
    from factory.brief import load_brief

    with _laid_out(parts, body, format, pictures) as path:
        return load_brief(path, kit)


@contextmanager
def _laid_out(parts: Parts, body: str, format: str, pictures: Mapping[str, str]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="brief-") as scratch:
        folder = Path(scratch)
        for name, key in pictures.items():
            if not re.fullmatch(PICTURE_PATH, name):
                raise InputError([Fault(code="brief.picture", fact=f"{name!r} is no path of a picture", where="picture")])
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(parts.storage.get(key))
        path = folder / f"brief.{format}"
        path.write_text(body, encoding="utf-8", newline="")
        yield path


def late(brief: Brief) -> Fault | None:
    """The fault of a brief whose offer is over today."""
    from factory.brief import ended

    return ended(brief, date.today())


def quoted(
    parts: Parts, brief: Brief, kit: BrandKit, *, variants: int | None, seed: int, video: bool, workers: int
) -> dict[str, Any]:
    """What a brief becomes and about what it costs, good to a factor of two. Raises InputError when it becomes nothing."""
    return quote_of(parts, planned(parts, brief, kit, variants=variants, seed=seed, video=video), workers)


def planned(parts: Parts, brief: Brief, kit: BrandKit, *, variants: int | None, seed: int, video: bool) -> Plan:
    """What a brief becomes: its ideas, and every variant. Raises InputError when it becomes nothing."""
    from factory.catalogue import load_catalogue
    from factory.placements import select
    from factory.plan import PlanOptions, make_plan

    options = PlanOptions(variants=variants, seed=seed, video=video, model=parts.settings.image_model)
    return make_plan(brief, "", _facts(kit), select(brief.placements), load_catalogue(), options)


def quote_of(parts: Parts, plan: Plan, workers: int) -> dict[str, Any]:
    """What a plan costs, about."""
    from factory.doors.tables import quote
    from factory.flow import jobs_of

    stages = Counter(job.stage for job in jobs_of(plan, "", ""))
    busy = float(quote(stages, 1)["seconds"])
    return {**_promised(plan), "jobs": dict(sorted(stages.items())), "worker_seconds": busy,
            "seconds": round(busy / max(1, workers)), "workers": workers, "money": money(parts.settings.money_per_hour, busy)}


def _promised(plan: Plan) -> dict[str, Any]:
    kinds = Counter(cell.kind for cell in plan.cells)
    return {"variants": plan.variants, "cells": len(plan.cells), "concepts": len(plan.concepts),
            "kinds": dict(sorted(kinds.items()))}


def _facts(kit: BrandKit) -> KitFacts:
    """What planning asks of a kit, but for the colours of its pictures' outlines (which change no count of a quote)."""
    from factory.grounds import KitMode
    from factory.plan import KitFacts

    modes = tuple(
        KitMode(name=m.name, kind=m.kind, ground=m.roles["ground"], roles=kit.palette.hexes(m.name),
                accent_carries_type=_carries(kit, m.roles["ink"], m.roles["accent"]))
        for m in kit.palette.modes.values())
    pictures = {n: (str(p.data.get("lit_side", "left")), frozenset(p.avoid_grounds)) for n, p in kit.product_pictures.items()}
    return KitFacts(digest=kit.digest, modes=modes, pictures=pictures)


def _carries(kit: BrandKit, ink: str, ground: str) -> bool:
    pair = kit.palette.pairs.get((ink, ground))
    return pair is None or pair.use == "any"


def money(per_hour: str, seconds: float) -> dict[str, str]:
    """What so many worker seconds cost: `{"amount": "0.0123", "currency": "EUR"}`. `per_hour` is "0.12 EUR"."""
    amount, _, currency = per_hour.strip().partition(" ")
    cost = (Decimal(amount or "0") * Decimal(str(seconds)) / 3600).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return {"amount": str(cost), "currency": currency.strip() or "EUR"}


def cores() -> int:
    """Cores of this machine, where no worker has been seen yet."""
    return os.cpu_count() or 1
