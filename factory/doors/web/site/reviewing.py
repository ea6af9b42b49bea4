"""The grid of a review: what is shown, how it is narrowed, and decisions on what was seen there. Without HTTP."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlencode

from factory.doors.web.access import Actor
from factory.doors.web.problems import Problem
from factory.doors.web.routes.decisions import DecisionOf, decide_all
from factory.doors.web.site.batchview import idea_title
from factory.doors.web.variant_view import Review
from factory.placements import load_placements
from factory.store import people, reviewing, work

if TYPE_CHECKING:
    from psycopg import Connection

    from factory.doors.web.parts import Parts

PER_PAGE: Final = 200
MOST: Final = 2000
"""Variants that one form may decide on."""

REASONS: Final = (
    "Off brand", "Wrong words", "Hard to read", "Product looks wrong", "Weak idea", "Badly composed", "Wrong for this audience",
    "Too like another", "Legal or claims",
)
"""Reasons for a rejection, by the digit keys 1 to 9."""

NAMES: Final[Mapping[str, str]] = {
    "review": "Decision", "verdict": "Checks", "check": "Which check", "placement": "Placement", "locale": "Language",
    "kind": "Kind", "tribe": "Audience", "concept": "Idea", "state": "State",
}
"""What is narrowed by, in the order in which it is offered."""

WORDS: Final[Mapping[str, str]] = {
    "pending": "To decide", "approved": "Approved", "rejected": "Rejected", "changes_requested": "Changes asked",
    "pass": "All passed", "warn": "With a warning", "fail": "Failed a check", "image": "Pictures", "video": "Films",
    "queued": "Waiting", "rendering": "Being made", "ready": "Ready", "dropped": "Left out", "failed": "Could not be made",
    "cancelled": "Cancelled",
}

SEEN: Final = re.compile(r"([0-9a-f]{16}):(\d{1,6})(?::(pending|approved|rejected|changes_requested))?")
"""A variant as it was seen: its cell, its version, what had been decided."""

GONE: Final[Mapping[str, str]] = {
    "variant.version": "has a newer version: look at that one", "variant.unmade": "is not finished",
    "variant.check": "failed a check and cannot be approved",
    "review.four_eyes": "is your own work: somebody else must approve it",
    "variant.unknown": "is not there any more",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """What a reviewer chose to see."""

    narrowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    grouped: bool = True

    def query(self, **more: str) -> str:
        """The query that leads to this view."""
        pairs = [(k, v) for k, values in self.narrowed.items() for v in values]
        return urlencode([*pairs, *(() if self.grouped else (("group", "off"),)), *((k, v) for k, v in more.items() if v)])

    def without(self, name: str, value: str) -> str:
        """The query of this view without one of its filters."""
        rest = {k: tuple(v for v in values if (k, v) != (name, value)) for k, values in self.narrowed.items()}
        return View(narrowed=rest, grouped=self.grouped).query()


def card(row: Mapping[str, Any], talk: Mapping[str, str]) -> dict[str, Any]:
    """What a card tells, for its element and for scripts."""
    n, _, done = talk.get(row["id"], "0.0").partition(".")
    return {
        "id": row["id"], "version": row["version"], "state": row["state"], "review": row["review"], "verdict": row["verdict"],
        "kind": row["kind"], "blob": row["blob"] or "", "what": f"{row['locale']} · {titled(row['placement'])}",
        "open": int(n) - int(done), "mark": marked(row), "reason": row["reason"] if row["state"] == "failed" else "",
    }


def marked(row: Mapping[str, Any]) -> str:
    """The one word that a card says of its variant."""
    if row["state"] != "ready":
        return {"rendering": "Composing", "queued": "Waiting"}.get(row["state"], WORDS[row["state"]])
    if row["review"] != "pending":
        return WORDS[row["review"]]
    return {"warn": "Warning", "fail": "Check failed"}.get(row["verdict"], "")


def titled(placement: str) -> str:
    """A placement's name."""
    row = load_placements().get(placement)
    return row.title if row else placement


