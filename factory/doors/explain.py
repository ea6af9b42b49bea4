"""`factory explain CODE`: what a fault or finding means, from the table of codes and from the checks' own words.

Checks are read as text (their modules' docstrings), so that explaining one loads no imaging library.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from factory.brief.desk import meant
from factory.errors import Fault, InputError


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What one code, or a family of codes, means."""

    code: str
    text: str


@lru_cache(maxsize=1)
def pages() -> Mapping[str, Page]:
    """Every page by code or pattern of codes: problems of the API, faults, then checks."""
    rows = {**_rows("factory.doors.web", "problems.yaml"), **_rows("factory.doors", "codes.yaml")}
    return {code: Page(code=code, text=_told(row)) for code, row in rows.items()} | dict(_checks())


def _rows(package: str, name: str) -> Mapping[str, Any]:
    rows: Mapping[str, Any] = yaml.safe_load((files(package) / name).read_text(encoding="utf-8"))
    return rows


def _told(row: Mapping[str, str]) -> str:
    example = f"\n\nExample\n    {row['example']}" if "example" in row else ""
    remedy = f"\n\nWhat to do\n    {row['do'].strip()}" if row.get("do") else ""
    return f"{row['means'].strip()}{remedy}{example}"


def _checks() -> Iterator[tuple[str, Page]]:
    """A page for each check: its docstring, whose first line begins with its code."""
    folder = files("pipelines") / "check"
    if not folder.is_dir():
        return
    for file in sorted(folder.iterdir(), key=lambda p: p.name):
        name = file.name.removesuffix(".py")
        if file.name.endswith(".py") and not name.startswith("_"):
            told = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
            code = told.split(maxsplit=1)[0].strip("`:.") if told else name
            if "What to do" in told:
                yield code, Page(code=code, text=told)


def explain(code: str) -> Page:
    """The page of a code: its own, else that of its family, else that of the check it belongs to.

    InputError suggests the nearest code when there is none.
    """
    known = pages()
    family = next((p for pattern, p in known.items() if "*" in pattern and fnmatchcase(code, pattern)), None)
    stem = code.replace("-", ".").replace("_", ".").split(".")[0]
    found = known.get(code) or family or known.get(stem)
    if found is None:
        codes = [c for c in known if "*" not in c]
        help = f"{meant(code, codes)} `factory explain` without a code lists them all.".strip()
        fact = f"There is no page about {code!r}"
        raise InputError([Fault(code="explain.unknown", fact=fact, where="CODE", help=help)])
    return Page(code=code, text=found.text)
