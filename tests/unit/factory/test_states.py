"""The tables of states hold together."""

from __future__ import annotations

import pytest

from factory.states import ENDED, TABLES, before, may


@pytest.mark.parametrize("kind", sorted(TABLES))
def test_every_move_leads_to_a_state_of_the_table(kind):
    assert {after for moves in TABLES[kind].values() for after in moves} <= set(TABLES[kind])


@pytest.mark.parametrize("kind", sorted(TABLES))
def test_every_state_can_be_reached_from_the_first(kind):
    first = next(iter(TABLES[kind]))
    reached, front = {first}, [first]
    while front:
        for after in TABLES[kind][front.pop()]:
            if after not in reached:
                reached.add(after)
                front.append(after)
    assert reached == set(TABLES[kind])


def test_before_and_may_say_the_same():
    for kind, moves in TABLES.items():
        for after in moves:
            assert before(kind, after) == tuple(sorted(s for s in moves if may(kind, s, after)))


def test_a_batch_that_has_ended_does_not_move_but_to_try_again():
    assert {"completed", "failed", "cancelled", "expired", "completed_with_errors"} == ENDED
    assert not may("batch", "completed", "running") and may("batch", "completed_with_errors", "running")
