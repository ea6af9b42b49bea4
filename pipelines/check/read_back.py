"""read_back: a machine that knows nothing of the layout can read the texts off the finished picture.

What it does
    Reads the file by OCR, where that optional library is installed, and looks for the words of every text in what was
    read. Runs only when it is asked for by name: it takes seconds a picture.

Why it is bad
    What an OCR cannot read at full size, a person will not read in passing.

What to do
    As for `contrast` and `text_size`.

Thresholds and their source
    98 % of a headline's letters and 95 % of any other text, as the house's rubric asks; under 80 % fails.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from factory.records import Finding
from pipelines.check.scale import Scale, told
from pipelines.check.subject import Pixels, Subject

Reader = Callable[[Pixels], str]
HELP = "Give it more contrast or size."
LOUD = ("headline", "quote", "number", "price")


def check(subject: Subject) -> list[Finding]:
    """Whether every text can be read back; nothing where no reader is installed."""
    reader = _reader()
    return [] if reader is None else read_with(reader, subject)


def read_with(reader: Reader, subject: Subject) -> list[Finding]:
    """The findings of one reader, which turns a picture into all the text on it."""
    seen = reader(subject.pixels)
    return told(
        _scale(p.role).judge(share_read(p.text, seen), f"“{p.text}” can be read back", f"“{p.text}” cannot be read back", p.role)
        for p in subject.parts
    )


def _scale(role: str) -> Scale:
    return Scale(code="read_back", floor=0.80, wanted=0.98 if role in LOUD else 0.95, form="{:.2f} read", help=HELP)


def share_read(text: str, seen: str) -> float:
    """Share of a text's letters in words that were seen; 1 for a text without letters."""
    words = [w for w in map(_plain, text.split()) if w]
    whole = _plain(seen)
    read = sum(len(w) for w in words if w in whole)
    return read / sum(map(len, words)) if words else 1.0


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


@lru_cache(maxsize=1)
def _reader() -> Reader | None:
    try:
        from rapidocr import RapidOCR  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None
    engine = RapidOCR()
    return lambda pixels: " ".join(getattr(engine(pixels), "txts", None) or ())
