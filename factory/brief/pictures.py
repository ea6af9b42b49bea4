"""The product's pictures: named by the kit, or files beside the brief that can be opened safely."""

from __future__ import annotations

from pathlib import PurePosixPath

from brand_kits.errors import KitError
from brand_kits.safe.files import inside, read_blob
from factory.brief.desk import Desk, Path_, meant

ENDINGS = (".png", ".webp", ".jpg", ".jpeg")
MIN_SIDE = 600
"""Pixels of the long side under which a product is too coarse for a 1080 px canvas."""


def check_pictures(desk: Desk) -> None:
    """Each picture is one of the kit's, or a cut-out inside the brief's folder."""
    known = list(desk.kit.product_pictures) if desk.kit is not None else []
    for path, name in desk.entries("product", "pictures"):
        if name in known:
            continue
        if PurePosixPath(name).suffix.lower() in ENDINGS:
            _check_file(desk, path, name)
        elif desk.kit is not None or "/" in name or "\\" in name:
            help = meant(name, known) or "Name one of the kit's product pictures, or a PNG or WebP beside the brief."
            desk.fault("brief.picture", path, f"There is no product picture {name!r}", help)


def _check_file(desk: Desk, path: Path_, name: str) -> None:
    from brand_kits.safe.raster import MAX_BYTES, facts

    try:
        found = facts(read_blob(inside(desk.folder, name), limit=MAX_BYTES))
    except KitError as error:
        for fault in error.faults:
            desk.fault(fault.code, path, fault.fact, fault.help)
        return
    if not found.transparent:
        desk.fault("brief.picture", path, f"{name} has no see-through ground",
                   "Give a cut-out: a PNG or WebP of the product alone.")
    if max(found.width, found.height) < MIN_SIDE:
        desk.fault("brief.picture", path, f"{name} is {found.width} x {found.height} pixels",
                   f"Give a picture of at least {MIN_SIDE} pixels on its long side.")
