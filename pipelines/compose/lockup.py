"""An offer as one object: what it buys, for how much, until when, what it cost before, the unit price and the code.

A price never stands without what it buys, nor an old price without the new one, so they are set together or not at
all. `lockup` is a stack, as wide as its price; `lockup-poster` a wide head over narrow details, so that a
product may stand beside those; `lockup-row` has what explains the price beside it; `lockup-line` is what it buys and
the price, no more. For small canvases: `lockup-short` is a stack without the old price, `lockup-head` ends on the last
day, `lockup-code` is the ticket with the unit price beside it, `lockup-last` a line with the last day under it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from pipelines.compose.block import place, price, set_line
from pipelines.compose.draw import Item
from pipelines.compose.faces import face_of
from pipelines.compose.family import Column, Slot
from pipelines.compose.fit import fit
from pipelines.compose.flow import Placed, Setting
from pipelines.compose.geometry import Box, union
from pipelines.compose.marks import moved
from pipelines.compose.prices import old_price
from pipelines.compose.setting import Block
from pipelines.compose.ticket import plain_code, ticket
from pipelines.compose.typeset import Face

SLOTS: Mapping[str, Slot] = {
    "buys": Slot(role="buys", style="headline", weight=700),
    "price": Slot(role="price", style="headline", weight=800, face="display", colour="accent"),
    "date": Slot(role="date", style="headline", weight=800, face="display", colour="accent"),
    "was": Slot(role="was", style="body", weight=500),
    "per": Slot(role="per", style="legal", weight=500),
    "code": Slot(role="code", style="body", weight=700),
}
BUYS = (0.15, 0.30)
"""Least and most size of the quantity, in sizes of the price; between them it is as wide as the price."""
DAY, BESIDE_DAY = (0.13, 0.25), 0.9
"""Least and most size of the last day, in sizes of the price: it may be wider than that. The quantity is smaller."""
DETAIL, FINE, CODE = 0.115, 0.085, 0.135
"""Sizes of the old price, the unit price and the code, in sizes of the price; never under what a screen needs."""
LEAST_DETAIL, FINE_LEAST, SMALL = 0.9, 0.86, 1.34
"""Least size of the old price, in the class' least body sizes; of the unit price, in those of the old one; of the code
in strips, in the least sizes of terms."""
AIR, ROOM = 0.085, 0.105
"""Between the quantity and the price, and under the price, in sizes of the price."""
UNDER = 1.5
"""Between the price, its comma's tail too, and the last day, in sizes of `AIR`."""
BOXED = 300.0
"""Points of height from which a canvas has room for a ticket; below, the code stands in plain words."""
SMALLER, TRIES = 0.965, 60
LAST = 0.38
"""Size of the last day under a line, in sizes of the price."""
UNTIL = {
    "en": "until", "fr": "jusqu’au", "de": "bis", "es": "hasta el", "it": "fino al", "nl": "t/m", "pt": "até",
    "pl": "do",
}
"""What stands before the last day of an offer."""
Form = Callable[..., "list[Placed] | None"]
"""(setting, widest, size): the width there is, and a size of the price."""


def stands_open(column: Column) -> bool:
    """Whether a product may stand in the column's box, beside the details: what touches is found out afterwards."""
    return column.slots[0].role == "lockup-poster"


def is_lockup(column: Column) -> bool:
    """Whether a column holds an offer's lock-up, which then is all that it holds."""
    return column.slots[0].role in FORMS


def set_lockup(column: Column, box: Box, setting: Setting) -> tuple[Placed, ...] | None:
    """The lock-up as large as a box lets it stand, or None where it does not fit whole."""
    form = FORMS[column.slots[0].role]
    made = _largest(partial(form, setting, box.w), box, setting)
    if not made:
        return None if made is None else ()
    return _seated(made, column, box, setting.content.rtl)


