"""text_size: every text is large enough on the screen that shows the ad.

What it does
    Turns the size of each text from pixels of the file into points of the phone or page that shows it, and compares it
    with the least that an eye reads at that distance.

Why it is bad
    A banner is a poster seen from afar: type that is fine in the file may be a grey line in the hand.

What to do
    Give a shorter text, so that it may be set larger, or leave the element out at this placement.

Thresholds and their source
    A phone is read at 32 to 36 cm, which makes a point 1.6 minutes of arc (Bababekova et al. 2011). An x-height of 10
    minutes is the edge of use and 12 is read fast (ISO 9241-3; Legge and Bigelow 2011): with an x-height of half an em
    that is 12 and 15 points, and 13 where contrast is held. A page on a desk shows a point at 1.28 minutes but lets
    people lean in: 11 and 12. Small print, sources and a drawing's own words: 8 and 9.
"""

from __future__ import annotations

from factory.records import Finding
from pipelines.check.scale import Scale, told
from pipelines.check.subject import Part, Subject

SMALL_PRINT = ("legal", "source", "role", "per", "device")
PHONE, PAGE, FINE = (12.0, 13.0), (11.0, 12.0), (8.0, 9.0)
"""Least and good sizes in points. A hundredth is forgiven to rounding."""
SLACK = 0.995


def check(subject: Subject) -> list[Finding]:
    """The size of every text on the screen."""
    found = [_judged(part, subject) for part in subject.parts]
    return told(sorted(found, key=lambda f: float(f.measured.split()[0])))


def _judged(part: Part, subject: Subject) -> Finding:
    floor, wanted = FINE if part.role in SMALL_PRINT else PHONE if subject.phone else PAGE
    scale = Scale(code="text_size", floor=floor * SLACK, wanted=wanted * SLACK, form="{:.1f} pt",
                  help="Give a shorter text, or leave it out at this placement.")
    return scale.judge(part.size / subject.pt, f"“{part.text}” is large enough to be read",
                       f"“{part.text}” is small on its screen", part.role)
