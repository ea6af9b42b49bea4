"""Secrets of one installation: made once, kept in one file that only its owner reads."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from factory.errors import StoreError

FILE = "secrets.json"


def _word() -> str:
    return secrets.token_hex(24)


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """What the parts of one installation show each other. Never printed, never in a command line."""

    database_password: str = field(default_factory=_word, repr=False)
    broker_password: str = field(default_factory=_word, repr=False)
    s3_access_key: str = field(default_factory=lambda: "cf" + secrets.token_hex(9), repr=False)
    s3_secret_key: str = field(default_factory=_word, repr=False)
    metrics_token: str = field(default_factory=_word, repr=False)


def keys_of(home: Path) -> Keys:
    """The installation's secrets, made at its first start. Raises StoreError when the file is damaged."""
    path = home / FILE
    held = _read(path) if path.exists() else {}
    keys = Keys(**held)
    if asdict(keys) != held:  # new here, or one was removed to be made anew
        write_private(path, json.dumps(asdict(keys), indent=2) + "\n")
    return keys


def _read(path: Path) -> dict[str, str]:
    try:
        held = json.loads(path.read_text())
        if not isinstance(held, dict):
            raise TypeError("it is no table of names")
        return {f.name: str(held[f.name]) for f in fields(Keys) if f.name in held}
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"The secrets cannot be read: {error}", code="up.secrets", where=str(path),
                         help="Put the file back from a backup; the servers' data was made with what it held.") from error


def write_private(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file that only its owner reads: aside, on disk, then renamed, so that it is whole or not there."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.chmod(mode)
    aside.replace(path)