def _largest(form: Callable[[float], list[Placed] | None], box: Box, setting: Setting) -> list[Placed] | None:
    """The form at the largest price at which it fits in a box."""
    figure = _price(100.0, 0.0, 0.0, setting).box
    size = 100.0 * min(box.w / figure.w, box.h / figure.h)
    for _ in range(TRIES):
        if size < setting.grid.sizes["headline"][0]:
            return None
        made = form(size)
        if made == []:
            return made
        if made is not None and _around(made).w <= box.w + 0.5 and _around(made).h <= box.h + 0.5:
            return made
        size *= SMALLER
    return None


def _seated(made: list[Placed], column: Column, box: Box, rtl: bool) -> tuple[Placed, ...]:
    """The lock-up moved to where its column begins, on whole pixels."""
    around = _around(made)
    side = {"start": "end" if rtl else "start", "end": "start" if rtl else "end"}.get(column.align, "centre")
    x = {"start": box.x, "end": box.right - around.w, "centre": box.x + (box.w - around.w) / 2}[side]
    y = {"top": box.y, "bottom": box.bottom - around.h, "middle": box.y + (box.h - around.h) / 2}[column.start]
    return tuple(_shifted(p, round(x - around.x), round(y - around.y)) for p in made)


def _shifted(placed: Placed, dx: float, dy: float) -> Placed:
    return replace(placed, block=placed.block.moved(dx, dy), before=tuple(moved(i, dx, dy) for i in placed.before))


def _around(made: list[Placed]) -> Box:
    return union(p.box for p in made)


# --------------------------------------------------------------------------------------------------------- forms


def _stack(setting: Setting, widest: float, size: float) -> list[Placed] | None:
    head = _head(size, setting, widest)
    if head is None:
        return None
    width, foot = _around(head).right, _around(head).bottom
    rows = _rows(size, width, foot + ROOM * size, setting)
    if rows is None:
        return None
    done = [*head, *rows]
    code = _ticket(size, setting, width, widest)
    if setting.content.first("code"):
        if code is None:
            return None
        done.append(_shifted(code, 0, _around(done).bottom + ROOM * size - code.box.y))
    return done


def _poster(setting: Setting, widest: float, size: float) -> list[Placed] | None:
    """A head as wide as its column and, under its left, what explains it, as narrow as it can be: a product may stand
    beside that."""
    head = _head(size, setting, widest)
    if head is None:
        return None
    done, gap = list(head), ROOM * size
    for p in (_was(0.0, setting), _per(0.0, setting, _around(head).w), _ticket(0.0, setting, 0.0, 0.0)):
        if p is not None:
            done.append(_shifted(p, -p.box.x, _around(done).bottom + gap - (p.box.y if p.role == "code" else p.block.cap_top)))
            gap = max(0.5 * p.block.size, 0.6 * setting.grid.unit) if p.role == "was" else 0.075 * size
    return done


def _broad(setting: Setting, widest: float, size: float) -> list[Placed] | None:
    """A head and, in one row under it, what explains the price and the ticket; a stack where they need more width."""
    head = _head(size, setting, widest)
    if head is None:
        return None
    for large in (size, 0.0):
        left = _under(_was(large, setting), _per(large, setting, 0.6 * widest), setting)
        code = _ticket(large, setting, 0.0, widest)
        if not left or code is None:
            return _stack(setting, widest, size)
        gap = 0.1 * size
        if _around(left).w + gap + code.box.w <= widest:
            break
    else:
        return None
    top = _around(head).bottom + ROOM * size
    high = max(_around(left).h, code.box.h)
    left = [_shifted(p, 0, top + (high - _around(left).h) / 2 - _around(left).y) for p in left]
    x = max(_around(left).right + gap, _around(head).right - code.box.w)
    return [*head, *left, _shifted(code, x - code.box.x, top + (high - code.box.h) / 2 - code.box.y)]


def _under(was: Placed | None, per: Placed | None, setting: Setting) -> list[Placed]:
    """The unit price under the old one, or the one that there is."""
    if was is None or per is None:
        only = was or per
        return [_shifted(only, -only.box.x, 0)] if only else []
    under = was.block.baseline + max(0.5 * was.block.size, 0.6 * setting.grid.unit)
    return [_shifted(was, -was.box.x, 0), _shifted(per, -per.box.x, under - per.block.cap_top)]


