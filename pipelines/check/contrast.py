"""contrast: type and logo part from what is behind them, measured on the pixels of the finished file.

What it does
    Takes the colour that the ink really has in the file and the ground within a quarter em of it, and reads the
    contrast between them: APCA's Lc at its 10th percentile (the worst tenth of the ground decides, never a mean), how
    much it varies, and WCAG's ratio. Each colour of a text is read; the worst one counts.

Why it is bad
    A line that cannot be read at arm's length, in the sun, in a second, was paid for and not shown.

What to do
    Give the kit a type colour that parts from this ground, choose another mode or a calmer set, or a shorter text that
    can stand elsewhere on the picture.

Thresholds and their source
    APCA's table of size and weight (Myndex, APCA in a Nutshell): 75 for running text, 60 for bold type from 16 px, 45
    for bold headlines from 24 px, 30 for anything that is read at all. Good is: 75 (65 at weight 500), 60 for bold type
    and labels (70 when not bold), 55 over 36 px, 45 for figures as large as a shape and for logos. It fails 10 under
    that, small print under 45, and everything under 30. WCAG 2.2 asks 4.5:1, or 3:1 from 24 px or bold 18.7 px; brands
    differ from it on purpose, so it only warns. A spread over 35 is restless. Sizes are those of the screen that shows
    the ad.
"""

from __future__ import annotations

from collections.abc import Iterator

from factory.records import Finding
from pipelines.check.scale import Scale, told
from pipelines.check.sight import Contrast, contrast, reference_px
from pipelines.check.subject import Ink, Part, Subject

HELP = "Choose another mode, light or set, or give the kit a type colour that reads here."
HEAVY = ((90.0, 45.0), (36.0, 55.0), (16.0, 60.0))
LIGHT = ((36.0, 60.0),)
"""Reference px from which a weight is content with a contrast (Lc)."""
LABELS, FIGURES = ("cta", "kicker"), ("number", "price", "rating")
SIGN, MARGIN, LEAST, SPREAD = 45.0, 10.0, 30.0, 35.0
FINE_PRINT, FINE_FLOOR = ("legal", "source", "role", "per"), 45.0


def check(subject: Subject) -> list[Finding]:
    """The contrast of every text and of the logo."""
    found = list(_all(subject))
    read = [f for f in found if f.measured.endswith(" Lc")]
    return told(found, min(read, key=lambda f: float(f.measured.split()[0]), default=None))


def _all(subject: Subject) -> Iterator[Finding]:
    for part in subject.parts:
        read = worst_of(subject, part.inks, part.size)
        if read is not None:
            yield from _text(part, read, subject)
    if subject.sign is not None:
        read = worst_of(subject, subject.sign.inks, subject.sign.box[3])
        if read is not None:
            scale = _scale("contrast.logo", SIGN, SIGN - MARGIN)
            yield scale.judge(read.p10, "The logo parts from its ground", "The logo hardly parts from its ground", "logo")


def worst_of(subject: Subject, inks: tuple[Ink, ...], em: float) -> Contrast | None:
    """The reading of the colour that reads worst; None when none is on the canvas."""
    read = [c for ink in inks if (c := contrast(subject.pixels, subject.ground, ink, em))]
    return min(read, key=lambda c: c.p10, default=None)


def _text(part: Part, read: Contrast, subject: Subject) -> Iterator[Finding]:
    least = wanted(part, subject)
    scale = _scale("contrast", least, FINE_FLOOR if part.role in FINE_PRINT else least - MARGIN)
    yield scale.judge(read.p10, f"“{part.text}” parts from its ground", f"“{part.text}” hardly parts from its ground", part.role)
    if read.spread > SPREAD and read.p10 < least + MARGIN:
        yield Finding(
            code="contrast", verdict="warn", fact=f"The ground behind “{part.text}” is restless", where=part.role,
            measured=f"{read.spread:.0f} Lc apart", wanted=f"≤ {SPREAD:.0f} Lc apart", help=HELP,
        )
    ratio = 3.0 if _large(part, subject) else 4.5
    if read.ratio < ratio:
        yield Finding(
            code="contrast.wcag", verdict="warn", fact=f"“{part.text}” has less contrast than WCAG asks",
            where=part.role, measured=f"{read.ratio:.1f}:1", wanted=f"≥ {ratio:g}:1", help=HELP,
        )


def _scale(code: str, good: float, floor: float) -> Scale:
    return Scale(code=code, floor=max(LEAST, floor), wanted=good, form="{:.0f} Lc", help=HELP)


def wanted(part: Part, subject: Subject) -> float:
    """Lc that a text should have by its size on the screen, its weight and what it is."""
    size = reference_px(part.size, subject.pt, subject.phone)
    bold = part.weight >= 600
    if part.role in LABELS:
        return 60.0 if bold and size >= 14 else 70.0
    if part.role in FIGURES and bold and size >= 36:
        return SIGN
    rows = HEAVY if bold else LIGHT
    return next((lc for least, lc in rows if size >= least), 65.0 if part.weight >= 500 and size >= 12 else 75.0)


def _large(part: Part, subject: Subject) -> bool:
    size = reference_px(part.size, subject.pt, subject.phone)
    return size >= 24 or (part.weight >= 700 and size >= 18.7)
