"""A brief as the fields of a form, and back again. A field is named by its place in the brief: `tribes.0.story`.

Rows of lists are numbered as they stand in the form; a row that is still blank stays in the form and is left out of the
brief. Translations are numbered like what they translate; in the brief they go by its id. Nothing here knows of HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from factory.brief.desk import canonical_locale, entry_id
from factory.brief.translate import TRANSLATABLE

Doc = dict[str, Any]
Sent = Mapping[str, Sequence[str]]

ROWS: Final = ("product.facts", "proof", "tribes", "lines")
"""Lists whose entries are rows of the form."""

NEW: Final[Mapping[str, str]] = {"product.facts": "fact", "proof": "proof", "tribes": "tribe", "lines": "line"}
"""What one row of a list is called, in buttons and in the names of what buttons do."""

LINE_TEXTS: Final = ("headline", "sub", "primary_text", "description", "body", "long_headline", "ad_headline", "cta", "word",
                     "letter", "start", "end")

KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("name", "objective", "language", "message", "url", "cta"), "text"),
    **dict.fromkeys(("concepts", "variants"), "number"),
    **dict.fromkeys(("kinds", "locales", "placements", "product.pictures"), "ticks"),
    **dict.fromkeys(("must_say", "must_not_say", "legal"), "list"),
    **dict.fromkeys((f"product.{n}" for n in ("name", "category", "url", "price", "price_note", "gtin")), "text"),
    **dict.fromkeys((f"product.facts.#.{n}" for n in ("id", "kind", "text", "unit", "symbol", "noun")), "text"),
    "product.facts.#.value": "number",
    **dict.fromkeys((f"offer.{n}" for n in ("text", "terms", "buys", "price_note", "code", "price", "was")), "text"),
    **dict.fromkeys(("offer.start", "offer.end"), "text"),
    "offer.quantity": "number",
    **dict.fromkeys((f"proof.#.{n}" for n in ("id", "kind", "text", "source", "role", "as_of")), "text"),
    **dict.fromkeys((f"proof.#.{n}" for n in ("value", "out_of", "count")), "number"),
    **dict.fromkeys((f"tribes.#.{n}" for n in ("id", "name", "story")), "text"),
    **dict.fromkeys((f"tribes.#.{n}" for n in ("values", "passions", "words", "avoid")), "list"),
    **dict.fromkeys((f"lines.#.{n}" for n in ("id", "motive", "fact", "tribe", "proof", "device")), "text"),
    **dict.fromkeys((f"lines.#.{n}" for n in ("families", "mood")), "list"),
    **dict.fromkeys((f"lines.#.texts.@.{n}" for n in LINE_TEXTS), "text"),
    **dict.fromkeys((f"art.{n}" for n in ("mood", "avoid", "sets", "families")), "list"),
    **dict.fromkeys((f"utm.{n}" for n in ("source", "medium", "campaign", "term", "content")), "text"),
}  # fmt: skip
"""Every field by its name, `#` for the number of a row and `@` for a language, with how its text is read."""


def _translated(form: Mapping[str, Any], way: str) -> Iterator[tuple[str, str]]:
    for name, inner in form.items():
        at = f"{way}.{name}"
        if isinstance(inner, Mapping):
            yield from _translated(inner, at)
        elif isinstance(inner, list):
            yield from _translated(inner[0], f"{at}.#")
        else:
            yield at, "text" if inner == "text" else "list"


SPOKEN: Final[Mapping[str, str]] = {way.removeprefix("."): kind for way, kind in _translated(TRANSLATABLE, "")}
"""Fields that a translation may give."""

SECTIONS: Final = ("product.facts", "product", "offer", "proof", "tribes", "lines", "translations", "art", "utm")
"""Where a fault is shown that belongs to no single field."""


def kind_of(name: str) -> str | None:
    """How a field's text is read: `text`, `number`, `list` (one a line) or `ticks`; None for what is no field."""
    return KINDS.get(_pattern(name)) or (_spoken_kind(name) if name.startswith("translations.") else None)


def _pattern(name: str) -> str:
    steps = name.split(".")
    steps = ["#" if s.isdigit() else s for s in steps]
    if len(steps) == 5 and steps[2] == "texts":
        steps[3] = "@"
    return ".".join(steps)


def _spoken_kind(name: str) -> str | None:
    return SPOKEN.get(_pattern(name).split(".", 2)[-1])


# ------------------------------------------------------------------------------------------------ from the form


