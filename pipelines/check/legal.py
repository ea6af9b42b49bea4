"""legal: what must be told with a price, an offer or a rating stands on the same picture or beside it.

What it does
    Knows from the copy deck what the kit and the brief bind this creative to say, and looks for it among the texts on
    the picture and those beside it.

Why it is bad
    A price or an offer without its terms is unlawful in most markets, and the claim without its line is the one that
    gets reported.

What to do
    Choose a family with room for small print at this placement, or leave the price out of it.

Thresholds and their source
    The lines are the kit's, by market and category, and the brief's. A creative that shows a figure the lines belong to
    (price, offer, rating) and tells none of them warns: whether the landing page may tell them instead is for a lawyer.
"""

from __future__ import annotations

from factory.records import Finding
from pipelines.check.scale import told
from pipelines.check.subject import Subject

BINDING = ("price", "was", "rating")


def check(subject: Subject) -> list[Finding]:
    """Whether what binds is told."""
    shown = [p.role for p in subject.parts if p.role in BINDING]
    if not subject.duties or not shown:
        return []
    said = _plain(" ".join([*(p.text for p in subject.parts), *(t.text for t in subject.copy.values())]))
    told_ = next((duty for duty in subject.duties if _plain(duty) in said), None)
    return told([Finding(
        code="legal", verdict="pass" if told_ else "warn",
        fact="What binds is told" if told_ else f"The picture shows a {shown[0]} without its terms", where="legal",
        measured=told_ or "not told", wanted=subject.duties[-1],
        help="" if told_ else "Choose a family with room for small print here, or leave the figure out.",
    )])


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
