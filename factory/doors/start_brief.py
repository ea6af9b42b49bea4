"""A brief to begin with, made from the schema of briefs: each field with its description and an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

import yaml

from factory.errors import Fault, InputError

FILE: Final = "brief.yaml"

LIVE: Final = frozenset({
    "version", "name", "brand", "objective", "language", "product", "product.name", "product.category", "product.facts",
    "product.facts.id", "product.facts.kind", "product.facts.text", "product.facts.value", "product.facts.unit",
    "product.facts.symbol", "product.pictures", "product.price", "product.price_note", "message", "tribes", "tribes.id",
    "tribes.name", "tribes.values", "tribes.passions", "tribes.story", "tribes.words", "tribes.avoid", "locales", "placements",
    "kinds", "concepts", "variants", "cta", "url",
})  # fmt: skip
"""Fields that are written; the others are there as comments."""

VALUES: Final[Mapping[str, Any]] = {
    "locales": ["en"], "placements": ["meta.feed.portrait", "meta.stories.vertical", "iab.medium_rectangle"], "variants": 24,
    "product.facts.noun": "cold water",
    "lines.texts": {"en": {"headline": "Slept 18 hours. Woke up cold.", "word": "snooze", "letter": "o"}},
    "lines.device": "fill_letters", "art.sets": ["seamless"],
    "translations": {"fr": {"message": "Infusé la nuit.", "product": {"facts": {"hours": {"text": "infusé à froid 18 heures"}}}}},
}  # fmt: skip
"""Values in place of the schema's examples, so that they suit each other."""

HEAD: Final = """\
# A brief: what is advertised, what is true of it, for whom, in which languages, where it runs.
# Check it at any time:  factory validate {file} --kit <the kit's folder>
# See what it becomes:   factory plan {file} --kit <the kit's folder>
# Fields that you need not give are commented out: take away the # before their name to use them.
"""


def start_brief(folder: Path, kit: Path | None) -> tuple[Path, list[str]]:
    """Write the file. Returns its path and what to do next. InputError when it is there already; KitError of the kit."""
    path = folder / FILE
    if path.exists():
        raise InputError([Fault(code="init.there", fact=f"{path} is there already", where=str(path),
                                help="Name another folder, or move the file away; nothing is overwritten.")])
    values = dict(VALUES)
    if kit is not None:
        from brand_kits.load import load_kit

        brand = load_kit(kit)
        values |= {"brand": brand.name}
        if brand.product_pictures:
            values |= {"product.pictures": [next(iter(brand.product_pictures))]}
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(brief_text(values), encoding="utf-8", newline="\n")
    return path, [f"Write your own words over the examples, then: factory validate {path} --kit <the kit's folder>"]


def brief_text(values: Mapping[str, Any] = VALUES) -> str:
    """The file's text."""
    from factory.brief.shape import brief_schema

    fields = {k: v for k, v in brief_schema()["properties"].items() if k != "$schema"}
    return "\n".join([HEAD.format(file=FILE), *_fields(fields, "", 0, True, values)]) + "\n"


def _fields(fields: Mapping[str, Any], way: str, depth: int, live: bool, values: Mapping[str, Any]) -> Iterator[str]:
    for name, field in fields.items():
        at = f"{way}.{name}".lstrip(".")
        yield from _field(name, field, at, depth, live and at in LIVE, values)
        if not depth:
            yield ""


def _field(name: str, field: Mapping[str, Any], at: str, depth: int, live: bool, values: Mapping[str, Any]) -> Iterator[str]:
    pad, mark = "  " * depth, "" if live else "#"
    for line in wrap(_says(field), 100 - len(pad)):
        yield f"{pad}# {line}"
    inner = field.get("items", {}).get("properties")
    if at in values:
        yield f"{pad}{mark}{name}: {_flow(values[at])}"
    elif inner:
        yield f"{pad}{mark}{name}:"
        yield from _entry(_fields(inner, at, depth + 2, live, values), depth + 1, live)
    elif field.get("properties"):
        yield f"{pad}{mark}{name}:"
        yield from _fields(field["properties"], at, depth + 1, live, values)
    else:
        yield f"{pad}{mark}{name}: {_flow(_example(field))}"


def _entry(lines: Iterator[str], depth: int, live: bool) -> Iterator[str]:
    """The fields of a list's first entry, which begins with a line of its own so that any of them may go."""
    pad = "  " * depth
    yield f"{pad}{'' if live else '#'}-"
    yield from lines


def _says(field: Mapping[str, Any]) -> str:
    choices = field.get("enum") or field.get("items", {}).get("enum")
    text = str(field.get("description", ""))
    return f"{text} One of: {', '.join(map(str, choices))}." if choices else text


def _example(field: Mapping[str, Any]) -> Any:
    given: Sequence[Any] = field.get("examples") or ()
    if given:
        return given[0]
    if "const" in field:
        return field["const"]
    return list(field.get("items", {}).get("examples", ())) or ""


def _flow(value: Any) -> str:
    """A value on one line."""
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False)
    return text.removesuffix("...\n").strip()
