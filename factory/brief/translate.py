"""What a brief says in a locale: human translations put in place of the texts that they translate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from factory.brief.desk import Path_, language_of
from factory.records import Brief, Fact, Offer, Product, Proof, Tribe

TRANSLATABLE: Mapping[str, Any] = {
    "message": "text",
    "product": {
        "name": "text", "category": "text", "price_note": "text",
        "facts": [{"text": "text", "unit": "text", "symbol": "text", "noun": "text"}],
    },
    "offer": {"text": "text", "terms": "text", "buys": "text", "price_note": "text", "code": "text"},
    "proof": [{"text": "text", "source": "text", "role": "text"}],
    "tribes": [
        {"name": "text", "story": "text", "values": "free", "passions": "free", "words": "free", "avoid": "free"},
    ],
    "must_say": "each", "legal": "each", "must_not_say": "free",
}
"""The form of a translation. A list holds entries by id; `each` is a list translated entry by entry, `free` any."""

Words = Mapping[str, str]
T = TypeVar("T", Fact, Proof, Tribe, Offer, Product)


def flat(tree: Mapping[str, Any], path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """Every text of a translation with its path; entries of lists by their number."""
    for key, value in tree.items():
        yield from _flat_value(value, (*path, key))


def _flat_value(value: Any, path: Path_) -> Iterator[tuple[Path_, str]]:
    if isinstance(value, Mapping):
        yield from flat(value, path)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _flat_value(item, (*path, i))
    elif value is not None:
        yield path, str(value)


def localized(brief: Brief, locale: str) -> Brief:
    """The brief as it reads in a locale: texts for the language first, those for the very locale over them.

    A text that nobody translated stays as it is; a list that is translated replaces the whole list.
    """
    words: dict[str, str] = {}
    for key in dict.fromkeys((language_of(locale), locale)):
        words = _over(words, brief.translations.get(key, {}))
    offer = brief.offer
    return replace(
        brief, language=language_of(locale), message=words.get("message", brief.message),
        product=_product(brief.product, words), offer=_said(offer, "offer", words) if offer else None,
        proof=tuple(_said(p, f"proof.{p.id}", words) for p in brief.proof),
        tribes=tuple(_said(t, f"tribes.{t.id}", words) for t in brief.tribes),
        must_say=_list(brief.must_say, "must_say", words), legal=_list(brief.legal, "legal", words),
        must_not_say=_list(brief.must_not_say, "must_not_say", words),
    )


def _over(below: Words, above: Words) -> dict[str, str]:
    """Two sets of words, the second over the first; a list in the second hides the whole of the first's."""
    lists = {_stem(path) for path in above} - {""}
    return {p: t for p, t in below.items() if _stem(p) not in lists} | dict(above)


def _stem(path: str) -> str:
    """The list that a path is an entry of: `must_say` of `must_say.0`; "" when it is none."""
    stem, _, last = path.rpartition(".")
    return stem if last.isdigit() else ""


def _product(product: Product, words: Words) -> Product:
    facts = tuple(_said(f, f"product.facts.{f.id}", words) for f in product.facts)
    return replace(_said(product, "product", words), facts=facts)


def _said(record: T, path: str, words: Words) -> T:
    """A record with its translated texts and lists of texts put in."""
    changes: dict[str, Any] = {}
    for name in record.__dataclass_fields__:
        value = getattr(record, name)
        if f"{path}.{name}" in words:
            changes[name] = words[f"{path}.{name}"]
        elif isinstance(value, tuple):
            changes[name] = _list(value, f"{path}.{name}", words)
    return replace(record, **changes)


def _list(given: Sequence[Any], path: str, words: Words) -> tuple[Any, ...]:
    found: list[str] = []
    while f"{path}.{len(found)}" in words:
        found.append(words[f"{path}.{len(found)}"])
    return tuple(found) or tuple(given)
