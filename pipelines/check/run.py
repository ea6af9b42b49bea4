"""Every check over one creative, in the order of their names: a check is a module here that has a `check` function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

import pipelines.check as folder
from factory.records import Finding
from pipelines.check.subject import Subject

Check = Callable[[Subject], Iterable[Finding]]
ASIDE: Mapping[str, str] = {"read_back": "reads every text by OCR: slow, and its library is optional"}
"""Checks that run only when they are named, and why."""


@lru_cache(maxsize=1)
def checks() -> Mapping[str, Check]:
    """All checks by name, sorted."""
    names = sorted(m.name for m in iter_modules(folder.__path__))
    modules = {name: import_module(f"{folder.__name__}.{name}") for name in names}
    return {name: module.check for name, module in modules.items() if hasattr(module, "check")}


def check_all(subject: Subject, also: Iterable[str] = ()) -> tuple[Finding, ...]:
    """What the checks find, in the order of their names; `also` names some that are set aside otherwise."""
    wanted = [name for name in checks() if name not in ASIDE or name in tuple(also)]
    return tuple(finding for name in wanted for finding in checks()[name](subject))
