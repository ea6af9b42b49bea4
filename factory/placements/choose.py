"""Choosing placements by id or pattern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from factory.errors import Fault, InputError
from factory.placements.tables import load_placements, load_tables
from factory.records import Placement

LIST = "`factory placements` lists them all."


def select(globs: Sequence[str]) -> tuple[Placement, ...]:
    """The placements that ids or patterns name, once each, in the order asked for: the first is made first.

    InputError lists every pattern that names none.
    """
    known = load_placements()
    faults = [fault for n, glob in enumerate(globs) for fault in unknown(glob, f"placements.{n}")]
    if faults:
        raise InputError(faults)
    named = dict.fromkeys(name for glob in globs for name in known if fnmatchcase(name, glob))
    return tuple(known[name] for name in named)


def unknown(glob: str, where: str) -> tuple[Fault, ...]:
    """The fault of a pattern that names no placement, with what was probably meant; empty when it names one."""
    known = load_placements()
    if any(fnmatchcase(name, glob) for name in known):
        return ()
    reasons = {k: v for t in load_tables() for k, v in t.not_offered.items()}
    if glob in reasons:
        help = f"{reasons[glob]} {LIST}"
        return (Fault(code="placement.not-offered", fact=f"{glob} is a placement that we do not make for", where=where,
                      help=help),)
    fact = f"There is no placement {glob!r}"
    return (Fault(code="placement.unknown", fact=fact, where=where, help=_meant(glob, known)),)


def _meant(glob: str, known: Mapping[str, Placement]) -> str:
    platforms = dict.fromkeys(p.platform for p in known.values())
    options = [*known, *(f"{p}.*" for p in platforms)]
    near = get_close_matches(glob, options, n=1, cutoff=0.6) or _sharing(glob, known)
    guess = f"Did you mean {' or '.join(near)}? " if near else ""
    return f"{guess}{LIST}"


def _sharing(glob: str, known: Iterable[str]) -> list[str]:
    """Ids that share a part with what was written: `stories` finds `meta.stories.vertical`."""
    parts = {p for p in glob.lower().replace("*", "").split(".") if len(p) > 3}
    return [name for name in known if parts & set(name.replace("_", ".").split("."))][:3]
