"""Signatures as the standard's library makes and reads them; waits as the schedule says."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from factory.outbound.client import Answer
from factory.store.webhooks import WAITS, Outcome, active, wait_after
from factory.webhooks import deliver, new_secret, sign

AT = datetime(2026, 1, 1, tzinfo=UTC)


class Twin:
    """Answers, or raises."""

    def __init__(self, answer: Answer | Exception) -> None:
        self.answer = answer
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        self.sent.append((url, body, headers))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@given(st.text(), st.lists(st.binary(min_size=24, max_size=64), min_size=1, max_size=3))
def test_every_secret_signs_as_the_standards_library_does(body: str, keys: list[bytes]) -> None:
    if "\ud800" <= max(body, default="") <= "\udfff":
        return
    secrets = ["whsec_" + base64.b64encode(k).decode() for k in keys]
    assert sign(secrets, "evt_1", int(AT.timestamp()), body).split() == [Webhook(s).sign("evt_1", AT, body) for s in secrets]


def test_a_delivery_is_verified_by_the_standards_library_at_any_try() -> None:
    secret, now = new_secret(), datetime.now(UTC)
    twin = Twin(Answer(status=204, body=b"", headers={}))
    assert deliver(twin, {"url": "u", "event": "evt_1", "body": '{"a":1}'}, [secret], now).delivered  # type: ignore[arg-type]
    _, body, headers = twin.sent[0]
    assert Webhook(secret).verify(body, headers) == {"a": 1}
    assert headers["webhook-id"] == "evt_1"


def test_the_sample_of_the_document_verifies_a_delivery() -> None:
    samples = re.findall(r"```python\n(.*?)```", Path("docs/pipelines.md").read_text(), re.S)
    (sample,) = [s for s in samples if "def receive(" in s]
    names: dict[str, Any] = {}
    exec(compile(sample, "docs/pipelines.md", "exec"), names)
    secret, twin = new_secret(), Twin(Answer(status=204, body=b"", headers={}))
    deliver(twin, {"url": "u", "event": "evt_1", "body": '{"a":1}'}, [secret])  # type: ignore[arg-type]
    _, body, headers = twin.sent[0]
    assert names["receive"](headers, body, secret) == {"a": 1}
    with pytest.raises(WebhookVerificationError):
        names["receive"](headers, b"{}", secret)


@pytest.mark.parametrize("raised", [OSError("no route"), TimeoutError("late"), ConnectionError("reset")])
def test_what_a_network_does_is_an_outcome_and_no_error(raised: Exception) -> None:
    got = deliver(Twin(raised), {"url": "u", "event": "e", "body": "{}"}, [new_secret()])  # type: ignore[arg-type]
    assert (got.status, got.delivered, got.error) == (None, False, str(raised))


def test_an_answer_is_logged_to_a_kilobyte_and_can_be_kept() -> None:
    got = deliver(Twin(Answer(status=500, body=b"\x00\xff" * 2000, headers={})), {"url": "u", "event": "e", "body": "{}"}, [new_secret()])  # type: ignore[arg-type]
    assert len(got.response) <= 1024 and "\x00" not in got.response


def test_a_body_that_is_too_long_is_not_sent() -> None:
    twin = Twin(Answer(status=200, body=b"", headers={}))
    assert not deliver(twin, {"url": "u", "event": "e", "body": "x" * 70_000}, [new_secret()]).delivered  # type: ignore[arg-type]
    assert twin.sent == []


@pytest.mark.parametrize(("status", "good"), [(199, False), (200, True), (204, True), (299, True), (301, False), (404, False), (500, False)])
def test_only_2xx_is_delivered(status: int, good: bool) -> None:
    assert Outcome(status=status, seconds=0).delivered == good


def test_waits_grow_by_the_schedule_and_end() -> None:
    for tries, plan in enumerate(WAITS, start=1):
        assert all(plan <= (wait_after(tries) or 0) <= plan * 1.1 for _ in range(50))
    assert wait_after(len(WAITS) + 1) is None


def test_a_replaced_secret_signs_until_its_end() -> None:
    held = [{"secret": "new", "until": None}, {"secret": "old", "until": AT.isoformat()}]
    assert active(held, AT - timedelta(seconds=1)) == ["new", "old"]
    assert active(held, AT) == ["new"]
