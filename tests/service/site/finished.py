"""A small batch of the sample brand, truly made by the workers in this process: what the pages of a batch show."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from worker_samples import BRIEF, KIT, library, terms

from brand_kits.load import load_kit
from factory.kitzip import pack
from factory.store import batches
from factory.store.pool import connect, open_pool
from workers.desk import make_desk
from workers.lease import work as do_work
from workers.service import do

if TYPE_CHECKING:
    from tests.service.conftest import Api

BATCH = "bat_00000000000000000001"


def make(api: Api, *, variants: int = 6, by: str = "somebody", batch: str = BATCH) -> str:
    """Put a batch in and make it. Returns its id."""
    digest = load_kit(KIT).digest
    with connect(api.settings.database_url) as db:
        library(db, body=BRIEF.read_text(), format="yaml", kit=digest)
        with db.transaction():
            batches.insert(db, batch, "brf", {"variants": variants, "seed": 0, "video": False}, by)
    storage = api.client.app.state.parts.storage  # type: ignore[attr-defined]
    storage.put(f"kits/{digest}.zip", pack(KIT))
    act(api, storage)
    return batch


def act(api: Api, storage: Any = None, seconds: float = 300.0) -> None:
    """Work until nothing is ready."""
    storage = storage or api.client.app.state.parts.storage  # type: ignore[attr-defined]
    cache = Path(api.settings.home) / "worker-cache"
    cache.mkdir(parents=True, exist_ok=True)
    with open_pool(api.settings.database_url) as pool:
        desk = make_desk(pool, storage, cache)
        wanted = terms(lanes=("cpu", "gpu", "io", "preview"))
        do_work(pool, api.settings.database_url, partial(do, desk), wanted, seconds=seconds)
