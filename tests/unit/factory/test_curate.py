"""Curation: quality first, then difference."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from factory.curate import THUMB, Candidate, curate, similarity
from factory.records import Finding

FAIL = Finding(code="contrast", verdict="fail", fact="Type melts into the ground")
WARN = Finding(code="palette", verdict="warn", fact="A little off")


def thumb(seed: int) -> tuple[float, ...]:
    return tuple(np.random.default_rng(seed).random(THUMB * THUMB).round(4))


def candidate(cell: str, attempt: int = 0, findings: tuple[Finding, ...] = (), concept: str = "", seed: int = 0) -> Candidate:
    return Candidate(cell=cell, attempt=attempt, concept=concept or cell, placement="p", locale="en", kind="image",
                     findings=findings, thumb=thumb(seed))


def test_a_clean_first_attempt_ships() -> None:
    assert curate([candidate("a")])["a"].attempt == 0


def test_a_spare_ships_when_the_first_attempt_fails() -> None:
    assert curate([candidate("a", findings=(FAIL,)), candidate("a", 1)])["a"].attempt == 1


def test_a_spare_with_fewer_warnings_does_better() -> None:
    assert curate([candidate("a", findings=(WARN,)), candidate("a", 1)])["a"].attempt == 1


def test_a_cell_whose_attempts_all_fail_stays_empty_and_says_why() -> None:
    decision = curate([candidate("a", findings=(FAIL,)), candidate("a", 1, (FAIL,))])["a"]
    assert decision.attempt is None
    assert decision.reason == "contrast: Type melts into the ground"


def test_of_two_concepts_that_look_alike_the_better_ships() -> None:
    decisions = curate([candidate("a", findings=(WARN,), seed=1), candidate("b", seed=1), candidate("c", seed=2)])
    assert [decisions[c].attempt for c in "abc"] == [None, 0, 0]
    assert "looks like b" in decisions["a"].reason


def test_one_concept_may_look_like_itself() -> None:
    decisions = curate([candidate("a", concept="x", seed=1), candidate("b", concept="x", seed=1)])
    assert all(d.attempt == 0 for d in decisions.values())


def test_the_order_of_candidates_does_not_matter() -> None:
    tries = [candidate("a", findings=(WARN,), seed=1), candidate("b", seed=1), candidate("c", 1, seed=3), candidate("c", 0, (FAIL,), seed=2)]
    assert len({str(sorted(curate(p).items())) for p in permutations(tries)}) == 1


def test_a_picture_is_wholly_similar_to_itself_and_not_to_noise() -> None:
    assert similarity(thumb(1), thumb(1)) > 0.999
    assert similarity(thumb(1), thumb(2)) < 0.3
