"""The one table of stages, and the jobs that a plan becomes.

A job is named by its content: the stage, the product's version, what it is given and the jobs it needs. Equal name,
equal result; so a finished job is never done twice, and a broken-off batch goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from factory.ids import digest
from factory.records import Cell, Plan

VERSION = "1"
"""Raise when the same inputs would give other bytes: results of older versions are then left alone."""

Lane = Literal["gpu", "cpu", "io", "preview"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One arrow of the flow: what it needs, what it makes, in which lane it runs."""

    name: str
    needs: tuple[str, ...]
    makes: str
    lane: Lane


STAGES: tuple[Stage, ...] = (
    Stage(name="plate", needs=(), makes="a plate per distinct set, light, palette and wash", lane="gpu"),
    Stage(name="copy", needs=(), makes="a copy deck per concept and locale", lane="cpu"),
    Stage(name="compose", needs=("plate", "copy"), makes="checked pictures per concept and placement", lane="cpu"),
    Stage(name="animate", needs=("plate", "copy"), makes="a checked video per cell", lane="cpu"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One unit of work. `args` is plain data; `needs` are the names of jobs whose results it reads, by role."""

    id: str
    stage: str
    args: Mapping[str, Any]
    needs: Mapping[str, str]
    order: int


def _job(stage: str, base: str, args: Mapping[str, Any], needs: Mapping[str, str], order: int) -> Job:
    name = f"{stage}-{digest([VERSION, base, stage, args, needs])[:20]}"
    return Job(id=name, stage=stage, args=args, needs=needs, order=order)


def jobs_of(plan: Plan, base: str, plate_base: str) -> tuple[Job, ...]:
    """Every job of a plan, in the order in which they are best done: a first picture early, videos last.

    `base` names what all jobs rest on beside the plan (brief, kit, models), as a digest. A plate rests on the models alone
    (`plate_base`): its own name says the rest, so briefs that share a scene share its plate. A deck is written with an eye on
    all ideas of the plan, which change with the seed; what is composed is named by its cells, and these by the plan.
    """
    wanted = {plan.plates[c.concept] for c in plan.cells}
    plates = {j.id: _job("plate", plate_base, {"plate": j.id}, {}, n) for n, j in enumerate(plan.plate_jobs) if j.id in wanted}
    pairs = sorted({(c.concept, c.locale) for c in plan.cells})
    ideas = digest(plan.concepts)[:16]
    decks = {p: _job("copy", base, {"concept": p[0], "locale": p[1], "ideas": ideas}, {}, n) for n, p in enumerate(pairs)}
    made: list[Job] = []
    for n, (key, cells) in enumerate(_groups(plan.cells).items()):
        stage = "compose" if key[2] == "image" else "animate"
        needs = {"plate": plates[plan.plates[key[0]]].id}
        needs |= {f"copy.{c.locale}": decks[(c.concept, c.locale)].id for c in cells}
        args = {"concept": key[0], "placement": key[1], "cells": [{"id": c.id, "locale": c.locale} for c in cells]}
        made.append(_job(stage, base, args, needs, n + (10_000 if stage == "animate" else 0)))
    return (*plates.values(), *decks.values(), *made)


def _groups(cells: Sequence[Cell]) -> dict[tuple[str, str, str, str], list[Cell]]:
    """Cells that share their picture: one job composes all locales of a concept at a placement; a video stands alone."""
    groups: dict[tuple[str, str, str, str], list[Cell]] = {}
    for cell in cells:
        alone = cell.id if cell.kind == "video" else ""
        groups.setdefault((cell.concept, cell.placement, cell.kind, alone), []).append(cell)
    return groups


def first_ready(jobs: Sequence[Job], done: set[str], taken: set[str]) -> Job | None:
    """The next job to do: finished pictures first, then whatever the earliest picture waits for."""
    waiting = [j for j in jobs if j.id not in done and j.id not in taken]
    for job in sorted(waiting, key=lambda j: (j.stage not in ("compose", "animate"), j.order, j.id)):
        missing = [n for n in job.needs.values() if n not in done]
        if not missing:
            return job
        free = [j for j in waiting if j.id in missing]
        if free:
            return min(free, key=lambda j: (j.stage, j.order, j.id))
    return None