def _row(setting: Setting, widest: float, size: float) -> list[Placed] | None:
    """What explains the price stands right of it, its ticket on the price's baseline, or lower where it is the taller."""
    head = _head(size, setting, 0.0)
    if head is None:
        return None
    left, gap = _around(head).right + 0.16 * size, max(0.075 * size, 0.6 * setting.grid.unit)
    code = _ticket(size, setting, 0.0, widest)
    day = _day(size, code.box.w if code else 0.0, widest - left, setting)
    beside = [p for p in (day, _was(size, setting), _per(size, setting, 4.0 * size), code) if p]
    if not beside:
        return head
    foot = head[-1].block.baseline
    placed: list[Placed] = []
    for p in reversed(beside):
        low = p.box.bottom if placed or p.role == "code" else p.block.baseline
        placed.append(_shifted(p, left - p.box.x, foot - low))
        foot = placed[-1].box.y - gap * (1.5 if len(placed) == 1 else 1.0)
    over = min(_around(head).y - placed[-1].box.y, _around(head).bottom - _around(placed).bottom)
    return [*head, *(_shifted(p, 0, max(0.0, over)) for p in reversed(placed))]


def _short(setting: Setting, widest: float, size: float) -> list[Placed] | None:
    """A stack without the old price: the fewest lines that still say the whole offer."""
    return _stack(replace(setting, content=replace(setting.content, was=None)), widest, size)


def _code(setting: Setting, widest: float, _size: float) -> list[Placed] | None:
    """The ticket and, on the middle of its height or under it, the unit price; nothing where an offer has neither."""
    code = _ticket(0.0, setting, 0.0, widest, max(SMALL * setting.grid.sizes["legal"][0], _detail(0.0, 0.0, setting)))
    per = _per(0.0, setting, widest, setting.grid.sizes["legal"][1])
    if code is None or per is None:
        return [p for p in (code, per) if p]
    beside = code.box.right + 0.8 * per.block.size
    if beside + per.box.w > widest:
        return [code, _shifted(per, -per.box.x, code.box.bottom + 0.8 * per.block.size - per.block.cap_top)]
    middle = code.box.centre[1] - (per.block.cap_top + per.block.baseline) / 2
    return [code, _shifted(per, beside - per.box.x, middle)]


def _last(setting: Setting, widest: float, size: float) -> list[Placed] | None:
    """The quantity and the price in one line, the last day under them."""
    line, day = _line(setting, widest, size), _last_day(LAST * size, setting)
    if not line or not day:
        return line
    return [*line, _shifted(day, -day.box.x, line[-1].box.bottom + max(AIR * size, 4.0) - day.block.cap_top)]


def _line(setting: Setting, _widest: float, size: float) -> list[Placed] | None:
    """The quantity in two lines as tall as the price's figure, then the price."""
    figure = _price(size, 0.0, 0.0, setting)
    face = face_of(setting.kit, SLOTS["buys"].face, SLOTS["buys"].weight)
    words = setting.content.first("buys")
    if not words:
        return [figure]
    tall = face.cap * size
    least = setting.grid.sizes["legal"][0] * 1.25
    set_ = fit(
        words, face, 4.0 * size, tall * 1.02, setting.grid.pt, size=(least, 0.42 * size, 0.46 * size), lines=(2, 2),
        locale=setting.content.locale, leading=None,
    ) or fit(
        words, face, 8.0 * size, tall, setting.grid.pt, size=(least, 0.5 * size, 0.6 * size), lines=(1, 1),
        locale=setting.content.locale,
    )
    if set_ is None:
        return None
    block = place(set_, face, 0.0, 0.0, "left", role="buys")
    block = block.moved(0, figure.block.baseline - block.baseline)
    right = block.box[0] + block.box[2] + 0.14 * size
    return [_told("buys", block), _shifted(figure, right - figure.box.x, 0)]


