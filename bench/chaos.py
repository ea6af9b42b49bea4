"""`make chaos`: a batch is made, approved and published while everything that can die is killed, again and again.

A calm trip and a wild one over the same brief must leave the same bundle, to the byte. Beside the kills, once each:
FLUSHALL, an S3 server that answers 500 and then is slow, a full disk, a second supervisor. The last line is one JSON
object. Run beside nothing else; it needs Linux, and root for the full disk (a small tmpfs), else that is left out and told.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.service import trip
from bench.service.brief import small_brief
from bench.service.receiver import Receiver
from bench.service.site import Bucket, Site, rows

WEIGHTS = {"worker child": 8, "worker parent": 4, "postgres": 2, "valkey": 3, "s3": 2, "web": 2, "relay": 2, "supervisor": 1}
"""How often each kind is chosen: what does the work most of all."""


def main() -> int:
    """Calm, then wild; compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=200)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-film", action="store_true")
    parser.add_argument("--outage", type=float, default=30, help="seconds that the bucket is broken, then slow")
    args = parser.parse_args()
    brief = small_brief(args.variants, films=not args.no_film)
    with workplace() as (folder, full_disk):
        calm = calm_trip(folder / "calm", brief)
        told = wild_trip(folder / "wild", brief, args.kills, random.Random(args.seed), calm, full_disk, args.outage)
    print(json.dumps(told))
    good = not told["lost"] and not told["doubled"] and told["identical"] and not told["leases_left"] and not told["events_lost"]
    return 0 if good and told["kills"] >= args.kills else 1


@contextlib.contextmanager
def workplace() -> Iterator[tuple[Path, bool]]:
    """A folder that servers' users can walk into; on a tmpfs of its own where we may mount one, so that it can be full."""
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    folder.chmod(0o711)
    mounted = os.geteuid() == 0 and not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2g,mode=0711", "chaos", str(folder)], check=False, capture_output=True).returncode  # fmt: skip
    try:
        yield folder, mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def site_in(folder: Path) -> Iterator[Site]:
    """A running service in a folder."""
    folder.mkdir(mode=0o711)
    bucket = Bucket(folder)
    site = Site(folder / "home", bucket, FACTORY_LEASE_S="10", FACTORY_ATTEMPTS="1000")
    try:
        site.wait_ready()
        yield site
    finally:
        site.stop()
        bucket.stop()


def calm_trip(folder: Path, brief: dict[str, Any]) -> dict[str, str]:
    """What the bundle holds when nothing goes wrong."""
    with site_in(folder) as site:
        client, start = trip.client_of(site), time.monotonic()
        batch = trip.submit(client, brief, key="calm")
        client.wait(batch, 3600)
        found = trip.contents(site, trip.publish(client, batch))
        say(f"calm: {len(found)} files in {time.monotonic() - start:.0f} s")
    shutil.rmtree(folder, ignore_errors=True)
    return found


def wild_trip(
    folder: Path, brief: dict[str, Any], kills: int, chance: random.Random, calm: dict[str, str], full_disk: bool, outage: float
) -> dict[str, Any]:
    """The same trip while `kills` processes die. The figures."""
    receiver, killed, start = Receiver(seed=1), Counter[str](), time.monotonic()
    with site_in(folder) as site:
        client = trip.client_of(site)
        hook = trip.patient(lambda: client._post("/v1/webhooks", {"url": receiver.url, "events": EVENTS}))
        receiver.secret = hook["secret"]
        batch = trip.submit(client, brief, key="wild")
        once = incidents(site, folder, full_disk, outage)
        over = threading.Event()
        killer = threading.Thread(target=kill_about, args=(site, chance, kills, killed, once, over), daemon=True)
        killer.start()
        ended = trip.patient(lambda: client.wait(batch, 3600), 3600)
        say(f"wild: {ended.state} after {time.monotonic() - start:.0f} s and {killed.total()} kills")
        bundle = trip.publish(client, batch)
        killer.join()
        drained = wait_drained(site)
        found = trip.contents(site, bundle)
        return {
            **figures(site, batch, receiver), "kills": killed.total(), "identical": found == calm, "killed": dict(killed),
            "incidents": sorted(once.done), "full_disk": full_disk, "deliveries_drained": drained, "supervisor_starts": site.starts,
            "files": len(found), "differing": sorted(k for k in found.keys() | calm.keys() if found.get(k) != calm.get(k))[:10],
            "seconds": round(time.monotonic() - start),
        }


