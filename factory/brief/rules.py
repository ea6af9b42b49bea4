"""What a schema cannot say of a brief: values that must fit each other, and the world outside the file.

Every rule is a function of the desk that notes faults; `RULES` lists them. A value of the wrong shape is gone from the
desk's data by then, so a rule looks at what is there and leaves the rest to the schema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from factory.brief.desk import Desk, Path_, entry_id, meant
from factory.brief.languages import check_languages
from factory.brief.lines import check_lines
from factory.brief.personal import check_personal
from factory.brief.pictures import check_pictures
from factory.brief.sensitive import check_tribes
from factory.placements.choose import unknown
from factory.placements.tables import load_placements

Rule = Callable[[Desk], None]


def check_ids(desk: Desk) -> None:
    """An id that a person gave names one thing only."""
    for path in (("product", "facts"), ("proof",), ("tribes",), ("lines",)):
        seen: dict[str, Path_] = {}
        for place, entry in desk.entries(*path):
            name = entry_id(path[-1], entry, int(place[-1]))
            if name in seen and entry.get("id"):
                desk.fault("brief.id", (*place, "id"), f"The id {name!r} is taken",
                           f"Give another; {'.'.join(map(str, seen[name]))} has it already.")
            elif name in seen:
                desk.fault("brief.id", place, f"This entry's name gives the id {name!r}, which is taken",
                           "Give it an id of its own.")
            seen.setdefault(name, place)


def check_facts(desk: Desk) -> None:
    """A number has its figure, an absence its noun."""
    for place, fact in desk.entries("product", "facts"):
        kind = fact.get("kind")
        if kind in ("number", "time") and "value" not in fact and not desk.broken(*place, "value"):
            desk.fault("brief.fact", (*place, "value"), f"A fact of kind {kind} has no value",
                       "Add `value: 18`, or make it a benefit.")
        if "value" in fact and not (fact.get("unit") or fact.get("symbol") or desk.broken(*place)):
            desk.fault("brief.fact", (*place, "unit"), "A value has no unit",
                       "Add `unit: hours` as it is said, or `symbol: h` as it is written.")
        if kind == "absence" and not fact.get("noun") and not desk.broken(*place, "noun"):
            desk.fault("brief.fact", (*place, "noun"), "An absence does not say what is absent", "Add `noun: sugar`.")


def check_proof(desk: Desk) -> None:
    """A rating has its figure, no higher than the scale; a proof is of the past."""
    for place, proof in desk.entries("proof"):
        value, best = proof.get("value"), proof.get("out_of", 5)
        if proof.get("kind") == "rating" and value is None and not desk.broken(*place, "value"):
            desk.fault("brief.proof", (*place, "value"), "A rating has no value", "Add `value: 4.7`.")
        if value is not None and value > best:
            desk.fault("brief.proof", (*place, "value"), f"{value} is more than the best possible {best}",
                       "Correct `value`, or say the scale with `out_of`.")
        _day(desk, (*place, "as_of"))


def check_offer(desk: Desk) -> None:
    """The dates are days of the calendar in order; the price before was higher."""
    start, end = _day(desk, ("offer", "start")), _day(desk, ("offer", "end"))
    if start and end and end < start:
        desk.fault("brief.dates", ("offer", "end"), f"The offer ends on {end}, before it starts on {start}",
                   "Swap the dates or correct one.")
    price, was = _money(desk, ("offer", "price")), _money(desk, ("offer", "was"))
    if price and was and price[1] != was[1]:
        desk.fault("brief.money", ("offer", "was"), f"The price before is in {was[1]}, the price in {price[1]}",
                   "Give both in one currency.")
    elif price and was and was[0] <= price[0]:
        desk.fault("brief.money", ("offer", "was"), f"The price before, {was[0]}, is not above the offer's {price[0]}",
                   "Correct one, or leave `was` out.")
    if was and not price and not desk.get("offer", "price") and not desk.broken("offer", "price"):
        desk.fault("brief.money", ("offer", "price"), "There is a price before but no price on offer", "Add `price`.")


def _day(desk: Desk, path: Path_) -> date | None:
    value = desk.get(*path)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        desk.fault("brief.dates", path, f"{value} is no day of the calendar", "Write a date like 2026-12-31.")
        return None


def check_price(desk: Desk) -> None:
    """The product's price is an amount that its currency has."""
    _money(desk, ("product", "price"))


