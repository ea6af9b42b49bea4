"""The whole trip on real servers and real stages: docs/pipelines.md as it stands, the client, the command line."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import stocked

from factory.client import Client, RejectedError
from factory.webhooks import open_client, send_due

pytestmark = pytest.mark.xdist_group("make")

KIT = Path("brand_kits/samples/vesper")
BRIEF = KIT / "briefs/cold-brew.yaml"
DOCS = Path("docs/pipelines.md")


@dataclass(frozen=True)
class Service:
    """A service at work: its URL, and a key that may do everything."""

    url: str
    key: str
    app: Any

    def client(self) -> Client:
        return Client(self.url, self.key)


@pytest.fixture(scope="module")
def service(postgres_server: Any, s3_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The web door on a port, and one worker for every lane in a thread. One for all trips: what one made, others share."""
    import psycopg
    from psycopg.rows import dict_row

    from factory.doors.up import servers
    from factory.doors.web.access import bootstrap_key
    from factory.doors.web.app import create_app
    from factory.settings import Settings
    from factory.storage import open_storage

    with psycopg.connect(servers.database_url(postgres_server, "postgres"), autocommit=True) as db:
        db.execute("create database trips template template_factory strategy file_copy")
    settings = Settings(
        database_url=servers.database_url(postgres_server, "trips"), s3_endpoint=servers.s3_endpoint(s3_server), bucket="trips",
        s3_access_key=s3_server.keys.s3_access_key, s3_secret_key=s3_server.keys.s3_secret_key, home=tmp_path_factory.mktemp("home"),
    )  # fmt: skip
    open_storage(endpoint=settings.s3_endpoint, bucket="trips", region=settings.s3_region, access_key=settings.s3_access_key,
                 secret_key=settings.s3_secret_key).ensure_bucket()
    app, stop = create_app(settings), threading.Event()
    worker = threading.Thread(target=work, args=(settings, stop), daemon=True)
    with stocked.serving(app) as url:
        app.state.parts = replace(app.state.parts, settings=replace(settings, public_url=url))
        worker.start()
        with psycopg.connect(settings.database_url, autocommit=True, row_factory=dict_row) as db:
            key = bootstrap_key(db, ("admin",), "trips")
        yield Service(url, key, app)
        stop.set()
        worker.join(60)


def work(settings: Any, stop: threading.Event) -> None:
    """Everything that `factory up` starts beside the web door, turn by turn."""
    from workers.desk import open_desk
    from workers.lease import Terms
    from workers.lease import work as do_work
    from workers.service import do

    desk, client = open_desk(settings), open_client(loopback=True)
    terms = Terms(lanes=("cpu", "gpu", "io", "preview"), worker="all@test:1", lease_s=30.0, stop=stop.is_set)
    while not stop.wait(0.05):
        do_work(desk.pool, settings.database_url, partial(do, desk), terms, seconds=2.0)
        send_due(desk.pool, client)
    desk.pool.close()


def script() -> str:
    """The shell blocks of the document, as one script."""
    return "set -euo pipefail\n" + "\n".join(re.findall(r"```sh\n(.*?)```", DOCS.read_text(), re.S))


@pytest.mark.slow
@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="needs bash and curl")
def test_the_commands_of_the_document_run_as_they_stand(service: Service, tmp_path: Path) -> None:
    environ = {**os.environ, "URL": service.url, "KEY": service.key, "TMPDIR": str(tmp_path), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script() + '\necho "$WORK" "$BATCH" "$BUNDLE"'], env=environ, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    work_, batch, bundle = done.stdout.split()[-3:]
    record = json.loads((Path(work_) / "bundle/batch.json").read_text())
    shipped = [v for v in record["variants"] if v["status"] == "shipped"]
    assert len(shipped) == 6 and {v["review"] for v in shipped} == {"approved"}
    storage = service.app.state.parts.storage
    assert storage.get(f"bundles/{bundle}/batch.json") == (Path(work_) / "bundle/batch.json").read_bytes()
    assert storage.head(f"bundles/{bundle}/_SUCCESS")
    events = re.findall(r"^event: (\S+)$", (Path(work_) / "events.txt").read_text(), re.M)
    assert "batch.started" in events and "batch.completed" in events
    with service.client() as client:
        assert client.batch(batch).custom_id == "spring-launch-7"


