"""Small pictures of variants: made once from the bucket's file, kept on this disk, the same for everybody.

Few are made at a time, on threads of their own: a page that asks for a thousand keeps none of the web's threads waiting
and holds few pictures in memory at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import secrets
import subprocess
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from factory.doors.web.parts import Parts
from factory.doors.web.problems import Problem
from factory.errors import StoreError
from factory.store import variants

WIDTHS: Final = (160, 320, 640)
"""Widths in pixels; a picture that is narrower stays as wide as it is."""

AT_ONCE: Final = 2
MOST_SOURCE: Final = 64_000_000
MOST_PIXELS: Final = 50_000_000
FRAME_S: Final = 10.0
"""Seconds that reading a film's first frame may take."""

MOST_KEPT, SWEEP_EVERY = 1_000_000_000, 2000
"""Bytes of small pictures on this disk, and after how many new ones they are counted."""

QUALITY: Final = 80


@dataclass
class Thumbs:
    """The small pictures of one web process; several processes may share the folder."""

    parts: Parts
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE, thread_name_prefix="thumbs"))
    under_way: dict[str, asyncio.Future[bytes]] = field(default_factory=dict)
    made: int = 0
    guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def folder(self) -> Path:
        return self.parts.settings.home / "cache" / "thumbs"

    def path(self, name: str, width: int) -> Path:
        """Where the small picture of a file lies."""
        return self.folder / name[:2] / f"{name.partition('.')[0]}-{width}.webp"

    def kept(self, name: str, width: int) -> bytes | None:
        """A small picture that was made before."""
        try:
            return self.path(name, width).read_bytes()
        except OSError:
            return None

    async def get(self, name: str, width: int) -> bytes:
        """The small picture of a file (`<sha256>.<ext>`). Raises Problem file.unknown for what no variant is."""
        key = f"{name}@{width}"
        if key not in self.under_way:
            task = asyncio.ensure_future(asyncio.get_running_loop().run_in_executor(self.pool, self._one, name, width))
            self.under_way[key] = task
            task.add_done_callback(lambda _: self.under_way.pop(key, None))
        return await asyncio.shield(self.under_way[key])

    def _one(self, name: str, width: int) -> bytes:
        held = self.kept(name, width)
        if held is not None:
            return held
        with self.parts.reading() as db:
            if variants.holding(db, name) is None:
                raise Problem("file.unknown")
        data = small(self._source(name), name.rpartition(".")[2], width)
        with contextlib.suppress(OSError):  # a full disk costs time, nothing else
            _write(self.path(name, width), data)
            self._count()
        return data

    def _source(self, name: str) -> bytes:
        try:
            return self.parts.storage.get(f"blobs/{name}", limit=MOST_SOURCE)
        except StoreError as error:
            if error.fault.code == "storage.missing":
                raise Problem("file.unknown") from error
            raise

    def _count(self) -> None:
        with self.guard:
            self.made += 1
            due = self.made % SWEEP_EVERY == 0
        if due:
            sweep(self.folder, MOST_KEPT)


def small(data: bytes, ending: str, width: int) -> bytes:
    """A picture or a film's first frame (which feeds show as its poster) as WebP of at most that width."""
    from PIL import Image

    source = _frame(data) if ending == "mp4" else data
    with Image.open(io.BytesIO(source), formats=("JPEG", "PNG", "WEBP")) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Problem("file.unknown")
        size = (min(width, image.width), max(1, round(image.height * min(width, image.width) / image.width)))
        image.draft("RGB", (size[0] * 2, size[1] * 2))
        plain = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
    kept = io.BytesIO()
    plain.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0).save(kept, "WEBP", quality=QUALITY, method=3)
    return kept.getvalue()


def _frame(film: bytes) -> bytes:
    """A film's first frame as JPEG, read by a process of its own that may not run for long."""
    from imageio_ffmpeg import get_ffmpeg_exe

    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(film)
        file.flush()
        command = [get_ffmpeg_exe(), "-v", "error", "-nostdin", "-threads", "1", "-protocol_whitelist", "file,pipe",
                   "-f", "mov", "-i", file.name,
                   "-frames:v", "1", "-vf", f"scale='min({max(WIDTHS)},iw)':-2", "-f", "image2pipe", "-c:v", "mjpeg",
                   "-q:v", "2", "pipe:1"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=FRAME_S, check=True)  # noqa: S603  (ours, no shell)
        except (subprocess.SubprocessError, OSError) as error:
            raise Problem("server.busy", "The film's first frame cannot be read just now.", retry_after=5) from error
    return done.stdout


def _write(path: Path, data: bytes) -> None:
    """Aside first, then renamed over its name: nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def sweep(folder: Path, most_bytes: int) -> None:
    """When the folder holds more than it may, take the oldest away until a tenth is free."""
    found: list[tuple[float, int, Path]] = []
    for path in folder.glob("*/*"):
        with contextlib.suppress(OSError):
            stat = path.stat()
            found.append((stat.st_mtime, stat.st_size, path))
    held = sum(size for _, size, _ in found)
    if held <= most_bytes:
        return
    for _, size, path in sorted(found, key=lambda f: f[0]):
        if held <= most_bytes * 0.9:
            return
        with contextlib.suppress(OSError):
            path.unlink()
        held -= size


def thumbs_of(state: object, make: Callable[[], Thumbs]) -> Thumbs:
    """The process's small pictures (kept with the app)."""
    found: Thumbs | None = getattr(state, "thumbs", None)
    if found is None:
        found = make()
        state.thumbs = found  # type: ignore[attr-defined]
    return found
