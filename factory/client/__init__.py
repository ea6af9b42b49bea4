"""The service from a program: `Client(url, key)` over the batch API. See docs/pipelines.md.

with Client("http://127.0.0.1:8000", key) as client:
    brand = client.kit(Path("kit"))
    batch = client.submit(client.brief(Path("brief.yaml"), brand), seed=0)
    batch = client.wait(batch.id)
    client.approve(client.variants(batch.id, state="ready"))
    bundle = client.published(client.bundle(batch.id, archive=True).id)
    client.download(bundle.id, Path("out"))
"""

from factory.client.client import Client
from factory.client.records import BatchInfo, BundleInfo, Event, FileInfo, KitVersion, VariantInfo
from factory.client.wire import RejectedError, UnreachableError

__all__ = [
    "BatchInfo",
    "BundleInfo",
    "Client",
    "Event",
    "FileInfo",
    "KitVersion",
    "RejectedError",
    "UnreachableError",
    "VariantInfo",
]
