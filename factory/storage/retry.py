"""Trying again: waits grow twofold, and each is drawn between nothing and its bound, so that many callers spread out.

Full jitter, as in "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from factory.errors import StoreError

T = TypeVar("T")
BASE_S, CAP_S = 0.1, 5.0


class Passing(Exception):  # noqa: N818 (not an error yet: a trouble that trying again may cure)
    """A trouble that may pass. Carries what to say if it does not."""

    def __init__(self, last_word: StoreError) -> None:
        self.last_word = last_word
        super().__init__(str(last_word))


@dataclass(frozen=True, slots=True)
class Retry:
    """So many attempts in all; `wait` is called with each wait in seconds."""

    attempts: int = 8
    wait: Callable[[float], object] = time.sleep
    dice: random.Random = field(default_factory=random.SystemRandom, repr=False)

    def __call__(self, act: Callable[[], T]) -> T:
        """What `act` returns, tried again while it raises Passing; then its last word."""
        for n in range(self.attempts):
            try:
                return act()
            except Passing as trouble:
                if n + 1 == self.attempts:
                    raise trouble.last_word from trouble.__cause__
            self.wait(self.dice.uniform(0, min(CAP_S, BASE_S * 2**n)))
        raise AssertionError("at least one attempt is made")
