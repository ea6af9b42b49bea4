"""Reading a brief: safely opened, held against its schema and every rule, then frozen. All faults at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from brand_kits.errors import KitError
from brand_kits.safe.yaml import Document, read_yaml
from factory.brief.build import build
from factory.brief.desk import Desk, Path_
from factory.brief.rules import RULES
from factory.brief.shape import shaped
from factory.errors import Fault, InputError
from factory.records import Brief

if TYPE_CHECKING:
    from brand_kits.kit import BrandKit

ENDINGS = (".yaml", ".yml", ".json")


def load_brief(path: Path, kit: BrandKit | None = None) -> Brief:
    """The brief that a file holds. InputError carries every fault, in the order of the file's lines.

    With a kit, the brand and the names of product pictures are held against it; without one they are taken on trust.
    """
    document = _open(path)
    data, faults = shaped(document)
    broken = frozenset(place for place, _ in faults)
    desk = Desk(document=document, data=data, folder=path.resolve().parent, kit=kit, misshapen=broken, faults=list(faults))
    for rule in RULES:
        rule(desk)
    if desk.faults:
        raise InputError(_in_order(desk))
    return build(data, desk.folder)


def ended(brief: Brief, today: date) -> Fault | None:
    """The fault of a brief whose offer is over. Asked at a door: what a brief becomes depends on no calendar."""
    end = brief.offer.end if brief.offer else None
    if end is None or end >= today:
        return None
    return Fault(code="brief.ended", fact=f"The offer ended on {end}", where="offer.end",
                 help="Give the new date, or take the offer out.")


def _open(path: Path) -> Document:
    if path.suffix.lower() not in ENDINGS:
        raise InputError([Fault(code="brief.file", fact=f"{path.name} is no YAML or JSON file", where=path.name,
                                help="Name a brief that ends in .yaml, .yml or .json.")])
    try:
        return read_yaml(path)
    except KitError as error:
        faults = [Fault(code=f.code, fact=f.fact, where=f.where, help=f.help) for f in error.faults]
        raise InputError(faults) from error


def _in_order(desk: Desk) -> tuple[Fault, ...]:
    """Each fault once, by line, then by path."""
    def place(entry: tuple[Path_, Fault]) -> tuple[int, str, str]:
        path, fault = entry
        marks = desk.document.marks
        line = next((marks[path[:n]] for n in range(len(path), -1, -1) if path[:n] in marks), 0)
        return line, ".".join(map(str, path)), fault.fact

    return tuple(dict.fromkeys(fault for _, fault in sorted(desk.faults, key=place)))
