"""claims: no text says more than the brief and the kit give.

What it does
    Reads every text of the creative, on the picture and beside it, with the same guard that read the drafts: numbers,
    measures, absences, superlatives, promises, forbidden and banned words, foreign letters, open quotation marks. Each
    text is judged by who wrote it. What is wrong has the guard's own code (`claims.number`, `voice.banned`, ...).

Why it is bad
    A claim nobody can prove is unlawful in most markets, and the advertiser answers for it.

What to do
    Add the fact or proof with its source to the brief or the kit, or say something else.

Thresholds and their source
    None: a finding of the guard counts as the guard says. Its rules are in `pipelines/claims.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from factory.records import Finding, Tribe
from pipelines.check.scale import told
from pipelines.check.subject import Subject
from pipelines.claims import Author, allowed_from, guard

ANYBODY = Tribe(id="", name="", values=(), passions=(), story="")
"""Who reads it when nobody says: no tribe's own taboos hold."""


def check(subject: Subject) -> list[Finding]:
    """What the guard says of every text that is shown."""
    allowed = allowed_from(subject.brief, subject.kit, subject.locale, subject.tribe or ANYBODY)
    texts = list(_texts(subject))
    found = [f for name, text, author in texts for f in guard(text, allowed, subject.locale, author=author, where=name)]
    fact, count = "The texts say only what was given", f"{len(texts)} texts"
    return told(found, Finding(code="claims", verdict="pass", fact=fact, measured=count)) if texts else []


def _texts(subject: Subject) -> Iterator[tuple[str, str, Author]]:
    """Where, what and whose, each text once: the copy, and what is drawn besides (a device's figures)."""
    known: set[str] = set()
    copy = [(name, t.text, author_of(t.source)) for name, t in subject.copy.items()]
    drawn: list[tuple[str, str, Author]] = [(part.role, part.text, "grammar") for part in subject.parts]
    for where, text, author in (*copy, *drawn):
        if _plain(text) not in known:
            known.add(_plain(text))
            yield where, text, author


def author_of(source: str) -> Author:
    """Who a text's source is, to the guard."""
    if source.startswith("model"):
        return "model"
    return "person" if source in ("brief", "kit", "person") else "grammar"


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
