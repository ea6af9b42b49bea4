"""What the client sends again and what not, how a stream goes on, and that a download is what it says."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from factory.client import Client, RejectedError, UnreachableError, VariantInfo
from factory.client.client import _messages, _pictures
from factory.client.downloads import unpack
from factory.errors import StoreError

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Pauses are noted and not made."""
    told: list[str | None] = []
    for place in ("factory.client.wire", "factory.client.client", "factory.client.downloads"):
        monkeypatch.setattr(f"{place}.pause", lambda _n, wait=None: told.append(wait))
    return told


def client(*answers: Any, **more: Any) -> tuple[Client, list[httpx.Request]]:
    """A client whose service gives these answers in turn, the last one for ever."""
    sent: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        request.read()
        sent.append(request)
        answer = answers[min(len(sent), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else httpx.Response(**answer)

    return Client("http://service", "cf_live_x", transport=httpx.MockTransport(handle), **more), sent


PROBLEM = {"type": "/problems/x", "title": "No", "status": 422, "detail": "2 things are wrong.", "code": "input.invalid",
           "errors": [{"pointer": "/a", "code": "a.b", "detail": "a is wrong", "help": "Mend it."}, {"code": "c", "detail": "c too"}]}  # fmt: skip


def test_a_post_is_sent_again_with_the_same_key_and_waits_as_it_is_told(no_pauses: list[str | None]) -> None:
    held, sent = client(httpx.ConnectError("away"), {"status_code": 503, "headers": {"Retry-After": "7"}},
                        {"status_code": 409, "json": {"code": "idempotency.running"}, "headers": {"Retry-After": "1"}}, {"status_code": 200, "json": {"data": []}})
    held.decide([variant()], "approved")
    assert len({r.headers["idempotency-key"] for r in sent}) == 1 and len(sent) == 4
    assert no_pauses == [None, "7", "1"]
    assert {r.headers["authorization"] for r in sent} == {"Bearer cf_live_x"}


def test_an_edit_is_not_sent_again_once_it_may_have_arrived() -> None:
    held, sent = client(httpx.ReadTimeout("late"))
    with pytest.raises(UnreachableError):
        held.edit(variant(), {"headline": "x"})
    assert len(sent) == 1 and sent[0].headers["if-match"] == '"3"'


def test_an_edit_is_sent_again_when_it_was_surely_not_done() -> None:
    held, sent = client(httpx.ConnectError("away"), {"status_code": 429}, {"status_code": 202, "json": dict(variant().raw)})
    held.edit(variant(), {"headline": "x"})
    assert len(sent) == 3


def test_a_refusal_tells_every_fault() -> None:
    held, sent = client({"status_code": 422, "json": PROBLEM})
    with pytest.raises(RejectedError) as told:
        held.batch("bat_1")
    assert [(f.code, f.where, f.fact, f.help) for f in told.value.faults] == [("a.b", "/a", "a is wrong", "Mend it."), ("c", "", "c too", "")]
    assert (told.value.status, told.value.code, len(sent)) == (422, "input.invalid", 1)


def test_a_conflict_is_a_refusal_and_not_sent_again() -> None:
    held, sent = client({"status_code": 409, "json": {"code": "state.conflict", "detail": "It has ended."}})
    with pytest.raises(RejectedError, match="It has ended"):
        held.cancel("bat_1")
    assert len(sent) == 1


def test_a_service_that_never_answers_is_told_after_all_tries() -> None:
    held, sent = client(httpx.ConnectError("refused"), attempts=3)
    with pytest.raises(UnreachableError, match="refused"):
        held.batch("bat_1")
    assert len(sent) == 3


def test_an_error_of_theirs_names_the_request() -> None:
    held, _ = client({"status_code": 500, "json": {"code": "server.error", "detail": "We broke.", "instance": "urn:request:ab"}})
    with pytest.raises(UnreachableError) as told:
        held.batch("bat_1")
    assert told.value.fault.where == "urn:request:ab"


class Breaks(httpx.SyncByteStream):
    """Bytes, and then a connection that breaks or ends."""

    def __init__(self, data: bytes, broken: bool) -> None:
        self.data, self.broken = data, broken

    def __iter__(self) -> Iterator[bytes]:
        for n in range(0, len(self.data), 7):
            yield self.data[n : n + 7]
        if self.broken:
            raise httpx.ReadError("reset")


def event(seq: int, type: str = "variant.ready") -> str:
    body = {"id": f"evt_{seq}", "type": type, "timestamp": "t", "data": {"n": seq}}
    return f": ping\n\nid: {seq}\nevent: {type}\ndata: {json.dumps(body)}\n\n"


def progress(state: str) -> str:
    return f"event: progress\ndata: {json.dumps({'state': state})}\n\n"


def stream(text: str, *, broken: bool = False) -> Answer:
    return lambda _r: httpx.Response(200, headers={"Content-Type": "text/event-stream"}, stream=Breaks(text.encode(), broken))


def test_a_stream_that_breaks_goes_on_after_the_last_event_seen() -> None:
    held, sent = client(
        stream(event(1) + event(2) + event(3)[:20], broken=True), {"status_code": 503}, stream(event(3) + progress("completed"), broken=True),
        stream(event(4, "batch.completed") + progress("completed")))
    got = list(held.watch("bat_1"))
    assert [e.seq for e in got if e.seq] == [1, 2, 3, 4]
    assert [r.headers["last-event-id"] for r in sent] == ["0", "2", "2", "3"]
    assert got[0].id == "evt_1" and got[0].data == {"n": 1}


def test_a_stream_that_ends_before_the_batch_has_is_taken_up_again() -> None:
    held, sent = client(stream(event(1) + progress("running")), stream(event(2) + progress("failed")))
    assert [e.seq for e in held.watch("bat_1") if e.seq] == [1, 2]
    assert len(sent) == 2


def test_a_stream_that_only_breaks_is_given_up() -> None:
    held, sent = client(stream("", broken=True), attempts=3)
    with pytest.raises(UnreachableError):
        list(held.watch("bat_1"))
    assert len(sent) == 4


def test_a_refused_stream_is_a_refusal() -> None:
    held, sent = client({"status_code": 404, "json": {"code": "batch.unknown", "detail": "No batch has this id."}})
    with pytest.raises(RejectedError, match="No batch"):
        list(held.watch("bat_1"))
    assert len(sent) == 1


def test_data_over_several_lines_is_one_message() -> None:
    assert list(_messages(["id:1", "data: a", "data: b", "", ": x", "", "event: y", ""])) == [{"id": "1", "data": "a\nb"}]


def test_waiting_ends_with_the_batch_or_the_time() -> None:
    row = {"id": "b", "state": "running", "brief": "", "custom_id": None, "counts": {}, "progress": 0.0, "per_minute": None, "seconds_left": None,
           "figures": None, "errors": []}  # fmt: skip
    held, sent = client({"status_code": 200, "json": row}, {"status_code": 200, "json": row | {"state": "completed"}})
    assert held.wait("b").ended
    assert [r.headers["prefer"] for r in sent] == ["wait=30", "wait=30"]
    late, _ = client({"status_code": 200, "json": row})
    with pytest.raises(TimeoutError):
        late.wait("b", 0.05)


def variant() -> VariantInfo:
    names = dict.fromkeys(("id", "batch", "kind", "concept", "tribe", "locale", "placement", "state", "review", "verdict", "reason"), "x")
    return VariantInfo.of({**names, "version": 3, "findings": [], "texts": {}, "file": None})


def test_more_than_five_hundred_decisions_go_in_several_requests() -> None:
    held, sent = client(lambda r: httpx.Response(200, json={"data": [{"status": "decided"}] * len(json.loads(r.content)["decisions"])}))
    assert len(held.approve(variant() for _ in range(1201))) == 1201
    assert [len(json.loads(r.content)["decisions"]) for r in sent] == [500, 500, 201]


def test_fields_that_are_new_do_not_disturb() -> None:
    assert VariantInfo.of({**variant().raw, "smell": "rose"}).raw["smell"] == "rose"


def bundle(files: dict[str, bytes], *, mark: dict[str, Any] | None = None) -> bytes:
    listed = {n: {"sha256": hashlib.sha256(d).hexdigest(), "bytes": len(d)} for n, d in files.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as held:
        for name, data in files.items():
            held.writestr(name, data)
        held.writestr("_SUCCESS", json.dumps(mark or {"files": listed}))
    return out.getvalue()


def downloading(data: bytes, *, cut: int = 0, sha256: str = "") -> tuple[Client, list[httpx.Request]]:
    """A service with a bundle whose bytes come from a bucket, cut once."""
    info = {"id": "b", "batch": "x", "state": "published", "variants": {}, "prefix": "", "digest": None, "files": 1, "bytes": 1, "error": None,
            "archive": {"state": "ready", "bytes": len(data), "sha256": sha256 or hashlib.sha256(data).hexdigest()}}  # fmt: skip
    cuts = [cut] if cut else []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "bucket":
            assert "authorization" not in request.headers
            start = int(request.headers.get("range", "bytes=0-")[6:-1])
            if cuts:
                return httpx.Response(200, stream=Breaks(data[: cuts.pop()], True))
            return httpx.Response(206 if start else 200, stream=Breaks(data[start:], False))
        if request.url.path.endswith("/download"):
            return httpx.Response(302, headers={"Location": "http://bucket/zip"})
        return httpx.Response(200, json=info)

    return client(answer)


def test_a_bundle_is_unpacked_with_its_mark_last(tmp_path: Path) -> None:
    held, _ = downloading(bundle({"batch.json": b"{}", "assets/a.jpg": b"jpeg"}))
    files = held.download("b", tmp_path / "new" / "out")
    assert [p.relative_to(tmp_path / "new/out").as_posix() for p in files] == ["assets/a.jpg", "batch.json", "_SUCCESS"]
    assert (tmp_path / "new/out/assets/a.jpg").read_bytes() == b"jpeg"
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["out"]


def test_a_download_that_is_cut_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("factory.client.downloads.CHUNK", 100)
    held, sent = downloading(bundle({"plain.txt": bytes(range(256)) * 8}), cut=999)
    held.download("b", tmp_path / "out")
    assert [r.headers.get("range") for r in sent if r.url.host == "bucket"] == [None, "bytes=900-"]
    assert (tmp_path / "out/plain.txt").read_bytes() == bytes(range(256)) * 8


def test_a_changed_archive_leaves_nothing(tmp_path: Path) -> None:
    held, _ = downloading(bundle({"batch.json": b"{}"}), sha256="0" * 64)
    with pytest.raises(StoreError):
        held.download("b", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("files", "mark"), [
    ({"../evil": b"x"}, None), ({"/etc/evil": b"x"}, None), ({"a\\..\\b": b"x"}, None), ({"c:evil": b"x"}, None),
    ({"batch.json": b"{}", "more": b"x"}, {"files": {"batch.json": {"sha256": hashlib.sha256(b"{}").hexdigest(), "bytes": 2}}}),
    ({"batch.json": b"{}"}, {"files": {"batch.json": {"sha256": "0" * 64, "bytes": 2}}}),
    ({}, {"files": {"batch.json": {"sha256": "0" * 64, "bytes": 2}}}),
])  # fmt: skip
def test_an_archive_that_is_not_what_its_mark_says_leaves_nothing(tmp_path: Path, files: dict[str, bytes], mark: dict[str, Any] | None) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(bundle(files, mark=mark))
    with pytest.raises(StoreError):
        unpack(archive, tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_pictures_beside_a_brief_are_found_and_nothing_else_is_sent(tmp_path: Path) -> None:
    (tmp_path / "own.png").write_bytes(b"")
    text = "product:\n  pictures: [bottle, own.png, ../secret.png, /etc/passwd, own.png]\n"
    assert _pictures(text, tmp_path) == ["own.png"]
    assert _pictures("[", tmp_path) == _pictures("- a", tmp_path) == _pictures("", tmp_path) == []
