"""Tables for people: what the plan holds, which placements and models there are. Programs get the same as JSON."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from shutil import get_terminal_size
from textwrap import fill
from typing import TYPE_CHECKING, Any

from factory.ids import plain
from factory.placements import Figure, load_placements, load_tables

if TYPE_CHECKING:
    from factory.records import Brief, Placement, Plan

SECONDS: Mapping[str, float] = {"plate": 0.7, "copy": 0.4, "compose": 0.4, "animate": 6.6}
"""Seconds of one core for a job of each stage, for a quote: the means of the sample brief's 72 variants on two quiet
cores (2026-11-25); run.json says what it really was."""


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str] = ()) -> None:
    """Print a table that reads as well in a pipe: columns as wide as they need, a note under its row."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    say(f"{title}\n")
    for number, row in enumerate([header, *rows]):
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if number and notes and notes[number - 1]:
            say(fill(notes[number - 1], _width(), initial_indent="    ", subsequent_indent="    "))
    say("")


def _width() -> int:
    """Columns of the terminal, 60 to 110; 110 where there is none."""
    return max(60, min(110, get_terminal_size((110, 24)).columns))


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")


# ---------------------------------------------------------------------------------------------------- placements


def placement_rows() -> list[dict[str, Any]]:
    """Every placement with every figure and its source, as plain data."""
    records = load_placements()
    return [
        {**plain(records[row]), "figures": [_figure(f) for f in table.figures(row)]}
        for table in load_tables() for row in table.rows
    ]


def _figure(figure: Figure) -> dict[str, Any]:
    return {k: v for k, v in plain(figure).items() if v not in ("", None) or k == "value"}


def show_placements() -> None:
    """A table a platform, then where the figures come from."""
    records = load_placements()
    header = ("id", "pixels", "takes", "kB", "button", "logo", "clean picture")
    for table in load_tables():
        rows = [_placement(records[name]) for name in table.rows]
        notes = [_note(records[name], table.figures(name)) for name in table.rows]
        show(f"{table.title}, reviewed {table.reviewed}", header, rows, notes)
        for key, source in table.sources.items():
            say(f"  {key:<9} {source['title']} ({source['as_of']}) {source['address']}")
        for name, why in table.not_offered.items():
            say(f"  not offered: {name}. {why}")
        say("")
    say("Every figure with its source: factory placements --json")


def _placement(p: Placement) -> list[str]:
    button = {"platform": "platform's", "draw": "drawn", "phrase": "words only"}[p.cta]
    return [p.id, f"{p.canvas[0]}x{p.canvas[1]}", ", ".join(p.media), f"{p.max_bytes / 1000:.0f}", button, p.logo,
            "wanted" if p.clean else ""]


def _note(p: Placement, figures: Sequence[Figure]) -> str:
    safe = " ".join(f"{100 * v:.3g}" for v in (p.safe.top, p.safe.right, p.safe.bottom, p.safe.left))
    limits = ", ".join(f"{field} {rule.limit} ({rule.hard})" for field, rule in p.text.items())
    text = f" Text, advised (most): {limits}." if limits else ""
    return f"Keep free {safe} % (top right bottom left).{text} {_weakest(figures)}"


def _weakest(figures: Sequence[Figure]) -> str:
    order = {"low": 0, "medium": 1, "high": 2}
    least = min(figures, key=lambda f: order[f.confidence])
    names = [f.name for f in figures if f.confidence == least.confidence]
    return "" if least.confidence == "high" else f"Of {least.confidence} confidence: {', '.join(names)}."


# -------------------------------------------------------------------------------------------------------- models


def show_models(rows: Sequence[Mapping[str, Any]]) -> None:
    """Which models there are, and what runs on this machine."""
    header = ("name", "kind", "GiB", "steps", "runs here", "licence")
    shown = [
        [str(r["name"]), str(r["kind"]), f"{r['memory_gib']:g}", str(r["steps"]), "yes" if r["runs_here"] else "no",
         f"{r['licence']}{'' if r['commercial'] else ' (not commercial)'}"]
        for r in rows
    ]
    show("Models", header, shown, [". ".join(filter(None, (str(r["note"]), str(r["why_not"])))) for r in rows])


# ---------------------------------------------------------------------------------------------------------- plan


def plan_data(plan: Plan, stages: Mapping[str, int], cores: int) -> dict[str, Any]:
    """A plan as plain data, with what will be generated and a quote of time."""
    return {**plain(plan), "generates": dict(stages), "quote": quote(stages, cores)}


def quote(stages: Mapping[str, int], cores: int) -> dict[str, Any]:
    """Seconds that making will take on so many cores, by stage and in all; a rule of thumb, good to a factor of two."""
    by_stage = {name: round(count * SECONDS.get(name, 1.0) / max(1, cores), 1) for name, count in stages.items()}
    return {"cores": cores, "seconds": round(sum(by_stage.values())), "by_stage": by_stage}


def show_plan(plan: Plan, brief: Brief, stages: Mapping[str, int], cores: int) -> None:
    """The concepts, every cell, what is generated for them, and about how long it takes."""
    tribes = {t.id: t.name for t in brief.tribes}
    count = Counter(c.concept for c in plan.cells)
    show(
        f"{brief.name}: {len(plan.concepts)} concepts", ("concept", "tribe", "set, light", "layout", "device", "cells"),
        [[c.id, tribes.get(c.tribe, c.tribe), f"{c.set}, {c.light}", c.family, c.device, str(count[c.id])]
         for c in plan.concepts], [c.idea for c in plan.concepts],
    )
    ids = {c.id: c.tribe for c in plan.concepts}
    show(
        f"{len(plan.cells)} variants", ("concept", "tribe", "locale", "placement", "kind"),
        [[c.concept, tribes.get(ids[c.concept], ""), c.locale, c.placement, c.kind] for c in plan.cells],
    )
    made = ", ".join(f"{n} {JOBS[name][n != 1]}" for name, n in stages.items() if n)
    took = quote(stages, cores)["seconds"]
    say(f"Will be made: {made}.")
    say(f"About {f'{took / 60:.0f} min' if took >= 90 else f'{took} s'} on {cores} cores.")


JOBS: Mapping[str, tuple[str, str]] = {
    "plate": ("plate", "plates"), "copy": ("copy deck", "copy decks"), "compose": ("picture job", "picture jobs"),
    "animate": ("video", "videos"),
}
"""What a job of each stage makes, one and many."""
