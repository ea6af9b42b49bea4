"""A brand's palette from design tokens: which token goes where, what would change, and the kit made of it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brand_kits.errors import KitError
from brand_kits.load import FILE, load_kit
from brand_kits.recolour import recoloured
from brand_kits.tokens import Token, Tokens, fitted, id_of, read_tokens
from factory.doors.web import desk
from factory.doors.web.access import Actor
from factory.doors.web.kitfacts import differences, facts_of
from factory.doors.web.parts import Parts
from factory.doors.web.site.brandshelf import kept
from factory.errors import Fault, InputError
from factory.kitzip import pack, unpack

if TYPE_CHECKING:
    from brand_kits.kit import BrandKit



@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A token with where it goes: a colour of the palette (`into`), a new one of that name (`fresh`), or nowhere ("")."""

    token: Token
    into: str
    fresh: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What a text of tokens would do to a kit."""

    tokens: Tokens
    rows: tuple[Row, ...]
    changes: Mapping[str, tuple[str, str]]
    found: tuple[tuple[str, Any, Any], ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether a version can be made of it."""
        return bool(self.found) and not self.faults


def proposed(kit: BrandKit, text: str, chosen: Mapping[str, str] | None) -> Proposal:
    """What a text would do. `chosen` maps a token to a colour of the palette, "+" (a new one) or ""; None: as it fits."""
    tokens = read_tokens(text)
    rows = _rows(tokens, list(kit.palette.colours), chosen)
    changes, twice = _changes(rows)
    if twice:
        fault = Fault(code="tokens.twice", fact=f"Two tokens go into {', '.join(twice)}", help="Leave one of them out.")
        return Proposal(tokens=tokens, rows=rows, changes=changes, faults=(fault,))
    try:
        after = _tried(kit, changes)
    except InputError as refused:
        return Proposal(tokens=tokens, rows=rows, changes=changes, faults=refused.faults)
    return Proposal(tokens=tokens, rows=rows, changes=changes, found=tuple(differences(facts_of(kit), after)))


def _rows(tokens: Tokens, palette: Sequence[str], chosen: Mapping[str, str] | None) -> tuple[Row, ...]:
    if chosen is None:
        return tuple(Row(token=f.token, into=f.into if f.known else "+" if f.into else "", fresh=f.into if f.into and not f.known
                         else _free(f.token, palette)) for f in fitted(tokens.colours, palette))  # fmt: skip
    told = ((t, chosen.get(t.name, "")) for t in tokens.colours)
    return tuple(Row(token=t, into=c if c == "+" or c in palette else "", fresh=_free(t, palette)) for t, c in told)


def _free(token: Token, palette: Sequence[str]) -> str:
    """A name that the palette has not."""
    name = id_of(token.name)
    return f"{name[:35]}-new" if name in palette else name


def _changes(rows: Sequence[Row]) -> tuple[dict[str, tuple[str, str]], list[str]]:
    made: dict[str, tuple[str, str]] = {}
    twice: list[str] = []
    for row in rows:
        name = row.fresh if row.into == "+" else row.into
        if name in made and made[name][0] != row.token.hex:
            twice.append(name)
        if name:
            made[name] = (row.token.hex, row.token.title if row.into == "+" else "")
    return made, sorted(set(twice))


def _tried(kit: BrandKit, changes: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The facts of the kit with these colours. Raises InputError, as for faults of contrast."""
    with tempfile.TemporaryDirectory(prefix="kit-") as scratch:
        return facts_of(_laid_out(kit, changes, Path(scratch) / "kit"))


def _laid_out(kit: BrandKit, changes: Mapping[str, tuple[str, str]], folder: Path) -> BrandKit:
    unpack(pack(kit.root), folder)
    file = folder / FILE
    try:
        file.write_text(recoloured(file.read_text(encoding="utf-8-sig"), changes), encoding="utf-8", newline="")
        return load_kit(folder)
    except ValueError as error:
        raise InputError([Fault(code="kit.palette", fact=str(error), where=FILE)]) from error
    except KitError as error:
        raise InputError([Fault(code=f.code, fact=f.fact, where=f.where, help=f.help) for f in error.faults]) from error


def made(web: Parts, actor: Actor, digest: str, changes: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """A kit with these colours through intake: its facts. Raises InputError."""
    kit = desk.kit_of(web, digest)
    with tempfile.TemporaryDirectory(prefix="kit-") as scratch:
        changed = _laid_out(kit, changes, Path(scratch) / "changed")
        path = Path(scratch) / "kit.zip"
        path.write_bytes(pack(changed.root))
        return kept(web, actor, path, "colours from tokens")
