"""Edits that follow each other: what nobody will see is not made, and bells are heard at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import stocked

from factory.store import variants, work
from factory.store.pool import open_pool
from workers.edits import recompose

if TYPE_CHECKING:
    from conftest import Api


def edited(stock: stocked.Stock, *words: str) -> None:
    with stock.db() as db:
        for text in words:
            with db.transaction():
                work.lock(db, stock.batch)
                row = variants.get(db, stock.batch, stock.cells[0], hold=True)
                assert row is not None
                variants.edit(db, row, {"art_headline": text}, "somebody")


def test_a_version_that_somebody_wrote_over_is_not_made(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    edited(stock, "Cold.", "Colder.")
    with stock.db() as db:
        lease = work.claim(db, ["preview"], "w", 60.0)[0]
    asked: list[str] = []
    with open_pool(api.settings.database_url) as pool:
        desk = cast(Any, SimpleNamespace(pool=pool, hands=lambda batch, *_: asked.append(batch)))
        done = recompose(desk, lease)
    assert (done.result, done.tell, asked) == ({"variant": stock.cells[0], "version": 2, "blob": ""}, None, [])
    with stock.db() as db:
        assert variants.get(db, stock.batch, stock.cells[0])["version"] == 3  # type: ignore[index]


def test_of_many_edits_the_one_at_hand_is_made_first(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 4)
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        for n, cell in enumerate(stock.cells):
            row = variants.get(db, stock.batch, cell, hold=True)
            assert row is not None
            variants.edit(db, row, {"art_headline": "Cold."}, "somebody", rank=0 if n == 2 else 1)
    with stock.db() as db:
        first = work.claim(db, ["preview"], "w", 60.0)[0]
    assert first.args["variant"] == stock.cells[2]


def test_a_bell_is_heard_when_it_is_committed(api: Api) -> None:
    stock = stocked.full(api.settings.database_url, 1)
    with stock.db() as ears, stock.db() as db:
        ears.execute("listen bells")
        with db.transaction():
            work.ring(db, ["preview"])
            assert not list(ears.notifies(timeout=0.05))
        assert [n.channel for n in ears.notifies(timeout=10, stop_after=1)] == ["bells"]
