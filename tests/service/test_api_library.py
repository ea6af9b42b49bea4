"""Uploads, brands and briefs on real servers, with the sample kit."""

from __future__ import annotations

import contextlib
import io
import json
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml
from PIL import Image

from factory.store import library
from factory.store.pool import connect

if TYPE_CHECKING:
    from conftest import Api
    from starlette.testclient import TestClient

SAMPLE = Path(__file__).parents[2] / "brand_kits" / "samples" / "vesper"
BRIEF = SAMPLE / "briefs" / "cold-brew.yaml"
YAML = {"Content-Type": "application/yaml"}


def zipped(folder: Path, change: dict[str, bytes] | None = None) -> bytes:
    """The files of a kit as a zip, some of them replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and "scenes" not in p.parts and "briefs" not in p.parts):
            name = path.relative_to(folder).as_posix()
            archive.writestr(name, (change or {}).get(name, path.read_bytes()))
    return out.getvalue()


def png(size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", size, (200, 10, 10, 128)).save(out, "PNG")
    return out.getvalue()


def post(form: dict[str, Any], data: bytes) -> int:
    """Send a file to the bucket as a browser does."""
    return httpx.post(form["url"], data=form["fields"], files={"file": ("x", data)}).status_code


def uploaded(client: TestClient, kind: str, data: bytes, name: str = "file") -> Any:
    """An upload, completed: the last answer."""
    opened = client.post("/v1/uploads", json={"kind": kind, "name": name})
    assert opened.status_code == 201, opened.text
    assert post(opened.json()["form"], data) in (200, 201, 204)
    return client.post(f"/v1/uploads/{opened.json()['id']}/complete")


def branded(client: TestClient) -> str:
    """The sample kit as a brand."""
    made = client.post("/v1/brands", json={"upload": uploaded(client, "kit", zipped(SAMPLE)).json()["id"]})
    assert made.status_code == 201, made.text
    return str(made.json()["brand"]["id"])


def test_a_picture_is_cleaned_measured_and_kept(api: Api) -> None:
    client = api.login("creator")
    done = uploaded(client, "picture", png(), "bottle.png")
    assert done.status_code == 201, done.text
    told = done.json()
    assert (told["state"], told["facts"]) == ("ready", {"width": 40, "height": 30, "transparent": True})
    again = client.post(f"/v1/uploads/{told['id']}/complete")
    assert again.json() == told
    storage = api.client.app.state.parts.storage
    assert storage.head(f"pictures/{told['sha256']}.png") and not storage.head(f"uploads/{told['id']}")


def test_a_file_that_is_no_picture_is_refused_for_good(api: Api) -> None:
    client = api.login("creator")
    refused = uploaded(client, "picture", b"GIF89a" + bytes(100))
    assert (refused.status_code, refused.json()["code"]) == (422, "input.invalid")
    assert refused.json()["errors"][0]["code"] == "picture.kind"
    upload = client.get("/v1/uploads").json()["data"][0]
    assert upload["state"] == "refused"
    assert client.post(f"/v1/uploads/{upload['id']}/complete").json()["errors"] == refused.json()["errors"]


def test_an_upload_without_a_file_stays_open(api: Api) -> None:
    client = api.login("creator")
    opened = client.post("/v1/uploads", json={"kind": "picture", "name": "a"}).json()
    early = client.post(f"/v1/uploads/{opened['id']}/complete")
    assert (early.status_code, early.json()["code"]) == (409, "upload.missing")
    assert post(opened["form"], png()) < 300
    assert client.post(f"/v1/uploads/{opened['id']}/complete").status_code == 201


def test_a_kit_becomes_a_brand_whose_versions_never_change(api: Api) -> None:
    client = api.login("creator")
    first = uploaded(client, "kit", zipped(SAMPLE)).json()
    made = client.post("/v1/brands", json={"upload": first["id"]})
    assert made.status_code == 201, made.text
    brand, version = made.json()["brand"], made.json()["version"]
    assert version["version"] == 1 and version["digest"] == first["facts"]["digest"]
    assert {"palette", "type", "claims"} <= set(version["facts"])
    assert client.post("/v1/brands", json={"upload": first["id"]}).json()["code"] == "brand.taken"
    same = client.post(f"/v1/brands/{brand['id']}/versions", json={"upload": first["id"]})
    assert (same.status_code, same.json()) == (200, version)

    text = (SAMPLE / "kit.yaml").read_text(encoding="utf-8")
    other = zipped(SAMPLE, {"kit.yaml": text.replace(f"version: \"{version['facts']['kit_version']}\"", 'version: "99.0.1"', 1).encode()})
    added = client.post(f"/v1/brands/{brand['id']}/versions", json={"upload": uploaded(client, "kit", other).json()["id"]})
    assert (added.status_code, added.json()["version"]) == (201, 2), added.text
    diff = client.get(f"/v1/brands/{brand['id']}/versions/2/diff").json()
    assert diff["differences"] == [{"pointer": "/kit_version", "before": version["facts"]["kit_version"], "after": "99.0.1"}]
    assert client.get(f"/v1/brands/{brand['id']}/versions/2/diff?against=2").json()["same"]
    assert client.get(f"/v1/brands/{brand['id']}").json()["newest"] == 2
    assert client.get(f"/v1/brands/{brand['id']}/versions/1").json() == version


def test_a_kit_with_faults_is_refused_with_all_of_them(api: Api) -> None:
    client = api.login("creator")
    refused = uploaded(client, "kit", zipped(SAMPLE, {"kit.yaml": b"name: x\nversion: 1\nnonsense: 2\n"}))
    assert refused.status_code == 422 and len(refused.json()["errors"]) > 2


def test_a_brief_is_kept_as_written_and_quoted(api: Api) -> None:
    client = api.login("creator")
    brand = branded(client)
    text = BRIEF.read_bytes()
    made = client.post(f"/v1/briefs?brand={brand}", content=text, headers={**YAML, "Idempotency-Key": "b"})
    assert made.status_code == 201, made.text
    again = client.post(f"/v1/briefs?brand={brand}", content=text, headers={**YAML, "Idempotency-Key": "b"})
    assert again.json() == made.json() and again.headers["idempotent-replayed"] == "true"
    brief = made.json()["id"]
    assert client.get(f"/v1/briefs/{brief}").json()["body"] == text.decode()
    told = client.post(f"/v1/briefs/{brief}:validate", json={"variants": 12}).json()
    assert told["valid"], told
    assert told["quote"]["variants"] == 12 and told["quote"]["worker_seconds"] > 0 and told["quote"]["money"]["currency"] == "EUR"
    assert len(client.get("/v1/briefs").json()["data"]) == 1


def test_every_fault_of_a_brief_is_told_with_its_place(api: Api) -> None:
    client = api.login("creator")
    brand = branded(client)
    wrong = BRIEF.read_text(encoding="utf-8").replace("locales:", "localess:") + "\nnonsense: 1\n"
    refused = client.post(f"/v1/briefs?brand={brand}", content=wrong.encode(), headers=YAML)
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) >= 2 and all("brief.yaml" in e["pointer"] for e in refused.json()["errors"])
    told = client.post(f"/v1/briefs:validate?brand={brand}", content=wrong.encode(), headers=YAML).json()
    assert not told["valid"] and len(told["faults"]) == len(refused.json()["errors"]) and told["quote"] is None
    assert client.get("/v1/briefs").json()["data"] == []
    assert client.post(f"/v1/briefs:validate?brand={brand}", content=b"1393", headers=YAML).json()["errors"][0]["code"] == "brief.shape"


JSON = {"Content-Type": "application/json"}
NO_BRIEF: list[tuple[dict[str, str], bytes, int]] = [
    ({"Content-Type": "text/plain"}, b"x", 415), (YAML, b"\xff\xfe\x00", 400), (YAML, b"x: " + b"y" * 300_000, 413), (YAML, b"[", 422),
    (YAML, b"", 422), (YAML, b"a: &a [1]\nb: *a", 422), (JSON, b'{"a": "\\u0000"}', 422), (JSON, b"[1]", 422), (JSON, b"{", 400),
    (JSON, b'{"a":' * 5000, 400),
]


def test_a_body_that_is_no_brief_is_refused(api: Api) -> None:
    client = api.login("creator")
    brand = branded(client)
    for headers, body, status in NO_BRIEF:
        assert client.post(f"/v1/briefs?brand={brand}", content=body, headers=headers).status_code == status, body[:40]
    whole = json.dumps({**yaml.safe_load(BRIEF.read_text(encoding="utf-8")), "name": "NAME"}, default=str)
    for name in ("\\ud800", "a\\u0000b"):
        body = whole.replace('"NAME"', f'"{name}"').encode()
        assert client.post(f"/v1/briefs?brand={brand}", content=body, headers=JSON).status_code == 422, name
    assert client.get("/v1/briefs").json()["data"] == []


def test_what_was_never_completed_is_swept_away(api: Api) -> None:
    client = api.login("creator")
    done = uploaded(client, "picture", png()).json()["id"]
    late, fresh = (client.post("/v1/uploads", json={"kind": "picture", "name": "a"}).json()["id"] for _ in range(2))
    with contextlib.closing(connect(api.settings.database_url)) as db:
        db.execute("update uploads set expires_at = now() - interval '2 hours' where id = any(%s)", ([done, late],))
        assert client.post(f"/v1/uploads/{late}/complete").json()["code"] == "upload.ended"
        assert sorted(library.expire_uploads(db)) == sorted([f"uploads/{done}", f"uploads/{late}"])
    assert [client.get(f"/v1/uploads/{u}").status_code for u in (done, late, fresh)] == [200, 404, 200]
    assert client.get(f"/v1/uploads/{done}").json()["state"] == "ready"


def test_a_crowd_of_files_waits_its_turn(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    client = api.login("creator")
    opened = client.post("/v1/uploads", json={"kind": "picture", "name": "a"}).json()
    post(opened["form"], png())
    turns = threading.BoundedSemaphore(1)
    turns.acquire()
    monkeypatch.setattr("factory.doors.web.routes.uploads.AT_ONCE", turns)
    monkeypatch.setattr("factory.doors.web.routes.uploads.PATIENCE_S", 0.05)
    busy = client.post(f"/v1/uploads/{opened['id']}/complete")
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "5")
    turns.release()
    assert client.post(f"/v1/uploads/{opened['id']}/complete").status_code == 201
