"""Figures as objects: numbers with their units, and prices as each market writes them.

Big prices have raised cents and the currency where the locale puts it; small ones are running text. All strings
come from CLDR; alternative texts carry the plain string.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from pipelines.compose.setting import Block, Piece, around, composite, run_pieces
from pipelines.compose.typeset import Face
from pipelines.compose.typeset import tracking as tracking_at

SMALL = 0.50
GAP = 0.06
UNIT, UNIT_GAP = 0.50, 0.075
PREFIX, PREFIX_GAP = 0.35, 0.14
WORD_SPACE = 0.26
TUCK = 0.5
"""How much of a comma's width the raised cents stand over."""
DISPLAY_PT = 20.0
"""Below this many points a price is running text."""
STRIKE_HEIGHT, STRIKE_THICKNESS = 0.30, 0.07


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceStyle:
    """How a locale sets a big price. `join` stands between integer and cents: "" means the cents are raised bare."""

    currency: Literal["before", "raised", "after"]
    raised: bool = True
    comma: str = ""


STYLES = {
    # before: currency first, top aligned · raised: currency joins the raised cents · after: on the baseline
    "en": PriceStyle(currency="before"),
    "nl": PriceStyle(currency="before"),
    "fr": PriceStyle(currency="raised"),
    "de": PriceStyle(currency="after", comma=","),
    "de-AT": PriceStyle(currency="before", comma=","),
    "de-CH": PriceStyle(currency="before", raised=False, comma="."),
    "fr-CH": PriceStyle(currency="before", raised=False, comma="."),
    "es": PriceStyle(currency="after", comma=","),
    "it": PriceStyle(currency="after", comma=","),
    "pl": PriceStyle(currency="after", comma=","),
    "pt": PriceStyle(currency="after", comma=","),
    "pt-BR": PriceStyle(currency="before", comma=","),
}
INSTEAD = {
    "en": "instead of", "fr": "au lieu de", "de": "statt", "es": "en vez de", "it": "invece di", "nl": "in plaats van",
    "pt": "em vez de", "pl": "zamiast",
}
"""What stands before a price that no longer holds."""
CODE = {"es": "Código", "it": "Codice", "pt": "Código", "pl": "Kod"}
"""What a code is called where it is not `Code`."""
PLAIN = PriceStyle(currency="after", raised=False, comma=",")


def style_for(locale: str) -> PriceStyle:
    """The style of a locale, else of its language, else plain figures with the currency after."""
    return STYLES.get(locale) or STYLES.get(locale.split("-", maxsplit=1)[0]) or PLAIN


def symbol(currency: str, locale: str) -> str:
    """The sign of an ISO 4217 currency as the locale writes it (CLDR)."""
    from babel.numbers import get_currency_symbol

    return str(get_currency_symbol(currency, locale=locale.replace("-", "_")))


def written_price(amount: Decimal, currency: str, locale: str) -> str:
    """The price in running text and for alt text, as CLDR formats it."""
    from babel.numbers import format_currency

    return str(format_currency(amount, currency, locale=locale.replace("-", "_")))


def _parts(amount: Decimal, keep_zero: bool) -> tuple[str, str]:
    whole, cents = f"{abs(amount):.2f}".split(".")
    return whole, "" if cents == "00" and not keep_zero else cents


def price(
    amount: Decimal, currency: str, locale: str, face: Face, size: float, x: float, y_cap_top: float,
    colour: str = "#000000", role: str = "price", px_per_pt: float = 2.88, keep_zero: bool = False, prefix: str = "",
    display: bool | None = None,
) -> Block:
    """A price with figures of `size` px as one object, its ink from `x` on and its figures' top near `y_cap_top`.

    Cents and currency are half as big with their tops on figure height. `.00` is dropped unless `keep_zero` (beside a
    price with cents). `prefix` ("from", "ab", "dès") stands before at .35. Pieces are named figure, cents, currency.
    `display` False sets running text; by default small sizes and old prices (role "was") are.
    """
    setter = _Setter(face, size, x, y_cap_top, locale)
    if prefix:
        setter.add(prefix, PREFIX * size, setter.baseline, 0.0, "prefix")
    if display is None:
        display = role != "was" and size / px_per_pt >= DISPLAY_PT
    if not display:
        setter.figures(written_price(amount, currency, locale))
    else:
        _set_display(setter, amount, symbol(currency, locale), style_for(locale), keep_zero)
    text = " ".join(filter(None, (prefix, written_price(amount, currency, locale))))
    return composite(setter.pieces, text, face, size, role, colour, x, y_cap_top)


def _set_display(setter: _Setter, amount: Decimal, sign: str, style: PriceStyle, keep_zero: bool) -> None:
    whole, cents = _parts(amount, keep_zero)
    if style.currency == "before":
        setter.small(sign, "currency", gap=PREFIX_GAP if setter.pieces else GAP)
    setter.figures(whole if style.raised or not cents else whole + style.comma + cents)
    if cents and style.raised:
        setter.cents(style, sign, cents)
    elif style.currency != "before":
        setter.small(sign, "currency", raised=style.currency == "raised")


