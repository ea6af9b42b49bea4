"""Colour on numpy arrays: hex, sRGB, linear light, OKLab, OKLCH, CIELAB, differences and contrast.

Arrays hold a colour on their last axis (..., 3). sRGB and linear light run 0..1; OKLab and OKLCH lightness 0..1,
chroma about 0..0.4, hue in degrees 0..360; CIELAB is D65, L 0..100. Nothing is clipped unless a function says so.

Sources: IEC 61966-2-1 (sRGB); B. Ottosson, "A perceptual color space for image processing" (OKLab); CIE 142-2001 and
Sharma et al. 2005 (CIEDE2000); APCA-W3 0.98G-4g, github.com/Myndex/SAPC-APCA; WCAG 2.2 (contrast ratio).
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

HEX = re.compile(r"#[0-9a-fA-F]{6}")

_RGB_TO_LMS = np.array([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
])
_LMS_TO_LAB = np.array([
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
])
_LMS_TO_RGB: Array = np.linalg.inv(_RGB_TO_LMS)
_LAB_TO_LMS: Array = np.linalg.inv(_LMS_TO_LAB)
_RGB_TO_XYZ = np.array([
    [0.4123907993, 0.3575843394, 0.1804807884],
    [0.2126390059, 0.7151686788, 0.0721923154],
    [0.0193308187, 0.1191947798, 0.9505321522],
])
_WHITE: Array = _RGB_TO_XYZ.sum(axis=1)
_APCA_LUMA = np.array([0.2126729, 0.7151522, 0.0721750])
_WCAG_LUMA = np.array([0.2126, 0.7152, 0.0722])


def _colours(value: ArrayLike) -> Array:
    return np.asarray(value, dtype=np.float64)


# ------------------------------------------------------------------------------------------------ between spaces


def hex_to_srgb(code: str) -> Array:
    """`#RRGGBB` as sRGB (3,); ValueError for anything else."""
    if not HEX.fullmatch(code):
        raise ValueError(f"{code!r} is not a colour of the form #RRGGBB")
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def srgb_to_hex(srgb: ArrayLike) -> str:
    """sRGB (3,) as `#RRGGBB`, clipped to 0..1 and rounded."""
    levels = np.rint(np.clip(_colours(srgb), 0, 1) * 255).astype(int)
    return "#" + "".join(f"{level:02X}" for level in levels)


def srgb_to_linear(srgb: ArrayLike) -> Array:
    """sRGB to linear light, odd about zero so that colours out of gamut survive the way back."""
    value = _colours(srgb)
    size = np.abs(value)
    curved = ((size + 0.055) / 1.055) ** 2.4
    return np.sign(value) * np.where(size <= 0.04045, size / 12.92, curved)


def linear_to_srgb(linear: ArrayLike) -> Array:
    """Linear light to sRGB, odd about zero."""
    value = _colours(linear)
    size = np.abs(value)
    curved = 1.055 * size ** (1 / 2.4) - 0.055
    return np.sign(value) * np.where(size <= 0.0031308, size * 12.92, curved)


def linear_to_oklab(linear: ArrayLike) -> Array:
    """Linear sRGB to OKLab (L, a, b)."""
    return np.asarray(np.cbrt(_colours(linear) @ _RGB_TO_LMS.T) @ _LMS_TO_LAB.T)


def oklab_to_linear(oklab: ArrayLike) -> Array:
    """OKLab to linear sRGB; out-of-gamut colours leave 0..1."""
    return np.asarray((_colours(oklab) @ _LAB_TO_LMS.T) ** 3 @ _LMS_TO_RGB.T)


def oklab_to_oklch(oklab: ArrayLike) -> Array:
    """Rectangular to polar: (L, chroma, hue in degrees). A grey's hue is 0."""
    lab = _colours(oklab)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    return np.stack([lab[..., 0], chroma, np.where(chroma < 1e-4, 0.0, hue)], axis=-1)


def oklch_to_oklab(oklch: ArrayLike) -> Array:
    """Polar to rectangular."""
    lch = _colours(oklch)
    angle = np.radians(lch[..., 2])
    return np.stack([lch[..., 0], lch[..., 1] * np.cos(angle), lch[..., 1] * np.sin(angle)], axis=-1)


