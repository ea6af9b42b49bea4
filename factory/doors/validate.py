"""Holding a brief or a kit against everything that is known about them, without making anything."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from factory.brief import ended, load_brief
from factory.doors.faults import as_fault
from factory.errors import Fault, InputError

if TYPE_CHECKING:
    from brand_kits.kit import BrandKit


def validated(target: Path, kit_folder: Path | None) -> str:
    """A sentence about a brief or kit that has no fault; InputError with every fault otherwise."""
    if target.is_dir():
        return _kit_sentence(_kit(target))
    faults: list[Fault] = []
    kit = None
    if kit_folder is not None:
        try:
            kit = _kit(kit_folder)
        except InputError as error:
            faults += error.faults
    return _brief_sentence(target, kit, faults)


def _kit(folder: Path) -> BrandKit:
    from brand_kits.errors import KitError
    from brand_kits.load import load_kit

    try:
        return load_kit(folder)
    except KitError as error:
        raise InputError([as_fault(f) for f in error.faults]) from error


def _kit_sentence(kit: BrandKit) -> str:
    return (
        f"{kit.name} {kit.version}: nothing wrong. {len(kit.palette.colours)} colours, {len(kit.logos)} logos, "
        f"{len(kit.product_pictures)} product pictures."
    )


def _brief_sentence(path: Path, kit: BrandKit | None, faults: list[Fault]) -> str:
    try:
        brief = load_brief(path, kit)
        late = ended(brief, date.today())
        faults += [late] if late else []
    except InputError as error:
        faults += error.faults
    if faults:
        raise InputError(faults)
    return (
        f"{brief.name}: nothing wrong. {len(brief.lines)} lines, {len(brief.tribes)} tribes, "
        f"{len(brief.locales)} locales, {len(brief.placements)} placements or patterns."
    )