@pytest.mark.slow
def test_the_client_makes_the_whole_trip(service: Service, tmp_path: Path) -> None:
    with service.client() as client:
        kit = client.kit(KIT)
        assert client.kit(KIT) == kit, "an equal kit is the version that it was"
        brief = client.brief(BRIEF, kit)
        assert client.validate(brief, variants=6, video=False)["quote"]["variants"] == 6
        batch = client.submit(brief, variants=6, video=False, idempotency_key="k")
        assert client.submit(brief, variants=6, video=False, idempotency_key="k").id == batch.id
        events = list(client.watch(batch.id))
        seqs = [e.seq for e in events if e.seq]
        assert seqs == list(range(1, len(seqs) + 1))
        assert client.wait(batch.id).state == "completed"
        ready = list(client.variants(batch.id, state="ready"))
        assert len(ready) == 6
        first = ready[0]
        field = next(f for f in first.texts if not f.startswith("art_")) if any(not f.startswith("art_") for f in first.texts) else next(iter(first.texts))
        client.edit(first, {field: "Cold since yesterday."})
        edited = client.made(first.id)
        assert (edited.state, edited.version, edited.texts[field], edited.raw["texts"][field]["source"]) == ("ready", 2, "Cold since yesterday.", "person")
        with pytest.raises(RejectedError, match="Version 2 stands"):
            client.edit(first, {field: "Too late."})
        results = client.approve(client.variants(batch.id, state="ready", verdict=["pass", "warn"]))
        assert {r["status"] for r in results} == {"decided"}
        assert {r["status"] for r in client.approve([edited, *ready[1:]])} == {"unchanged"}
        assert [r["code"] for r in client.reject([first])] == ["variant.version"]
        path = client.save(edited, tmp_path / "one.jpg")
        assert hashlib.sha256(path.read_bytes()).hexdigest() == edited.file.sha256  # type: ignore[union-attr]
        bundle = client.bundle(batch.id, archive=True)
        files = client.download(bundle.id, tmp_path / "out")
        assert {p.name for p in files} >= {"batch.json", "copy.csv", "index.html", "_SUCCESS"}
        record = json.loads((tmp_path / "out/batch.json").read_text())
        mine = next(v for v in record["variants"] if first.id.endswith(v["id"]))
        assert (mine["version"], mine["copy"][field]["text"], mine["review"]) == (2, "Cold since yesterday.", "approved")
        client.recall(bundle.id, "a mistake")
        with pytest.raises(RejectedError) as gone:
            client.bundle(batch.id)
        assert gone.value.status == 410


@pytest.mark.slow
def test_the_python_of_the_document_runs_as_it_stands(service: Service, tmp_path: Path) -> None:
    sample = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.S)[0]
    (tmp_path / "admin-key").write_text(service.key)
    places = {"http://127.0.0.1:8000": service.url, ".factory/admin-key": str(tmp_path / "admin-key"), "out/spring": str(tmp_path / "out")}
    for told, here in places.items():
        assert told in sample
        sample = sample.replace(told, here)
    exec(compile(sample, str(DOCS), "exec"), {})
    assert (tmp_path / "out/_SUCCESS").exists()


def factory(service: Service, tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {**{k: v for k, v in os.environ.items() if not k.startswith("FACTORY_")}, "FACTORY_URL": service.url, "FACTORY_KEY": service.key,
               "FACTORY_HOME": str(tmp_path / "none")}
    return subprocess.run([sys.executable, "-m", "factory.doors.cli", *words], env=environ, capture_output=True, text=True, timeout=900, check=False)


@pytest.mark.slow
def test_the_command_line_makes_the_whole_trip(service: Service, tmp_path: Path) -> None:
    submit = ("submit", str(BRIEF), "--kit", str(KIT), "--variants", "6", "--no-video", "--id", "spring")
    first = factory(service, tmp_path, *submit, "--watch")
    assert first.returncode == 0, first.stdout + first.stderr
    batch = first.stdout.split()[0]
    assert re.search(rf"{batch}  completed  6/6 ready, 0 approved", first.stdout)
    again = factory(service, tmp_path, *submit, "--json")
    assert json.loads(again.stdout.splitlines()[0])["id"] == batch, "the same name is the same batch"
    (tmp_path / "other.yaml").write_text(BRIEF.read_text() + "\n# other\n")
    other = factory(service, tmp_path, "submit", str(tmp_path / "other.yaml"), *submit[2:])
    assert (other.returncode, "client.name" in other.stderr) == (2, True)
    refused = factory(service, tmp_path, "download", batch, "--out", str(tmp_path / "out"))
    assert (refused.returncode, "bundle.empty" in refused.stderr) == (2, True)
    approved = factory(service, tmp_path, "approve", batch, "--all", "--json")
    assert json.loads(approved.stdout.splitlines()[0])["approved"] == 6
    got = factory(service, tmp_path, "download", batch, "--out", str(tmp_path / "out"))
    assert got.returncode == 0, got.stderr
    assert (tmp_path / "out/_SUCCESS").exists() and json.loads((tmp_path / "out/batch.json").read_text())["seed"] == 0
    shown = json.loads(factory(service, tmp_path, "status", batch, "--json").stdout.splitlines()[0])
    assert shown["counts"]["approved"] == 6
    events = [json.loads(x) for x in factory(service, tmp_path, "watch", batch, "--json").stdout.splitlines()]
    assert any(e["event"] == "review.decided" for e in events)


def test_a_brief_that_is_wrong_is_told_with_its_lines(service: Service, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(BRIEF.read_text().replace("placements:", "placement:"))
    got = factory(service, tmp_path, "submit", str(bad), "--kit", str(KIT))
    assert got.returncode == 2
    assert "placement" in got.stderr and "Traceback" not in got.stderr


def test_a_service_that_is_not_there_is_told_plainly(tmp_path: Path) -> None:
    environ = {**{k: v for k, v in os.environ.items() if not k.startswith("FACTORY_")}, "FACTORY_HOME": str(tmp_path)}
    got = subprocess.run([sys.executable, "-m", "factory.doors.cli", "status"], env=environ, capture_output=True, text=True, check=False)
    assert (got.returncode, "There is no API key" in got.stderr) == (2, True)
