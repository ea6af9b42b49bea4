"""One concept in one locale: its copy deck, with a reason for every line of a person's that could not be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brand_kits.kit import BrandKit
from factory.errors import StageError
from factory.records import Brief, Concept, CopyDeck, Finding, Placement, Text
from pipelines.claims import Allowed, allowed_from, guard, must_say_missing
from pipelines.copydeck.drafts import Engine, headlines
from pipelines.copydeck.engine import FIELDS, Candidate, Writer, assign, items, limits_of, options, ranked, written
from pipelines.copydeck.facts import gather, line_of
from pipelines.copydeck.fields import buttons, told
from pipelines.copydeck.grammar import grammar, lex_quotes, says_formal
from pipelines.copydeck.ranker import Ranker, default_ranker
from pipelines.lexicon import known_languages, language_of

SPOKEN: Mapping[str, tuple[str, ...]] = {
    "headline": ("art_headline", "headline"), "sub": ("art_sub",), "body": ("art_body",), "word": ("art_word",),
    "cta": ("art_cta",), "primary_text": ("primary_text",), "long_headline": ("long_headline",),
    "description": ("description",), "ad_headline": ("headline",),
}
"""A field of a person's line to the fields it fills. Others (`start`, `letter`, ...) are for devices: `art_<name>`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A deck, what was found wrong with persons' lines and what is not said, and what judged and drafted it."""

    deck: CopyDeck
    findings: tuple[Finding, ...]
    provenance: Mapping[str, Any]


def write(
    brief: Brief,
    concept: Concept,
    locale: str,
    kit: BrandKit,
    placements: Sequence[Placement],
    *,
    drafts: Engine | None = None,
    ranker: Ranker | None = None,
    concepts: Sequence[Concept] = (),
    category: str = "",
) -> CopyDeck:
    """The copy deck of a concept in a locale; see `write_told`."""
    return write_told(
        brief, concept, locale, kit, placements, drafts=drafts, ranker=ranker, concepts=concepts, category=category
    ).deck


def write_told(
    brief: Brief,
    concept: Concept,
    locale: str,
    kit: BrandKit,
    placements: Sequence[Placement],
    *,
    drafts: Engine | None = None,
    ranker: Ranker | None = None,
    concepts: Sequence[Concept] = (),
    category: str = "",
) -> Written:
    """Write a deck and tell what happened.

    `brief` is localized; `concepts` are all concepts of the plan (so that headlines differ across the batch);
    `category` is the product's category in the kit's words, where the localized brief says it otherwise.
    Raises StageError when a placement's limit cannot be met, or when the language has neither a grammar nor lines.
    """
    judge = ranker or default_ranker()
    material = gather(brief, concept, locale)
    allowed = allowed_from(brief, kit, locale, material.tribe)
    spoken, findings = _spoken(brief, concept, locale, allowed)
    texts = list(told(brief, concept, material, kit, category))
    lang = grammar(locale)
    if lang is None:
        texts += [t for own in spoken.values() for t in own]
        _require_lines(texts, locale)
    else:
        share = assign(brief, concepts or (concept,), locale)[concept.id]
        writer = Writer(
            brief=brief, concept=concept, material=material, lang=lang, allowed=allowed, ranker=judge, share=share,
            formal=says_formal(kit.voice.address(locale), lang),
        )
        texts += _written(writer, spoken, placements, drafts)
    _check_limits(texts, placements, concept, locale)
    deck = CopyDeck(concept=concept.id, locale=locale, texts=tuple(texts))
    shown = [t.text for t in texts]
    return Written(
        deck=deck, findings=(*findings, *must_say_missing(shown, brief)),
        provenance={"ranker": judge.name, "drafts": drafts.name if drafts else "none"},
    )


def review(brief: Brief, kit: BrandKit, locale: str) -> tuple[Finding, ...]:
    """What is wrong with the persons' lines of a localized brief: before anything is made."""
    allowed = allowed_from(brief, kit, locale)
    return tuple(
        f for line in brief.lines for field, text in line.texts.get(locale, {}).items() if field not in _DATA
        for f in guard(text, allowed, locale, author="person", where=f"lines.{line.id}.texts.{locale}.{field}")
    )


