"""Pixels to a file under a byte budget: the best quality that fits, tagged sRGB, the same bytes every time."""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import numpy as np

from factory.errors import FactoryError
from pipelines.compose.draw import Pixels

Format = Literal["jpeg", "png", "webp"]
RESERVE = 3_000
ENOUGH = 0.985
BEST, LEAST, WORTH_CHROMA = 93, 30, 80


class BudgetError(FactoryError):
    """No quality brings a picture under its byte budget."""


def encode(rgb: Pixels, budget_bytes: int | None, fmt: Format = "jpeg") -> bytes:
    """Encode an opaque picture (h, w, 3) uint8 within `budget_bytes` less 3 kB kept for a signature (kB = 1000).

    JPEG is 4:4:4; only when that would fall under quality 80 does jpegli's 4:2:0 take over, which then looks better.
    Raises BudgetError when even the lowest quality is too big.
    """
    room = None if budget_bytes is None else budget_bytes - RESERVE
    return ENCODERS[fmt](np.ascontiguousarray(rgb), room)


# --------------------------------------------------------------------------------------------------------- JPEG


def _jpeg(rgb: Pixels, room: int | None) -> bytes:
    tagged = room - len(_jpeg_tag()) if room is not None else None
    found = largest(lambda q: _turbo(rgb, q), tagged, WORTH_CHROMA, BEST)
    if found is None:
        found = largest(lambda q: _jpegli(rgb, q), tagged, LEAST, 95)
    if found is None:
        raise _too_big(rgb, room)
    return _with_profile(found)


def _turbo(rgb: Pixels, quality: int) -> bytes:
    import simplejpeg

    return bytes(simplejpeg.encode_jpeg(rgb, quality, "RGB", "444", fastdct=False))


def _jpegli(rgb: Pixels, quality: int) -> bytes:
    import pyjpegli

    return bytes(pyjpegli.encode(rgb, rgb.shape[1], rgb.shape[0], quality))


def _scale(quality: float) -> float:
    """How coarse libjpeg's tables are at a quality: 50/q below 50, 2 - q/50 above."""
    return 50 / quality if quality < 50 else 2 - quality / 50


def _quality(scale: float) -> float:
    """The inverse of `_scale`."""
    return 50 / scale if scale > 1 else 50 * (2 - scale)


def largest(make: Callable[[int], bytes], room: int | None, low: int, high: int) -> bytes | None:
    """The file of the highest quality in low..high that has at most `room` bytes; None if not even `low` fits.

    Bytes fall nearly as a power of the tables' coarseness, so a secant in logarithms needs two or three tries; it
    stops at a quality whose neighbour does not fit, or once 98.5 % of the room is used.
    """
    if room is not None and room <= 0:
        return None
    best = make(high)
    if room is None or len(best) <= room:
        return best
    over, fits, found = (high, len(best)), (low - 1, 0), None
    guess, power = _toward(over, room, 0.7), 0.7
    while over[0] - fits[0] > 1:
        data = make(guess := min(max(guess, fits[0] + 1), over[0] - 1))
        power = _power(over, (guess, len(data)), power)
        if len(data) <= room:
            fits, found = (guess, len(data)), data
            if len(data) >= ENOUGH * room:
                break
        else:
            over = guess, len(data)
        guess = _toward((guess, len(data)), room, power)
    return found


def _toward(known: tuple[int, int], room: int, power: float) -> int:
    """The quality at which a known (quality, bytes) would come to `room` bytes."""
    return math.floor(_quality(_scale(known[0]) * (known[1] / room) ** (1 / power)))


def _power(a: tuple[int, int], b: tuple[int, int], otherwise: float) -> float:
    """How steeply bytes fall with coarseness between two tries."""
    steps = math.log(max(_scale(b[0]), 1e-3) / max(_scale(a[0]), 1e-3))
    if abs(steps) < 1e-6 or a[1] == b[1]:
        return otherwise
    return min(3.0, max(0.2, math.log(a[1] / b[1]) / steps))


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """A small sRGB ICC profile, its date fixed so that equal pictures have equal bytes."""
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    profile[84:100] = bytes(16)
    return bytes(profile)


def _jpeg_tag() -> bytes:
    body = b"ICC_PROFILE\0\x01\x01" + srgb_profile()
    return b"\xff\xe2" + struct.pack(">H", len(body) + 2) + body


def _with_profile(jpeg: bytes) -> bytes:
    """The profile goes after the JFIF header, or right after the start when there is none."""
    at = 2
    if jpeg[2:4] == b"\xff\xe0":
        at = 4 + struct.unpack(">H", jpeg[4:6])[0]
    return jpeg[:at] + _jpeg_tag() + jpeg[at:]


# ----------------------------------------------------------------------------------------------------- PNG, WebP


def _png(rgb: Pixels, room: int | None) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "PNG", optimize=True, icc_profile=srgb_profile())
    if room is not None and buffer.tell() > room:
        raise _too_big(rgb, room)
    return buffer.getvalue()


def _webp(rgb: Pixels, room: int | None) -> bytes:
    found = largest(lambda q: _webp_at(rgb, q), room, LEAST, BEST)
    if found is None:
        raise _too_big(rgb, room)
    return found


def _webp_at(rgb: Pixels, quality: int) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "WEBP", quality=quality, method=4, icc_profile=srgb_profile())
    return buffer.getvalue()


def _too_big(rgb: Pixels, room: int | None) -> BudgetError:
    height, width = rgb.shape[:2]
    return BudgetError(
        f"A picture of {width}x{height} px cannot be brought under {room} bytes", code="budget",
        help="Choose another format or a plate with less texture.",
    )


ENCODERS: dict[str, Callable[[Pixels, int | None], bytes]] = {"jpeg": _jpeg, "png": _png, "webp": _webp}