def _number(texts: Sequence[str]) -> Any:
    """A number where the text is one; else the text, for the reader of briefs to say what is wrong."""
    text = texts[-1].strip()
    if re.fullmatch(r"[-+]?\d{1,15}", text):
        return int(text)
    return float(text) if re.fullmatch(r"[-+]?\d{0,15}\.\d{1,9}", text) else text


def _list(texts: Sequence[str]) -> list[str]:
    return [line.strip() for line in "\n".join(texts).splitlines() if line.strip()]


def _ticks(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(t.strip() for t in texts if t.strip()))


READ: Final[Mapping[str, Callable[[Sequence[str]], Any]]] = {
    "text": lambda texts: texts[-1].replace("\r\n", "\n").strip(), "number": _number, "list": _list, "ticks": _ticks,
}


def entered(sent: Sent) -> Doc:
    """What a form says, as a brief's data. Every row stands, blank ones without fields; entries have ids."""
    tree: dict[Any, Any] = {}
    for name, texts in sent.items():
        kind = kind_of(name)
        if kind is not None and texts:
            _put(tree, name.split("."), READ[kind](texts))
    tree.setdefault("locales", []).extend(_more(sent.get("locales.more", ())))
    doc: Doc = _listed(tree)
    for name in ORDERED:
        _reorder(doc, name.split("."), _list(sent.get(f"{name}.order", ())))
    spoken = doc.pop("translations", {})
    settle(doc)
    doc["translations"] = {loc: _by_id(said, doc) for loc, said in spoken.items()}
    return doc


ORDERED: Final = ("locales", "placements", "product.pictures")
"""Ticks whose order means something: what comes first is made, or shown, first."""


def _reorder(doc: Doc, way: Sequence[str], before: Sequence[str]) -> None:
    """Ticks in the order in which the brief had them; new ones after."""
    for step in way[:-1]:
        doc = doc.get(step) or {}
    chosen = list(dict.fromkeys(doc.get(way[-1]) or ()))
    if chosen:
        doc[way[-1]] = sorted(chosen, key=lambda x: before.index(x) if x in before else len(before))


def _more(texts: Sequence[str]) -> list[str]:
    """Locales that a person wrote, with commas or spaces between them."""
    return [canonical_locale(tag) for tag in re.split(r"[\s,;]+", " ".join(texts)) if tag]


def _put(tree: dict[Any, Any], steps: Sequence[str], value: Any) -> None:
    *way, last = steps
    for step in way:
        tree = tree.setdefault(int(step) if step.isdigit() else step, {})
    if value not in ("", []):
        tree[int(last) if last.isdigit() else last] = value


def _listed(tree: Any) -> Any:
    """Numbered entries as lists, in their order."""
    if not isinstance(tree, dict):
        return tree
    if tree and all(isinstance(k, int) for k in tree):
        return [_listed(tree[k]) for k in sorted(tree)]
    return {k: _listed(v) for k, v in tree.items()}


def settle(doc: Doc) -> None:
    """Give every row that says something an id, so that what refers to it keeps doing so when its words change."""
    for where in ROWS:
        taken = {str(r["id"]) for r in rows(doc, where) if r.get("id")}
        for n, row in enumerate(rows(doc, where)):
            if row.get("id") or blank(row):
                continue
            name = first = entry_id(where.rpartition(".")[2], row, n)
            for count in range(2, 999):
                if name not in taken:
                    break
                name = f"{first[:44]}-{count}"
            row["id"] = name
            taken.add(name)


def rows(doc: Mapping[str, Any], where: str) -> list[Any]:
    """The rows of a list that are groups of fields."""
    found: Any = doc
    for step in where.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return [r if isinstance(r, dict) else {} for r in found] if isinstance(found, list) else []


def blank(row: Mapping[str, Any]) -> bool:
    """Whether a row says nothing yet."""
    return not _full({k: v for k, v in row.items() if k not in ("id", "kind")})


PLACES: Final = ("name", "objective", "language", "product.name", "product.category", "product.pictures", "product.facts",
                 "product", "url", "message", "cta", "offer", "proof", "tribes", "placements", "kinds", "locales",
                 "concepts", "variants", "translations", "lines")
"""Fields and sections in the order of the form."""


def order(name: str) -> tuple[int, int, int]:
    """Where a field stands in the form, for sorting: its section, its row, its place in the row."""
    section = next((n for n, way in enumerate(PLACES) if f"{name}.".startswith(f"{way}.")), len(PLACES))
    row = next((int(step) for step in name.split(".") if step.isdigit()), -1)
    pattern = _pattern(name)
    return section, row, list(KINDS).index(pattern) if pattern in KINDS else -1


def _full(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_full(v) for v in value.values())
    return value not in (None, "", [])


