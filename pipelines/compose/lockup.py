"""An offer as one object: what it buys, for how much, what it cost before, the unit price and the code.

A price never stands without what it buys, nor an old price without the new one, so they are set together or not at
all. `lockup` is a stack, as wide as its price; `lockup-poster` a wide head over narrow details, so that a
product may stand beside those; `lockup-row` has what explains the price beside it; `lockup-line`, for strips, is the
least that is still true: what it buys, and the price.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from pipelines.compose.block import place, price, set_line
from pipelines.compose.draw import Item, PathItem
from pipelines.compose.faces import face_of
from pipelines.compose.family import Column, Slot
from pipelines.compose.fit import fit
from pipelines.compose.flow import Placed, Setting
from pipelines.compose.geometry import Box, union
from pipelines.compose.marks import moved
from pipelines.compose.prices import code_word, old_price
from pipelines.compose.setting import Block, composite, run_pieces

SLOTS: Mapping[str, Slot] = {
    "buys": Slot(role="buys", style="headline", weight=700),
    "price": Slot(role="price", style="headline", weight=800, face="display", colour="accent"),
    "was": Slot(role="was", style="body", weight=500),
    "per": Slot(role="per", style="legal", weight=500),
    "code": Slot(role="code", style="body", weight=700),
}
BUYS = (0.15, 0.30)
"""Least and most size of the quantity, in sizes of the price; between them it is as wide as the price."""
DETAIL, FINE, CODE = 0.115, 0.085, 0.135
"""Sizes of the old price, the unit price and the code, in sizes of the price; never under what a screen needs."""
LEAST_DETAIL, FINE_LEAST = 0.9, 0.86
"""Least size of the old price, in the class' least body sizes, and of the unit price, in those of the old one."""
AIR, ROOM = 0.085, 0.105
"""Between the quantity and the price, and under the price, in sizes of the price."""
TICKET, NOTCH, EDGE, PAD = 2.1, 0.15, 0.042, 0.85
"""The ticket: height over the size of its code; notch and line over that height's half; padding in em."""
SMALLER, TRIES = 0.965, 60
WORTH = 0.93
"""What the price may lose in size so that the ticket says `Code`."""
Form = Callable[..., "list[Placed] | None"]
"""(setting, named, size): whether the ticket says what it is, and a size of the price."""


def stands_open(column: Column) -> bool:
    """Whether a product may stand in the column's box, beside the details: what touches is found out afterwards."""
    return column.slots[0].role == "lockup-poster"


def is_lockup(column: Column) -> bool:
    """Whether a column holds an offer's lock-up, which then is all that it holds."""
    return column.slots[0].role in FORMS


def set_lockup(column: Column, box: Box, setting: Setting) -> tuple[Placed, ...] | None:
    """The lock-up as large as a box lets it stand, or None where it does not fit whole."""
    form = FORMS[column.slots[0].role]
    bare = _largest(partial(form, setting, False), box, setting)
    if bare is None:
        return None
    named = _largest(partial(form, setting, True), box, setting)
    chosen = named if named is not None and named[0] >= WORTH * bare[0] else bare
    return _seated(chosen[1], column, box, setting.content.rtl)


def _largest(form: Callable[[float], list[Placed] | None], box: Box, setting: Setting) -> tuple[float, list[Placed]] | None:
    """The largest price at which a form fits in a box, and the form."""
    figure = _price(100.0, 0.0, 0.0, setting).box
    size = 100.0 * min(box.w / figure.w, box.h / figure.h)
    for _ in range(TRIES):
        if size < setting.grid.sizes["headline"][0]:
            return None
        made = form(size)
        if made is not None and _around(made).w <= box.w + 0.5 and _around(made).h <= box.h + 0.5:
            return size, made
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


def _stack(setting: Setting, named: bool, size: float) -> list[Placed] | None:
    head = _head(size, setting)
    if head is None:
        return None
    width, foot = _around(head).right, _around(head).bottom
    rows = _rows(size, width, foot + ROOM * size, setting)
    if rows is None:
        return None
    done = [*head, *rows]
    ticket = _ticket(size, setting, width, named)
    if setting.content.first("code"):
        if ticket is None:
            return None
        done.append(_shifted(ticket, 0, _around(done).bottom + ROOM * size - ticket.box.y))
    return done


def _poster(setting: Setting, _named: bool, size: float) -> list[Placed] | None:
    """A head as wide as its column and, under its left, what explains it, as narrow as it can be: a product may stand
    beside that."""
    head = _head(size, setting)
    if head is None:
        return None
    done, gap = list(head), ROOM * size
    ticket = _ticket(size, setting, 0.0, False)
    for p in (_was(size, setting), _per(size, setting, _around(head).w), ticket):
        if p is not None:
            done.append(_shifted(p, -p.box.x, _around(done).bottom + gap - (p.box.y if p.role == "code" else p.block.cap_top)))
            gap = max(0.5 * p.block.size, 0.6 * setting.grid.unit) if p.role == "was" else 0.075 * size
    return done


def _row(setting: Setting, named: bool, size: float) -> list[Placed] | None:
    """What explains the price stands right of it, its ticket on the price's baseline, or lower where it is the taller."""
    head = _head(size, setting)
    if head is None:
        return None
    beside = [p for p in (_was(size, setting), _per(size, setting, 4.0 * size), _ticket(size, setting, 0.0, named)) if p]
    if not beside:
        return head
    left, gap = _around(head).right + 0.16 * size, max(0.075 * size, 0.6 * setting.grid.unit)
    foot = head[-1].block.baseline
    placed: list[Placed] = []
    for p in reversed(beside):
        low = p.box.bottom if placed or p.role == "code" else p.block.baseline
        placed.append(_shifted(p, left - p.box.x, foot - low))
        foot = placed[-1].box.y - gap
    over = min(_around(head).y - placed[-1].box.y, _around(head).bottom - _around(placed).bottom)
    return [*head, *(_shifted(p, 0, max(0.0, over)) for p in reversed(placed))]


