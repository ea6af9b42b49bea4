"""A person's words in one finished variant: composed anew with all that surrounds them, and checked like any other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from factory.errors import StageError
from factory.flow import Job
from factory.records import CopyDeck, Placement, Text
from factory.store import variants
from factory.store.rows import Lease
from workers.desk import Desk
from workers.lease import Done
from workers.stages import make_plate, remake, spare

if TYPE_CHECKING:
    from psycopg import Connection

NUMBERED = re.compile(r"(art_[a-z_]+?)_(\d+)")
"""The second and later texts of a field, as a variant's copy names them."""


def recompose(desk: Desk, lease: Lease) -> Done:
    """Make one variant anew with a person's words, used word for word; or on another plate; or as one more like another.

    Raises StageError when the words cannot stand there.
    """
    cell, number, edits = lease.args["variant"], lease.args["version"], lease.args["edits"]
    take, like = lease.args.get("take", 0), lease.args.get("like", "")
    with desk.pool.connection() as db:
        row = db.execute(
            "select v.made, v.locale, v.concept, j.id, j.stage, j.args, j.needs, "
            "(select version from variants where batch = v.batch and id = %s) as stands from variants v "
            "join jobs j on j.batch = v.batch and j.id = v.job where v.batch = %s and v.id = %s",
            (cell, lease.batch, like or cell)).fetchone()
    if row is None or row["made"] is None:
        raise StageError("This variant was never made", code="edit.unmade", where=cell,
                         help="Retry the batch's failed jobs first.")
    if row["stands"] and row["stands"] > number:  # somebody wrote on: nobody will see this version
        return Done(result={"variant": cell, "version": number, "blob": ""})
    hands = desk.hands(lease.batch, row["concept"], take)
    job = Job(id=row["id"], stage=row["stage"], args=row["args"], needs={**row["needs"], **lease.needs}, order=0)
    deck, shown = hands.deck(job.needs[f"copy.{row['locale']}"]), row["made"]["copy"]
    words = otherwise(deck, shown, take) if like else kept(deck, shown) if take else deck
    deck = edited(words, edits, shown)
    tries, error = remake(hands, job, cell, (deck, spare(deck)))
    for made in tries:
        made["provenance"] |= {"take": take} if take else {}
    if not tries:
        raise StageError(error or "Nothing could be made of these words", code="edit.unfit", where=cell, help="Write it shorter.")
    made = next((m for m in tries if variants.worst(m["findings"]) != "fail"), tries[0])
    _all_said(made, edits, hands.context.placements[job.args["placement"]])

    def tell(db: Connection[dict[str, Any]]) -> None:
        variants.recomposed(db, lease.batch, cell, number, made)

    return Done(result={"variant": cell, "version": number, "blob": made["blob"]}, tell=tell)


def rehearse(desk: Desk, batch: str) -> str:
    """Make a picture that a finished batch has, so that the next edit finds at hand all that making one needs: inputs, faces,
    the plate, what checks look with. The same bytes come of it, so nothing is kept anew. Returns the variant, "" for none."""
    with desk.pool.connection() as db:
        row = db.execute(
            "select v.id as cell, v.locale, j.id, j.stage, j.args, j.needs from variants v join jobs j on j.batch = v.batch "
            "and j.id = v.job where v.batch = %s and v.state = 'ready' and j.stage = 'compose' order by v.ordinal limit 1",
            (batch,)).fetchone()
    if row is None:
        return ""
    hands, job = desk.hands(batch), Job(id=row["id"], stage=row["stage"], args=row["args"], needs=row["needs"], order=0)
    remake(hands, job, row["cell"], (hands.deck(job.needs[f"copy.{row['locale']}"]),))
    return str(row["cell"])


