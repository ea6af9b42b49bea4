"""What a worker process keeps open and warm: database, bucket, cache, and the hands of the last few batches."""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from factory.errors import StageError
from workers.inputs import Inputs, retaken
from workers.remote import BlobCache, RemoteWork
from workers.sources import Source, inputs_of, source_of
from workers.stages import Context, Hands

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from factory.settings import Settings
    from factory.storage import Storage

T = TypeVar("T")
WARM, READ = 1, 32
"""Batches whose hands stay in a process (a composer holds its plate's arrays), and those whose inputs do."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A process's open things. One for each process, opened after it was spawned."""

    pool: ConnectionPool[Connection[dict[str, Any]]]
    storage: Storage
    work: RemoteWork
    cache: Path
    _read: OrderedDict[str, Inputs] = field(default_factory=OrderedDict)
    _warm: OrderedDict[str, Hands] = field(default_factory=OrderedDict)

    def inputs(self, batch: str) -> Inputs:
        """Brief, kit and plan of a batch; batches with equal inputs share them.

        Raises StageError when the batch was planned by a version of the program that plans differently.
        """
        return self._inputs(batch, self._source(batch))

    def hands(self, batch: str, concept: str = "", take: int = 0) -> Hands:
        """Warm hands for a batch; with one of its ideas on another plate where a take is named. Raises what `inputs` raises."""
        source = self._source(batch)
        inputs = self._inputs(batch, source)
        if not take:
            return _kept(self._warm, source.key, WARM, lambda: Hands(context_of(inputs, self.work, source.options)))
        key = f"{source.key}/{concept}/{take}"
        return _kept(
            self._warm, key, WARM, lambda: Hands(context_of(retaken(inputs, concept, take), self.work, source.options)))

    def _source(self, batch: str) -> Source:
        with self.pool.connection() as db:
            return source_of(db, batch)

    def _inputs(self, batch: str, source: Source) -> Inputs:
        inputs = _kept(self._read, source.key, READ, lambda: inputs_of(source, self.storage, self.cache))
        if source.plan not in ("", inputs.plan.digest):
            raise StageError("This version of the program plans the batch differently", code="plan.changed", where=batch,
                             help="Start the batch anew: it was planned by another version.")
        return inputs


def _kept(shelf: OrderedDict[str, T], key: str, most: int, make: Callable[[], T]) -> T:
    """What the shelf holds under a key, made where it holds nothing; what was not used for longest leaves it."""
    if key not in shelf:
        while len(shelf) >= most:
            shelf.popitem(last=False)
            gc.collect()  # hands and their caches name each other, and arrays alone never make the collector come
        shelf[key] = make()
    shelf.move_to_end(key)
    return shelf[key]


def make_desk(pool: ConnectionPool[Connection[dict[str, Any]]], storage: Storage, cache: Path, cache_mb: int = 4096) -> Desk:
    """A desk on what is open already."""
    blobs = BlobCache(cache / "blobs", cache_mb * 1_000_000)
    return Desk(pool=pool, storage=storage, cache=cache, work=RemoteWork(pool=pool, storage=storage, root=cache, cache=blobs))


def open_desk(settings: Settings) -> Desk:
    """A process's desk by the settings. Nothing is asked of the servers yet: they may be away."""
    from factory.storage import open_storage
    from factory.store.pool import open_pool

    storage = open_storage(
        endpoint=settings.s3_endpoint, bucket=settings.bucket, region=settings.s3_region, access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
    )
    cache = settings.home / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    return make_desk(open_pool(settings.database_url, most=4), storage, cache, settings.cache_mb)


def context_of(inputs: Inputs, store: RemoteWork, options: Mapping[str, Any]) -> Context:
    """What the stages of a batch may read."""
    return Context(
        brief=inputs.brief, kit=inputs.kit, plan=inputs.plan, placements={p.id: p for p in inputs.placements}, work=store,
        image_model=options.get("image_model") or "", copy_model=options.get("copy_model") or "",
    )
