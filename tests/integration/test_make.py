"""The whole flow, end to end, on the sample brand: what stands on disk, and that it is the same whatever happens."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

KIT = Path("brand_kits/samples/vesper")
BRIEF = KIT / "briefs/cold-brew.yaml"


def command(out: Path, *more: str) -> list[str]:
    base = [sys.executable, "-m", "factory.doors.cli", "make", str(BRIEF), "--kit", str(KIT), "--out", str(out)]
    return [*base, "--json", *more]


def run(out: Path, *more: str) -> tuple[int, list[dict[str, object]]]:
    done = subprocess.run(command(out, *more), capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def content(out: Path) -> dict[str, bytes]:
    """`batch.json`, the manifests and every asset: what must not differ."""
    kept = [out / "batch.json", out / "copy.csv", *sorted((out / "assets").iterdir()), *sorted(out.glob("manifests/**/*.*"))]
    return {str(p.relative_to(out)): p.read_bytes() for p in kept}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six variants, made once without interruption by one process."""
    out = tmp_path_factory.mktemp("batch") / "out"
    code, events = run(out, "--variants", "6", "--jobs", "1")
    assert code == 0, events[-5:]
    return out


pytestmark = pytest.mark.xdist_group("make")


def test_the_batch_record_is_what_its_schema_says(made: Path) -> None:
    schema = json.loads((files("factory") / "manifests" / "batch.schema.json").read_text())
    batch = json.loads((made / "batch.json").read_text())
    jsonschema.validate(batch, schema, cls=jsonschema.Draft202012Validator)
    assert batch["figures"]["shipped"] == 6


def test_every_shipped_file_is_there_under_its_digest(made: Path) -> None:
    import hashlib

    batch = json.loads((made / "batch.json").read_text())
    shipped = [f for v in batch["variants"] if v["status"] == "shipped" for f in v["files"]]
    assert len(shipped) == 6
    for file in shipped:
        data = (made / file["path"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file["sha256"], file["bytes"])
        assert file["sha256"] in file["path"]
    parts = [c["asset"] for c in batch["components"] if c["asset"]]
    assert {p.name for p in (made / "assets").iterdir()} == {Path(f["path"]).name for f in [*shipped, *parts]}


def test_nothing_is_approved_by_a_machine(made: Path) -> None:
    batch = json.loads((made / "batch.json").read_text())
    assert {v["review"] for v in batch["variants"]} == {"pending"}


def test_every_text_of_every_variant_has_a_row_and_a_source(made: Path) -> None:
    batch = json.loads((made / "batch.json").read_text())
    with (made / "copy.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    wanted = {(v["id"], f) for v in batch["variants"] if v["status"] == "shipped" for f in v["copy"]}
    assert {(r["variant"], r["field"]) for r in rows} >= wanted
    assert all(r["source"] for r in rows)


def test_the_marker_names_the_exit_and_the_record(made: Path) -> None:
    import hashlib

    mark = json.loads((made / "_SUCCESS").read_text())
    assert mark == {"exit": 0, "batch": hashlib.sha256((made / "batch.json").read_bytes()).hexdigest()}


def test_the_gallery_asks_no_network(made: Path) -> None:
    page = (made / "index.html").read_text()
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "src=\"//" not in page


@pytest.mark.slow
def test_another_number_of_processes_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    code, _ = run(tmp_path / "out", "--variants", "6", "--jobs", "2")
    assert code == 0
    assert content(tmp_path / "out") == content(made)


@pytest.mark.slow
def test_killed_at_random_moments_and_started_again_it_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    out, chance = tmp_path / "out", random.Random(7)
    kills = 0
    for _ in range(5):
        child = subprocess.Popen(command(out, "--variants", "6", "--jobs", "2"), stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(chance.uniform(1.0, 9.0))
        if child.poll() is None:
            (os.killpg if chance.random() < 0.5 else os.kill)(child.pid, signal.SIGKILL)
            kills += 1
        child.wait()
        assert not ((out / "_SUCCESS").exists() and kills and child.returncode), "a killed run left a marker"
    time.sleep(1.5)
    code, _ = run(out, "--variants", "6", "--jobs", "2")
    assert code == 0
    assert kills >= 1
    assert content(out) == content(made)


def test_run_again_it_makes_nothing_anew(made: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in (made / ".work" / "results").iterdir()}
    code, events = run(made, "--variants", "6", "--jobs", "1")
    assert code == 0
    assert not [e for e in events if e["event"] == "job"]
    assert {p: p.stat().st_mtime_ns for p in (made / ".work" / "results").iterdir()} == before


def test_a_folder_made_with_another_seed_is_refused(made: Path) -> None:
    done = subprocess.run(command(made, "--variants", "6", "--seed", "5"), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--fresh" in done.stdout + done.stderr
    assert (made / "_SUCCESS").exists()
