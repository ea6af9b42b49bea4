"""The state tables: which move follows which. A move is asked of the store, never assigned; the database refuses others.

    batch     validating -> running -> finalizing -> completed | completed_with_errors
              running -> cancelling -> cancelled | expired         (what was made is kept and told)
              validating -> failed                                 (the input was wrong)
    job       waiting -> ready -> leased -> done | failed | parked | cancelled
    variant   queued -> rendering -> ready | dropped | failed        (an edit: ready -> rendering -> ready)
    review    pending <-> approved | rejected | changes_requested
    bundle    queued -> publishing -> published -> recalled          (failed)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Moves = Mapping[str, frozenset[str]]


def _moves(**table: str) -> Moves:
    return {state: frozenset(after.split()) for state, after in table.items()}


BATCH: Final = _moves(
    validating="running failed cancelled expired",
    running="finalizing cancelling failed",
    finalizing="completed completed_with_errors failed",
    cancelling="cancelled expired failed",
    completed="",
    completed_with_errors="running",
    failed="",
    cancelled="",
    expired="",
)
"""A batch with errors runs again when somebody asks to retry what failed."""

JOB: Final = _moves(
    waiting="ready failed cancelled",
    ready="leased cancelled done",
    leased="done ready failed parked cancelled",
    done="",
    failed="waiting ready",
    parked="waiting ready",
    cancelled="",
)
"""`parked`: it killed its worker or ran out of attempts without an error of its own; its reason is kept."""

VARIANT: Final = _moves(
    queued="rendering ready dropped failed cancelled",
    rendering="queued ready dropped failed cancelled",
    ready="rendering dropped failed",
    dropped="rendering ready",
    failed="queued rendering ready",
    cancelled="",
)

REVIEW: Final = _moves(
    pending="approved rejected changes_requested",
    approved="pending rejected changes_requested",
    rejected="pending approved changes_requested",
    changes_requested="pending approved rejected",
)

BUNDLE: Final = _moves(
    queued="publishing failed",
    publishing="published failed queued",
    published="recalled",
    failed="queued",
    recalled="",
)

TABLES: Final[Mapping[str, Moves]] = {"batch": BATCH, "job": JOB, "variant": VARIANT, "review": REVIEW, "bundle": BUNDLE}

ENDED: Final = frozenset(s for s, after in BATCH.items() if not after) | {"completed_with_errors"}
"""Batch states in which no work goes on."""


def may(kind: str, before: str, after: str) -> bool:
    """Whether a thing of this kind may go from one state to another."""
    return after in TABLES[kind][before]


def before(kind: str, after: str) -> tuple[str, ...]:
    """The states from which one may come into `after`: what a guarded update asks for."""
    return tuple(sorted(s for s, moves in TABLES[kind].items() if after in moves))
