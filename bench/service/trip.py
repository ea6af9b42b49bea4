"""One trip through the service: a brief in, everything approved, a bundle out; and what the bundle holds."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from bench.service.brief import SAMPLE
from bench.service.site import Site
from factory.client import Client
from factory.storage import open_storage

T = TypeVar("T")
MARK = "_SUCCESS"


def patient(act: Callable[[], T], seconds: float = 900) -> T:
    """Do something again until it works: everything may be dead at any moment."""
    end = time.monotonic() + seconds
    while True:
        try:
            return act()
        except Exception as error:
            if time.monotonic() > end or isinstance(error, AttributeError | TypeError | NameError):
                raise
            time.sleep(0.5)


def client_of(site: Site) -> Client:
    """The site's client, with its administrator's key."""
    return Client(site.url, site.key)


def submit(client: Client, brief: Mapping[str, Any], *, key: str, **options: Any) -> str:
    """Send the sample kit and a brief, and start a batch. Returns its id."""
    kit = patient(lambda: client.kit(SAMPLE))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "brief.json"
        path.write_text(json.dumps(brief, default=str))
        sent = patient(lambda: client.brief(path, kit))
    return patient(lambda: client.submit(sent, idempotency_key=key, **options)).id


def publish(client: Client, batch: str) -> str:
    """Approve all that may be approved and publish it. Returns the bundle's id."""
    ready = patient(lambda: list(client.variants(batch, state="ready")))
    patient(lambda: client.approve(ready))
    bundle = patient(lambda: client.bundle(batch)).id
    patient(lambda: client.published(bundle, 600))
    return bundle


def contents(site: Site, bundle: str) -> dict[str, str]:
    """Path -> sha256 of every file of a bundle but its mark, which names the bundle."""
    told = site.settings
    storage = open_storage(endpoint=told.s3_endpoint, bucket=told.bucket, region=told.s3_region,
                           access_key=told.s3_access_key, secret_key=told.s3_secret_key)
    prefix = f"bundles/{bundle}/"
    found = {s.key.removeprefix(prefix): s.sha256 or "" for s in patient(lambda: list(storage.list(prefix)))}
    import hashlib

    return {path: hashlib.sha256(patient(lambda p=path: storage.get(prefix + p))).hexdigest()  # type: ignore[misc]
            for path in sorted(found) if path != MARK}
