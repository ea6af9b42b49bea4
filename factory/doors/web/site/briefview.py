"""What the form of a brief shows: texts of its fields, rows to add and remove, choices, languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

from factory.brief.desk import canonical_locale, entry_id, language_of
from factory.brief.languages import grammars
from factory.doors.web.site.briefform import KINDS, LINE_TEXTS, NEW, ROWS, SPOKEN, Doc, rows, settle

SHORT: Final = LINE_TEXTS[:4]
"""Texts of a line that are always shown."""

NAMES: Final[Mapping[str, str]] = {"en": "English", "fr": "French", "de": "German"}

CATEGORIES: Final[Mapping[str, str]] = {
    "message": "Message", "product.name": "Product", "product.category": "Category", "product.price_note": "What the price buys",
    "offer.text": "Offer", "offer.terms": "Terms", "offer.buys": "What it buys", "offer.price_note": "Beside the price",
    "offer.code": "Code", "must_say": "Must say", "legal": "Legal lines", "must_not_say": "Must not say",
}  # fmt: skip


@dataclass(kw_only=True, slots=True)
class Form:
    """A form with what was typed. `faults` are texts by field; `pictures` the uploads that came with it."""

    doc: Doc
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)
    pictures: Sequence[str] = ()

    def text(self, name: str) -> str:
        """What stands in a field."""
        value = self._at(name)
        if value is None or isinstance(value, dict):
            return ""
        return "\n".join(map(str, value)) if isinstance(value, list) else str(value)

    def ticked(self, name: str) -> list[str]:
        """What is chosen of a field's choices."""
        value = self._at(name)
        return [str(v) for v in value] if isinstance(value, list) else []

    def _at(self, name: str) -> Any:
        value: Any = self.doc
        steps = name.split(".")
        for n, step in enumerate(steps):
            if isinstance(value, list):
                value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
            elif isinstance(value, Mapping):
                value = value.get(self._id(steps, n) if steps[0] == "translations" and step.isdigit() else step)
            else:
                return None
        return value

    def _id(self, steps: Sequence[str], n: int) -> str:
        """The id that the row of a translation stands for."""
        found = rows(self.doc, ".".join(steps[2:n]))
        at = int(steps[n])
        return str(found[at].get("id", "")) if at < len(found) else ""

    def rows(self, where: str) -> list[dict[str, Any]]:
        """The rows of a list."""
        return rows(self.doc, where)

    def has(self, section: str) -> bool:
        """Whether a section says anything."""
        return bool(self.doc.get(section))

    def fault(self, name: str) -> str:
        """What is wrong with a field."""
        return " ".join(self.faults.get(name, ()))

    def touched(self, way: str) -> bool:
        """Whether something is wrong in or under a section."""
        return any(name == way or name.startswith(f"{way}.") for name in self.faults)

    def named(self, where: str, label: str) -> list[tuple[str, str]]:
        """Ids and words of a list's rows, for a choice that refers to one."""
        return [(str(r["id"]), str(r.get(label) or r["id"])[:60]) for r in self.rows(where) if r.get("id")]

    @property
    def own(self) -> str:
        """The language that the brief is written in."""
        return str(self.doc.get("language") or "en")

    def other_locales(self) -> str:
        """Locales beside those with a box of their own."""
        return ", ".join(x for x in self.ticked("locales") if x not in grammars())

    def languages(self) -> list[str]:
        """Languages in which lines may speak: the brief's own and those that are asked for."""
        asked = [language_of(x) for x in self.ticked("locales")]
        return list(dict.fromkeys([self.own, *asked]))

    def line_languages(self, n: int) -> list[str]:
        """Languages of one line: those of the brief, and others that it has already."""
        said = self.rows("lines")[n].get("texts") or {}
        return list(dict.fromkeys([*self.languages(), *map(str, said)]))

    def line_texts(self, n: int, locale: str) -> list[str]:
        """Fields of a line in a language: the usual ones, and others that it has."""
        said = (self.rows("lines")[n].get("texts") or {}).get(locale)
        there = said if isinstance(said, Mapping) else {}
        return [name for name in LINE_TEXTS if name in SHORT or name in there]

    def translations(self) -> list[str]:
        """Languages that the brief is, or has to be, translated into."""
        given = self.doc.get("translations") or {}
        return list(dict.fromkeys([*(x for x in self.languages() if x != self.own), *map(str, given)]))

    def spoken(self) -> Iterator[tuple[str, str, str, str, bool]]:
        """What there is to translate: name, label, the text itself, how it is read, whether ads need it."""
        for way, kind in SPOKEN.items():
            if "#" not in way:
                text = self.text(way)
                if text:
                    yield way, CATEGORIES.get(way, way), text, kind, way in NEEDED
                continue
            where, _, name = way.partition(".#.")
            for n, row in enumerate(self.rows(where)):
                text = self.text(f"{where}.{n}.{name}")
                if text and row.get("id"):
                    label = f"{NEW[where].capitalize()} {n + 1}{'' if name == 'text' else ', ' + name}"
                    yield f"{where}.{n}.{name}", label, text, kind, way in NEEDED


