"""Figures for Prometheus, read from the store when asked for: true for the whole service, whichever process answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from factory.doors.web.desk import money
from factory.store import figures, work

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric
    from psycopg import Connection

    from factory.doors.web.parts import Parts

COUNTS: Final[Mapping[str, str]] = {
    "jobs": "Jobs by lane, stage and state.", "batches": "Batches by state.", "variants": "Variants by state and review.",
    "deliveries": "Webhook deliveries by state.", "bundles": "Bundles by state.",
}


def text(parts: Parts) -> bytes:
    """All figures in Prometheus' text format."""
    with parts.changing() as db:
        db.execute("set transaction isolation level repeatable read, read only")
        found = tuple(_all(db, parts.settings.money_per_hour))
    return generate_latest(_Once(found))


class _Once(Collector):
    """Figures that were read already."""

    def __init__(self, found: tuple[Metric, ...]) -> None:
        self.found = found

    def collect(self) -> Iterator[Metric]:
        yield from self.found


def _all(db: Connection[dict[str, Any]], per_hour: str) -> Iterator[Metric]:
    yield from _queue(db)
    yield from _counts(db)
    yield _seconds(db)
    yield from _workers(db)
    yield GaugeMetricFamily("factory_webhook_lag_seconds", "By how much the oldest delivery is late.", figures.webhook_lag(db))
    events = CounterMetricFamily("factory_events", "Events told, by type.", labels=["type"])
    for row in figures.counted(db, "events"):
        events.add_metric([row["type"]], row["n"])
    yield events
    yield from _cost(db, per_hour)


def _queue(db: Connection[dict[str, Any]]) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("factory_queue_jobs", "Jobs that could start now, by lane.", labels=["lane"])
    age = GaugeMetricFamily("factory_queue_age_seconds", "How long the oldest of them has waited, by lane.", labels=["lane"])
    waiting = work.waiting(db)
    for lane in ("gpu", "cpu", "io", "preview"):
        row = waiting.get(lane, {"jobs": 0, "age": 0.0})
        jobs.add_metric([lane], row["jobs"])
        age.add_metric([lane], row["age"])
    yield jobs
    yield age


def _counts(db: Connection[dict[str, Any]]) -> Iterator[Metric]:
    for table, help in COUNTS.items():
        columns = figures.COUNTED[table]
        family = GaugeMetricFamily(f"factory_{table}", help, labels=columns)
        for row in figures.counted(db, table):
            family.add_metric([str(row[c]) for c in columns], row["n"])
        yield family


def _seconds(db: Connection[dict[str, Any]]) -> Metric:
    family = HistogramMetricFamily("factory_stage_seconds", "Seconds of a stage's jobs.", labels=["stage"])
    for row in figures.stage_seconds(db):
        buckets = [(str(bound), float(n)) for bound, n in zip(figures.BUCKETS, row["le"], strict=True)]
        family.add_metric([row["stage"]], [*buckets, ("+Inf", float(row["n"]))], row["seconds"])
    return family


def _workers(db: Connection[dict[str, Any]]) -> Iterator[Metric]:
    busy = CounterMetricFamily("factory_worker_busy_seconds", "Seconds that a worker has worked.", labels=["worker", "lane"])
    share = GaugeMetricFamily("factory_worker_busy_share", "Share of its life that it has worked.", labels=["worker", "lane"])
    quiet = GaugeMetricFamily("factory_worker_quiet_seconds", "Seconds since it ended a job.", labels=["worker", "lane"])
    for row in work.workers(db):
        life = max(1.0, (row["seen_at"] - row["started_at"]).total_seconds())
        name = [row["name"], row["lane"]]
        busy.add_metric(name, row["busy_seconds"])
        share.add_metric(name, min(1.0, row["busy_seconds"] / life))
        quiet.add_metric(name, (row["seen_at"] - (row["progress_at"] or row["started_at"])).total_seconds())
    yield busy
    yield share
    yield quiet


def _cost(db: Connection[dict[str, Any]], per_hour: str) -> Iterator[Metric]:
    accepted, seconds = figures.accepted(db)
    cost = money(per_hour, seconds)
    whole = CounterMetricFamily("factory_cost", "What all worker seconds have cost.", labels=["currency"])
    whole.add_metric([cost["currency"]], float(cost["amount"]))
    yield whole
    each = GaugeMetricFamily("factory_cost_per_accepted_variant", "That, over the approved variants.", labels=["currency"])
    if accepted:
        each.add_metric([cost["currency"]], float(cost["amount"]) / accepted)
    yield each
