"""`make load`: ten batches of 200 variants queued at once, a batch of 12 put in last, plates stored already.

Tells what share of the workers' time goes to queue and database, when the small batch has its first variant, and whether
memory stays flat. The last line is one JSON object. Run beside nothing else.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Any

from bench.chaos import say, site_in, workplace
from bench.service import trip
from bench.service.brief import small_brief
from bench.service.site import Site, rows

STAGES = ["plan", "plate", "copy", "compose", "animate"]


def main() -> int:
    """Fill the queue, wait, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=2000)
    parser.add_argument("--batches", type=int, default=10)
    args = parser.parse_args()
    with workplace() as (folder, _), site_in(folder / "load") as site:
        told = loaded(site, args.variants // args.batches, args.batches)
    print(json.dumps(told))
    return 0 if told["overhead"] < 0.05 and told["small_batch_first_share"] < 0.1 else 1


def loaded(site: Site, each: int, batches: int) -> dict[str, Any]:
    """The figures."""
    client = trip.client_of(site)
    first = trip.submit(client, small_brief(24, films=False, name="Plates"), key="plates")
    client.wait(first, 1800)  # plates are kept from here on, and every process is warm
    watch = Memory(site)
    start = time.monotonic()
    large = [trip.submit(client, small_brief(each, films=False, name=f"Load {n}"), key=f"load{n}") for n in range(batches)]
    small = trip.submit(client, small_brief(12, films=False, name="Small"), key="small")
    since = time.monotonic()
    say(f"{batches} batches and a small one queued in {since - start:.1f} s")
    for batch in (small, *large):
        client.wait(batch, 7200)
        say(f"{batch} ended after {time.monotonic() - start:.0f} s")
    total = time.monotonic() - start
    return {**figures(site, small, [small, *large]), "rss_growth_mb": watch.growth(), "rss_mb": watch.level(), "seconds": round(total)}


def figures(site: Site, small: str, batches: list[str]) -> dict[str, Any]:
    """From the rows of the jobs: each process's time at work over the time from its first job to its last."""
    each = rows(site, "select extract(epoch from min(started_at))::float8 as a, extract(epoch from max(ended_at))::float8 as b, "
                "sum(seconds)::float8 as busy, count(*) as jobs from jobs "
                "where batch = any(%s) and stage = any(%s) and started_at is not null group by worker", batches, STAGES)
    (wait,) = rows(site, "select extract(epoch from (select min(at) from events where batch = %s and type = 'variant.ready') "
                   "- (select created_at from batches where id = %s))::float8 as s", small, small)
    made = rows(site, "select count(*) as n from variants where batch = any(%s) and state in ('ready', 'dropped')", batches)
    wall = max(w["b"] for w in each) - min(w["a"] for w in each)
    had = sum(w["b"] - w["a"] for w in each)
    return {
        "overhead": round(1 - sum(w["busy"] for w in each) / had, 4), "small_batch_first_share": round(wait["s"] / wall, 4),
        "small_batch_first_s": round(wait["s"], 1), "variants": made[0]["n"], "jobs": sum(w["jobs"] for w in each),
        "variants_a_minute": round(60 * made[0]["n"] / wall, 1), "worker_processes": len(each),
    }  # fmt: skip


class Memory:
    """Looks at the resident memory of all that runs, every second."""

    def __init__(self, site: Site) -> None:
        self.site, self.seen = site, list[float]()
        threading.Thread(target=self._look, daemon=True).start()

    def growth(self) -> float:
        """MB that the last quarter lies above the second quarter (the first warms up)."""
        quarter = max(1, len(self.seen) // 4)
        return round(statistics.median(self.seen[-quarter:]) - statistics.median(self.seen[quarter : 2 * quarter]), 1)

    def level(self) -> float:
        """MB in the last quarter."""
        return round(statistics.median(self.seen[-max(1, len(self.seen) // 4) :]), 1)

    def _look(self) -> None:
        while True:
            pids = [p for kind, found in self.site.targets().items() if kind in OURS for p in found]
            self.seen.append(sum(map(rss_mb, pids)))
            time.sleep(1)


OURS = ("worker child", "worker parent", "web", "relay", "supervisor")


def rss_mb(pid: int) -> float:
    """Resident MB of a process; 0 when it is gone."""
    try:
        line = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmRSS"))
    except (OSError, StopIteration):
        return 0.0
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    sys.exit(main())
