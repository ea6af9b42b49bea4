"""A real Celery worker behind a real broker: bells are answered, also after the broker has forgotten everything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from worker_samples import BRIEF, KIT, library

from brand_kits.load import load_kit
from factory.kitzip import pack
from factory.settings import Settings
from factory.storage import open_storage
from factory.store import batches
from factory.store.pool import connect
from workers.relay import Relay, queue_length


@pytest.fixture
def settings(postgres_url, valkey_url, s3, tmp_path):
    return Settings(home=tmp_path, database_url=postgres_url, broker_url=valkey_url, s3_endpoint=s3.endpoint, bucket=s3.bucket,
                    s3_access_key=s3.access_key, s3_secret_key=s3.secret_key, s3_region=s3.region, lease_s=10)


@pytest.fixture
def db(settings):
    storage = open_storage(endpoint=settings.s3_endpoint, bucket=settings.bucket, region=settings.s3_region,
                           access_key=settings.s3_access_key, secret_key=settings.s3_secret_key)
    digest = load_kit(KIT).digest
    storage.put(f"kits/{digest}.zip", pack(KIT))
    with connect(settings.database_url) as db:
        library(db, body=BRIEF.read_text().replace("concepts:", "concepts: many #"), format="yaml", kit=digest)
        yield db


@contextmanager
def celery(settings, log):
    """A worker of all lanes, stopped in the soft way."""
    argv = [sys.executable, "-m", "celery", "-A", "workers.app", "worker", "--queues", "cpu,gpu,io", "--pool", "prefork",
            "--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "info"]
    env = os.environ | settings.environ() | {"PYTHONPATH": os.getcwd(), "PYTHONUNBUFFERED": "1"}
    with log.open("w") as file, subprocess.Popen(argv, env=env, stdout=file, stderr=file, cwd="/", start_new_session=True) as worker:
        try:
            yield worker
            worker.send_signal(signal.SIGTERM)
            worker.wait(45)
        finally:
            if worker.poll() is None:
                os.killpg(worker.pid, signal.SIGKILL)


def order(db, name):
    with db.transaction():
        batches.insert(db, name, "brf", {"variants": 6, "seed": 0, "video": False}, "me")


def until(true, seconds=60.0):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    return true()


@contextmanager
def relaying(settings):
    """A relay in a thread that rings the broker of the settings."""
    from celery import Celery

    from workers import app

    bell = Celery("test", broker=settings.broker_url)
    over = threading.Event()
    relay = Relay(settings=settings, ring=lambda lane: app.ring(lane, bell), length=lambda lane: queue_length(lane, bell), storage=lambda: None)
    thread = threading.Thread(target=relay.run, args=(over,))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)
        bell.close()


def test_bells_reach_a_worker_and_a_broker_that_forgot_everything_changes_nothing(db, settings, valkey_url, tmp_path):
    import valkey

    log = tmp_path / "worker.log"
    with celery(settings, log) as worker, relaying(settings):
        order(db, "a")
        assert until(lambda: batches.get(db, "a")["state"] == "failed"), log.read_text()
        assert batches.get(db, "a")["error"][0]["code"].startswith("brief.")
        client = valkey.Valkey.from_url(valkey_url)
        client.flushall()
        client.close()
        order(db, "b")
        assert until(lambda: batches.get(db, "b")["state"] == "failed"), log.read_text()
    text = log.read_text()
    assert worker.returncode == 0, text
    assert '"state": "failed"' in text and settings.s3_secret_key not in text and "Traceback" not in text
