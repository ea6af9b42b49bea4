"""The guard: what it flags, and the lookalikes that it lets pass."""

from __future__ import annotations

import pytest
from copy_samples import brief_in, kit

from factory.records import Finding
from pipelines.claims import RULES, Author, allowed_from, guard, must_say_missing, passes

FLAGGED = [
    # numbers
    ("en", "Rested for 37 hours.", "claims.number", "37"),
    ("en", "Rested for forty hours.", "claims.number", "forty"),
    ("en", "½ the rye.", "claims.number", "1⁄2"),
    ("en", "Rested for ③ hours.", "claims.measure", "3 hours"),
    ("en", "Twice the bread.", "claims.multiple", "twice"),
    ("fr", "Deux fois plus de pain, moitié prix.", "claims.multiple", "moitie"),
    ("de", "Halb so viel Brot.", "claims.multiple", "halb"),
    ("fr", "Reposé quarante-huit heures.", "claims.number", "quarante-huit"),
    ("fr", "Une douzaine de pains.", "claims.number", "douzaine"),
    ("de", "Achtundvierzig Stunden geruht.", "claims.number", "Achtundvierzig"),
    ("de", "Zehnmal so viel Brot.", "claims.number", "Zehnmal"),
    ("en", "36 g of rye.", "claims.measure", "36 g"),
    ("en", "650 hours of rest.", "claims.measure", "650 hours"),
    ("fr", "36 g de seigle.", "claims.measure", "36 g"),
    ("de", "650 Stunden geruht.", "claims.measure", "650 Stunden"),
    ("en", "36 percent more rye.", "claims.measure", "36 percent"),
    # denials
    ("en", "No sugar.", "claims.absence", "No sugar"),
    ("en", "Sugar-free bread.", "claims.absence", "Sugar-free"),
    ("en", "Bread free of sugar.", "claims.absence", "free of sugar"),
    ("en", "No added yeast or milk.", "claims.absence", "No added yeast or milk"),
    ("en", "0 g sugar in this bread.", "claims.absence", "0 g sugar"),
    ("en", "Sugarless bread.", "claims.absence", "Sugarless"),
    ("fr", "Sans sucre.", "claims.absence", "Sans sucre"),
    ("fr", "Ni sucre, ni lait.", "claims.absence", "Ni sucre"),
    ("de", "Ohne Zucker.", "claims.absence", "Ohne Zucker"),
    ("de", "Zuckerfrei gebacken.", "claims.absence", "Zuckerfrei"),
    ("de", "Kein Zucker im Brot.", "claims.absence", "Kein Zucker"),
    ("en", "Rye-free bread.", "claims.contradiction", "Rye-free"),
    ("fr", "Sans seigle.", "claims.contradiction", "Sans seigle"),
    ("de", "Ohne Roggen.", "claims.contradiction", "Ohne Roggen"),
    ("en", "It does not need butter.", "claims.negation", "not"),
    # strong words
    ("en", "The best bread.", "claims.superlative", "best"),
    ("en", "World’s finest loaf.", "claims.superlative", "world's finest"),
    ("fr", "Le meilleur pain.", "claims.superlative", "meilleur"),
    ("fr", "Le plus doux des pains.", "claims.superlative", "le plus doux"),
    ("de", "Das beste Brot.", "claims.superlative", "beste"),
    ("en", "Free bread on Sundays.", "claims.free", "free"),
    ("fr", "Un pain offert.", "claims.free", "offert"),
    ("de", "Das Brot gibt es gratis.", "claims.free", "gratis"),
    ("en", "Bread, guaranteed.", "claims.guarantee", "guaranteed"),
    ("de", "Brot mit Geschmacksgarantie, garantiert.", "claims.guarantee", "garantiert"),
    ("en", "Bread is healthy.", "claims.health", "healthy"),
    ("fr", "Bon pour la santé, ce pain.", "claims.health", "sante"),
    ("de", "Gesundes Brot.", "claims.health", "gesundes"),
    ("en", "Organic bread.", "claims.regulated", "organic"),
    ("de", "Bio Brot.", "claims.regulated", "bio"),
    ("en", "Pure bread.", "claims.quality", "pure"),
    ("en", "Everyone loves bread.", "claims.sweeping", "everyone"),
    ("en", "Bread that helps you digest.", "claims.forbidden", "digest*"),
    # money and addresses
    ("en", "Bread for $9.", "claims.currency", "$"),
    ("de", "Brot für 9 CHF.", "claims.currency", "CHF"),
    ("en", "Bread at www.other.example.com", "claims.url", "www.other.example.com"),
    # voice
    ("en", "Elevate your bread.", "voice.banned", "elevate"),
    ("fr", "Un pain incontournable.", "voice.banned", "incontournable"),
    ("en", "Crusty bread.", "voice.unsaid", "crusty"),
    ("en", "Artisanal bread.", "voice.tribe", "artisanal"),
    ("en", "Bread!", "voice.loud", "!"),
    ("en", "BREAD FROM LAON", "voice.loud", "BREAD FROM LAON"),
    # the text itself
    ("en", "Breаd from Laon.", "text.script", "а"),
    ("en", "Bread 🍞 from Laon.", "text.sign", "🍞"),
    ("en", "Bread\u200b from Laon.", "text.sign", "U+200B"),
    ("en", "“Bread from Laon.", "text.quotes", "“"),
    ("de", "„Brot aus Laon.", "text.quotes", "„"),
    ("fr", "« Pain de Laon.", "text.quotes", "«"),
    ("en", "Bread from {city}.", "text.leftover", "{"),
    ("en", "Headline: bread from Laon.", "text.leftover", "Headline:"),
    ("en", "Bread of the the day.", "text.stutter", "the the"),
    ("en", "Bread zzzkkt.", "text.babble", "zzzkkt"),
    ("en", "Bread that is baked and rested and then it ends in the", "text.unfinished", " ends in the"),
    ("en", "Bread, wie es in der Stadt ist.", "text.language", "Bread, wie es in der Stadt ist."),
    ("en", "Tyres for winter.", "text.unfounded", "Tyres for winter."),
]


