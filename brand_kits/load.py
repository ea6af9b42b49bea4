"""A kit's folder read, checked and frozen. Everything that is wrong is told at once.

    kit = load_kit(Path("kits/ours"))
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from brand_kits import parts
from brand_kits.errors import KitError, KitFault
from brand_kits.kit import BrandKit, Imagery, Motion, Palette, Shapes
from brand_kits.parts import Desk
from brand_kits.safe.yaml import Document, read_yaml
from brand_kits.shape import kit_schema, shape_faults

FILE = "kit.yaml"


def load_kit(folder: Path) -> BrandKit:
    """The brand that a folder describes. KitError carries every fault, in the order of the file's lines."""
    root = folder.resolve()
    document = _document(root)
    faults = shape_faults(document, kit_schema())
    broken = {str(path[0]) if path else "" for path, _ in faults}
    desk = Desk(root=root, document=document, faults=[fault for _, fault in faults])
    whole = {k: v for k, v in document.data.items() if k not in broken} if isinstance(document.data, dict) else {}
    read = _read(desk, whole)
    if desk.faults:
        raise KitError(sorted(dict.fromkeys(desk.faults), key=_line))
    return BrandKit(digest=_digest(document, desk.files), root=root, **read)


def _document(root: Path) -> Document:
    if not root.is_dir():
        raise KitError([KitFault(code="kit.missing", fact=f"There is no folder {root.name}", where=root.name,
                                 help="Name the folder that holds kit.yaml.")])
    return read_yaml(root / FILE)


def _line(fault: KitFault) -> tuple[int, str]:
    number = fault.where.removeprefix(f"{FILE}:").split(" ")[0]
    return (int(number) if number.isdigit() else 0, fault.where)


def _read(desk: Desk, whole: Mapping[str, Any]) -> dict[str, Any]:
    """Every part that has the right shape; what is missing or misshapen was noted by its shape already."""
    none = Palette(colours={}, modes={}, proportion={})
    palette = parts.read_palette(desk, whole["palette"]) if "palette" in whole else none
    logos = parts.read_logos(desk, whole.get("logos", {}), palette.colours)
    claims, forbidden = parts.read_claims(desk, whole.get("claims", {}))
    start, end = _dates(desk, whole.get("effective", {}))
    return {
        "name": whole.get("name", ""), "version": whole.get("version", ""), "palette": palette, "logos": logos,
        "type": parts.read_type(desk, whole.get("type", {})), "voice": parts.read_voice(whole.get("voice", {})),
        "claims": claims, "forbidden": forbidden, "legal": parts.read_legal(desk, whole.get("legal", ())),
        "imagery": parts.read_imagery(whole["imagery"]) if "imagery" in whole else Imagery(),
        "shapes": parts.read_shapes(desk, whole["shapes"], logos) if "shapes" in whole else Shapes(),
        "motion": parts.read_motion(whole["motion"]) if "motion" in whole else Motion(),
        "disclosure": whole.get("disclosure", {}), "effective_from": start, "effective_until": end,
        "product_pictures": parts.read_products(desk, whole.get("products", {}), palette.colours),
    }  # fmt: skip


def _dates(desk: Desk, data: Mapping[str, Any]) -> tuple[Any, Any]:
    start = desk.day(data.get("from"), ("effective", "from"))
    end = desk.day(data.get("until"), ("effective", "until"))
    if start and end and end < start:
        desk.fault("date.order", f"The kit ends on {end}, before it starts on {start}", ("effective", "until"),
                   "Swap the dates or correct one.")
    return start, end


def _digest(document: Document, files: Mapping[str, str]) -> str:
    """sha256 over the content of kit.yaml and of every file it names: the kit's name by content."""
    body = json.dumps([document.digest, sorted(files.items())], separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()