def linear_to_lab(linear: ArrayLike) -> Array:
    """Linear sRGB to CIELAB under D65."""
    ratio = _colours(linear) @ _RGB_TO_XYZ.T / _WHITE
    bent = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    x, y, z = bent[..., 0], bent[..., 1], bent[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def hex_to_linear(code: str) -> Array:
    """`#RRGGBB` as linear light (3,)."""
    return srgb_to_linear(hex_to_srgb(code))


def hex_to_oklab(code: str) -> Array:
    """`#RRGGBB` as OKLab (3,)."""
    return linear_to_oklab(hex_to_linear(code))


def hex_to_oklch(code: str) -> tuple[float, float, float]:
    """`#RRGGBB` as (L, chroma, hue in degrees)."""
    lightness, chroma, hue = oklab_to_oklch(hex_to_oklab(code))
    return float(lightness), float(chroma), float(hue)


def oklch_to_srgb(oklch: ArrayLike) -> Array:
    """OKLCH (3,) as sRGB inside the gamut: chroma is lowered until the colour fits, lightness and hue stay."""
    lightness, chroma, hue = (float(v) for v in _colours(oklch))
    low, high = 0.0, chroma
    if _fits(lightness, chroma, hue):
        low = chroma
    for _ in range(24 if low < chroma else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if _fits(lightness, middle, hue) else (low, middle)
    return np.clip(linear_to_srgb(oklab_to_linear(oklch_to_oklab([lightness, low, hue]))), 0, 1)


def _fits(lightness: float, chroma: float, hue: float) -> bool:
    linear = oklab_to_linear(oklch_to_oklab([lightness, chroma, hue]))
    return bool(np.all(linear >= -1e-4) and np.all(linear <= 1 + 1e-4))


def oklch_to_hex(oklch: ArrayLike) -> str:
    """OKLCH (3,) as `#RRGGBB`, brought into the gamut by chroma."""
    return srgb_to_hex(oklch_to_srgb(oklch))


def mix(first: str, second: str, share: float) -> str:
    """`share` (0..1) of the second hex colour in the first, mixed in OKLab."""
    lab = (1 - share) * hex_to_oklab(first) + share * hex_to_oklab(second)
    return oklch_to_hex(oklab_to_oklch(lab))


# --------------------------------------------------------------------------------------------------- differences


def delta_e_ok(first: ArrayLike, second: ArrayLike) -> Array:
    """Distance of OKLab colours; about .02 is just noticed."""
    return np.asarray(np.linalg.norm(_colours(first) - _colours(second), axis=-1))


def delta_e_2000(first: ArrayLike, second: ArrayLike) -> Array:
    """CIEDE2000 of CIELAB colours; about 1 is just noticed."""
    a, b = _colours(first), _colours(second)
    boost = _chroma_boost(a, b)
    c1, h1 = _adjusted(a, boost)
    c2, h2 = _adjusted(b, boost)
    l_mean, c_mean = (a[..., 0] + b[..., 0]) / 2, (c1 + c2) / 2
    turn = _turn(c1, c2, h1, h2)
    h_mean = _mean_hue(c1, c2, h1, h2)
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    s_l = 1 + 0.015 * (l_mean - 50) ** 2 / np.sqrt(20 + (l_mean - 50) ** 2)
    lightness = (b[..., 0] - a[..., 0]) / s_l
    chroma = (c2 - c1) / (1 + 0.045 * c_mean)
    hue = d_hue / (1 + 0.015 * c_mean * _hue_weight(h_mean))
    return np.asarray(np.sqrt(lightness**2 + chroma**2 + hue**2 + _rotation(c_mean, h_mean) * chroma * hue))


def _chroma_boost(a: Array, b: Array) -> Array:
    mean7 = ((np.hypot(a[..., 1], a[..., 2]) + np.hypot(b[..., 1], b[..., 2])) / 2) ** 7
    return np.asarray(1.5 - 0.5 * np.sqrt(mean7 / (mean7 + 25.0**7)))


def _adjusted(lab: Array, boost: Array) -> tuple[Array, Array]:
    a = lab[..., 1] * boost
    return np.hypot(a, lab[..., 2]), np.degrees(np.arctan2(lab[..., 2], a)) % 360


def _turn(c1: Array, c2: Array, h1: Array, h2: Array) -> Array:
    shortest = (h2 - h1 + 180) % 360 - 180
    return np.where(c1 * c2 == 0, 0.0, shortest)


def _mean_hue(c1: Array, c2: Array, h1: Array, h2: Array) -> Array:
    total, apart = h1 + h2, np.abs(h1 - h2) > 180
    around = np.where(total < 360, (total + 360) / 2, (total - 360) / 2)
    return np.where(c1 * c2 == 0, total, np.where(apart, around, total / 2))


def _hue_weight(hue: Array) -> Array:
    terms = ((-0.17, 1, -30.0), (0.24, 2, 0.0), (0.32, 3, 6.0), (-0.20, 4, -63.0))
    return np.asarray(1 + sum(k * np.cos(np.radians(n * hue + shift)) for k, n, shift in terms))


def _rotation(chroma: Array, hue: Array) -> Array:
    theta = 30 * np.exp(-(((hue - 275) / 25) ** 2))
    return np.asarray(-2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(np.radians(2 * theta)))


# ------------------------------------------------------------------------------------------------------ contrast


def apca(text: ArrayLike, ground: ArrayLike) -> Array:
    """APCA lightness contrast Lc of sRGB text on an sRGB ground: positive for dark on light, about -108..106."""
    y_text, y_ground = _apca_luma(text), _apca_luma(ground)
    dark = (y_ground**0.56 - y_text**0.57) * 1.14
    light = (y_ground**0.65 - y_text**0.62) * 1.14
    raw = np.where(y_ground > y_text, dark, light)
    return np.asarray(np.where(np.abs(raw) < 0.1, 0.0, raw - np.sign(raw) * 0.027) * 100)


def _apca_luma(srgb: ArrayLike) -> Array:
    y = np.clip(_colours(srgb), 0, 1) ** 2.4 @ _APCA_LUMA
    return np.asarray(np.where(y < 0.022, y + np.maximum(0.022 - y, 0) ** 1.414, y))


def wcag(first: ArrayLike, second: ArrayLike) -> Array:
    """WCAG contrast ratio of two sRGB colours, 1..21, the same either way round."""
    luma = [np.clip(srgb_to_linear(c), 0, 1) @ _WCAG_LUMA for c in (first, second)]
    return np.asarray((np.maximum(*luma) + 0.05) / (np.minimum(*luma) + 0.05))


def apca_hex(text: str, ground: str) -> float:
    """APCA Lc of two hex colours."""
    return float(apca(hex_to_srgb(text), hex_to_srgb(ground)))


def wcag_hex(first: str, second: str) -> float:
    """WCAG ratio of two hex colours."""
    return float(wcag(hex_to_srgb(first), hex_to_srgb(second)))


def table(colours: dict[str, str]) -> dict[tuple[str, str], tuple[float, float]]:
    """(text, ground) to (Lc, WCAG ratio) for every two different colours of a palette given as name to hex."""
    return {
        (t, g): (apca_hex(colours[t], colours[g]), wcag_hex(colours[t], colours[g]))
        for t in colours for g in colours if t != g
    }