NEEDED: Final = frozenset({
    "message", "product.category", "product.price_note", "offer.text", "offer.terms", "offer.buys", "offer.price_note",
    "must_say", "legal", *(f"product.facts.#.{n}" for n in ("text", "unit", "noun")), *(f"proof.#.{n}" for n in ("text", "role")),
})  # fmt: skip
"""Texts that ads speak: a translation must give them."""


def changed(doc: Doc, deed: str) -> str:
    """Add or remove a row as a button asks: `add-tribe`, `remove-tribe-2`. Returns the name of the field to go on with."""
    what, _, rest = deed.partition("-")
    name, _, number = rest.partition("-")
    where = next((w for w, n in NEW.items() if n == name), "")
    if what not in ("add", "remove") or not where:
        return ""
    found = rows(doc, where)
    if what == "add":
        found.append({})
        at = f"{where}.{len(found) - 1}.{FIRST[where]}"
    else:
        found = _without(doc, where, found, number)
        at = f"add-{name}"
    _set(doc, where.split("."), found)
    return at


FIRST: Final[Mapping[str, str]] = {"product.facts": "text", "proof": "text", "tribes": "name", "lines": "motive"}


def _without(doc: Doc, where: str, found: list[Any], number: str) -> list[Any]:
    if not number.isdigit() or int(number) >= len(found):
        return found
    gone = str(found[int(number)].get("id", ""))
    for said in (doc.get("translations") or {}).values():
        table: Any = said
        for step in where.split("."):
            table = table.get(step) if isinstance(table, dict) else None
        if isinstance(table, dict):
            table.pop(gone, None)
    for line in rows(doc, "lines"):
        if gone and line.get(NEW[where]) == gone:
            del line[NEW[where]]
    return [r for n, r in enumerate(found) if n != int(number)]


def _set(doc: Doc, way: Sequence[str], value: Any) -> None:
    for step in way[:-1]:
        doc = doc.setdefault(step, {})
    doc[way[-1]] = value


def loaded(data: Mapping[str, Any]) -> Doc:
    """A brief's data, as a file or an earlier brief has it, as a form shows it: with ids, and only what it has fields for."""
    doc = {k: deepcopy(v) for k, v in data.items() if k in TOP}
    for where in ROWS:
        if rows(doc, where):
            _set(doc, where.split("."), rows(doc, where))
    _say_ids(doc)
    doc["placements"] = _expanded(doc.get("placements"))
    doc["locales"] = [canonical_locale(str(x)) for x in doc.get("locales") or ()]
    given = doc.get("translations") if isinstance(doc.get("translations"), dict) else {}
    doc["translations"] = {canonical_locale(str(k)): v for k, v in (given or {}).items() if isinstance(v, dict)}
    for line in rows(doc, "lines"):
        said = line.get("texts") if isinstance(line.get("texts"), dict) else {}
        line["texts"] = {canonical_locale(str(k)): {"headline": v} if isinstance(v, str) else v for k, v in (said or {}).items()}
    return doc


TOP: Final = frozenset({n.split(".", maxsplit=1)[0] for n in KINDS} | {"translations"})
"""What a form has fields for."""


def _say_ids(doc: Doc) -> None:
    for where in ROWS:
        for n, row in enumerate(rows(doc, where)):
            if row and not row.get("id"):
                row["id"] = entry_id(where.rpartition(".")[2], row, n)
    settle(doc)


def _expanded(globs: Any) -> list[str]:
    """Patterns as the placements that they name; what names none stays, to be told."""
    from factory.placements.choose import select, unknown

    wanted = [str(g) for g in globs or ()] if isinstance(globs, list) else []
    named = (p.id for g in wanted if not unknown(g, "") for p in select([g]))
    return list(dict.fromkeys([*named, *(g for g in wanted if unknown(g, ""))]))