FORMS: Mapping[str, Form] = {
    "lockup": _stack, "lockup-poster": _poster, "lockup-row": _row, "lockup-line": _line,
    "lockup-broad": _broad, "lockup-short": _short, "lockup-code": _code, "lockup-last": _last,
    "lockup-head": lambda setting, widest, size: _head(size, setting, widest),
}


# --------------------------------------------------------------------------------------------------------- parts


def _told(role: str, block: Block, before: tuple[Item, ...] = ()) -> Placed:
    return Placed(role=role, slot=SLOTS[role], block=block, before=before, wanted=block.size)


def _price(size: float, x: float, top: float, setting: Setting) -> Placed:
    money = setting.content.price
    assert money is not None
    face = face_of(setting.kit, "display", 800)
    block = price(
        money.amount, money.currency, setting.content.locale, face, size, x, top, px_per_pt=setting.grid.pt, role="price",
        display=True,
    )
    return _told("price", block.moved(x - block.box[0], 0))


def _head(size: float, setting: Setting, widest: float) -> list[Placed] | None:
    """The quantity over the price and, where it may be `widest` wide, the last day under it, which is larger than the
    quantity."""
    words = setting.content.first("buys")
    figure = _price(size, 0.0, 0.0, setting)
    if not words:
        return [figure]
    day = _day(size, figure.box.w, widest, setting) if widest else None
    most = min(BUYS[1] * size, BESIDE_DAY * day.block.size) if day else BUYS[1] * size
    buys = _wide(words, size, figure.box.w, most, setting, widest)
    if buys is None or (day is None and widest and last_day(setting)):
        return None
    hang = buys.block.box[1] + buys.block.box[3] - buys.block.baseline
    top = buys.block.baseline + max(hang * 0.6, 0.0) + AIR * size
    ink = min(p.box[1] for p in figure.block.pieces)
    figure = _shifted(figure, 0, round(top - ink))
    if day is None:
        return [buys, figure]
    return [buys, figure, _shifted(day, 0, round(figure.box.bottom + UNDER * AIR * size - day.block.cap_top))]


def _wide(
    words: str, size: float, width: float, most: float, setting: Setting, widest: float
) -> Placed | None:
    """The quantity at most as wide as the price, in one line if that is large enough, else in up to three."""
    face = face_of(setting.kit, SLOTS["buys"].face, SLOTS["buys"].weight)
    least = max(BUYS[0] * size, setting.grid.sizes["body"][0] * LEAST_DETAIL)
    most = max(most, least)
    wanted = width / max(face.run(words, 1.0, -0.01, setting.content.locale).width, 1e-6)
    if max(wanted, widest / width * wanted) >= least:
        return _told("buys", _snug(words, face, min(max(wanted, least), most), width, setting, "buys"))
    set_ = fit(
        words, face, width, 4 * most, setting.grid.pt, size=(least, most, most), lines=(1, 3), locale=setting.content.locale
    )
    return None if set_ is None else _told("buys", place(set_, face, 0.0, 0.0, "left", role="buys"))


def _day(size: float, width: float, widest: float, setting: Setting) -> Placed | None:
    """The last day in one line: as wide as the price, or wider where there is room; smaller type stands on two lines."""
    words, face = last_day(setting), face_of(setting.kit, SLOTS["date"].face, SLOTS["date"].weight)
    if not words:
        return None
    least = max(DAY[0] * size, setting.grid.sizes["body"][0] * LEAST_DETAIL)
    most = max(DAY[1] * size, least)
    em = min(widest / max(face.run(words, 1.0, -0.01, setting.content.locale).width, 1e-6), most)
    if em >= least:
        return _told("date", _snug(words, face, em, width, setting, "date"))
    set_ = fit(
        words, face, widest, 4 * most, setting.grid.pt, size=(least, most, most), lines=(1, 2), locale=setting.content.locale
    )
    return None if set_ is None else _told("date", place(set_, face, 0.0, 0.0, "left", role="date"))