_DATA = ("letter",)
"""Fields of a line that are no sentence."""


def _spoken(
    brief: Brief, concept: Concept, locale: str, allowed: Allowed
) -> tuple[dict[str, list[Text]], tuple[Finding, ...]]:
    """The person's words by field, word for word, without those that the guard refuses."""
    line = line_of(brief, concept)
    found: list[Finding] = []
    spoken: dict[str, list[Text]] = {}
    for name, text in (line.texts.get(locale, {}) if line else {}).items():
        where = f"lines.{concept.line}.texts.{locale}.{name}"
        wrong = () if name in _DATA else guard(text, allowed, locale, author="person", where=where)
        found += wrong
        if not any(f.verdict == "fail" for f in wrong):
            facts = tuple(x for x in (line.fact, line.proof) if x) if line else ()
            for field in SPOKEN.get(name, (f"art_{name}",)):
                spoken.setdefault(field, []).insert(0, Text(field=field, text=text, source="brief", facts=facts))
    return spoken, tuple(found)


def _written(
    writer: Writer, spoken: Mapping[str, list[Text]], placements: Sequence[Placement], drafts: Engine | None
) -> list[Text]:
    """All phrased fields: the person's words, then the best of grammar and model; later fields do not repeat."""
    limits = limits_of(placements)
    before: dict[str, str] = {}
    texts: list[Text] = []
    for field in FIELDS:
        own = [Candidate(text=t, score=9.0) for t in (spoken.get(field) or _quoted(writer, field))]
        rest = written(writer, field, before)
        if field == "art_headline" and drafts is not None and not own:
            rest = ranked(writer, field, [*headlines(writer, drafts), *rest])
        chosen = options(field, own, rest, limits.get(field, ()))
        texts += chosen
        if chosen:
            before[field] = chosen[0].text
    more = [t for field, own in spoken.items() if field not in FIELDS and field != "art_cta" for t in own]
    return [*texts, *items(writer), *spoken.get("art_cta", ()), *buttons(writer.brief, writer.lang), *more]


def _quoted(writer: Writer, field: str) -> list[Text]:
    """Somebody's own sentence is the headline of a concept that is a voice."""
    proof = writer.material.proof
    voiced = field == "art_headline" and writer.concept.motive == "voice"
    if not voiced or proof is None or proof.kind not in ("quote", "press"):
        return []
    said = lex_quotes(writer.material.locale, proof.text)
    return [Text(field=field, text=said, source="brief", facts=(proof.id,))]


def _require_lines(texts: Sequence[Text], locale: str) -> None:
    if not any(t.field == "art_headline" for t in texts):
        raise StageError(
            f"Nobody has written a line in '{locale}', and there is no grammar of its language", code="copy.language",
            where=locale, help=f"Give every line texts in '{locale}', or write grammar/{language_of(locale)}.yaml "
                               f"({', '.join(known_languages())} are there).",
        )


def _check_limits(texts: Sequence[Text], placements: Sequence[Placement], concept: Concept, locale: str) -> None:
    """Every limit of every placement has at least one text that keeps it."""
    for placement in placements:
        for field, rule in placement.text.items():
            limit = rule.limit or rule.hard
            lengths = [len(t.text) for t in texts if t.field == field]
            if limit and field in FIELDS and min(lengths, default=limit + 1) > limit:
                least = min(lengths, default=0)
                raise StageError(
                    f"No {field} of concept '{concept.id}' in '{locale}' has at most {limit} characters (the shortest "
                    f"has {least})", code="copy.limit", where=placement.id,
                    help="Give a shorter fact, product name or brand name, or write a line for it.",
                )


