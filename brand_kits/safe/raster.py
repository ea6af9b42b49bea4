"""Pictures from people: bounds before decoding, one of three formats, turned upright, sRGB, nothing else kept."""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brand_kits.errors import UnsafeFileError
from brand_kits.safe.files import Blob, read_blob

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 40_000_000
MAX_PIXELS = 40_000_000
MAX_SIDE = 16_384
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, struct.error, ZeroDivisionError)
"""What Pillow raises on damaged files, from whichever plugin."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureFacts:
    """What a picture is, after it was decoded whole once: size upright, and whether any pixel is see-through."""

    width: int
    height: int
    transparent: bool


def read_raster(path: Path) -> NDArray[np.uint8]:
    """A picture as sRGB RGBA, (height, width, 4), straight alpha, upright; UnsafeFileError says why not."""
    return decode(read_blob(path, limit=MAX_BYTES))


def decode(blob: Blob) -> NDArray[np.uint8]:
    """The same from bytes that were read already."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own bound is tighter
        try:
            with Image.open(io.BytesIO(blob.data), formats=FORMATS) as picture:
                _bound(picture, blob.name)
                return np.asarray(_upright_srgb(picture), dtype=np.uint8).copy()
        except Image.DecompressionBombError as cause:
            raise _too_large(blob.name, "far too many pixels") from cause
        except UnsafeFileError:
            raise
        except _BROKEN as cause:
            raise UnsafeFileError(
                f"{blob.name} cannot be decoded", code="picture.broken", where=blob.name,
                help="Save it anew as PNG, JPEG or WebP.",
            ) from cause


@lru_cache(maxsize=16)
def facts(blob: Blob) -> PictureFacts:
    """Size and transparency; the same bytes are decoded once."""
    pixels = decode(blob)
    height, width = pixels.shape[:2]
    return PictureFacts(width=width, height=height, transparent=bool(pixels[..., 3].min() < 255))


def _bound(picture: Any, name: str) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise _too_large(name, f"{width} x {height} pixels")
    if getattr(picture, "n_frames", 1) > 1:
        raise UnsafeFileError(
            f"{name} is an animation", code="picture.frames", where=name, help="Save one frame as a still picture.",
        )


def _too_large(name: str, measured: str) -> UnsafeFileError:
    return UnsafeFileError(
        f"{name} has {measured}", code="picture.size", where=name,
        help=f"At most {MAX_PIXELS // 1_000_000} megapixels and {MAX_SIDE} pixels a side are read.",
    )


def _upright_srgb(picture: Any) -> Any:
    from PIL import ImageOps

    picture.load()
    upright = ImageOps.exif_transpose(picture) or picture
    return _to_srgb(_eight_bit(upright), picture.info.get("icc_profile"))


def _eight_bit(picture: Any) -> Any:
    """16-bit greys scaled down; palettes and one-bit pictures spread out."""
    from PIL import Image

    if picture.mode.startswith("I") or picture.mode == "F":
        levels = np.asarray(picture, dtype=np.float64)
        scale = 257.0 if levels.max(initial=0) > 255 else 1.0
        return Image.fromarray(np.clip(np.rint(levels / scale), 0, 255).astype(np.uint8))
    if picture.mode in ("P", "1", "PA"):
        return picture.convert("RGBA")
    return picture


def _to_srgb(picture: Any, profile: bytes | None) -> Any:
    """Through the picture's own profile when it has a usable one; a broken profile is treated as none."""
    from PIL import ImageCms

    flat = picture.mode in ("RGB", "RGBA", "CMYK", "L")
    if profile and flat and len(profile) <= 4_000_000:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
            base = picture.convert("RGB") if alpha else picture
            turned = ImageCms.profileToProfile(base, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if turned is None:
                raise ValueError("the profile does not apply")
            rgba = turned.convert("RGBA")
            if alpha:
                rgba.putalpha(alpha)
            return rgba
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return picture.convert("RGBA")
