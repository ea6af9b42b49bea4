"""`factory doctor`: a table of checks. Each says how things are and, where something is wrong, what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from factory.doors.up.installation import Installation
from factory.errors import FactoryError
from factory.settings import Settings

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One result: how it is, what was found, what to do about it."""

    level: Level
    what: str
    do: str = ""


@dataclass(kw_only=True, slots=True)
class Patient:
    """What checks look at. `facts` is where one check leaves what later ones need, such as an open connection."""

    settings: Settings
    here: Installation | None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One line of the table. It is skipped while a fact that it needs is not there."""

    name: str
    look: Callable[[Patient], Iterator[Reading] | Sequence[Reading]]
    needs: tuple[str, ...] = ()


def ok(what: str) -> Reading:
    """All is well."""
    return Reading(level="ok", what=what)


def warn(what: str, do: str) -> Reading:
    """Works, but somebody should look."""
    return Reading(level="warn", what=what, do=do)


def fail(what: str, do: str) -> Reading:
    """Does not work until something is done."""
    return Reading(level="fail", what=what, do=do)


def examine(patient: Patient, checks: Sequence[Check]) -> list[tuple[str, Reading]]:
    """Every check's results, in the table's order. A check that breaks is a finding itself."""
    found: list[tuple[str, Reading]] = []
    for check in checks:
        missing = [need for need in check.needs if need not in patient.facts]
        if missing:
            found.append((check.name, warn(f"not known while the {missing[0]} does not answer", "")))
            continue
        try:
            found += [(check.name, reading) for reading in check.look(patient)]
        except FactoryError as error:
            found.append((check.name, fail(error.fault.fact, error.fault.help)))
        except Exception as error:  # the doctor examines whatever it can
            found.append((check.name, fail(f"{type(error).__name__}: {_first_line(error)}", "See docs/operators.md.")))
    return found


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no more is known"])[0]


def report(found: Sequence[tuple[str, Reading]]) -> str:
    """The results for people: what is wrong stands with what to do."""
    mark: Mapping[Level, str] = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}
    lines: list[str] = []
    for name, reading in found:
        lines.append(f"{mark[reading.level]}  {name:<12} {reading.what}")
        if reading.do:
            lines.append(f"      {'':<12} -> {reading.do}")
    bad = sum(1 for _, r in found if r.level == "fail")
    watch = sum(1 for _, r in found if r.level == "warn")
    lines.append(f"{bad} to mend, {watch} to look at, {len(found) - bad - watch} well.")
    return "\n".join(lines)


def rows(found: Sequence[tuple[str, Reading]]) -> list[dict[str, str]]:
    """The results for programs."""
    return [{"check": name, "level": r.level, "what": r.what, "do": r.do} for name, r in found]
