"""Fonts from people: sanitized in a child process with limits, and only then looked into."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from brand_kits.errors import UnsafeFileError
from brand_kits.safe.files import Blob, read_blob

MAX_BYTES = 20_000_000
SECONDS = 20
MEMORY = 1_000_000_000
_MAGIC = (b"\x00\x01\x00\x00", b"OTTO", b"true", b"wOFF", b"wOF2")
_SANITIZE = """
import resource, subprocess, sys
cpu, memory, size = map(int, sys.argv[1:4])
resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import ots
sys.exit(ots.sanitize(sys.argv[4], sys.argv[5]).returncode)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class FontFacts:
    """What a sound font says of itself: family, weight class 1..1000, and the code points that it draws."""

    family: str
    weight: int
    letters: frozenset[int]


def read_font(path: Path) -> FontFacts:
    """A font that passed the sanitizer; UnsafeFileError says why not."""
    return check(read_blob(path, limit=MAX_BYTES))


@lru_cache(maxsize=64)
def check(blob: Blob) -> FontFacts:
    """The same from bytes that were read already; equal bytes are checked once."""
    if not blob.data.startswith(_MAGIC):
        raise _unsound(blob.name, "is not a TrueType, OpenType or WOFF font")
    with tempfile.TemporaryDirectory() as folder:
        given, clean = Path(folder, "given"), Path(folder, "clean")
        given.write_bytes(blob.data)
        _sanitize(given, clean, blob.name)
        return _facts(clean, blob.name)


def _sanitize(given: Path, clean: Path, name: str) -> None:
    limits = [str(SECONDS), str(MEMORY), str(4 * MAX_BYTES)]
    command = [sys.executable, "-I", "-c", _SANITIZE, *limits, str(given), str(clean)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 (our own words)
    except subprocess.TimeoutExpired as cause:
        raise _unsound(name, f"took over {SECONDS} s to check") from cause
    if done.returncode != 0 or not clean.is_file():
        said = done.stdout.decode("utf-8", "replace").strip().splitlines()
        raise _unsound(name, f"is damaged ({said[-1][:120]})" if said else "is damaged")


def _facts(clean: Path, name: str) -> FontFacts:
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(clean, lazy=True) as font:
            names = font["name"]
            family = names.getDebugName(16) or names.getDebugName(1) or ""
            weight, letters = int(font["OS/2"].usWeightClass), frozenset(font.getBestCmap())
            return FontFacts(family=family, weight=weight, letters=letters)
    except (TTLibError, KeyError, AttributeError, TypeError, ValueError) as cause:
        raise _unsound(name, "lacks a name, weight or character map") from cause


def _unsound(name: str, fact: str) -> UnsafeFileError:
    return UnsafeFileError(
        f"{name} {fact}", code="font.broken", where=name, help="Get the font anew from its maker as TTF or OTF.",
    )
