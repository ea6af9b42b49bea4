"""What `factory doctor` asks the running service: database, broker, bucket, workers, queues, clocks."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from factory.doors.up.doctor import Check, Patient, Reading, fail, ok, warn
from factory.doors.up.reach import broker_trouble, storage_of

GONE_S, OLD_S = 60.0, 300.0
BELLS_S, CLOCK_WARN_S, CLOCK_FAIL_S = 30.0, 2.0, 60.0
NOT_STARTED = "Start it with `factory up`, or correct "


def _database(patient: Patient) -> Iterator[Reading]:
    import psycopg

    from factory.store.pool import connect

    if patient.here is None:
        yield fail("there is no installation here", "`factory up` makes one; FACTORY_HOME says where it is.")
        return
    try:
        db = connect(patient.here.settings.database_url)
    except psycopg.OperationalError as error:
        yield fail(f"does not answer: {str(error).strip().splitlines()[-1]}", f"{NOT_STARTED}FACTORY_DATABASE_URL.")
        return
    patient.facts["database"] = db
    yield ok(f"Postgres {db.info.server_version // 10000} at {db.info.host}:{db.info.port}")


def _schema(patient: Patient) -> Iterator[Reading]:
    from factory.store.migrate import pending

    left = pending(patient.facts["database"])
    if left:
        yield fail(f"migrations have not run: {', '.join(left)}", "`factory up` runs them at its start.")
    else:
        patient.facts["schema"] = True
        yield ok("newest")


def _broker(patient: Patient) -> Iterator[Reading]:
    if patient.here is None:
        return
    url = patient.here.settings.broker_url
    if trouble := broker_trouble(url):
        yield fail(trouble, f"{NOT_STARTED}FACTORY_BROKER_URL. Nothing is lost: work waits in the database.")
    else:
        yield ok(f"{urlsplit(url).scheme} at {urlsplit(url).hostname}")


def _bucket(patient: Patient) -> Iterator[Reading]:
    if patient.here is None:
        return
    storage, key = storage_of(patient.here.settings), f"doctor/{secrets.token_hex(8)}"
    begun = time.monotonic()
    try:
        first, second = storage.put_new(key, b"one"), storage.put_new(key, b"two")
        held = storage.get(key)
    finally:
        storage.delete([key])
    if not first or second or held != b"one":
        yield fail("create-only writes (If-None-Match) are not honoured",
                   "Bundles need them. Use a server that has them: docs/operators.md, 'Replace a part'.")
    else:
        yield ok(f"{patient.here.settings.bucket} writes, reads, creates only once ({time.monotonic() - begun:.2f} s)")


def _workers(patient: Patient) -> Iterator[Reading]:
    from workers.health import lanes

    for lane, row in lanes(patient.facts["database"]).items():
        if not row["well"]:
            yield fail(f"lane {lane}: {row['jobs']} jobs wait, the oldest for {_span(row['age'])}, and none ends",
                       f"`factory up` starts worker-{lane}; its log says why it does not work.")
        else:
            yield ok(f"lane {lane}: " + (f"something ended {_span(row['ended'])} ago" if row["ended"] is not None else "idle"))
    seen = patient.facts["database"].execute(
        "select extract(epoch from now() - max(seen_at))::float8 as ago from workers where lane = 'relay'").fetchone()["ago"]
    if seen is None or seen > GONE_S:
        yield fail("no relay was seen within a minute", "`factory up` starts it; what a killed worker held waits for it.")
    else:
        yield ok(f"a relay was seen {_span(seen)} ago")


def _queues(patient: Patient) -> Iterator[Reading]:
    from factory.store.work import waiting

    lanes = waiting(patient.facts["database"])
    for lane, row in lanes.items():
        if row["age"] > OLD_S:
            yield warn(f"lane {lane}: {row['jobs']} jobs wait, the oldest for {_span(row['age'])}",
                       "More workers: docs/operators.md, 'Grow'.")
    yield ok(f"{sum(r['jobs'] for r in lanes.values())} jobs wait")


def _leases(patient: Patient) -> Iterator[Reading]:
    row = patient.facts["database"].execute(
        "select count(*) filter (where state = 'leased' and leased_until < now() - interval '1 minute') as late, "
        "count(*) filter (where state = 'parked') as parked, count(*) filter (where state = 'leased') as held from jobs",
    ).fetchone()
    if row["late"]:
        yield fail(f"{row['late']} leases ran out more than a minute ago", "The relay takes them back: see that it runs.")
    if row["parked"]:
        yield warn(f"{row['parked']} jobs are parked after their last try",
                   "GET /v1/batches/ID/errors gives their reasons; `:retry-failed` tries again.")
    if not row["late"]:
        yield ok(f"{row['held']} held, none overdue")


def _bells(patient: Patient) -> Iterator[Reading]:
    row = patient.facts["database"].execute(
        "select count(*) as n, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as age from outbox").fetchone()
    if row["age"] > BELLS_S:
        yield fail(f"{row['n']} messages wait to be sent, the oldest for {_span(row['age'])}",
                   "The relay or the broker is away: see their logs.")
    else:
        yield ok("sent within seconds")


def _deliveries(patient: Patient) -> Iterator[Reading]:
    row = patient.facts["database"].execute(
        "select count(*) filter (where state = 'due' and due_at < now() - interval '5 minutes') as late, "
        "count(*) filter (where state = 'failed' and ended_at > now() - interval '1 day') as failed from deliveries").fetchone()
    if row["late"]:
        yield fail(f"{row['late']} webhook deliveries are overdue", "Lane io sends them: see that worker-io runs.")
    if row["failed"]:
        yield warn(f"{row['failed']} webhook deliveries failed for good since yesterday",
                   "GET /v1/webhooks/ID/deliveries says why; `:replay` sends again.")
    if not row["late"]:
        yield ok("none overdue")


def _clock(patient: Patient) -> Iterator[Reading]:
    before = time.time()
    row = patient.facts["database"].execute("select extract(epoch from clock_timestamp())::float8 as now").fetchone()
    away = abs(row["now"] - (before + time.time()) / 2)
    said = f"{away:.2f} s away from the database's"
    do = "Let both machines keep time (NTP): signatures and leases are dated."
    yield ok(said) if away < CLOCK_WARN_S else warn(said, do) if away < CLOCK_FAIL_S else fail(said, do)


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


DATA = ("database", "schema")
CHECKS = (
    Check(name="database", look=_database), Check(name="schema", look=_schema, needs=("database",)),
    Check(name="broker", look=_broker), Check(name="bucket", look=_bucket), Check(name="clock", look=_clock, needs=("database",)),
    Check(name="workers", look=_workers, needs=DATA), Check(name="queues", look=_queues, needs=DATA),
    Check(name="leases", look=_leases, needs=DATA), Check(name="messages", look=_bells, needs=DATA),
    Check(name="webhooks", look=_deliveries, needs=DATA),
)  # fmt: skip
