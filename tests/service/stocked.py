"""A store with a brand, a brief and a batch in it, as if workers had been at work."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from factory.ids import digest
from factory.store import batches, library, variants, work
from factory.store.access import new_id
from factory.store.pool import connect
from factory.store.rows import NewJob, NewVariant

PLACEMENTS = ("meta.feed.square", "iab.medium_rectangle")


@dataclass(frozen=True)
class Stock:
    """What was put in."""

    url: str
    brief: str
    batch: str
    cells: tuple[str, ...]

    @property
    def ids(self) -> list[str]:
        return [f"{self.batch}.{c}" for c in self.cells]

    def db(self) -> Any:
        return contextlib.closing(connect(self.url))

    def events(self) -> list[dict[str, Any]]:
        with self.db() as db:
            return db.execute("select * from events where batch = %s order by seq", (self.batch,)).fetchall()


def brief(url: str, by: str = "somebody") -> str:
    """A brand with a version, and a brief on it."""
    with contextlib.closing(connect(url)) as db, db.transaction():
        brand = library.put_brand(db, new_id("n"), by)
        assert brand
        library.put_version(db, brand, digest(brand), {}, by)
        row = library.put_brief(db, name="Cold brew", brand=brand, brand_version=1, body="version: 1\nvariants: 30\n", format="yaml", pictures={}, by=by)
        return str(row["id"])


def made(cell: str, *, verdict: str = "pass", text: str = "Slept 18 hours.", salt: str = "") -> dict[str, Any]:
    """An attempt as a compose job leaves it."""
    sha = digest([cell, text, salt])
    return {
        "cell": cell, "attempt": 0, "blob": f"{sha}.jpg",
        "asset": {"path": "", "sha256": sha, "bytes": 1000, "type": "image/jpeg", "width": 1080, "height": 1080, "seconds": None},
        "copy": {"headline": {"field": "headline", "text": text, "source": "grammar", "facts": []},
                 "art_headline": {"field": "art_headline", "text": text, "source": "grammar", "facts": []}},
        "findings": [{"code": "contrast", "verdict": verdict, "fact": "It stands out", "where": "", "measured": "90", "wanted": "60", "help": ""}],
        "thumb": [0.1, 0.2], "provenance": {"family": "product"},
    }  # fmt: skip


def put(url: str, brief_: str, count: int, *, by: str = "somebody") -> Stock:
    """A planned batch of so many variants, one job each."""
    batch = new_id("bat")
    cells = tuple(digest([batch, n])[:16] for n in range(count))
    with contextlib.closing(connect(url)) as db, db.transaction():
        batches.insert(db, batch, brief_, {"variants": count, "seed": 0, "video": False, "image_model": "", "copy_model": ""}, by)
        work.lock(db, batch)
        db.execute("update jobs set state = 'leased', leased_until = now() where batch = %s", (batch,))
        db.execute("update jobs set state = 'done', leased_until = null where batch = %s", (batch,))
        jobs = [NewJob(id=f"compose-{batch}-{c}", stage="compose", lane="cpu", args={}, needs={}) for c in cells]
        rows = [NewVariant(id=c, ordinal=n, kind="image", concept=f"c{n % 3}", tribe="night-crews", locale=("en", "fr")[n % 2],
                           placement=PLACEMENTS[n % 2], job=f"compose-{batch}-{c}") for n, c in enumerate(cells)]
        batches.planned(db, batch, {"digest": "p"}, jobs, rows)
    return Stock(url, brief_, batch, cells)


def make(stock: Stock, cells: Sequence[str], *, verdict: str = "pass") -> None:
    """Finish the jobs of these cells."""
    for cell in cells:
        with stock.db() as db:
            job = f"compose-{stock.batch}-{cell}"
            db.execute("update jobs set state = 'leased', token = nextval('job_tokens'), leased_until = now() + interval '1 minute' where id = %s", (job,))
            row = db.execute("select * from jobs where id = %s", (job,)).fetchone()
            lease = work._lease(row)
            with db.transaction():
                result = {"made": [made(cell, verdict=verdict)], "errors": {}}
                for batch in work.finish(db, lease, result, seconds=0.5):
                    variants.keep(db, batch, result)
                    work.settle(db, batch, job)


def end(stock: Stock, state: str = "completed") -> None:
    """Close the batch with a record."""
    with stock.db() as db, db.transaction():
        work.lock(db, stock.batch)
        batches.move(db, stock.batch, "finalizing")
        batches.ended(db, stock.batch, state, record={"schema": "x", "models": {}, "variants": []}, figures={"shipped": len(stock.cells)})


def full(url: str, count: int = 4, *, by: str = "somebody") -> Stock:
    """A batch that is finished: every variant ready, nothing decided."""
    stock = put(url, brief(url, by), count, by=by)
    make(stock, stock.cells)
    end(stock)
    return stock


@contextlib.contextmanager
def serving(app: Any) -> Iterator[str]:
    """The app on a real port, as streams and clients need it. Yields its URL."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
