"""The first administrator's key: made with the first start, kept in one file that only its owner reads."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from factory.doors.up.keys import write_private

FILE = "admin-key"


def ensure_admin_key(home: Path, database_url: str) -> bool:
    """See to it that `admin-key` holds a key which the database knows. True when a new one was made.

    A key that was revoked stays revoked: it is known. Remove the file to get a new one.
    """
    import psycopg

    from factory.doors.web.access import bootstrap_key

    path = home / FILE
    held = path.read_text().strip() if path.exists() else ""
    with psycopg.connect(database_url, autocommit=True, row_factory=psycopg.rows.dict_row) as db:
        if held and _known(db, held):
            return False
        with db.transaction():
            key = bootstrap_key(db, ("admin",), "first admin")
            write_private(path, key + "\n")
    return True


def _known(db: Any, key: str) -> bool:
    digest = hashlib.sha256(key.encode()).digest()
    return db.execute("select 1 from api_keys where sha256 = %s", (digest,)).fetchone() is not None
