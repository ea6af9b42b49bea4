"""duration: a video has the length, speed and form that the placement plays.

What it does
    Reads from the file itself how long it is, its codecs, its colours' tags and whether it can start before it is all
    there, and compares length and frame rate with the placement's.

Why it is bad
    A video that is too long is cut or refused. Without colour tags its orange turns brown on some phones. With its
    index at the end it starts late, after the thumb has moved on.

What to do
    Choose a storyboard of another length, or write the file again.

Thresholds and their source
    Length, bytes and frames a second are the placement's own. H.264 and AAC at 48 kHz play everywhere; colours are
    tagged BT.709 (1, 1, 1 of ITU-T H.273), video range.
"""

from __future__ import annotations

from collections.abc import Iterator

from factory.records import Finding, Verdict, VideoRule
from pipelines.check.scale import told
from pipelines.check.subject import Film, Subject
from pipelines.check.tags import Tags, read_tags

AGAIN, OTHER = "Write the file again.", "Choose a storyboard of another length."
BT709 = (1, 1, 1, False)
APART = 0.1


def check(subject: Subject) -> list[Finding]:
    """Whether the placement plays the video."""
    if subject.film is None:
        return []
    tags = read_tags(subject.data)
    found = [*_times(subject.film, tags, subject.placement.video), *_form(tags)]
    well = Finding(code="duration", verdict="pass", fact="The placement plays the video as it is",
                   measured=f"{subject.film.seconds:g} s")
    return told(found, well)


def _times(film: Film, tags: Tags, rule: VideoRule | None) -> Iterator[Finding]:
    if rule is None:
        yield _finding("duration", "fail", "The placement plays no videos", f"{film.seconds:g} s", "a picture", OTHER)
        return
    if film.seconds < rule.min_seconds:
        yield _finding("duration", "fail", "The video is too short", f"{film.seconds:g} s", f"≥ {rule.min_seconds:g} s", OTHER)
    if rule.max_seconds is not None and film.seconds > rule.max_seconds:
        yield _finding("duration", "fail", "The video is too long", f"{film.seconds:g} s", f"≤ {rule.max_seconds:g} s", OTHER)
    fps = float(film.figures.get("fps", 0))
    if fps > rule.max_fps:
        yield _finding("duration.fps", "fail", "The video has more frames than are played", f"{fps:g} fps",
                       f"≤ {rule.max_fps} fps")
    told_seconds = tags.film.get("seconds")
    if isinstance(told_seconds, float) and abs(told_seconds - film.seconds) > APART:
        yield _finding("duration", "warn", "The file says another length", f"{told_seconds:.2f} s", f"{film.seconds:.2f} s")


def _form(tags: Tags) -> Iterator[Finding]:
    film = tags.film
    if film.get("codec") not in ("avc1", "avc3"):
        yield _finding("duration.codec", "fail", "The video is not H.264", str(film.get("codec", "none")), "avc1")
    if film.get("colour") != BT709:
        yield _finding("duration.colour", "warn", "The colours are not tagged as BT.709", str(film.get("colour", "none")),
                       str(BT709))
    if film.get("audio") != "mp4a" or film.get("sample_rate") != 48000:
        measured = f"{film.get('audio', 'no sound')} {film.get('sample_rate', '')}".strip()
        yield _finding("duration.audio", "warn", "The sound is not AAC at 48 kHz", measured, "mp4a 48000")
    if not film.get("streams"):
        yield _finding("duration.start", "warn", "The video cannot start before it is all there", "index last", "index first")


def _finding(code: str, verdict: Verdict, fact: str, measured: str, wanted: str, help: str = AGAIN) -> Finding:
    return Finding(code=code, verdict=verdict, fact=fact, measured=measured, wanted=wanted, help=help)
