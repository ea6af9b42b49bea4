"""The port's own rules and the folder's; what both stores share is tested over both in `tests/service`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from factory.errors import InputError, RefusedError, StoreError
from factory.storage import FolderStorage, S3Storage, check_key, open_storage, type_of
from factory.storage.s3 import disposition
from factory.storage.words import by_code

KEYS = {"bucket": "b", "region": "eu-west-1", "access_key": "AKIDSECRET", "secret_key": "VERYSECRET"}


def test_an_endpoint_tells_which_store_it_is(tmp_path: Path) -> None:
    assert isinstance(open_storage(endpoint=tmp_path.as_uri(), **KEYS), FolderStorage)
    assert isinstance(open_storage(endpoint="http://127.0.0.1:1", **KEYS), S3Storage)


def test_a_folder_with_a_blank_in_its_name_is_found(tmp_path: Path) -> None:
    made = open_storage(endpoint=(tmp_path / "a store").as_uri(), **KEYS)
    made.put("a", b"1")
    assert (tmp_path / "a store" / "a").read_bytes() == b"1"


@pytest.mark.parametrize("endpoint", ["ftp://host", "host:9000", "http://", "http://user:pass@host", "//host"])
def test_an_endpoint_of_another_form_is_refused_without_being_shown(endpoint: str) -> None:
    with pytest.raises(InputError) as caught:
        open_storage(endpoint=endpoint, **KEYS)
    assert caught.value.fault.code == "storage.endpoint"
    assert "pass" not in str(caught.value).replace("password", "")


def test_a_store_shows_no_secret() -> None:
    shown = repr(open_storage(endpoint="http://127.0.0.1:1", **KEYS))
    assert shown == "S3Storage('http://127.0.0.1:1', 'b')"


def test_amazon_itself_is_reached_by_region() -> None:
    link = open_storage(endpoint="", **{**KEYS, "bucket": "our-ads"}).presign_get("a", "a.txt", 60)
    assert link.startswith("https://our-ads.s3.eu-west-1.amazonaws.com/a?")


def test_links_name_the_address_that_others_use() -> None:
    storage = open_storage(endpoint="http://127.0.0.1:1", public_endpoint="https://files.example", **KEYS)
    assert storage.presign_get("a", "a.txt", 60).startswith("https://files.example/b/a?")
    assert storage.presign_post("a", max_bytes=1, content_type="image/png", seconds=60).url == "https://files.example/b"


def test_a_link_lives_at_most_a_week() -> None:
    storage = open_storage(endpoint="http://127.0.0.1:1", **KEYS)
    assert "X-Amz-Expires=604800" in storage.presign_get("a", "a", 10**9)
    assert "X-Amz-Expires=1&" in storage.presign_get("a", "a", 0) + "&"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.zip", "attachment; filename=\"a.zip\"; filename*=UTF-8''a.zip"),
        ('x"; evil="1.zip', "attachment; filename=\"x; evil=1.zip\"; filename*=UTF-8''x%3B%20evil%3D1.zip"),
        ("..\\../\r\n", "attachment; filename=\"download\"; filename*=UTF-8''download"),
        ("夏.zip", "attachment; filename=\"_.zip\"; filename*=UTF-8''%E5%A4%8F.zip"),
    ],
)
def test_a_file_name_cannot_break_out_of_its_header(name: str, header: str) -> None:
    assert disposition(name, inline=False) == header


@pytest.mark.parametrize("key", ["a", "bundles/0a/_SUCCESS", "blobs/ab.png", "a.b-c_d/E"])
def test_our_keys_are_taken(key: str) -> None:
    assert check_key(key) == key


def test_a_folder_takes_no_form(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="use an S3 server"):
        FolderStorage(tmp_path).presign_post("a", max_bytes=1, content_type="image/png", seconds=1)


def test_a_key_cannot_be_a_folder_of_another(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("a", b"1")
    with pytest.raises(StoreError, match="cannot be"):
        storage.put("a/b", b"2")
    storage.put("c/d", b"3")
    with pytest.raises(StoreError):
        storage.put("c", b"4")
    assert [s.key for s in storage.list()] == ["a", "c/d"]
    assert storage.head("c") is None


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("a", b"before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError) as caught:
        storage.put("a", b"after")
    assert caught.value.fault.code == "storage.space"
    with pytest.raises(StoreError), storage.writer("a") as writer:
        writer.write(b"after")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    assert storage.get("a") == b"before"


def test_what_killed_writers_left_is_not_listed_and_can_be_swept(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("a/b", b"1")
    (tmp_path / "a" / ".b.123.part").write_bytes(b"half")
    assert [s.key for s in storage.list()] == ["a/b"]
    assert (storage.sweep(3600), storage.sweep(0), storage.sweep(0)) == (0, 1, 0)


@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        ("NoSuchBucket", 404, "storage.bucket"), ("NoSuchKey", 404, "storage.missing"), ("404", 404, "storage.missing"),
        ("NoSuchUpload", 404, "storage.no_upload"), ("AccessDenied", 403, "storage.denied"), ("401", 401, "storage.denied"),
        ("RequestTimeTooSkewed", 403, "storage.denied"), ("PreconditionFailed", 412, "storage.taken"), ("412", 412, "storage.taken"),
        ("BucketAlreadyOwnedByYou", 409, "storage.taken"), ("InvalidArgument", 400, "storage.refused"),
    ],
)  # fmt: skip
def test_trouble_that_stays_is_told_at_once(code: str, status: int, told: str) -> None:
    error = by_code(code, status, "a")
    assert isinstance(error, StoreError)
    assert error.fault.code == told


@pytest.mark.parametrize(
    ("code", "status"), [("SlowDown", 503), ("InternalError", 500), ("500", 500), ("502", 502), ("429", 429), ("OperationAborted", 409), ("ConditionalRequestConflict", 409), ("BadDigest", 400), ("RequestTimeout", 400)]
)
def test_trouble_that_may_pass_is_tried_again(code: str, status: int) -> None:
    assert not isinstance(by_code(code, status, "a"), StoreError)


def test_types_are_told_by_endings() -> None:
    assert (type_of("x/a.png"), type_of("a"), type_of("a.mp4")) == ("image/png", "application/octet-stream", "video/mp4")
