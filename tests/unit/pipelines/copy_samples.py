"""A small bakery's brief in three languages, its kit, and what the copy engine needs around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from brand_kits.kit import BrandKit, Claim, ForbiddenClaim, LegalLine, Palette, Voice
from factory.records import (
    ArtDirection,
    Brief,
    Concept,
    Fact,
    Line,
    Money,
    Offer,
    Placement,
    Product,
    Proof,
    Safe,
    TextLimit,
    Tribe,
)

LOCALES = ("en", "fr", "de")

_FACTS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "rest": {
        "en": {"text": "rested for 36 hours", "unit": "hours"},
        "fr": {"text": "reposé pendant 36 heures", "unit": "heures"},
        "de": {"text": "36 Stunden geruht", "unit": "Stunden"},
    },
    "recipe": {
        "en": {"text": "flour, water and salt", "unit": "ingredients", "noun": "ingredients"},
        "fr": {"text": "farine, eau et sel", "unit": "ingrédients", "noun": "ingrédients"},
        "de": {"text": "Mehl, Wasser und Salz", "unit": "Zutaten", "noun": "Zutaten"},
    },
    "rye": {
        "en": {"text": "650 g rye in a loaf", "unit": "grams", "noun": "rye"},
        "fr": {"text": "650 g de seigle par pain", "unit": "grammes", "noun": "seigle"},
        "de": {"text": "650 g Roggen im Laib", "unit": "Gramm", "noun": "Roggen"},
    },
    "yeast": {
        "en": {"text": "no added yeast", "noun": "added yeast"},
        "fr": {"text": "sans levure ajoutée", "noun": "levure ajoutée"},
        "de": {"text": "ohne Hefezusatz", "noun": "Hefezusatz"},
    },
    "crust": {
        "en": {"text": "a crust that you can hear"},
        "fr": {"text": "une croûte qui s’entend"},
        "de": {"text": "eine Kruste, die man hört"},
    },
    "mill": {
        "en": {"text": "milled in Laon"},
        "fr": {"text": "moulu à Laon"},
        "de": {"text": "gemahlen in Laon"},
    },
    "supper": {
        "en": {"text": "for suppers without a plan"},
        "fr": {"text": "pour les dîners improvisés"},
        "de": {"text": "für Abende ohne Plan"},
    },
}
_KINDS: Mapping[str, Mapping[str, Any]] = {
    "rest": {"kind": "time", "value": Decimal(36), "symbol": "h"},
    "recipe": {"kind": "ingredient", "value": Decimal(3)},
    "rye": {"kind": "number", "value": Decimal(650), "symbol": "g"},
    "yeast": {"kind": "absence"}, "crust": {"kind": "benefit"}, "mill": {"kind": "origin"},
    "supper": {"kind": "occasion"},
}
_WORDS: Mapping[str, Mapping[str, Any]] = {
    "en": {
        "message": "Bread that had time.", "category": "rye bread", "note": "1 kg loaf",
        "offer": "Two loaves for €9", "terms": "Until 30 November 2026, in both shops.", "rating": "4.6 of 5",
        "source": "312 buyers, sample, May 2026", "quote": "I came for one loaf.", "role": "postman",
        "avoid": ("artisanal",), "tribe": "Slow cooks", "words": ("stock", "leave it alone"),
    },
    "fr": {
        "message": "Un pain qui a eu le temps.", "category": "pain de seigle", "note": "pain de 1 kg",
        "offer": "Deux pains pour 9 €", "terms": "Jusqu’au 30 novembre 2026, dans les deux boutiques.",
        "rating": "4,6 sur 5", "source": "312 acheteurs, exemple, mai 2026", "quote": "Je venais pour un pain.",
        "role": "facteur", "avoid": ("terroir",), "tribe": "Cuisiniers patients", "words": ("mijoter",),
    },
    "de": {
        "message": "Brot, das Zeit hatte.", "category": "Roggenbrot", "note": "Laib zu 1 kg",
        "offer": "Zwei Laibe für 9 €", "terms": "Bis 30. November 2026, in beiden Läden.", "rating": "4,6 von 5",
        "source": "312 Käufer, Beispiel, Mai 2026", "quote": "Ich kam wegen eines Brotes.", "role": "Postbote",
        "avoid": ("Genuss",), "tribe": "Langsamkocher", "words": ("köcheln",),
    },
}
LINES = (
    Line(
        id="tomorrow", motive="wit", fact="rest",
        texts={
            "en": {"headline": "Yesterday’s bread. Tomorrow’s news.", "sub": "36 hours in the making."},
            "fr": {"headline": "Le pain d’hier. La une de demain.", "primary_text": "Reposé 36 heures, lu en une."},
            "de": {"headline": "Brot von gestern. Mit Zukunft."},
        },
    ),
    Line(
        id="boast", motive="attitude", fact="crust",
        texts={"en": {"headline": "The best bread in Laon.", "sub": "Listen."}},
    ),
)


def brief_in(locale: str, **changes: Any) -> Brief:
    """The brief as it stands after localization."""
    words = _WORDS[locale.split("-", maxsplit=1)[0]]
    language = locale.split("-", maxsplit=1)[0]
    facts = tuple(Fact(id=i, **_KINDS[i], **_FACTS[i][language]) for i in _FACTS)
    product = Product(
        name="Long Loaf", category=words["category"], facts=facts, pictures=("loaf",),
        price=Money(amount=Decimal("5.20"), currency="EUR"), price_note=words["note"],
    )
    proof = (
        Proof(id="stars", kind="rating", text=words["rating"], source=words["source"], value=Decimal("4.6"),
              out_of=Decimal(5), count=312, as_of=date(2026, 5, 31)),
        Proof(id="postman", kind="quote", text=words["quote"], source="Jean (sample)", role=words["role"]),
    )
    offer = Offer(
        text=words["offer"], terms=words["terms"], code="CRUMB", price=Money(amount=Decimal(9), currency="EUR"),
        was=Money(amount=Decimal("10.40"), currency="EUR"), start=date(2026, 10, 1), end=date(2026, 11, 30),
    )
    tribe = Tribe(id="slow", name=words["tribe"], values=("time",), passions=("sourdough",), story="They wait.",
                  words=words["words"], avoid=words["avoid"])
    made = Brief(
        version=1, name="Loaf", brand="Mill & Son", objective="sales", product=product, message=words["message"],
        tribes=(tribe,), locales=LOCALES, placements=("meta.*",), kinds=("image",), concepts=6, variants=12,
        cta="shop_now", url="https://mill.example/loaf", offer=offer, proof=proof, lines=LINES, art=ArtDirection(),
        must_not_say=("crusty",),
    )
    return replace(made, **changes)


def kit(**voice: Any) -> BrandKit:
    """A kit with a voice, a proven claim, a forbidden one and legal lines; no files."""
    spoken = {
        "is_": ("dry",), "is_not": (), "do": (), "dont": (), "formality": {"fr": "tu", "de": "du"},
        "banned_words": {"*": ("hack",), "en": ("elevate",), "fr": ("incontournable",), "de": ("unwiderstehlich",)},
    }
    return BrandKit(
        name="Mill & Son", version="1", digest="0" * 64, root=Path("/kit"),
        palette=Palette(colours={}, modes={}, proportion={}), type={}, logos={}, voice=Voice(**{**spoken, **voice}),
        claims=(Claim(id="c", texts={"en": "the oldest mill in Laon"}, evidence="Deed of 1783"),),
        forbidden=(ForbiddenClaim(id="f", words={"en": ("digest*",)}, why="No health claim", instead="Say rye."),),
        legal=(
            LegalLine(id="l", market="*", category="bread", when="always", texts={"en": "Contains gluten.",
                      "fr": "Contient du gluten.", "de": "Enthält Gluten."}),
            LegalLine(id="p", market="FR", category="*", when="price", texts={"fr": "Prix conseillé."}),
        ),
    )


def concept(motive: str = "craft", fact: str = "rest", **changes: Any) -> Concept:
    """A concept that the grammar writes, unless a line is named."""
    made = Concept(
        id=f"c01-{motive}", tribe="slow", motive=motive, fact=fact, proof="", line="", hook="statement",
        subject="product", family="product", device="", device_data={}, picture="loaf", set="seamless", light=0,
        wash="", wash_use="", mode="light", ground="cream", flip=False, tier="draft", seed=7, idea="",
    )
    return replace(made, **changes)


def plan() -> tuple[Concept, ...]:
    """Twelve concepts as different as a plan makes them."""
    rows = (
        ("fact", "rest", "number"), ("craft", "recipe", "scene"), ("attitude", "rest", "contrast"),
        ("absence", "yeast", "absence"), ("wit", "crust", "question"), ("price", "rest", "statement"),
        ("deadline", "", "command"), ("reasons", "", "statement"), ("presence", "", "statement"),
        ("trust", "", "statement"), ("habit", "supper", "question"), ("fact", "rye", "number"),
    )
    made = [
        concept(
            motive, fact, id=f"c{n:02d}-{motive}", hook=hook, seed=n * 7919, proof="stars" if motive == "trust" else ""
        )
        for n, (motive, fact, hook) in enumerate(rows)
    ]
    voice = concept("voice", "", id="c12-voice", proof="postman")
    return (*made, voice, concept("wit", "rest", id="c13-wit", line="tomorrow"))


def placement(name: str, **limits: int) -> Placement:
    """A placement that limits ad texts."""
    return Placement(
        id=name, platform="meta", title=name, media=("image",), canvas=(1080, 1080), layout_class="Q", shown_pt=375,
        safe=Safe(top=0.06, right=0.06, bottom=0.06, left=0.06), cta="platform", text_on_image=True, text_share=None,
        clean=False, max_bytes=600_000, formats=("jpg",),
        text={field: TextLimit(limit=limit, hard=None) for field, limit in limits.items()},
    )


PLACEMENTS = (
    placement("meta.feed", primary_text=125, headline=27, description=27),
    placement("meta.reels", primary_text=44, headline=55),
    placement("meta.carousel", primary_text=80, headline=20, description=18),
    placement("google.rda", headline=30, long_headline=90, description=90),
)
