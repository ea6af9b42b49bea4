"""A code in its ticket: a notch at each end, and a perforation after the word that says what it is."""

from __future__ import annotations

from brand_kits.kit import BrandKit
from pipelines.compose.block import set_line
from pipelines.compose.draw import Item, PathItem
from pipelines.compose.faces import face_of
from pipelines.compose.prices import code_word
from pipelines.compose.setting import Block, composite, run_pieces

TICKET, NOTCH, EDGE, PAD = 2.1, 0.15, 0.042, 0.85
"""Height over the size of the code; notch and line over that height's half; padding in em."""
TALL, WORD = 3.3, 0.86
"""A ticket in two rows: its height over the size of its code, and the size of the word over the code's."""
Room = tuple[float, float]
"""Least width, and the width from which a ticket has two rows, px."""


def ticket(code: str, locale: str, kit: BrandKit, em: float, room: Room) -> tuple[Block, tuple[Item, ...]]:
    """The code at a size of `em` px with the word for it, and the paper under them, from (0, 0) on."""
    strong, plain = face_of(kit, "text", 700), face_of(kit, "text", 500)
    pad, said = PAD * em, strong.run(code, em, 0.06, locale)
    word = plain.run(code_word(locale), em, 0.0, locale)
    stub = word.width + 1.7 * pad
    if stub + said.width + 2 * pad > room[1] + 0.5:
        stub, word = 0.0, plain.run(code_word(locale), WORD * em, 0.0, locale)
    height = (TICKET if stub else TALL) * em
    whole = max(stub + 2 * pad + (said.width if stub else max(said.width, word.width)), room[0])
    middle = stub + (whole - stub) / 2
    if stub:
        high = baseline = round(height / 2 + strong.cap * em / 2)
        start = (stub - word.width) / 2 + 0.1 * pad
    else:
        free = (height - strong.cap * em - plain.cap * WORD * em) / 3
        high, baseline = round(1.05 * free + plain.cap * WORD * em), round(height - 1.05 * free)
        start = middle - word.width / 2
    pieces = run_pieces(word, start - word.ink[0], high, name="word")
    pieces += run_pieces(said, middle - said.width / 2 - said.ink[0], baseline, name="code")
    text = f"{code_word(locale)} {code}"
    block = composite(pieces, text, strong, em, "code", "#000000", 0.0, baseline - strong.cap * em)
    return block, _paper(whole, height, stub, kit)


def plain_code(code: str, locale: str, kit: BrandKit, em: float) -> Block:
    """The code and the word for it at a size of `em` px, without a ticket."""
    face = face_of(kit, "text", 700)
    return set_line(f"{code_word(locale)} {code}", face, em, 0.0, round(face.cap * em), role="code", locale=locale)


def _paper(width: float, height: float, stub: float, kit: BrandKit) -> tuple[Item, ...]:
    """The ticket's outline and its perforation, in the kit's corner radius."""
    import skia

    line = max(1.0, EDGE * min(height, height * TICKET / TALL if not stub else height))
    inset = line / 2
    body, bites = skia.Path(), skia.Path()
    radius = max(kit.shapes.radius * 3, 0.06) * height
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
