"""What may be said on a picture: the texts of a deck by role, with what a layout must know of each.

Fields are candidates, not duties: a family takes what it needs and drops the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from factory.records import Brief, Concept, CopyDeck, Money, Proof
from pipelines.compose.punctuation import typographic

RTL = frozenset({"ar", "fa", "he", "ur"})
ENDS = (". ", "! ", "? ", "… ", ".\u00a0", "? ")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "headline": ("art_headline",), "quote": ("art_quote", "art_headline"), "sub": ("art_sub", "art_body"),
    "body": ("art_body", "art_sub"), "cta": ("art_cta",), "number": ("art_number",), "unit": ("art_unit",),
    "rating": ("art_rating",), "source": ("art_source",), "role": ("art_role",), "price": ("art_price",),
    "was": ("art_was",),
    "buys": ("art_buys",), "per": ("art_per",), "code": ("art_code",), "legal": ("art_legal",),
    "item": ("art_item",), "word": ("art_word",), "date": ("art_date",),
}
"""Which fields of a deck fill a role: the first that the deck has."""
MAX_WORDS = 24
MOST_ITEMS = 3
LONG_UNIT = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """The words for one picture. `texts` maps a role to its options, best first; `item` holds the list's entries.

    `price` and `was` are amounts, `rating` the value and what it is out of; `device` the device's name and `data`
    what it draws from, already of this locale.
    """

    locale: str
    texts: Mapping[str, tuple[str, ...]]
    price: Money | None = None
    was: Money | None = None
    rating: tuple[Decimal, Decimal] | None = None
    device: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rtl(self) -> bool:
        """Whether the language reads from right to left."""
        return self.locale.split("-")[0] in RTL

    def options(self, role: str) -> tuple[str, ...]:
        """The texts for a role, best first."""
        return self.texts.get(role, ())

    def first(self, role: str) -> str:
        """The best text for a role, or ""."""
        return next(iter(self.options(role)), "")

    @property
    def unit(self) -> str:
        """What stands beside a big figure: the unit, unless it is a long word that the headline says anyway."""
        unit = self.first("unit")
        return "" if len(unit) > LONG_UNIT and unit.lower() in self.first("headline").lower() else unit

    def has(self, field_name: str) -> bool:
        """Whether a field that a family asks for (`art_headline`, ...) can be filled."""
        name = field_name.removeprefix("art_")
        special = {"price": self.price, "rating": self.rating, "quote": self.first("quote") or self.first("headline")}
        return bool(special[name]) if name in special else bool(self.options(name))

    def without(self, roles: tuple[str, ...]) -> Content:
        """The content with some roles left out; `item3` leaves the third entry of the list out."""
        texts = {r: t for r, t in self.texts.items() if r not in roles}
        if "item3" in roles and "item" in texts:
            texts["item"] = texts["item"][:2]
        return replace(self, texts=texts, was=None if "was" in roles else self.was)

    def saying(self, role: str, text: str) -> Content:
        """The content with one text for a role."""
        return replace(self, texts={**self.texts, role: (text,)})


def build(deck: CopyDeck, concept: Concept, brief: Brief | None = None) -> Content:
    """Content from a deck; amounts and ratings come from the brief, which is localized already."""
    locale = deck.locale
    texts = {}
    for role, names in FIELDS.items():
        name = next((n for n in names if deck.options(n)), "")
        said = [set_right(t.text, locale) for t in deck.options(name)] if name else []
        texts[role] = tuple(dict.fromkeys(t for t in said if t))
    texts["legal"] = _once(texts["legal"], texts["per"])
    if texts["body"] == texts["sub"]:
        texts["body"] = ()
    texts["item"] = texts["item"][:MOST_ITEMS]
    price, was = _amounts(deck, brief)
    if brief and brief.offer and price is not None and price == brief.offer.price and price != brief.product.price:
        texts["sub"] = _with_amount(texts["sub"], price) or (set_right(brief.offer.text, locale),)
        texts["buys"] = texts["buys"] or (set_right(brief.offer.text, locale),)
    return Content(
        locale=locale, texts={r: t for r, t in texts.items() if t}, price=price, was=was,
        rating=_rating(concept, brief), device=concept.device, data=_device_data(concept, locale),
    )


def _with_amount(texts: tuple[str, ...], price: Money) -> tuple[str, ...]:
    """The texts that say what an offer's price buys: beside that price nothing else may stand for it."""
    figures = {f"{price.amount:.2f}", f"{price.amount:.2f}".replace(".", ",")}
    return tuple(t for t in texts if any(f in t for f in figures))


def _once(legal: tuple[str, ...], per: tuple[str, ...]) -> tuple[str, ...]:
    """Small print without what stands beside the price already, where there is such a wording."""
    said = [t for t in legal if not any(p.casefold().rstrip(".") in t.casefold() for p in per)]
    return tuple(said) or legal


def set_right(text: str, locale: str) -> str:
    """A text with its language's signs."""
    return typographic(text, locale)


def _amounts(deck: CopyDeck, brief: Brief | None) -> tuple[Money | None, Money | None]:
    """The amounts that the deck speaks of, as numbers: the price it names, and the old one where it names one."""
    if brief is None:
        return None, None
    offer = brief.offer
    known = [m for m in (brief.product.price, offer.price if offer else None) if m]
    named = deck.first("art_price")
    price = next((m for m in known if named and _digits(f"{m.amount:.2f}") == _digits(named.text)), None)
    price = price or next((m for m in known if named and _digits(f"{m.amount:f}") == _digits(named.text)), None)
    was = offer.was if offer and deck.first("art_was") and offer.price == price else None
    return price, was


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _rating(concept: Concept, brief: Brief | None) -> tuple[Decimal, Decimal] | None:
    proofs: list[Proof] = [p for p in (brief.proof if brief else ()) if p.id == concept.proof]
    if not proofs or proofs[0].value is None:
        return None
    return proofs[0].value, proofs[0].out_of or Decimal(5)


def _device_data(concept: Concept, locale: str) -> dict[str, Any]:
    """The device's figures with the words of one locale laid flat."""
    data = dict(concept.device_data)
    words = data.pop("words", {})
    own = words.get(locale) or words.get(locale.split("-", maxsplit=1)[0]) or {}
    return {**data, **own}


def sentences(text: str) -> tuple[str, ...]:
    """A text cut at its sentence ends: what a diptych says in two halves, what a quote ends on."""
    parts: list[str] = []
    rest = text
    while True:
        cuts = [rest.find(e) + 1 for e in ENDS if rest.find(e) > 0]
        if not cuts:
            return tuple(p for p in (*parts, rest.strip()) if p)
        parts.append(rest[: min(cuts)].strip())
        rest = rest[min(cuts) :].lstrip(" \u00a0")
