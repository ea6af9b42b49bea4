"""copy_limits: the texts beside the picture have the length that the placement shows.

What it does
    Counts the characters of every field that the placement has, and misses those that it shows and nobody wrote.

Why it is bad
    Over its hard limit a platform refuses the ad. Over the recommended one it cuts the text with “… more”, often in
    the middle of the point. Without a text, it shows an ad that says nothing or takes words from the page.

What to do
    Write a shorter text for that field; the first one that fits is used.

Thresholds and their source
    `text` of the placement's row, with its source: `hard` fails, `limit` warns. A main text (`primary_text`,
    `headline`) that is missing warns.
"""

from __future__ import annotations

from collections.abc import Iterator

from factory.records import Finding
from pipelines.check.scale import told
from pipelines.check.subject import Subject

MAIN = ("primary_text", "headline")
HELP = "Give a shorter text for this field."


def check(subject: Subject) -> list[Finding]:
    """Lengths of the ad texts against the placement's limits."""
    return told(_fields(subject))


def _fields(subject: Subject) -> Iterator[Finding]:
    for name, limit in subject.placement.text.items():
        text = subject.copy.get(name)
        if text is None:
            if name in MAIN:
                yield Finding(
                    code="copy_limits", verdict="warn", fact=f"There is no {name} for this placement", where=name,
                    measured="none", wanted=_wanted(limit.limit), help="Write one that fits.",
                )
            continue
        count = len(text.text)
        over_hard = limit.hard is not None and count > limit.hard
        over = limit.limit is not None and count > limit.limit
        yield Finding(
            code="copy_limits", verdict="fail" if over_hard else "warn" if over else "pass",
            fact="The platform refuses a text this long" if over_hard else
            "The platform cuts a text this long" if over else "The texts have the length that is shown",
            where=name, measured=f"{count} characters", wanted=_wanted(limit.hard if over_hard else limit.limit),
            help=HELP if over or over_hard else "",
        )


def _wanted(limit: int | None) -> str:
    return "any length" if limit is None else f"≤ {limit} characters"
