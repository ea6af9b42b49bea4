"""Logs: one JSON object a line on standard error, with the ids of what it is about and without a secret."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

NAMES: Final = re.compile(r"secret|password|token|authorization|cookie|api_?key|access_key|credential", re.IGNORECASE)
"""Names of fields whose value is never written."""

VALUES: Final = (
    (re.compile(r"(://[^:/@\s]*):[^@/\s]+@"), r"\1:***@"),
    (re.compile(r"cf_(live|test)_[A-Za-z0-9_-]+"), r"cf_\1_***"),
    (re.compile(r"whsec_[A-Za-z0-9+/=_-]+"), "whsec_***"),
    (re.compile(r"(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s\"']+"), r"\1***"),
    (re.compile(r"(?i)(bearer\s+)[A-Za-z0-9._~+/=-]{8,}"), r"\1***"),
)
"""What a secret looks like inside other text."""


CHATTY: Final = ("botocore", "boto3", "urllib3", "s3transfer", "httpx", "httpcore", "amqp", "PIL", "celery.app.trace",
                 "celery.worker.strategy")
"""Libraries of which only warnings are worth a line; Celery's two would write two for every bell."""


def configure(level: str = "info") -> None:
    """Write this process's log as JSON lines from now on, and that of libraries through the same door."""
    import structlog

    json_line = structlog.processors.JSONRenderer(sort_keys=True)
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    before: list[Any] = [
        structlog.contextvars.merge_contextvars, structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.format_exc_info, redact,
    ]
    structlog.configure(
        processors=[*before, json_line], cache_logger_on_first_use=True,
        wrapper_class=structlog.make_filtering_bound_logger(number), logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    render: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, json_line]
    chain = [structlog.stdlib.add_logger_name, *before]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=chain, processors=render))
    root = logging.getLogger()
    root.handlers, root.level = [handler], number
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(max(number, logging.WARNING))


def logger() -> Any:
    """Where a worker writes what it does."""
    import structlog

    return structlog.get_logger()


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A log line without secrets: by the names of its fields and by what values look like."""
    for name, value in list(event.items()):
        event[name] = "***" if NAMES.search(name) and value else clean(value)
    return event


def clean(value: Any) -> Any:
    """A value with what looks like a secret crossed out."""
    if isinstance(value, str):
        for pattern, instead in VALUES:
            value = pattern.sub(instead, value)
        return value
    if isinstance(value, Mapping):
        return {k: "***" if NAMES.search(str(k)) and v else clean(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(v) for v in value]
    return value