EVENTS = ["batch.started", "batch.completed", "batch.failed", "variant.ready", "variant.failed", "review.decided", "bundle.ready"]


def kill_about(site: Site, chance: random.Random, kills: int, killed: Counter[str], once: Incidents, over: threading.Event) -> None:
    """SIGKILL something every second or two, and let each incident happen at its time."""
    while killed.total() < kills and not over.is_set():
        time.sleep(chance.uniform(0.3, 3.0))
        once.at(killed.total() / kills)
        targets = site.targets()
        kinds = [k for k in WEIGHTS if k in targets]
        if not kinds:
            continue
        kind = chance.choices(kinds, [WEIGHTS[k] for k in kinds])[0]
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(targets[kind]), signal.SIGKILL)
            killed[kind] += 1
            if killed.total() % 10 == 0:
                say(f"{killed.total()} kills: {dict(killed)}")
    once.at(1.0)


class Incidents:
    """Things that happen once, each when its share of the kills is through."""

    def __init__(self, table: list[tuple[float, str, Callable[[], None]]]) -> None:
        self.table, self.done = table, list[str]()

    def at(self, share: float) -> None:
        """Let everything happen that is due; tell what could not."""
        for due, name, act in self.table:
            if due <= share and name not in self.done:
                self.done.append(name)
                say(name)
                act()


def incidents(site: Site, folder: Path, full_disk: bool, outage: float) -> Incidents:
    """The table of what happens once."""
    table: list[tuple[float, str, Callable[[], None]]] = [
        (0.15, "flushall", lambda: trip.patient(lambda: flush(site))),
        (0.3, "s3 500", lambda: mood(site, "broken", outage)),
        (0.45, "s3 slow", lambda: mood(site, "slow", outage)),
        (0.7, "second supervisor", lambda: refused(site)),
    ]
    return Incidents([*table, *([(0.6, "full disk", lambda: fill(folder, outage / 2))] if full_disk else [])])


def flush(site: Site) -> None:
    """Every message is gone."""
    import redis

    redis.Redis.from_url(site.settings.broker_url).flushall()


def mood(site: Site, what: str, seconds: float) -> None:
    """The bucket misbehaves for a while."""
    site.bucket.proxy.turn(what)
    time.sleep(seconds)
    site.bucket.proxy.turn("well")


def refused(site: Site) -> None:
    """Another supervisor over the same home must refuse to run."""
    site.wait_ready()
    code = site.second()
    assert code == 2, f"a second supervisor ended with {code}"


def fill(folder: Path, seconds: float) -> None:
    """No byte is left on the disk for a while."""
    path = folder / "fill"
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 20))
    time.sleep(seconds)
    path.unlink()


def wait_drained(site: Site, seconds: float = 420) -> bool:
    """Until every delivery is through. False when some are still due."""
    end = time.monotonic() + seconds
    while rows(site, "select 1 from deliveries where state in ('due', 'leased') limit 1"):
        if time.monotonic() > end:
            return False
        time.sleep(1)
    return True


def figures(site: Site, batch: str, receiver: Receiver) -> dict[str, Any]:
    """What the database and the receiver's log say of the batch."""
    cell = rows(site, "select id, state, made->'asset'->>'sha256' as sha from variants where batch = %s", batch)
    told = rows(site, "select id, type, data from events where batch = %s and type = any(%s)", batch, EVENTS)
    happened = Counter((e["type"], e["data"].get("variant", ""), e["data"].get("version", 0)) for e in told if e["type"] != "review.decided")
    record = rows(site, "select record from batches where id = %s", batch)[0]["record"]
    listed = Counter(v["id"] for v in record["variants"])
    return {
        "variants": len(cell), "lost": sum(c["state"] not in ("ready", "dropped") for c in cell) + len({c["id"] for c in cell} - set(listed)),
        "doubled": sum(n - 1 for n in listed.values()) + sum(n - 1 for n in happened.values()),
        "leases_left": rows(site, "select count(*) as n from jobs where state = 'leased'")[0]["n"],
        "events": len(told), "events_lost": len({e["id"] for e in told} - receiver.ids()),
        "events_unknown": len(receiver.ids() - {e["id"] for e in told}), "deliveries": len(receiver.got), "forged": receiver.forged,
        "attempts_most": rows(site, "select max(attempts) as n from jobs where batch = %s", batch)[0]["n"],
    }  # fmt: skip


def say(text: str) -> None:
    """A line of progress, away from the result's stream."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
