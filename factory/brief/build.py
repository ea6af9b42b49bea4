"""From a brief's checked data to its records: defaults put in, ids given, amounts and dates made exact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from factory.brief.desk import canonical_locale, entry_id
from factory.brief.translate import flat
from factory.records import ArtDirection, Brief, Fact, Line, Money, Offer, Product, Proof, Tribe

Data = Mapping[str, Any]


def build(data: Data, folder: Path) -> Brief:
    """The frozen brief. `data` has passed the schema and every rule."""
    return Brief(
        version=data["version"], name=data["name"], brand=data["brand"], objective=data.get("objective", "traffic"),
        language=data.get("language", "en"), product=_product(data["product"]), message=data["message"],
        offer=_offer(data["offer"]) if "offer" in data else None,
        proof=tuple(_proof(p, i) for i, p in enumerate(data.get("proof", ()))),
        tribes=tuple(_tribe(t, i) for i, t in enumerate(data["tribes"])),
        lines=tuple(_line(x, i) for i, x in enumerate(data.get("lines", ()))),
        locales=tuple(canonical_locale(x) for x in data["locales"]), placements=tuple(data["placements"]),
        kinds=tuple(data.get("kinds", ("image", "video"))), concepts=data.get("concepts", 8),
        variants=data.get("variants", 48), cta=data.get("cta", "learn_more"), url=data["url"],
        utm=dict(data.get("utm", {})),
        art=_art(data.get("art", {})), must_say=_words(data, "must_say"), must_not_say=_words(data, "must_not_say"),
        legal=_words(data, "legal"), translations=_translations(data.get("translations", {})), source_dir=str(folder),
    )


def _words(data: Data, name: str) -> tuple[str, ...]:
    return tuple(data.get(name, ()))


def _number(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _money(text: str | None) -> Money | None:
    if text is None:
        return None
    amount, currency = text.split(" ")
    return Money(amount=Decimal(amount), currency=currency)


def _product(data: Data) -> Product:
    return Product(
        name=data["name"], category=data["category"], facts=tuple(_fact(f, i) for i, f in enumerate(data["facts"])),
        pictures=tuple(data["pictures"]), url=data.get("url", ""), price=_money(data.get("price")),
        price_note=data.get("price_note", ""), gtin=data.get("gtin", ""),
    )


def _fact(data: Data, order: int) -> Fact:
    kind = data.get("kind") or ("number" if "value" in data else "benefit")
    return Fact(
        id=entry_id("facts", data, order), kind=cast(Any, kind), text=data["text"], value=_number(data.get("value")),
        unit=data.get("unit", ""), symbol=data.get("symbol", ""), noun=data.get("noun", ""),
    )


def _proof(data: Data, order: int) -> Proof:
    return Proof(
        id=entry_id("proof", data, order), kind=data.get("kind", "press"), text=data["text"], source=data["source"],
        value=_number(data.get("value")), out_of=_number(data.get("out_of")), count=data.get("count"),
        as_of=_day(data.get("as_of")), role=data.get("role", ""),
    )


def _offer(data: Data) -> Offer:
    return Offer(
        text=data["text"], terms=data["terms"], quantity=data.get("quantity", 1), buys=data.get("buys", ""),
        price_note=data.get("price_note", ""), code=data.get("code", ""), price=_money(data.get("price")),
        was=_money(data.get("was")), start=_day(data.get("start")), end=_day(data.get("end")),
    )


def _tribe(data: Data, order: int) -> Tribe:
    return Tribe(
        id=entry_id("tribes", data, order), name=data["name"], story=data["story"], values=_words(data, "values"),
        passions=_words(data, "passions"), words=_words(data, "words"), avoid=_words(data, "avoid"),
    )


def _line(data: Data, order: int) -> Line:
    texts = {canonical_locale(k): {"headline": t} if isinstance(t, str) else dict(t) for k, t in data["texts"].items()}
    return Line(
        id=entry_id("lines", data, order), texts=texts, motive=data.get("motive", ""), fact=data.get("fact", ""),
        tribe=data.get("tribe", ""), proof=data.get("proof", ""), device=data.get("device", ""),
        families=_words(data, "families"), mood=_words(data, "mood"),
    )


def _art(data: Data) -> ArtDirection:
    return ArtDirection(
        mood=_words(data, "mood"), avoid=_words(data, "avoid"), sets=_words(data, "sets"),
        families=_words(data, "families"),
    )


def _translations(data: Data) -> dict[str, dict[str, str]]:
    """Each language's texts by dotted path: `product.facts.hours.text`."""
    return {canonical_locale(k): {".".join(map(str, p)): t for p, t in flat(tree)} for k, tree in data.items()}
