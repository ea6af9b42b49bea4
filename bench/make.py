"""Seconds by stage for the sample batch, made anew: one JSON object on the last line.

Run beside nothing else; speaks in shares of the whole and in variants a minute, as machines differ.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

SAMPLE = Path("brand_kits/samples/vesper")


def main() -> int:
    """Make the batch in a folder of its own and read `run.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=None)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        more = ["--variants", str(args.variants)] if args.variants else []
        command = [sys.executable, "-m", "factory.doors.cli", "make", str(SAMPLE / "briefs/cold-brew.yaml"), "--kit", str(SAMPLE)]
        code = subprocess.run([*command, "--out", str(out), *more], check=False).returncode
        run = json.loads((out / "run.json").read_text())
    total = run["seconds"]["total"]
    work = sum(s["seconds"] for s in run["stages"].values())
    print(json.dumps({
        "exit": code, "seconds": total, "variants_a_minute": round(60 * run["figures"]["shipped"] / total, 1),
        "share": {k: round(v["seconds"] / work, 3) for k, v in run["stages"].items()},
        "seconds_each": {k: v["mean"] for k, v in run["stages"].items()},
        "busy": round(work / (total * run["jobs"]), 3), "peak_mb_of_a_worker": run["peak_mb_of_a_worker"],
        "machine": run["machine"],
    }))
    return code


if __name__ == "__main__":
    sys.exit(main())
