"""What libraries print for their own developers goes to a log, not between the lines that a person reads."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def to_log(path: Path) -> None:
    """Send all that this process writes to standard error, C libraries included, to the end of a file from now on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    sys.stderr.flush()
    os.dup2(log, 2)
    os.close(log)


@contextmanager
def logged(path: Path) -> Iterator[None]:
    """The same for a while; afterwards standard error is what it was."""
    sys.stderr.flush()
    before = os.dup(2)
    try:
        to_log(path)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(before, 2)
        os.close(before)
