"""Display prices as each market writes them: raised cents, the place of the currency, the old price struck out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from pipelines.compose.block import Block, Piece, _composite, _piece, around
from pipelines.compose.typeset import Face

SMALL = 0.50
GAP = 0.05
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
PLAIN = PriceStyle(currency="after", raised=False, comma=",")


def style_for(locale: str) -> PriceStyle:
    """The style of a locale, else of its language, else plain figures with the currency after."""
    return STYLES.get(locale) or STYLES.get(locale.split("-")[0]) or PLAIN


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


def set_price(
    amount: Decimal, currency: str, locale: str, face: Face, size: float, x: float, y_cap_top: float,
    colour: str = "#000000", role: str = "price", px_per_pt: float = 2.88, keep_zero: bool = False,
) -> Block:
    """A price of `size` px figures as one object. Cents and currency are half as big, their tops on figure height."""
    del px_per_pt
    style = style_for(locale)
    whole, cents = _parts(amount, keep_zero)
    sign = symbol(currency, locale)
    setter = _Setter(face, size, x, y_cap_top, locale)
    if style.currency == "before":
        setter.small(sign, "currency", raised=True)
    setter.figures(whole)
    if cents and style.raised:
        setter.cents(style.comma, (sign if style.currency == "raised" else "") + cents)
    elif cents:
        setter.figures(style.comma + cents)
    if style.currency == "after" or (style.currency == "raised" and not cents):
        setter.small(sign, "currency", raised=style.currency == "raised")
    return _composite(
        setter.pieces, written_price(amount, currency, locale), face, size, 0.0, colour, role, x, y_cap_top
    )


class _Setter:
    """Puts pieces one after the other, ink to ink."""

    def __init__(self, face: Face, size: float, x: float, y_cap_top: float, locale: str) -> None:
        self.face, self.size, self.locale, self.top = face, size, locale, y_cap_top
        self.baseline = y_cap_top + face.cap * size
        self.pen, self.pieces = x, list[Piece]()

    def _add(self, text: str, size: float, baseline: float, gap: float, name: str, tracking: float) -> None:
        run = self.face.run(text, size, tracking, self.locale)
        start = self.pen + (gap if self.pieces else 0.0)
        piece = _piece(run, start - run.ink[0], baseline, name=name)
        self.pieces.append(piece)
        self.pen = piece.box[0] + piece.box[2]

    def figures(self, text: str) -> None:
        self._add(text, self.size, self.baseline, GAP * self.size, "figure", 0.0)

    def small(self, text: str, name: str, raised: bool) -> None:
        size = SMALL * self.size
        baseline = self._raised_baseline(text, size) if raised else self.baseline
        self._add(text, size, baseline, GAP * self.size, name, -0.02)

    def cents(self, comma: str, text: str) -> None:
        if comma:
            self._add(comma, self.size, self.baseline, 0.02 * self.size, "comma", 0.0)
            self.pen -= 0.02 * self.size
        self.small(text, "cents", raised=True)

    def _raised_baseline(self, text: str, size: float) -> float:
        """Baseline that brings the tops of small figures to the height of the big ones."""
        figures = self.face.run("0", self.size, 0.0, self.locale).ink[1]
        return self.baseline + figures - self.face.run("0", size, 0.0, self.locale).ink[1]


def struck(block: Block) -> Block:
    """A price that no longer holds: one stroke through it, .07 em thick at .30 em over the baseline."""
    import skia

    x, _, w, _ = block.box
    y = block.baseline - (STRIKE_HEIGHT + STRIKE_THICKNESS / 2) * block.size
    over = 0.04 * block.size
    box = (x - over, y, w + 2 * over, STRIKE_THICKNESS * block.size)
    path = skia.Path()
    path.addRect(skia.Rect.MakeXYWH(*box))
    stroke = Piece(path=path, box=box, baseline=block.baseline, name="strike")
    pieces = (*block.pieces, stroke)
    return replace(block, pieces=pieces, box=around(piece.box for piece in pieces))
