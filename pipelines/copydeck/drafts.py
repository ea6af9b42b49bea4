"""A model's headlines: asked for with the brief as data, cleaned, guarded, and kept only if on the subject."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from factory.records import Text
from pipelines.claims import passes
from pipelines.copydeck.engine import Candidate, Writer

DRAFTS = 8
"""Drafts a concept and locale: the unit of model work, fixed whatever else is asked for."""
MAX_TOKENS = 24
LONGEST = 60

PROMPT = Path(__file__).parent.parent / "prompts" / "headline.txt"


class Engine(Protocol):
    """Writes drafts. Equal prompt and seed give equal drafts on one kind of machine."""

    @property
    def name(self) -> str:
        """What the source of its texts calls it."""
        ...

    def draft(self, prompt: str, n: int, seed: int, max_tokens: int) -> list[str]:
        """Up to `n` drafts of at most `max_tokens` tokens each."""
        ...


def headlines(writer: Writer, engine: Engine) -> list[Candidate]:
    """The model's headlines that are true and on the subject, scored like the grammar's."""
    drafts = engine.draft(prompt_for(writer), DRAFTS, writer.concept.seed, MAX_TOKENS)
    clean = list(dict.fromkeys(t for d in drafts if (t := cleaned(d))))
    locale = writer.material.locale
    true = [t for t in clean if len(t) <= LONGEST and passes(t, writer.allowed, locale, author="model")]
    near = writer.ranker.relevance(true, writer.subject) if true else []
    facts = (writer.concept.fact,) if writer.concept.fact else ()
    return [
        Candidate(text=Text(field="art_headline", text=t, source=f"model:{engine.name}", facts=facts), score=1.0 + r)
        for t, r in zip(true, near, strict=True) if r >= writer.ranker.floor
    ]


@lru_cache(maxsize=1)
def _template() -> str:
    return PROMPT.read_text(encoding="utf-8")


def prompt_for(writer: Writer) -> str:
    """The request, with the brief as JSON in a fence that nothing inside it can close."""
    material = writer.material
    data = {
        "product": material.slots["product"], "category": material.slots.get("category", ""),
        "message": writer.brief.message, "fact": material.slots.get("fact", ""),
        "other_facts": [f.text for f in material.facts if f.id != writer.concept.fact],
        "audience": material.tribe.name if material.tribe else "", "hook": writer.concept.hook,
    }
    text = json.dumps(data, ensure_ascii=False, indent=1).replace("`", "’").replace("<", "‹").replace(">", "›")
    return _template().replace("%LANGUAGE%", writer.lang.language).replace("%BRIEF%", text)


def cleaned(draft: str) -> str:
    """The first line of a draft without numbering, labels or quotation marks around it."""
    line = next((x.strip() for x in draft.splitlines() if x.strip()), "")
    line = re.sub(r"^(?:[-*•–]|\d{1,2}[.)])\s+", "", line)
    line = re.sub(r"^\**(?:headline|titre|titel|überschrift|slogan)\**\s*\d*\s*:\s*", "", line, flags=re.IGNORECASE)
    return line.strip().strip("\"“”„«»*").strip()
