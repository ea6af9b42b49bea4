"""Webhooks by Standard Webhooks 1.0: signed, tried again on a schedule, under one id however often they are sent.

What is to be sent are rows of `deliveries`, written with the change that they tell of (`store.events`). Here they are
claimed, sent outside of any transaction, and their outcome written under the claim's token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets as randomness
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from factory.errors import FactoryError
from factory.store import webhooks as store
from factory.store.webhooks import Outcome, active

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from factory.outbound.client import Client

LOGGED: Final = 1024
"""Bytes of an answer that the delivery log keeps."""

MOST_BODY: Final = 64 * 1024
AT_ONCE: Final = 8


def new_secret() -> str:
    """A secret as receivers' libraries take it: `whsec_` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(randomness.token_bytes(32)).decode()


def sign(secrets: Sequence[str], event: str, at: int, body: str) -> str:
    """The `webhook-signature` header: one signature for each secret, newest first. `at` is seconds since 1970."""
    told = f"{event}.{at}.{body}".encode()
    keys = [base64.b64decode(s.removeprefix("whsec_")) for s in secrets]
    return " ".join("v1," + base64.b64encode(hmac.new(k, told, hashlib.sha256).digest()).decode() for k in keys)


def open_client(*, loopback: bool = False) -> Client:
    """The client that deliveries go through; make one a process."""
    from factory.outbound.client import Client

    return Client(loopback=loopback)


def deliver(client: Client, delivery: Mapping[str, Any], secrets: Sequence[str], now: datetime | None = None) -> Outcome:
    """Send one delivery (`url`, `event`, `body`). Never raises for what a receiver does or an address is."""
    at = int((now or datetime.now(UTC)).timestamp())
    headers = {"content-type": "application/json", "webhook-id": delivery["event"], "webhook-timestamp": str(at),
               "webhook-signature": sign(secrets, delivery["event"], at, delivery["body"])}
    body = delivery["body"].encode()
    start = time.monotonic()
    if len(body) > MOST_BODY:
        return Outcome(status=None, seconds=0.0, error=f"the body is over {MOST_BODY} bytes")
    try:
        answer = client.post(delivery["url"], body, headers)
    except (FactoryError, OSError) as error:
        return Outcome(status=None, seconds=time.monotonic() - start, error=str(error)[:500])
    text = answer.body[:LOGGED].decode("utf-8", "replace").replace("\x00", "\ufffd")
    return Outcome(status=answer.status, seconds=time.monotonic() - start, response=text)


def send_due(
    pool: ConnectionPool[Connection[dict[str, Any]]], client: Client, now: datetime | None = None, limit: int = 20, *,
    lease_s: float = 60.0,
) -> int:
    """Claim what is due, send it, write down how it went. Returns how many were tried.

    A process that dies between sending and writing leaves a lease that runs out: the receiver then gets the same id
    twice, which the standard asks receivers to bear.
    """
    with pool.connection() as db, db.transaction():
        claimed = store.claim(db, limit, lease_s, now)
    if not claimed:
        return 0
    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(claimed)), thread_name_prefix="webhook") as crew:
        outcomes = list(crew.map(lambda d: deliver(client, d, active(d["secrets"], now or datetime.now(UTC)), now), claimed))
    for delivery, outcome in zip(claimed, outcomes, strict=True):
        with pool.connection() as db, db.transaction():
            store.record(db, delivery, outcome, now)
    return len(claimed)