def _line(setting: Setting, _named: bool, size: float) -> list[Placed] | None:
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


FORMS: Mapping[str, Form] = {"lockup": _stack, "lockup-poster": _poster, "lockup-row": _row, "lockup-line": _line}


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


def _head(size: float, setting: Setting) -> list[Placed] | None:
    """The quantity over the price, both as wide; a long quantity takes two lines."""
    words = setting.content.first("buys")
    if not words:
        return [_price(size, 0.0, 0.0, setting)]
    face = face_of(setting.kit, SLOTS["buys"].face, SLOTS["buys"].weight)
    width = _price(size, 0.0, 0.0, setting).box.w
    least, most = (share * size for share in BUYS)
    floor = setting.grid.sizes["body"][0] * LEAST_DETAIL
    wanted = width / max(face.run(words, 1.0, -0.01, setting.content.locale).width, 1e-6)
    if wanted >= max(least, floor):
        block = _snug(words, face, min(wanted, most), width, setting)
    else:
        set_ = fit(
            words, face, width, 4 * most, setting.grid.pt, size=(max(least, floor), most, most), lines=(1, 3),
            locale=setting.content.locale,
        )
        if set_ is None:
            return None
        block = place(set_, face, 0.0, 0.0, "left", role="buys")
    hang = block.box[1] + block.box[3] - block.baseline
    top = block.baseline + max(hang * 0.6, 0.0) + AIR * size
    figure = _price(size, 0.0, top, setting)
    ink = min(p.box[1] for p in figure.block.pieces)
    return [_told("buys", block), _shifted(figure, 0, round(top - ink))]


def _snug(words: str, face: Any, size: float, width: float, setting: Setting) -> Block:
    """One line, its ink from 0 to `width`: what little is missing is given to the letters' spacing."""
    run = face.run(words, size, -0.01, setting.content.locale)
    block = set_line(words, face, size, 0.0, round(face.cap * size), role="buys", locale=setting.content.locale, tracking=-0.01)
    if not 0.5 < width - run.width < 0.05 * width:
        return block
    extra = (width - run.width) / max(len(words) - 1, 1) / size
    return set_line(
        words, face, size, 0.0, round(face.cap * size), role="buys", locale=setting.content.locale, tracking=-0.01 + extra
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


def _per(size: float, setting: Setting, width: float) -> Placed | None:
    words = setting.content.first("per")
    if not words:
        return None
    face = face_of(setting.kit, "text", 500)
    least = max(setting.grid.sizes["legal"][1], FINE_LEAST * _detail(0.0, size, setting))
    em = max(least, min(FINE * size, _detail(DETAIL, size, setting)))
    set_ = fit(
        words, face, width, 6 * em, setting.grid.pt, size=(least, em, em), lines=(1, 3), locale=setting.content.locale,
        align="left",
    )
    return _told("per", place(set_, face, 0.0, 0.0, "left", role="per")) if set_ is not None else None


def _ticket(size: float, setting: Setting, width: float, named: bool) -> Placed | None:
    """The code in a ticket at least `width` wide (None where it takes more): a notch at each end; where it is `named`,
    a perforation after the word for it."""
    words = setting.content.first("code")
    if not words:
        return None
    locale = setting.content.locale
    em = _detail(CODE, size, setting)
    strong, plain = face_of(setting.kit, "text", 700), face_of(setting.kit, "text", 500)
    code = strong.run(words, em, 0.06, locale)
    word = plain.run(code_word(locale), em, 0.0, locale) if named else None
    pad, height = PAD * em, TICKET * em
    stub = word.width + 1.7 * pad if word else 0.0
    natural = stub + code.width + 2 * pad
    if width and natural > width + 0.5:
        return None
    whole = max(natural, width)
    baseline = round(height / 2 + strong.cap * em / 2)
    middle = stub + (whole - stub) / 2
    pieces = run_pieces(code, middle - code.width / 2 - code.ink[0], baseline, name="code")
    if word is not None:
        pieces = run_pieces(word, (stub - word.width) / 2 + 0.1 * pad - word.ink[0], baseline, name="word") + pieces
    text = f"{code_word(locale)} {words}" if word is not None else words
    block = composite(pieces, text, strong, em, "code", "#000000", 0.0, baseline - strong.cap * em)
    return _told("code", block, _paper(whole, height, stub, setting))


def _paper(width: float, height: float, stub: float, setting: Setting) -> tuple[Item, ...]:
    """The ticket's outline and its perforation, in the kit's corner radius."""
    import skia

    line = max(1.0, EDGE * height)
    inset = line / 2
    body, bites = skia.Path(), skia.Path()
    radius = max(setting.kit.shapes.radius * 3, 0.06) * height
    body.addRoundRect(skia.Rect.MakeXYWH(inset, inset, width - line, height - line), radius, radius)
    for x in (inset, width - inset):
        bites.addCircle(x, height / 2, NOTCH * height)
    outline = skia.Op(body, bites, skia.PathOp.kDifference_PathOp)
    items: list[Item] = [PathItem(path=outline, colour="#000000", stroke=line, role="ticket")]
    if stub:
        dots, step = skia.Path(), 2.4 * line
        count = int((height - 3 * line) / step)
        start = (height - count * step) / 2 + (step - line) / 2
        for k in range(count):
            dots.addRect(skia.Rect.MakeXYWH(stub - line / 2, start + k * step, line, line))
        items.append(PathItem(path=dots, colour="#000000", role="ticket"))
    return tuple(items)