class _Setter:
    """Puts pieces one after the other, ink to ink."""

    def __init__(self, face: Face, size: float, x: float, y_cap_top: float, locale: str) -> None:
        self.face, self.size, self.locale = face, size, locale
        self.baseline = float(round(y_cap_top + face.cap * size))
        self.pen, self.pieces = x, list[Piece]()

    def add(self, text: str, size: float, baseline: float, gap: float, name: str, tracking: float = 0.0) -> None:
        run = self.face.run(text, size, tracking, self.locale)
        start = self.pen + (gap if self.pieces else 0.0) - run.ink[0]
        self.pieces += run_pieces(run, start, baseline, name=name)
        self.pen = start + run.ink[2]

    def figures(self, text: str) -> None:
        after_prefix = self.pieces and self.pieces[-1].name == "prefix"
        self.add(text, self.size, self.baseline, (PREFIX_GAP if after_prefix else GAP) * self.size, "figure")

    def small(self, text: str, name: str, raised: bool = True, gap: float = GAP) -> None:
        size = SMALL * self.size
        baseline = self._raised(size) if raised else self.baseline
        self.add(text, size, baseline, gap * self.size, name, -0.01)

    def cents(self, style: PriceStyle, sign: str, cents: str) -> None:
        """Raised cents, joined with the currency where it does not stand before."""
        if style.comma:
            self.add(style.comma, self.size, self.baseline, 0.02 * self.size, "comma")
            self.pen -= TUCK * self.pieces[-1].box[2]
        if style.currency == "raised":
            self.small(sign, "currency")
        self.small(cents, "cents", gap=0.02 if style.comma or style.currency == "raised" else GAP)
        if style.currency == "after":
            self.small(sign, "currency", gap=0.04)

    def _raised(self, size: float) -> float:
        """Baseline that brings the tops of small figures to the height of the big ones."""
        big, small = (self.face.run("0", s, 0.0, self.locale).ink[1] for s in (self.size, size))
        return self.baseline + big - small


def struck(block: Block) -> Block:
    """A price that no longer holds: one stroke through it, .07 em thick at .30 em over the baseline."""
    x, _, w, _ = around(piece.box for piece in block.pieces)
    pieces = (*block.pieces, _stroke(x, w, block.size, block.pieces[0].baseline))
    return replace(block, pieces=pieces, box=around(piece.box for piece in pieces))


def _stroke(x: float, width: float, size: float, baseline: float) -> Piece:
    import skia

    over, thick = 0.05 * size, max(1.0, STRIKE_THICKNESS * size)
    box = (x - over, baseline - STRIKE_HEIGHT * size - thick / 2, width + 2 * over, thick)
    path = skia.Path()
    path.addRect(skia.Rect.MakeXYWH(*box))
    return Piece(path=path, box=box, baseline=baseline, name="strike")


def old_price(
    amount: Decimal, currency: str, locale: str, face: Face, size: float, x: float, baseline: float, colour: str = "#000000"
) -> Block:
    """“instead of €11.70” as one object, the amount alone struck through: what is gone is told, not just crossed out."""
    language = locale.split("-", maxsplit=1)[0]
    words, sum_ = INSTEAD.get(language, ""), written_price(amount, currency, locale)
    setter = _Setter(face, size, x, baseline - face.cap * size, locale)
    setter.baseline = baseline
    if words:
        setter.add(words, size, baseline, 0.0, "prefix")
    start = len(setter.pieces)
    setter.add(sum_, size, baseline, WORD_SPACE * size, "figure")
    left, _, width, _ = around(piece.box for piece in setter.pieces[start:])
    setter.pieces.append(_stroke(left, width, size, baseline))
    return composite(setter.pieces, f"{words} {sum_}".strip(), face, size, "was", colour, x, baseline - face.cap * size)


def code_word(locale: str) -> str:
    """What a code is called in a locale."""
    return CODE.get(locale.split("-", maxsplit=1)[0], "Code")


def discount(share: Decimal, locale: str) -> str:
    """A discount of `share` (0.2 for a fifth) with a true minus as the locale writes it: −20%, −20 %."""
    from babel.numbers import format_percent

    return "−" + str(format_percent(share, locale=locale.replace("-", "_"))).replace("\u00a0", "\u202f")


def number(
    value: str, unit: str, face: Face, size: float, x: float, y_cap_top: float, colour: str = "#000000",
    role: str = "number", px_per_pt: float = 2.88, locale: str = "en",
) -> Block:
    """A figure with its unit at half the size on the same baseline, as one object with its own ink bounds."""
    setter = _Setter(face, size, x, y_cap_top, locale)
    track = tracking_at(size / px_per_pt, serif=face.serif, figures=True)
    setter.add(value, size, setter.baseline, 0.0, "figure", track)
    if unit:
        setter.add(unit, UNIT * size, setter.baseline, UNIT_GAP * size, "unit", track / 2)
    return composite(setter.pieces, f"{value}\u00a0{unit}".strip(), face, size, role, colour, x, y_cap_top)