def last_day(setting: Setting) -> str:
    """Until when the offer holds, in words; "" where nothing is offered, or the language has no word for it here."""
    content = setting.content
    until = UNTIL.get(content.locale.split("-", maxsplit=1)[0], "")
    day = content.first("date")
    return f"{until} {day}" if until and day and content.first("buys") else ""


def _last_day(size: float, setting: Setting) -> Placed | None:
    words, face = last_day(setting), face_of(setting.kit, SLOTS["date"].face, SLOTS["date"].weight)
    if not words:
        return None
    em = max(size, setting.grid.sizes["body"][0])
    block = set_line(
        words, face, em, 0.0, round(face.cap * em), role="date", locale=setting.content.locale, tracking=-0.01
    )
    return _told("date", block)


def _snug(words: str, face: Face, size: float, width: float, setting: Setting, role: str) -> Block:
    """One line, its ink from 0 to `width`: what little is missing is given to the letters' spacing."""
    run = face.run(words, size, -0.01, setting.content.locale)
    block = set_line(words, face, size, 0.0, round(face.cap * size), role=role, locale=setting.content.locale, tracking=-0.01)
    if not 0.5 < width - run.width < 0.05 * width:
        return block
    extra = (width - run.width) / max(len(words) - 1, 1) / size
    return set_line(
        words, face, size, 0.0, round(face.cap * size), role=role, locale=setting.content.locale, tracking=-0.01 + extra
    )


def _rows(size: float, width: float, top: float, setting: Setting) -> list[Placed] | None:
    """The old price at the left, the unit price at the right; one under the other where they do not fit beside."""
    was, per = _was(size, setting), _per(size, setting, width)
    if was is None or per is None:
        only = was or per
        return [_shifted(only, -only.box.x, top - only.block.cap_top)] if only else []
    if was.box.w > width:
        return None
    was = _shifted(was, -was.box.x, top - was.block.cap_top)
    if len(per.block.lines) == 1 and was.box.w + per.box.w + 0.8 * was.block.size <= width:
        return [was, _shifted(per, width - per.box.right, was.block.baseline - per.block.baseline)]
    under = was.block.baseline + 0.62 * was.block.size
    return [was, _shifted(per, -per.box.x, under - per.block.cap_top)]


def _detail(share: float, size: float, setting: Setting) -> float:
    least = setting.grid.sizes["body"][0] * LEAST_DETAIL
    return max(least, min(share * size, 2.2 * least))


def _was(size: float, setting: Setting) -> Placed | None:
    money = setting.content.was
    if money is None:
        return None
    face = face_of(setting.kit, "text", 500)
    em = _detail(DETAIL, size, setting)
    return _told("was", old_price(money.amount, money.currency, setting.content.locale, face, em, 0.0, round(face.cap * em)))


def _per(size: float, setting: Setting, width: float, em: float = 0.0) -> Placed | None:
    words = setting.content.first("per")
    if not words:
        return None
    face = face_of(setting.kit, "text", 500)
    least = max(setting.grid.sizes["legal"][1], FINE_LEAST * _detail(0.0, size, setting))
    em = em or max(least, min(FINE * size, _detail(DETAIL, size, setting)))
    set_ = fit(
        words, face, width, 6 * em, setting.grid.pt, size=(min(least, em), em, em), lines=(1, 3), locale=setting.content.locale,
        align="left",
    )
    return _told("per", place(set_, face, 0.0, 0.0, "left", role="per")) if set_ is not None else None


def _ticket(size: float, setting: Setting, width: float, widest: float, em: float = 0.0) -> Placed | None:
    """The code in its ticket, at a size of `em` px where one is given; None for no code."""
    words = setting.content.first("code")
    if not words:
        return None
    em = em or _detail(CODE, size, setting)
    if setting.grid.size[1] / setting.grid.pt < BOXED:
        return _told("code", plain_code(words, setting.content.locale, setting.kit, em))
    block, paper = ticket(words, setting.content.locale, setting.kit, em, (width, widest))
    return _told("code", block, paper)