def edited(deck: CopyDeck, edits: Mapping[str, str], shown: Mapping[str, Mapping[str, Any]]) -> CopyDeck:
    """The deck with a person's words in place of all options of the fields they wrote; "" leaves a field's text out.

    `edits` and `shown` (what the variant says now) name fields as a variant's copy does: the second `art_item` is
    `art_item_2`.
    """
    texts = list(deck.texts)
    for name in dict.fromkeys(base_of(field) for field in edits):
        now = [t for key, t in shown.items() if base_of(key) == name] or [{"text": t.text, "source": t.source, "facts": t.facts}
                                                                         for t in deck.options(name)[:1]]
        keys = [name, *(f"{name}_{n}" for n in range(2, max(len(now), _most(edits, name)) + 1))]
        new = [_text(name, edits.get(key), now[n] if n < len(now) else None) for n, key in enumerate(keys)]
        place = next((n for n, t in enumerate(texts) if t.field == name), len(texts))
        rest = [t for t in texts if t.field != name]
        texts = [*rest[:place], *(t for t in new if t), *rest[place:]]
    return CopyDeck(concept=deck.concept, locale=deck.locale, texts=tuple(texts))


PLAIN = ("art_headline", "art_sub", "art_body", "headline", "long_headline", "primary_text", "description")
"""Fields of which a deck holds several to choose from; others that stand several times are shown together."""


def kept(deck: CopyDeck, shown: Mapping[str, Mapping[str, Any]]) -> CopyDeck:
    """The deck with the words that a variant says now as the only ones of their fields: another plate changes no words."""
    said = {name: t for name, t in shown.items() if name in PLAIN}
    texts = [t for t in deck.texts if t.field not in said or t.text == said[t.field]["text"]]
    there = {t.field for t in texts}
    texts += [t for name, now in said.items() if name not in there and (t := _text(name, None, now))]
    return CopyDeck(concept=deck.concept, locale=deck.locale, texts=tuple(texts))


def otherwise(deck: CopyDeck, shown: Mapping[str, Mapping[str, Any]], number: int) -> CopyDeck:
    """The deck with other words first, where a field has others than those that a variant says; `number` turns them on."""
    texts = list(deck.texts)
    for name in PLAIN:
        options = deck.options(name)
        said = next((n for n, t in enumerate(options) if name in shown and t.text == shown[name]["text"]), -1)
        turn = (said + number) % len(options) if options else 0
        if turn == said and len(options) > 1:
            turn = (turn + 1) % len(options)
        places = [n for n, t in enumerate(texts) if t.field == name]
        for place, text in zip(places, (*options[turn:], *options[:turn]), strict=True):
            texts[place] = text
    return CopyDeck(concept=deck.concept, locale=deck.locale, texts=tuple(texts))


def replate(desk: Desk, lease: Lease) -> Done:
    """The plate of an idea's take: what its variants are then composed on."""
    concept, take = lease.args["concept"], lease.args["take"]
    hands = desk.hands(lease.batch, concept, take)
    plate = Job(id=lease.id, stage="plate", args={"plate": hands.context.plan.plates[concept]}, needs={}, order=0)
    return Done(result=make_plate(hands, plate))


def _text(field: str, edit: str | None, now: Mapping[str, Any] | None) -> Text | None:
    """What a place says: a person's words, nothing, or what stands there now."""
    if edit is not None:
        return Text(field=field, text=edit, source="person") if edit else None
    return Text(field=field, text=now["text"], source=now["source"], facts=tuple(now["facts"])) if now else None


def base_of(name: str) -> str:
    """The deck's field of a name in a variant's copy."""
    found = NUMBERED.fullmatch(name)
    return found.group(1) if found else name


def _most(edits: Mapping[str, str], name: str) -> int:
    return max(int(m.group(2)) if (m := NUMBERED.fullmatch(k)) else 1 for k in edits if base_of(k) == name)


def _all_said(made: Mapping[str, Any], edits: Mapping[str, str], placement: Placement) -> None:
    """A person's words stand there or the person is told: nothing is left out in silence."""
    said = {(base_of(k), t["text"]) for k, t in made["copy"].items()}
    missing = [text for name, text in edits.items() if text and (base_of(name), text) not in said]
    if missing:
        raise StageError(f"“{missing[0]}” does not fit at {placement.title}", code="edit.unfit", where=placement.id,
                         help="Write it shorter, or leave it out there.")
