"""A short walk through the fire: `make chaos` with few variants and few kills. The long one is a target of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
def test_what_is_killed_and_broken_changes_nothing_of_what_is_made():
    words = ["--variants", "6", "--kills", "8", "--no-film", "--outage", "6"]
    run = subprocess.run([sys.executable, "-m", "bench.chaos", *words], cwd=ROOT, capture_output=True, text=True, timeout=560, check=False)
    assert run.stdout.strip(), run.stderr[-3000:]
    told = json.loads(run.stdout.strip().splitlines()[-1])
    good = {"lost": 0, "doubled": 0, "identical": True, "leases_left": 0, "events_lost": 0, "events_unknown": 0, "forged": 0}
    assert {k: told[k] for k in good} == good, told
    assert told["kills"] >= 8 and {"flushall", "s3 500", "s3 slow", "second supervisor"} <= set(told["incidents"])
    assert run.returncode == 0
