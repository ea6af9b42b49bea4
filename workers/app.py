"""The Celery application: a doorbell, and processes that answer it. What is to be done stands in Postgres.

A message carries the name of a lane and nothing else. Losing one, doubling one or mixing their order changes when work is
done, never what is done; so the settings below are chosen for calm, and our own leases for safety.
"""

from __future__ import annotations

import atexit
import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import celeryd_after_setup, setup_logging, worker_shutting_down

from factory.settings import Settings
from workers import logs
from workers.pool import thread_limits

TASK = "factory.work"
LANES_VARIABLE, STOP_VARIABLE = "WORKER_LANES", "WORKER_STOP_FILE"
"""How the parent tells its spawned children which lanes they serve, and where it will leave word to stop."""


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The service's settings, read once."""
    return Settings.read(os.environ)


def configuration() -> dict[str, Any]:
    """Every setting that matters, with its reason. Read when Celery first needs it, never at import."""
    broker = settings().broker_url
    return {
        "broker_url": broker,
        # --- messages
        "task_default_queue": "cpu",
        "task_serializer": "json", "accept_content": ["json"],  # never pickle: a broker must not be able to run code in us
        "task_ignore_result": True, "result_backend": None,  # results are rows of ours
        "task_acks_late": True,  # a bell whose answerer is killed rings again
        "task_reject_on_worker_lost": True,  # late acks alone lost 4 of 20 bells when a pool child died
        "task_acks_on_failure_or_timeout": True,  # a task that raised has told the log; the row in Postgres says what is next
        "worker_prefetch_multiplier": 1,  # a bell waits in the broker, where any free process can take it
        "broker_transport_options": TRANSPORT if broker.startswith("redis") else {},
        # --- staying connected
        "broker_connection_retry_on_startup": True, "broker_connection_max_retries": None,  # a broker may come late, and back
        "broker_connection_timeout": 4.0,
        "worker_cancel_long_running_tasks_on_connection_loss": False,  # work is held by a lease in Postgres, not by its message
        # --- processes
        "worker_pool": "prefork",
        "worker_pool_start_method": "spawn",  # CUDA does not survive a fork, and the parent stays small: it loads no torch
        "worker_max_tasks_per_child": 200,  # a task is half a minute of work: a child lives for an hour and a half at most
        "worker_max_memory_per_child": 2_500_000,  # kB; looked at between tasks, so what leaks is given back
        "worker_proc_alive_timeout": 60.0,  # a spawned child imports us anew, on a busy machine that takes seconds
        # --- stopping: at SIGTERM each child ends the job at hand, hands the rest of its chunk back and is done, which is
        # what a warm shutdown waits for; with SIGQUIT (or REMAP_SIGTERM=SIGQUIT) Celery sleeps for all of this time instead
        "worker_soft_shutdown_timeout": 30.0, "worker_enable_soft_shutdown_on_idle": False,
        # --- silence: nobody listens to events, and a remote control is a door that nobody guards
        "worker_send_task_events": False, "task_send_sent_event": False, "worker_enable_remote_control": False,
        "worker_hijack_root_logger": False, "worker_redirect_stdouts": False,
    }


TRANSPORT: dict[str, Any] = {
    "visibility_timeout": 300,  # of a killed parent's bells; longer than any task, else it rings twice (harmless)
    "unacked_restore_interval": 1, "unacked_restore_throttle": 1,  # both: a killed parent's bells are back in 21 s, without 104 s
    "socket_timeout": 10, "socket_connect_timeout": 4, "socket_keepalive": True, "health_check_interval": 15,
}

app = Celery("factory", include=["workers.tasks"], set_as_current=True)
app.add_defaults(configuration)


def ring(lane: str, celery: Celery = app) -> None:
    """Ring a lane's bell. Raises kombu.exceptions.OperationalError when the broker is away.

    Named by its queue alone, a message goes by the nameless exchange: no route is needed that a flushed broker forgot.
    """
    celery.send_task(TASK, args=[lane], queue=lane, retry=False, ignore_result=True)


# ----------------------------------------------------------------------------------------------- in the parent


def _log(**_: Any) -> None:
    logs.configure(settings().log_level)


def _tell_children(instance: Any, **_: Any) -> None:
    """Children are spawned after this and inherit the environment: one thread each, their lanes, where to look for a stop."""
    os.environ.update(thread_limits())
    os.environ[LANES_VARIABLE] = ",".join(sorted(instance.app.amqp.queues.consume_from))
    word = Path(tempfile.gettempdir()) / f"creative-factory-{os.getpid()}.stop"
    os.environ[STOP_VARIABLE] = str(word)
    word.unlink(missing_ok=True)
    atexit.register(word.unlink, missing_ok=True)


def _stop_children(**_: Any) -> None:
    """Word for the children: end the job at hand and take no other."""
    Path(os.environ[STOP_VARIABLE]).touch()


setup_logging.connect(_log)
celeryd_after_setup.connect(_tell_children)
worker_shutting_down.connect(_stop_children)
