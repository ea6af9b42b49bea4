"""A store whose server answers 500, sleeps, loses answers and cuts connections: nothing is lost, nothing is half there."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from troubled import Plan, first, troubled

from factory.errors import StoreError
from factory.storage import S3Storage
from factory.storage.retry import Retry

PART = 5 << 20


def storage_at(at: Any, endpoint: str, attempts: int = 4, read_s: float = 10) -> S3Storage:
    given = {k: getattr(at, k) for k in ("bucket", "region", "access_key", "secret_key")}
    made = S3Storage(endpoint=endpoint, part=PART, attempts=attempts, read_s=read_s, **given)
    made.retry = replace(made.retry, wait=lambda _: None)
    return made


@pytest.fixture
def calm(s3: Any) -> S3Storage:
    """The same bucket without trouble."""
    return storage_at(s3, s3.endpoint)


HARMS = ["500", "cut", "half", "lose"]


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("size", [100, PART + 1], ids=["whole", "parts"])
def test_put_outlives_trouble(harm: str, size: int, s3: Any, calm: S3Storage) -> None:
    data = bytes(range(251)) * (size // 251 + 1)
    with troubled(s3.endpoint, first(3, harm)) as door:
        storage_at(s3, door).put("a", data)
    assert calm.get("a") == data
    assert calm.sweep(0) == 0 or harm == "lose"  # an upload opened by a lost answer is nobody's; sweep is for that


@pytest.mark.parametrize("harm", ["500", "half", "lose"])
@pytest.mark.parametrize("at", ["uploads", "partNumber=2", "uploadId"])
def test_a_stream_outlives_trouble_at_each_of_its_steps(harm: str, at: str, s3: Any, calm: S3Storage) -> None:
    with troubled(s3.endpoint, first(2, harm, holds=at)) as door, storage_at(s3, door).writer("a") as writer:
        for n in range(6):
            writer.write(b"%d" % (n % 10) * (1 << 20))
    assert calm.get("a") == b"".join(b"%d" % (n % 10) * (1 << 20) for n in range(6))


def test_the_answer_of_the_last_step_may_be_lost(s3: Any, calm: S3Storage) -> None:
    with troubled(s3.endpoint, first(1, "lose", method="POST", holds="uploadId")) as door:
        storage_at(s3, door).put("a", b"x" * 2 * PART)
    assert len(calm.get("a")) == 2 * PART


@pytest.mark.parametrize("at", ["partNumber=2", "uploadId"])
def test_a_connection_that_stays_cut_leaves_nothing_half_done(at: str, s3: Any, calm: S3Storage) -> None:
    calm.put("a", b"before")
    with troubled(s3.endpoint, first(4, "half", method="PUT", holds=at)) as door, pytest.raises(StoreError) as caught:
        storage_at(s3, door).put("a", b"x" * 2 * PART)
    assert caught.value.fault.code == "storage.down"
    assert calm.get("a") == b"before"
    assert calm.sweep(0) == 0  # the upload was aborted


def test_a_server_that_is_gone_is_told(s3: Any) -> None:
    with pytest.raises(StoreError, match=r"The object store does not answer \(a\)\. Is the server up\?") as caught:
        storage_at(s3, "http://127.0.0.1:9", attempts=2).get("a")
    assert caught.value.fault.code == "storage.down"
    assert s3.secret_key not in repr(caught.value)


def test_an_answer_that_never_comes_is_given_up(s3: Any) -> None:
    started = time.monotonic()
    with troubled(s3.endpoint, lambda *_: "3") as door, pytest.raises(StoreError, match="does not answer"):
        storage_at(s3, door, attempts=2, read_s=0.2).head("a")
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("harm", ["500", "cut", "lose", "short"])
@pytest.mark.parametrize("read", [lambda s: s.get("a"), lambda s: b"".join(s.open("a"))], ids=["get", "open"])
def test_reading_outlives_trouble(harm: str, read: Callable[[S3Storage], bytes], s3: Any, calm: S3Storage) -> None:
    data = bytes(range(250)) * 12_000
    calm.put("a", data)
    with troubled(s3.endpoint, first(3, harm, method="GET")) as door:
        assert read(storage_at(s3, door)) == data


def test_a_stream_never_joins_two_versions(s3: Any, calm: S3Storage) -> None:
    calm.put("a", b"1" * (3 << 20))
    with troubled(s3.endpoint, first(1, "short", method="GET")) as door:
        chunks = storage_at(s3, door).open("a")
        next(chunks)
        calm.put("a", b"2" * (3 << 20))
        with pytest.raises(StoreError, match="has changed"):
            list(chunks)


def test_a_lost_answer_does_not_hide_who_came_first(s3: Any, calm: S3Storage) -> None:
    with troubled(s3.endpoint, first(1, "lose", method="PUT")) as door:
        assert storage_at(s3, door).put_new("mark", b"mine")
        assert not storage_at(s3, door).put_new("mark", b"mine")
    with troubled(s3.endpoint, first(1, "500", method="PUT")) as door:
        assert not storage_at(s3, door).put_new("mark", b"mine")


def test_one_of_many_wins_though_answers_are_lost(s3: Any, calm: S3Storage) -> None:
    with troubled(s3.endpoint, first(3, "lose", method="PUT")) as door:
        storage = storage_at(s3, door, attempts=8)
        with ThreadPoolExecutor(5) as pool:
            won = list(pool.map(lambda n: storage.put_new("race", b"%d" % n), range(5)))
    assert won.count(True) == 1
    assert calm.get("race") == b"%d" % won.index(True)


@pytest.mark.parametrize("harm", ["500", "cut", "lose"])
def test_listing_copying_and_deleting_outlive_trouble(harm: str, s3: Any, calm: S3Storage) -> None:
    calm.put("a", b"1")

    def always_second(count: list[int]) -> Plan:
        def plan(*_: str) -> str:
            count[0] += 1
            return harm if count[0] % 2 else "pass"

        return plan

    with troubled(s3.endpoint, always_second([0])) as door:
        storage = storage_at(s3, door)
        assert storage.copy("a", "b").size == 1
        assert [s.key for s in storage.list()] == ["a", "b"]
        storage.delete(["a", "b"])
    assert list(calm.list()) == []


def test_waits_are_drawn_below_a_bound_that_doubles() -> None:
    from factory.storage.retry import Passing

    class Most:
        def uniform(self, low: float, high: float) -> float:
            assert low == 0
            return high

    waits: list[float] = []

    def act() -> None:
        raise Passing(StoreError("no", code="storage.down"))

    with pytest.raises(StoreError, match="no"):
        Retry(9, waits.append, Most())(act)
    assert waits == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