def chips(view: View, counted: Mapping[str, Mapping[str, int]], ideas: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each thing that may be narrowed by, with its values, their names and counts; what has one value only is left out."""
    shown = []
    for name, title in NAMES.items():
        values = [{"value": v, "name": named(name, v, ideas), "n": n, "on": v in view.narrowed.get(name, ())}
                  for v, n in counted[name].items()]
        if len(values) > 1 or any(v["on"] for v in values) or (name == "check" and values):
            shown.append({"name": name, "title": title, "values": values})
    return shown


def named(name: str, value: str, ideas: Mapping[str, str]) -> str:
    """A filter's value as a person says it."""
    if name == "placement":
        return titled(value)
    if name == "concept":
        return ideas.get(value) or idea_title(value)[0]
    return WORDS.get(value) or re.sub("[._-]", " ", value)


def tally(concepts: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """All concepts' counts together."""
    names = ("total", "pending", "approved", "rejected", "changes_requested")
    return {n: sum(int(c[n]) for c in concepts.values()) for n in names}


def idea_of(batch: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Concept -> what the plan says of it, once the batch has its record."""
    return {c["id"]: c for c in batch["ideas"] or ()}


# ------------------------------------------------------------------------------------------------ deciding


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How decisions went: for each variant what stood before, and what could not be done with the reason."""

    decided: tuple[str, ...]
    before: Mapping[str, Mapping[str, str]]
    refused: Mapping[str, str]

    def said(self, verdict: str) -> str:
        """The outcome in words."""
        done = {"approved": "approved", "rejected": "rejected", "changes_requested": "sent back for changes",
                "pending": "open again"}[verdict]
        parts = [f"{len(self.decided)} {done}."] if self.decided else []
        refused = Counter(self.refused.values())
        parts += [f"{n} not: {'it' if n == 1 else 'each'} {why}." for why, n in refused.items()]
        return " ".join(parts) or "Nothing changed."


def seen_of(texts: Sequence[str]) -> list[tuple[str, int, str]]:
    """Variants as they were seen, from forms: `cell:version` or `cell:version:review`. Raises Problem input.invalid."""
    found: dict[str, tuple[str, int, str]] = {}
    for text in (t for many in texts for t in many.split()):
        match = SEEN.fullmatch(text)
        if not match:
            raise Problem("input.invalid", "The page's list of variants cannot be read. Load the page again.")
        found[match[1]] = (match[1], int(match[2]), match[3] or "")
    if not found:
        raise Problem("input.invalid", "Nothing is picked. Tick the variants first.")
    if len(found) > MOST:
        raise Problem("input.invalid", f"At most {MOST} variants are decided on at once.")
    return list(found.values())


def decide(
    db: Connection[dict[str, Any]], web: Parts, actor: Actor, batch: str, seen: Sequence[tuple[str, int, str]],
    verdict: str, reason: str = "", comment: str = "",
) -> Outcome:
    """Decide on variants as they were seen, by the API's rules. Call within a transaction.

    Where somebody else has decided otherwise since, theirs stands and it is told.
    """
    try:
        work.lock(db, batch)
    except LookupError:
        raise Problem("batch.unknown") from None
    cells = [cell for cell, _, _ in seen]
    rows = {r["id"]: r for r in reviewing.some(db, batch, cells)}
    last = reviewing.last_decisions(db, batch, cells)
    raced = {c: rows[c] for c, version, was in seen
             if was and c in rows and rows[c]["version"] == version and rows[c]["review"] not in (was, verdict)}
    chosen = cast(Review, verdict)
    wanted = [DecisionOf(variant=f"{batch}.{c}", version=n, verdict=chosen, reason=reason[:100], comment=comment[:2000])
              for c, n, _ in seen if c not in raced]
    results = decide_all(db, web, actor, wanted)
    refused = {r.variant.partition(".")[2]: GONE.get(r.code or "", r.detail or "") for r in results if r.status == "refused"}
    refused |= _lost(db, raced, last)
    before = {c: {"review": str(rows[c]["review"]), "reason": str(last[c]["reason"]) if c in last else ""} for c in rows}
    decided = tuple(r.variant.partition(".")[2] for r in results if r.status == "decided")
    return Outcome(decided=decided, before=before, refused=refused)


def _lost(
    db: Connection[dict[str, Any]], raced: Mapping[str, Mapping[str, Any]], last: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """What others decided a moment before."""
    who = people.names(db, [d["by"] for d in last.values()])
    return {c: f"was {WORDS[row['review']].lower() if row['review'] != 'pending' else 'opened again'} by "
               f"{who.get(last[c]['by'], 'somebody') if c in last else 'somebody'} a moment ago" for c, row in raced.items()}
