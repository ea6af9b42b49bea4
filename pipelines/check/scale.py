"""A measure with two marks: what must not ship, and what somebody should look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from factory.records import Finding, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """Judges a figure: it is good from `wanted` on and fails beyond `floor`; with `less`, less is better.

    `form` prints a figure ("{:.0f} Lc").
    """

    code: str
    floor: float
    wanted: float
    form: str
    help: str
    less: bool = False

    def verdict(self, value: float) -> Verdict:
        """What a figure is worth."""
        sign = -1 if self.less else 1
        if sign * value >= sign * self.wanted:
            return "pass"
        return "warn" if sign * value >= sign * self.floor else "fail"

    def judge(self, value: float, well: str, ill: str, where: str = "") -> Finding:
        """The finding for a figure: what is well with it, or else what is ill."""
        sign = "≤" if self.less else "≥"
        verdict = self.verdict(value)
        good = verdict == "pass"
        return Finding(
            code=self.code, verdict=verdict, fact=well if good else ill, where=where, measured=self.form.format(value),
            wanted=f"{sign} {self.form.format(self.wanted)}", help="" if good else self.help,
        )


RANK: dict[Verdict, int] = {"fail": 0, "warn": 1, "pass": 2}


def told(findings: Iterable[Finding], well: Finding | None = None) -> list[Finding]:
    """What is worth telling: everything that is not well, or else one `pass` (the first, or `well`)."""
    every = list(findings)
    loud = sorted((f for f in every if f.verdict != "pass"), key=lambda f: RANK[f.verdict])
    return loud or ([well] if well else every[:1])
