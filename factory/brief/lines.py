"""A person's lines: whatever they point to is there, so that none is dropped in silence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from factory.brief.desk import Desk, Path_, entry_id, meant

REFERENCES: Mapping[str, tuple[str, ...]] = {"fact": ("product", "facts"), "proof": ("proof",), "tribe": ("tribes",)}


def check_lines(desk: Desk) -> None:
    """Facts, proofs, tribes, devices and layouts that lines name exist, and a motive finds what it needs."""
    for path, line in desk.entries("lines"):
        for field, where in REFERENCES.items():
            if not desk.broken(*where):
                _check_reference(desk, (*path, field), line.get(field), field, list(desk.names(*where)))
        _check_choices(desk, path, line)
        _check_motive(desk, path, line)
        _check_device(desk, path, line)


def _check_reference(desk: Desk, path: Path_, name: Any, what: str, known: list[str]) -> None:
    if name is not None and name not in known:
        help = meant(name, known) or f"Name one of the {what}s above, or leave it out."
        desk.fault("brief.reference", path, f"There is no {what} {name!r}", help)


def _check_choices(desk: Desk, path: Path_, line: Mapping[str, Any]) -> None:
    from factory.catalogue import load_catalogue

    catalogue = load_catalogue()
    families = [f.name for f in catalogue.families]
    for at, name in desk.entries(*path, "families"):
        _check_reference(desk, at, name, "layout", families)
    _check_reference(desk, (*path, "device"), line.get("device"), "device", [d.name for d in catalogue.devices])


def _check_motive(desk: Desk, path: Path_, line: Mapping[str, Any]) -> None:
    """A line whose motive lacks what it speaks of would never be used."""
    from factory.motives import BY_NAME

    motive = BY_NAME.get(str(line.get("motive")))
    for need in motive.needs if motive else ():
        met, help = NEEDS[need]
        if not met(desk, line) and not any(desk.broken(*part) for part in (*REFERENCES.values(), ("offer",), path)):
            desk.fault("brief.motive", (*path, "motive"), f"A line of motive {line['motive']} {help[0]}", help[1])


def _named(desk: Desk, line: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """The fact or proof that a line names, or an empty one."""
    where = REFERENCES[field]
    for place, entry in desk.entries(*where):
        if entry_id(where[-1], entry, int(place[-1])) == line.get(field):
            return dict(entry)
    return {}


Need = Callable[[Desk, Mapping[str, Any]], bool]
OTHER = "or choose another motive."
NEEDS: Mapping[str, tuple[Need, tuple[str, str]]] = {
    "figure": (lambda d, x: "value" in _named(d, x, "fact"),
               ("names no fact with a value", f"Add `fact:` with the id of a fact that has a value, {OTHER}")),
    "absence": (lambda d, x: _named(d, x, "fact").get("kind") == "absence",
                ("names no absence", f"Add `fact:` with the id of a fact of kind absence, {OTHER}")),
    "rating": (lambda d, x: _named(d, x, "proof").get("kind") == "rating",
               ("names no rating", f"Add `proof:` with the id of a rating, {OTHER}")),
    "quote": (lambda d, x: bool(x.get("proof")) and _named(d, x, "proof").get("kind", "press") in ("quote", "press"),
              ("names no quotation", f"Add `proof:` with the id of a quote or press line, {OTHER}")),
    "three_facts": (lambda d, _: len(list(d.entries("product", "facts"))) >= 3,
                    ("needs three facts", f"Add facts to the product, {OTHER}")),
    "price": (lambda d, _: bool(d.get("product", "price") or d.get("offer", "price")),
              ("needs a price", f"Add `price` to the product or the offer, {OTHER}")),
    "deadline": (lambda d, _: bool(d.get("offer", "end")),
                 ("needs an end of the offer", f"Add `end` to the offer, {OTHER}")),
}
"""What a motive may need: how it is met, and what to say when it is not."""


def _check_device(desk: Desk, path: Path_, line: Mapping[str, Any]) -> None:
    """A device that the line asks for finds its figure and, in each language, its word."""
    from factory.catalogue import load_catalogue

    device = next((d for d in load_catalogue().devices if d.name == line.get("device")), None)
    if device is None or desk.broken("product", "facts") or desk.broken(*path):
        return
    if "art_number" in device.needs and "value" not in _named(desk, line, "fact"):
        desk.fault("brief.device", (*path, "device"), f"The device {device.name} draws a figure, and the line has none",
                   "Add `fact:` with the id of a fact that has a value.")
    for locale, said in (line.get("texts") or {}).items():
        words = said if isinstance(said, Mapping) else {}
        word, letter, at = words.get("word", ""), words.get("letter", ""), (*path, "texts", locale)
        if "art_word" in device.needs and not word:
            desk.fault("brief.device", at, f"The device {device.name} draws a word, and none is given",
                       "Add `word:` (and `letter:`, the one that is repeated).")
        if letter not in word:
            desk.fault("brief.device", (*at, "letter"), f"The letter {letter!r} is not in the word {word!r}",
                       "Correct one of them.")
