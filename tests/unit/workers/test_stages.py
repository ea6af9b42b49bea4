"""What a stage does about what goes wrong in one of its cells."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from factory.errors import StageError, StoreError
from factory.flow import Job
from factory.records import CopyDeck
from workers.stages import _attempts

JOB = Job(id="compose-1", stage="compose", args={"concept": "c"}, needs={"plate": "plate-1"}, order=0)
DECKS = tuple(CopyDeck(concept="c", locale="en", texts=()) for _ in range(2))


def attempts(maker: Any) -> tuple[list[Any], dict[str, str]]:
    hands = SimpleNamespace(composer=lambda *_: None)
    errors: dict[str, str] = {}
    return list(_attempts(hands, JOB, None, "cell", DECKS, errors, maker)), errors  # type: ignore[arg-type]


def raising(error: Exception) -> Any:
    def maker(*_: Any) -> Any:
        raise error

    return maker


def test_a_layout_that_cannot_hold_the_words_is_noted_with_its_cell() -> None:
    assert attempts(raising(StageError("too long"))) == ([], {"cell": "too long."})


def test_a_store_that_does_not_answer_is_no_misfortune_of_the_cell() -> None:
    with pytest.raises(StoreError):
        attempts(raising(StoreError("away", code="storage.down")))


def test_a_spare_is_made_when_a_check_forbids_the_first() -> None:
    numbers = []

    def maker(_hands: Any, _composer: Any, _placement: Any, _deck: Any, _cell: str, number: int) -> Any:
        numbers.append(number)
        return {"findings": [{"verdict": "pass" if number else "fail"}]}

    made, errors = attempts(maker)
    assert (numbers, len(made), errors) == ([0, 1], 2, {})
