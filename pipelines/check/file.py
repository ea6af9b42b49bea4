"""file: the finished file is one that the platform takes, whole, in the right colours, and tells nothing private.

What it does
    Decodes the file; compares its format, pixels and bytes with the placement's; looks for its sRGB profile; looks for
    metadata that no ad should carry (camera data, comments, dates, names of tools and folders); and compares what it
    decodes to with what was meant to be encoded. Of a video it reads the MP4's own boxes (see also `duration`).

Why it is bad
    A file that is too heavy or of another size is refused at upload, sometimes silently re-cut. Without a profile
    colours are guessed. Metadata has leaked places and names before.

What to do
    Encode it again under the placement's budget. If the plate is too rich for the budget, choose a calmer set.

Thresholds and their source
    Format, pixels and bytes are the placement's own. Pixels may differ from what was meant by 3 levels on average
    (quality 30 of a JPEG on a textured plate does); over 8 is another picture.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np

from factory.records import Finding, Verdict
from pipelines.check.scale import Scale, told
from pipelines.check.subject import Subject
from pipelines.check.tags import Tags, read_tags

AGAIN = "Encode it again."
TRUE = Scale(code="file.true", floor=8.0, wanted=3.0, form="{:.1f} levels off", help=AGAIN, less=True)
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "video/mp4": "mp4"}


def check(subject: Subject) -> list[Finding]:
    """What is wrong with the file."""
    tags = read_tags(subject.data)
    found = list(_all(subject, tags))
    well = Finding(
        code="file", verdict="pass", fact="The file is what the placement takes",
        measured=f"{tags.kind}, {tags.width}x{tags.height} px, {len(subject.data)} bytes",
    )
    return told(found, well)


def _all(subject: Subject, tags: Tags) -> Iterator[Finding]:
    yield from _shape(subject, tags)
    most = _most_bytes(subject)
    if most is not None and len(subject.data) > most:
        yield _finding("file.bytes", "fail", "The file is heavier than the placement takes",
                       f"{len(subject.data)} bytes", f"≤ {most} bytes")
    for leak in tags.leaks:
        yield _finding("file.metadata", "fail", "The file tells more than it should", leak, "none",
                       "Write the file without metadata.")
    if subject.kind == "image":
        yield from _picture(subject, tags)


def _shape(subject: Subject, tags: Tags) -> Iterator[Finding]:
    if tags.kind == "":
        yield _finding("file.damaged", "fail", "The file cannot be read", f"{len(subject.data)} bytes", "a whole file")
        return
    formats = subject.placement.formats if subject.kind == "image" else ("mp4",)
    if tags.kind not in formats or ENDINGS.get(subject.type) != tags.kind:
        yield _finding("file.format", "fail", "The file is of another format than the placement takes", tags.kind,
                       " or ".join(formats))
    wanted = subject.placement.canvas
    if (tags.width, tags.height) != wanted:
        yield _finding("file.pixels", "fail", "The file has another size", f"{tags.width}x{tags.height} px",
                       f"{wanted[0]}x{wanted[1]} px")


def _most_bytes(subject: Subject) -> int | None:
    video = subject.placement.video
    return subject.placement.max_bytes if subject.kind == "image" else video.max_bytes if video else None


def _picture(subject: Subject, tags: Tags) -> Iterator[Finding]:
    fault = undecodable(subject.data)
    if fault:
        yield _finding("file.damaged", "fail", "The file does not decode to its end", fault, "a whole picture")
    if not tags.srgb:
        yield _finding("file.profile", "warn", "The file does not say that it is sRGB", "no profile", "sRGB")
    if subject.pixels.shape == subject.intended.shape:
        away = TRUE.judge(_away(subject), "The file shows what was composed", "The file shows something else than was composed")
        if away.verdict != "pass":
            yield away


def _away(subject: Subject) -> float:
    """Mean difference in levels between the file and what was composed; every third row tells enough."""
    a, b = subject.pixels[::3].astype(np.int16), subject.intended[::3]
    return float(np.abs(a - b).mean())


def undecodable(data: bytes) -> str:
    """Why a picture cannot be decoded to its end, or ""."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
            image.load()
    except (OSError, ValueError, SyntaxError) as error:
        return str(error)[:80]
    return ""


def _finding(code: str, verdict: Verdict, fact: str, measured: str, wanted: str, help: str = AGAIN) -> Finding:
    return Finding(code=code, verdict=verdict, fact=fact, measured=measured, wanted=wanted, help=help)