def _by_id(said: Any, doc: Doc) -> Doc:
    """A language's texts with the numbers of rows turned into their ids; what nothing stands for any more is dropped."""
    def turned(tree: Any, form: Any, source: Any) -> Any:
        if isinstance(form, list):
            table = tree if isinstance(tree, list) else []
            pairs = zip(table, _dicts(source), strict=False)
            found = {str(row["id"]): turned(t, form[0], row) for t, row in pairs if row.get("id")}
            return {k: v for k, v in found.items() if _full(v)}
        if isinstance(form, Mapping):
            there = source if isinstance(source, Mapping) else {}
            found = {k: turned(v, form[k], there.get(k)) for k, v in (tree or {}).items() if k in form and _full(there.get(k))}
            return {k: v for k, v in found.items() if _full(v)}
        return tree

    found: Doc = turned(said, TRANSLATABLE, doc)
    return found


def _dicts(source: Any) -> list[dict[str, Any]]:
    return [r if isinstance(r, dict) else {} for r in source or ()]


# ------------------------------------------------------------------------------------------------ to the brief


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A brief's data without what is blank. `kept` tells of each list which rows of the form its entries are."""

    data: Doc
    kept: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """The brief as YAML."""
        return yaml.dump(self.data, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)

    def place(self, where: str) -> str:
        """The field, or the section, of a fault's `where`: `brief.yaml:14 tribes.0.story` is `tribes.0.story`."""
        steps = re.sub(r"^brief\.\w+(?::\d+)?\s*", "", where).split(".")
        name = ".".join(self._numbered(steps))
        while name and not kind_of(name) and name not in SECTIONS and not _is_group(name):
            name = name.rpartition(".")[0]
        return name

    def _numbered(self, steps: Sequence[str]) -> list[str]:
        if steps[0] == "translations" and len(steps) > 2:
            return [*steps[:2], *self._by_number(steps[2:])]
        found = list(steps)
        for where, kept in self.kept.items():
            way = where.split(".")
            at = len(way)
            if found[:at] == way and len(found) > at and found[at].isdigit() and int(found[at]) < len(kept):
                found[at] = str(kept[int(found[at])])
        return found

    def _by_number(self, steps: Sequence[str]) -> list[str]:
        """`facts.hours.text` of a translation by the number of its row."""
        found = list(steps)
        for where, kept in self.kept.items():
            way = where.split(".")
            at = len(way)
            ids = [str(r.get("id")) for r in rows(self.data, where)]
            if found[:at] == way and len(found) > at and found[at] in ids:
                found[at] = str(kept[ids.index(found[at])])
        return found


def _is_group(name: str) -> bool:
    """Whether it is a row, or a language."""
    steps = name.split(".")
    return (steps[-1].isdigit() and ".".join(steps[:-1]) in ROWS) or (steps[0] == "translations" and len(steps) == 2)


class _Plain(yaml.SafeDumper):
    """No anchors, which briefs may not have; lists indented under their names."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002  (PyYAML's own call)
        return super().increase_indent(flow, False)


def written(doc: Doc, brand: str) -> Written:
    """The brief that a form's data makes for a brand."""
    kept = {where: _wanted(doc, where) for where in ROWS}
    data: Doc = {"version": 1, "name": "", "brand": brand, **{k: v for k, v in doc.items() if k not in ("version", "brand")}}
    for where, wanted in kept.items():
        found = rows(doc, where)
        data = _replaced(data, where.split("."), [found[n] for n in wanted])
    whole = {k: _lean(v) for k, v in data.items()}
    return Written(data={k: v for k, v in whole.items() if _full(v) or k in BEGUN}, kept=kept)


BEGUN: Final = ("product", "tribes")
"""Sections that a brief must have: while they are blank each of their fields is told as missing, not only they."""


def _wanted(doc: Doc, where: str) -> list[int]:
    """The rows of a list that say something; the first of a list that must say something anyway."""
    found = rows(doc, where)
    said = [n for n, row in enumerate(found) if not blank(row)]
    return said or ([0] if found and where.split(".", maxsplit=1)[0] in BEGUN else [])


def _replaced(data: Doc, way: Sequence[str], value: Any) -> Doc:
    first, *rest = way
    return {**data, first: _replaced(data.get(first) or {}, rest, value) if rest else value}


def _lean(value: Any) -> Any:
    """Without empty groups and texts."""
    if isinstance(value, dict):
        return {k: lean for k, v in value.items() if _full(lean := _lean(v)) or lean == [{}]}
    return [_lean(v) for v in value] if isinstance(value, list) else value
