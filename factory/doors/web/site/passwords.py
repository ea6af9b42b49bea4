"""Passwords: hashed slowly, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

N, R, P = 2**15, 8, 3
"""Cost of scrypt: 32 MB and about a quarter of a second (OWASP Password Storage Cheat Sheet, 2024)."""

LEAST: Final = 12
"""Characters of a password (NIST SP 800-63B asks for eight at least and no rules of composition)."""


def hashed(password: str) -> str:
    """A password as it is kept: scheme, cost, salt and hash."""
    salt = secrets.token_bytes(16)
    return "$".join(("scrypt", str(N), str(R), str(P), _text(salt), _text(_scrypt(password, salt, N, R, P))))


def holds(password: str, kept: str | None) -> bool:
    """Whether a password is the kept one. As slow when nobody has that name, so that time tells nothing."""
    _, n, r, p, salt, known = (kept or NOBODY).split("$")
    found = _scrypt(password, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(found, base64.b64decode(known)) and kept is not None


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "replace")[:1024], salt=salt, n=n, r=r, p=p, maxmem=2 * 128 * n * r, dklen=32)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


NOBODY: Final = "$".join(("scrypt", str(N), str(R), str(P), _text(bytes(16)), _text(bytes(32))))
