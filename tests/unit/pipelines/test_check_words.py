"""Checks of what is said: limits, claims, legal lines."""

from __future__ import annotations

from dataclasses import replace

from checkcase import subject, text, verdicts

from factory.records import Text
from pipelines.check import claims, copy_limits, legal, read_back
from pipelines.check.claims import author_of

FULL = {"primary_text": "Big decisions take a night. So does our coffee.", "headline": "It slept on it."}


def test_texts_within_the_limits_pass_and_missing_ones_warn() -> None:
    assert verdicts(copy_limits.check(subject(copy=FULL))) == {"pass"}
    found = copy_limits.check(subject(copy={"headline": "It slept on it."}))
    assert [(f.where, f.verdict) for f in found] == [("primary_text", "warn")]


def test_over_the_limit_warns_and_over_the_hard_limit_fails() -> None:
    at = subject(copy={**FULL, "headline": "a" * 27})
    over = subject(copy={**FULL, "headline": "a" * 28})
    beyond = subject(copy={**FULL, "headline": "a" * 300})
    assert verdicts(copy_limits.check(at)) == {"pass"}
    assert verdicts(copy_limits.check(over)) == {"warn"}
    assert verdicts(copy_limits.check(beyond)) == {"fail"}


def test_a_banner_has_no_text_beside_it() -> None:
    assert copy_limits.check(subject(place="iab.medium_rectangle")) == []


def test_what_the_brief_says_may_be_said_and_a_number_of_nobodys_may_not() -> None:
    good = subject(copy={"primary_text": "Steeped cold for 18 hours, then bottled."})
    bad = subject(copy={"primary_text": "Steeped cold for 24 hours, then bottled."})
    assert verdicts(claims.check(good)) == {"pass"}
    assert "fail" in verdicts(claims.check(bad), "claims.number")


def test_a_forbidden_claim_on_the_picture_itself_fails() -> None:
    healthy = text("Healthy mornings.", 90, 120, 96)
    assert "fail" in verdicts(claims.check(subject((healthy,))))
    assert "fail" not in verdicts(claims.check(subject((text("Slow mornings.", 90, 120, 96),))))


def test_a_text_that_stands_twice_is_told_once() -> None:
    twice = subject(copy={"art_headline": "24 hours.", "headline": "24 hours."})
    assert len([f for f in claims.check(twice) if f.code == "claims.number"]) == 1


def test_a_person_may_play_where_a_model_may_not() -> None:
    words = Text(field="headline", text="No hurry at all.", source="brief")
    person = replace(subject(()), copy={"headline": words})
    model = replace(subject(()), copy={"headline": replace(words, source="model:x")})
    assert "fail" not in verdicts(claims.check(person))
    assert "fail" in verdicts(claims.check(model))
    assert [author_of(s) for s in ("brief", "kit", "grammar", "model:x")] == ["person", "person", "grammar", "model"]


PRICE = text("€3.90", 90, 120, 96, role="price")
DUTIES = ("330 ml bottle, €11.82 per litre. Contains caffeine.", "Contains caffeine.")


def test_a_price_without_its_terms_warns_and_with_them_passes() -> None:
    told = text("Contains caffeine.", 90, 900, 28, weight=500, role="legal")
    assert verdicts(legal.check(subject((PRICE,), duties=DUTIES))) == {"warn"}
    assert verdicts(legal.check(subject((PRICE, told), duties=DUTIES))) == {"pass"}
    assert verdicts(legal.check(subject((PRICE,), duties=DUTIES, copy={"primary_text": "Contains caffeine. Good."}))) == {"pass"}


def test_a_headline_alone_binds_to_nothing() -> None:
    assert legal.check(subject(duties=DUTIES)) == []


def test_what_a_reader_reads_back_counts_by_letters() -> None:
    assert verdicts(read_back.read_with(lambda _: "It slept on it", subject())) == {"pass"}
    assert verdicts(read_back.read_with(lambda _: "It sl3pt", subject())) == {"fail"}
    assert read_back.share_read("18", "18 h") == 1.0
