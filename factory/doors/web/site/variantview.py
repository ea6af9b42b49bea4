"""What a variant's page shows: words with limits, findings, the platform's interface, versions, history. Without HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from factory.doors.web.problems import Problem
from factory.doors.web.routes.variants import write
from factory.doors.web.site.reviewing import WORDS
from factory.placements import load_placements
from factory.store import reviewing, variants

if TYPE_CHECKING:
    from psycopg import Connection

    from factory.doors.web.access import Actor
    from factory.records import Placement

FIELDS: Final[Mapping[str, str]] = {
    "art_headline": "Headline", "art_sub": "Second line", "art_body": "Text", "art_word": "Word", "art_number": "Number",
    "art_item": "Item", "art_quote": "Quotation", "art_source": "Source", "art_cta": "Button", "art_legal": "Legal line",
    "headline": "Headline", "primary_text": "Primary text", "description": "Description",
}
"""Fields of a variant's copy as a person calls them, in the order in which they are shown."""

SOURCES: Final[Mapping[str, str]] = {
    "brief": "from the brief", "kit": "from the brand", "grammar": "written by the factory", "person": "written by one of you",
}
RANK: Final = {"fail": 0, "warn": 1, "pass": 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One text of a variant: what it says, where that comes from, and what the platform shows and takes of it."""

    name: str
    label: str
    text: str
    source: str
    facts: tuple[str, ...]
    limit: int | None
    hard: int | None
    fault: str = ""


def fields_of(
    row: Mapping[str, Any], known: Mapping[str, str], faults: Mapping[str, str], typed: Mapping[str, str]
) -> dict[str, list[Field]]:
    """The texts `on` the picture and those `beside` it, as they were typed last; `known` are the brief's facts."""
    placement = load_placements().get(row["placement"])
    copy = row["made"]["copy"] if row["made"] else {}
    names = sorted({*copy, *row["edits"]}, key=lambda n: (_place(n), n))
    found: dict[str, list[Field]] = {"on": [], "beside": []}
    for name in names:
        said = copy.get(name, {"text": "", "source": "person", "facts": ()})
        text = typed.get(name, row["edits"].get(name, said["text"]))
        limit = placement.text.get(name) if placement else None
        fault = faults.get(name, "") or _unmade(row, name, said["text"])
        found["on" if name.startswith("art_") else "beside"].append(Field(
            name=name, label=label_of(name), text=text, source=_source(row, name, said), fault=fault,
            facts=tuple(known.get(f, f) for f in said.get("facts", ())), limit=limit.limit if limit else None,
            hard=limit.hard if limit else None))
    return found


def _place(name: str) -> int:
    base = _base(name)
    return list(FIELDS).index(base) if base in FIELDS else len(FIELDS)


def _base(name: str) -> str:
    head, _, number = name.rpartition("_")
    return head if number.isdecimal() else name


def label_of(name: str) -> str:
    """A field's name for people: `art_item_2` is "Item 2"."""
    base = _base(name)
    return FIELDS.get(base, base.removeprefix("art_").replace("_", " ").capitalize()) + (name[len(base):].replace("_", " "))


def _source(row: Mapping[str, Any], name: str, said: Mapping[str, Any]) -> str:
    source = "person" if name in row["edits"] else said["source"]
    return SOURCES.get(source) or f"written by {source.partition(':')[2] or source}"


def _unmade(row: Mapping[str, Any], name: str, stands: str) -> str:
    """Why a person's words are not in the picture: told at the field they were written into."""
    if row["state"] == "failed" and "of the program" not in row["reason"] and row["edits"].get(name, stands) != stands:
        return str(row["reason"] or "These words could not be set.").split("\n", 1)[0]
    return ""


def findings_of(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What checks found, the worst first."""
    found = row["made"]["findings"] if row["made"] else []
    return sorted(found, key=lambda f: (RANK[f["verdict"]], f["code"]))


# ------------------------------------------------------------------------------------------------ other words


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What an edit brought: the new version, the other sizes that follow, and those whose platform takes less."""

    version: int
    others: tuple[str, ...]
    long: tuple[str, ...]


def rewrite(
    db: Connection[dict[str, Any]], row: Mapping[str, Any], texts: Mapping[str, str], actor: Actor, *, everywhere: bool
) -> Written | None:
    """Other words for a variant, held with its batch, and `everywhere` for each size of its idea and language that says the
    same there. None: the words are what stands. The one at hand is made first, films last and by other workers.

    Raises what `routes.variants.write` raises.
    """
    copy = row["made"]["copy"] if row["made"] else {}
    now = {**{k: t["text"] for k, t in copy.items()}, **row["edits"]}
    changed = {k: t for k, t in texts.items() if t != now.get(k)}
    if not changed:
        if row["state"] != "failed":
            return None
        changed = {k: t for k, t in row["edits"].items() if k in texts}
    sizes = reviewing.sizes_of(db, row) if everywhere else []
    version = write(db, row, changed, actor)
    others, long = [], []
    for size in sizes:
        same = {k: t for k, t in changed.items() if size["says"].get(k) == now.get(k)}
        other = variants.get(db, row["batch"], size["id"], hold=True) if same else None
        if other is None:
            continue
        try:
            film = size["kind"] == "video"
            write(db, other, same, actor, rank=2 if film else 1, lane="cpu" if film else "preview")
        except Problem:
            long.append(size["id"])
        else:
            others.append(size["id"])
    return Written(version=version, others=tuple(others), long=tuple(long))


def shared(sizes: Sequence[Mapping[str, Any]], row: Mapping[str, Any]) -> int:
    """How many other sizes say the same headline."""
    copy = row["made"]["copy"] if row["made"] else {}
    name = next((n for n in ("art_headline", "headline", "primary_text") if n in copy), "")
    return sum(size["says"].get(name) == row["edits"].get(name, copy[name]["text"]) for size in sizes) if name else 0


# ------------------------------------------------------------------------------------------------ history


def versions_of(rows: Sequence[Mapping[str, Any]], row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every version, newest first, with its file."""
    return [{"n": r["version"], "by": r["by"], "at": r["at"], "blob": r["made"]["blob"] if r["made"] else "",
             "stands": r["version"] == row["version"], "edits": {label_of(k): t for k, t in r["edits"].items()}}
            for r in sorted(rows, key=lambda r: -r["version"])]


def history_of(
    decisions: Sequence[Mapping[str, Any]], versions: Sequence[Mapping[str, Any]], comments: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Everything that people did to a variant, newest first: `at`, `by`, `what`, `note`."""
    told = [{"at": d["at"], "by": d["by"], "what": f"{DID[d['verdict']]} version {d['version']}",
             "note": " · ".join(t for t in (d["reason"], d["comment"]) if t), "tone": TONE.get(d["verdict"], "")}
            for d in decisions]
    told += [{"at": v["at"], "by": v["by"], "what": f"made version {v['n']}", "note": "", "tone": ""}
             for v in versions if v["n"] > 1]
    told += [{"at": c["resolved_at"], "by": c["resolved_by"], "what": "settled a comment", "note": c["text"], "tone": ""}
             for c in comments if c["resolved_at"]]
    return sorted(told, key=lambda t: t["at"], reverse=True)


DID: Final = {"approved": "approved", "rejected": "rejected", "changes_requested": "asked for changes in",
              "pending": "took back the decision on"}
TONE: Final = {"approved": "good", "rejected": "bad", "changes_requested": "warn"}


# ------------------------------------------------------------------------------------------------ the platform


def overlay(placement: Placement) -> dict[str, Any]:
    """Where the platform lays its own things, in pixels of the canvas: `w`, `h`, the free box, a unit to draw with."""
    w, h = placement.canvas
    safe = placement.safe
    left, top = round(w * safe.left), round(h * safe.top)
    right, bottom = round(w * (1 - safe.right)), round(h * (1 - safe.bottom))
    return {"w": w, "h": h, "left": left, "top": top, "right": right, "bottom": bottom, "u": max(w, h) / 100,
            "pin": max(11.0, min(w, h * 2.5) / 36), "tall": placement.layout_class == "V",
            "feed": placement.platform == "meta" and placement.layout_class != "V",
            "says": f"{safe.top:.0%} above, {safe.bottom:.0%} below, {safe.left:.0%} left and {safe.right:.0%} right"}


def state_words(row: Mapping[str, Any]) -> tuple[str, str]:
    """How a variant stands, and the tone to say it in."""
    if row["state"] != "ready":
        return WORDS[row["state"]], "bad" if row["state"] in ("failed", "dropped") else "live"
    return WORDS[row["review"]], TONE.get(row["review"], "")
