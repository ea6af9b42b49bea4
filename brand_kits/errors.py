"""What can be wrong with a brand kit, told so that a person can act on it.

    KitError                many faults at once; the first one gives the message
    └── UnsafeFileError     one file that will not be opened: names the file
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class KitFault:
    """One thing that is wrong: `where` is a path into the person's own file, `kit.yaml:14 type.display.files.600`."""

    code: str
    fact: str
    where: str = ""
    help: str = ""

    def __str__(self) -> str:
        """One line: the place, the fact, the remedy."""
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.fact.rstrip('.')}. {self.help}".strip()


class KitError(Exception):
    """A kit cannot be used. `faults` holds everything that was found, never just the first."""

    def __init__(self, faults: Sequence[KitFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))

    @property
    def code(self) -> str:
        """Code of the first fault."""
        return self.faults[0].code

    @property
    def fact(self) -> str:
        """What is wrong, by the first fault."""
        return self.faults[0].fact

    @property
    def where(self) -> str:
        """Where it is wrong, by the first fault."""
        return self.faults[0].where

    @property
    def help(self) -> str:
        """What to do, by the first fault."""
        return self.faults[0].help


class UnsafeFileError(KitError):
    """A file that will not be opened: too big, not what it says it is, or carrying what it must not carry."""

    def __init__(self, fact: str, *, code: str, where: str = "", help: str = "") -> None:
        super().__init__([KitFault(code=code, fact=fact, where=where, help=help)])