@pytest.mark.parametrize(("locale", "text", "code", "measured"), FLAGGED)
def test_the_guard_flags(locale: str, text: str, code: str, measured: str) -> None:
    allowed = allowed_from(brief_in(locale), kit(), locale)
    found = guard(text, allowed, locale)
    assert (code, "fail", measured) in [(f.code, f.verdict, f.measured) for f in found]


LET_PASS = [
    ("en", "Rested for 36 hours."),
    ("en", "Thirty-six hours for a loaf."),
    ("en", "One loaf a day."),
    ("en", "No added yeast. Bread, that is."),
    ("en", "650 g rye in a loaf, and 36 hours."),
    ("en", "4.6 of 5, say 312 buyers of bread."),
    ("en", "Two loaves for €9 until 30 November."),
    ("en", "Bread at mill.example/loaf"),
    ("en", "From the oldest mill in Laon."),
    ("en", "No wonder: bread."),
    ("en", "Careful with this bread."),
    ("fr", "Reposé trente-six heures."),
    ("fr", "Sans levure ajoutée. Sans rancune."),
    ("fr", "Un pain de Laon, à 5,20 €."),
    ("de", "Sechsunddreißig Stunden, dann Brot."),
    ("de", "36 Stunden geruht, 650 g Roggen."),
    ("de", "Ohne Hefezusatz. Ohne Umschweife."),
    ("de", "„Ich kam wegen eines Brotes.“"),
]


@pytest.mark.parametrize(("locale", "text"), LET_PASS)
def test_the_guard_does_not_flag(locale: str, text: str) -> None:
    allowed = allowed_from(brief_in(locale), kit(), locale)
    assert [f for f in guard(text, allowed, locale) if f.verdict == "fail"] == []


def codes(text: str, author: Author, locale: str = "en") -> dict[str, str]:
    allowed = allowed_from(brief_in(locale), kit(), locale)
    return {f.code: f.verdict for f in guard(text, allowed, locale, author=author)}


def test_a_person_may_play_with_denials_and_is_told() -> None:
    assert codes("No news is good bread.", "person") == {"claims.absence": "warn"}
    assert codes("No news is good bread.", "grammar") == {"claims.absence": "fail"}


def test_a_person_may_not_deny_what_the_brief_affirms() -> None:
    assert codes("Rye-free, this bread.", "person") == {"claims.contradiction": "fail"}


def test_a_persons_numbers_are_theirs_alone() -> None:
    line = "Gone by 9, back by 7."
    brief = brief_in("en")
    own = brief.lines[0].__class__(id="x", texts={"en": {"headline": line}})
    allowed = allowed_from(brief_in("en", lines=(own,)), kit(), "en")
    assert passes(line, allowed, "en", author="person")
    assert not passes("Bread by 7.", allowed, "en", author="model")


def test_a_hedged_denial_does_not_allow_the_bare_one() -> None:
    brief = brief_in("en")
    facts = tuple(f if f.id != "yeast" else f.__class__(id="yeast", kind="absence", text="no added sugar", noun="sugar")
                  for f in brief.product.facts)
    product = brief.product.__class__(name="Long Loaf", category="bread", facts=facts, pictures=())
    allowed = allowed_from(brief_in("en", product=product), kit(), "en")
    assert passes("Bread, no added sugar.", allowed, "en")
    assert not passes("Bread, no sugar.", allowed, "en")


def test_a_given_phrase_is_not_given_with_a_denial_before_it() -> None:
    assert codes("No flour, water and salt.", "model")["claims.absence"] == "fail"


def test_a_finding_tells_what_where_and_what_to_do() -> None:
    found = guard("Rested for 37 hours.", allowed_from(brief_in("en"), kit(), "en"), "en", where="lines.x.texts.en.sub")
    assert found[0] == Finding(
        code="claims.number", verdict="fail", fact="“37” is a number that nobody gave", where="lines.x.texts.en.sub",
        measured="37", wanted="a number that the brief gives",
        help="Add it to the brief as a fact or proof with its source, or say something else.",
    )


def test_a_language_without_a_file_still_minds_numbers_money_and_banned_words() -> None:
    allowed = allowed_from(brief_in("en"), kit(), "ja-JP")
    found = {f.code for f in guard("37時間のパン $9 hack", allowed, "ja-JP", author="person")}
    assert {"claims.number", "claims.currency", "voice.banned"} <= found


def test_every_rule_is_shown_to_flag_something() -> None:
    shown = {code for _, _, code, _ in FLAGGED}
    assert {r.code for r in RULES} - shown == {"claims.rival"}


def test_a_rival_is_named_nowhere() -> None:
    allowed = allowed_from(brief_in("en"), kit(), "en")
    named = allowed.__class__(words=allowed.words, rivals=("Big Bakery",))
    assert {f.code for f in guard("Bread, unlike Big Bakery.", named, "en", author="person")} == {"claims.rival"}


def test_what_must_be_said_and_is_not_is_a_finding() -> None:
    brief = brief_in("en", must_say=("Bake again",))
    assert [f.measured for f in must_say_missing(["Eat."], brief)] == ["0 times"]
    assert must_say_missing(["Eat. Bake again."], brief) == ()
