"""One guard for every word that is shown, whoever wrote it: a person, the grammar or a model.

Nothing may be claimed that the brief or the kit does not give: no number, no measure, no absence, no superlative. The
guard never repairs a text; it says what is wrong with it, and whoever wrote it is told. Some rules are softer for a
person, who may play with words, and harder for a model, which may not: `RULES` says which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from factory.records import Brief, Finding, Verdict
from pipelines import finders
from pipelines.evidence import Allowed, allowed_from
from pipelines.finders import Author, Hit, Subject, read
from pipelines.lexicon import fold

__all__ = ["RULES", "Allowed", "Author", "Rule", "allowed_from", "guard", "must_say_missing", "passes"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One thing the guard looks for; a verdict for each kind of author, None where the rule does not bind them."""

    code: str
    find: Callable[[Subject], Iterator[Hit]]
    fact: str
    help: str
    person: Verdict | None = "fail"
    grammar: Verdict | None = "fail"
    model: Verdict | None = "fail"

    def verdict(self, author: Author) -> Verdict | None:
        """How a hit counts for an author."""
        table: Mapping[Author, Verdict | None] = {"person": self.person, "grammar": self.grammar, "model": self.model}
        return table[author]


def guard(
    text: str, allowed: Allowed, locale: str, *, author: Author = "model", where: str = ""
) -> tuple[Finding, ...]:
    """Everything wrong with a text; empty when it may be shown. `fail` findings keep a text from being used."""
    subject = read(text, allowed, locale, author)
    found: list[Finding] = []
    for rule in RULES:
        verdict = rule.verdict(author)
        if verdict is not None:
            found += [_finding(rule, verdict, hit, subject, where) for hit in dict.fromkeys(rule.find(subject))]
    return tuple(found)


def passes(text: str, allowed: Allowed, locale: str, *, author: Author = "model") -> bool:
    """Whether a text may be used."""
    return not any(f.verdict == "fail" for f in guard(text, allowed, locale, author=author))


def _finding(rule: Rule, verdict: Verdict, hit: Hit, subject: Subject, where: str) -> Finding:
    return Finding(
        code=rule.code, verdict=verdict, fact=rule.fact.format(hit[0]), where=where or f"“{subject.text}”",
        measured=hit[0], wanted=hit[1], help=rule.help,
    )


_PROVE = "Add it to the brief as a fact or proof with its source, or say something else."
_DROP = "Say it in other words."

RULES: tuple[Rule, ...] = (
    Rule(
        code="claims.number", find=finders.unknown_numbers, help=_PROVE,
        fact="“{}” is a number that nobody gave",
    ),
    Rule(
        code="claims.measure", find=finders.unknown_measures, help=_PROVE, person="warn",
        fact="“{}” is not what the brief measures",
    ),
    Rule(
        code="claims.contradiction", find=finders.contradictions, help=_PROVE,
        fact="“{}” denies what the brief affirms",
    ),
    Rule(
        code="claims.absence", find=finders.unknown_denials, help=_PROVE, person="warn",
        fact="“{}” denies something the brief does not deny",
    ),
    Rule(
        code="claims.negation", find=finders.loose_denials, help=_DROP, person=None, grammar=None,
        fact="“{}” denies something, and it cannot be told what",
    ),
    Rule(
        code="claims.multiple", find=finders.strong("multiple"), help=_PROVE, person=None,
        fact="“{}” is a share that nobody gave",
    ),
    Rule(
        code="claims.superlative", find=finders.strong("superlative"), help=_PROVE,
        fact="“{}” is a superlative without proof",
    ),
    Rule(
        code="claims.free", find=finders.strong("free"), help=_PROVE,
        fact="“{}” promises something for nothing",
    ),
    Rule(
        code="claims.guarantee", find=finders.strong("guarantee"), help=_PROVE,
        fact="“{}” is a guarantee that nobody gave",
    ),
    Rule(
        code="claims.health", find=finders.strong("health"), help=_PROVE,
        fact="“{}” is a health claim without proof",
    ),
    Rule(
        code="claims.regulated", find=finders.strong("regulated"), help=_PROVE,
        fact="“{}” is a claim that the law wants proven",
    ),
    Rule(
        code="claims.quality", find=finders.strong("quality"), help=_PROVE, person="warn",
        fact="“{}” is a claim that needs proof",
    ),
    Rule(
        code="claims.sweeping", find=finders.strong("sweeping"), help=_DROP, person=None, grammar=None,
        fact="“{}” speaks for more than the brief knows",
    ),
    Rule(
        code="claims.currency", find=finders.wrong_currency, help=_DROP,
        fact="“{}” is not the currency of the price",
    ),
    Rule(
        code="claims.url", find=finders.urls, help=_DROP,
        fact="“{}” is not the brief's address",
    ),
    Rule(
        code="claims.rival", find=finders.listed("rivals"), help=_DROP,
        fact="“{}” is somebody else's name",
    ),
    Rule(
        code="claims.forbidden", find=finders.forbidden, help="Say what the kit offers instead.",
        fact="The kit forbids “{}”",
    ),
    Rule(
        code="voice.banned", find=finders.listed("banned"), help=_DROP,
        fact="“{}” is not a word of this brand",
    ),
    Rule(
        code="voice.unsaid", find=finders.listed("unsaid"), help=_DROP,
        fact="The brief says never to say “{}”",
    ),
    Rule(
        code="voice.tribe", find=finders.listed("shunned"), help=_DROP,
        fact="“{}” is a word this tribe should not hear",
    ),
    Rule(
        code="voice.loud", find=finders.shouting, help="End with a full stop.", person=None,
        fact="“{}” shouts",
    ),
    Rule(
        code="text.script", find=finders.foreign_letters, help="Type it anew.",
        fact="“{}” is a letter of another script",
    ),
    Rule(
        code="text.sign", find=finders.odd_signs, help="Delete it.",
        fact="“{}” is not a sign for type",
    ),
    Rule(
        code="text.quotes", find=finders.open_quotes, help="Close what is open.",
        fact="“{}” has no partner",
    ),
    Rule(
        code="text.leftover", find=finders.leftovers, help="Fill it in or delete it.",
        fact="“{}” is left over from a form",
    ),
    Rule(
        code="text.stutter", find=finders.stutter, help="Delete one.", person="warn",
        fact="“{}” says a word twice",
    ),
    Rule(
        code="text.babble", find=finders.babble, help=_DROP, person=None, grammar=None,
        fact="“{}” is not a word",
    ),
    Rule(
        code="text.unfinished", find=finders.unfinished, help=_DROP, person=None, grammar=None,
        fact="“{}” is not the end of a sentence",
    ),
    Rule(
        code="text.language", find=finders.other_language, help=_DROP, person=None, grammar=None,
        fact="“{}” is in another language",
    ),
    Rule(
        code="text.unfounded", find=finders.unfounded, help=_DROP, person=None, grammar=None,
        fact="“{}” is about something else",
    ),
)
"""The whole law of what may be said, a row each: a row is added here, with its test, and nowhere else."""


def must_say_missing(texts: Iterable[str], brief: Brief) -> tuple[Finding, ...]:
    """A finding for each thing the brief says must be said that no text says."""
    said = fold(" | ".join(texts))
    return tuple(
        Finding(code="voice.must_say", verdict="warn", fact=f"“{phrase}” is said nowhere", where="must_say",
                measured="0 times", wanted="at least once", help="Make it a fact, or give it a line.")
        for phrase in brief.must_say if fold(phrase) not in said
    )