def _money(desk: Desk, path: Path_) -> tuple[Decimal, str] | None:
    from babel.numbers import get_currency_precision, list_currencies

    value = desk.get(*path)
    if value is None:
        return None
    amount, currency = value.split(" ")
    known = sorted(list_currencies())
    if currency not in known:
        desk.fault("brief.money", path, f"There is no currency {currency}",
                   meant(currency, known) or "Write its three letters, such as EUR.")
        return None
    places = get_currency_precision(currency)
    if -int(Decimal(amount).as_tuple().exponent) > places or Decimal(amount) == 0:
        desk.fault("brief.money", path, f"{value} is no amount of {currency}",
                   f"Write it with {places} decimals, more than nothing." if places else "Write it without decimals.")
        return None
    return Decimal(amount), currency


def check_gtin(desk: Desk) -> None:
    """The last digit of a bar code's number checks out (GS1 General Specifications, section 7.9)."""
    gtin = desk.get("product", "gtin")
    if gtin and _check_digit(gtin[:-1]) != int(gtin[-1]):
        desk.fault("brief.gtin", ("product", "gtin"), f"{gtin} is no bar code: its last digit does not check out",
                   "Read it from the package again.")


def _check_digit(digits: str) -> int:
    weighted = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return -weighted % 10


def check_urls(desk: Desk) -> None:
    """Addresses are of the web, safe, and carry nobody's name."""
    for path in (("url",), ("product", "url")):
        value = desk.get(*path)
        if value is not None:
            problem = _url_problem(value)
            if problem:
                desk.fault("brief.url", path, f"{value[:80]!r} {problem}", "Write an address like https://example.com/page.")


def _url_problem(value: str) -> str:
    if any(c.isspace() or ord(c) < 32 for c in value):
        return "has a space in it"
    try:
        parts = urlsplit(value)
        host, port_fits = parts.hostname or "", parts.port is None or parts.port > 0
    except ValueError:
        return "is no address"
    if parts.scheme != "https":
        return "does not begin with https://"
    if "@" in parts.netloc:
        return "holds a user name"
    return "" if "." in host.strip(".") and port_fits else "has no host"


def check_placements(desk: Desk) -> None:
    """Every pattern names a placement, and what is to be made can run somewhere."""
    from factory.placements.choose import select

    patterns = list(desk.entries("placements"))
    faults = [(path, fault) for path, glob in patterns for fault in unknown(glob, "")]
    for path, fault in faults:
        desk.fault(fault.code, path, fault.fact, fault.help)
    if faults or not patterns:
        return
    takes = {kind for p in select([glob for _, glob in patterns]) for kind in p.media}
    for path, kind in desk.entries("kinds"):
        if kind not in takes:
            places = [name for name, p in load_placements().items() if kind in p.media][:3]
            desk.fault("brief.kinds", path, f"None of the placements takes a {kind}",
                       f"Add one that does, such as {', '.join(places)}, or take {kind} out of kinds.")


def check_brand(desk: Desk) -> None:
    """A brief is made with the kit of its own brand."""
    brand = desk.get("brand")
    if desk.kit is not None and brand and brand.casefold() != desk.kit.name.casefold():
        desk.fault("brief.brand", ("brand",), f"The brief is for {brand!r}, the kit is of {desk.kit.name!r}",
                   "Correct the brand, or name its own kit.")


def check_choices(desk: Desk) -> None:
    """Sets and layouts that the brief asks for exist."""
    from factory.catalogue import load_catalogue

    catalogue = load_catalogue()
    known: Mapping[str, list[str]] = {
        "sets": [s.name for s in catalogue.sets], "families": [f.name for f in catalogue.families],
    }
    for field, names in known.items():
        for path, name in desk.entries("art", field):
            if name not in names:
                desk.fault("brief.art", path, f"There is no {_one(field)} {name!r}", meant(name, names))


def _one(field: str) -> str:
    return {"sets": "set", "families": "layout"}[field]


def check_musts(desk: Desk) -> None:
    """What must be said is not forbidden as well."""
    banned: list[tuple[Any, str]] = list(desk.entries("must_not_say"))
    for path, phrase in desk.entries("must_say"):
        for _, word in banned:
            if word.casefold() in phrase.casefold():
                desk.fault("brief.musts", path, f"{phrase!r} must be said and {word!r} must not", "Take one out.")


RULES: tuple[Rule, ...] = (
    check_ids, check_facts, check_proof, check_offer, check_price, check_gtin, check_urls, check_placements,
    check_brand, check_pictures, check_lines, check_languages, check_choices, check_musts, check_tribes, check_personal,
)
