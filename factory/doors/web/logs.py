"""Structured logs, one JSON object a line, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog
from structlog.tracebacks import ExceptionDictTransformer

LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

NAMES: Final = re.compile(r"authorization|password|passwd|secret|token|api[_-]?key|cookie|signature|credential", re.IGNORECASE)
SHAPES: Final = re.compile(
    r"cf_live_[A-Za-z0-9_-]+"                                      # our own keys
    r"|whsec_[A-Za-z0-9+/=_-]+"                                    # webhook secrets
    r"|(?<=://)[^\s/@]+:[^\s/@]+(?=@)"                             # user:password of a URL
    r"|(?:X-Amz-(?:Signature|Credential|Security-Token))=[^&\s\"']+"  # presigned links
    r"|(?i:bearer)\s+[A-Za-z0-9._~+/=-]{8,}"
)
HIDDEN: Final = "[hidden]"


def redacted(value: Any) -> Any:
    """A value with whatever looks like a secret hidden, at any depth."""
    if isinstance(value, str):
        return SHAPES.sub(HIDDEN, value)
    if isinstance(value, Mapping):
        return {k: HIDDEN if NAMES.search(str(k)) and v not in (None, "") else redacted(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redacted(v) for v in value]
    return value


def _redact(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return dict(redacted(event))


def configure(level: str) -> None:
    """Write logs to the standard error, from this level up. For a process's door; a library leaves it alone."""
    logging.getLogger("uvicorn.access").disabled = True  # our own line tells more, and no query
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False, max_frames=12)),
            _redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS.get(level, logging.INFO)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
