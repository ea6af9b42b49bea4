"""The library: uploads, brands with versions that never change, briefs. The caller owns the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from factory.ids import canonical
from factory.store.access import new_id

if TYPE_CHECKING:
    from psycopg import Connection

# ------------------------------------------------------------------------------------------------ uploads


def put_upload(db: Connection[dict[str, Any]], *, kind: str, name: str, max_bytes: int, by: str, hours: float) -> dict[str, Any]:
    """Open an upload that may be completed for so many hours. Returns its row."""
    row = db.execute(
        "insert into uploads (id, kind, name, max_bytes, created_by, expires_at) "
        "values (%s, %s, %s, %s, %s, now() + make_interval(secs => %s)) returning *",
        (new_id("upl"), kind, name, max_bytes, by, hours * 3600)).fetchone()
    assert row is not None
    return row


def get_upload(db: Connection[dict[str, Any]], upload: str) -> dict[str, Any] | None:
    """An upload's row, with whether its time is over, or None."""
    return db.execute("select *, expires_at <= now() as expired from uploads where id = %s", (upload,)).fetchone()


def uploads(
    db: Connection[dict[str, Any]], before: tuple[datetime, str] | None, limit: int, kind: str = ""
) -> list[dict[str, Any]]:
    """Uploads, newest first."""
    at, id = before or (None, "")
    return db.execute(
        "select *, expires_at <= now() as expired from uploads where (%(k)s = '' or kind = %(k)s) "
        "and (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(id)s)) order by created_at desc, id desc limit %(n)s",
        {"k": kind, "at": at, "id": id, "n": limit}).fetchall()


def end_upload(
    db: Connection[dict[str, Any]], upload: str, state: str, *, facts: Mapping[str, Any], storage_key: str | None = None,
    sha256: str | None = None,
) -> bool:
    """An open upload becomes ready or refused, once. Returns False when somebody was faster."""
    rows = db.execute("update uploads set state = %s, facts = %s, storage_key = %s, sha256 = %s where id = %s and state = 'open' "
                      "returning id", (state, canonical(facts).decode(), storage_key, sha256, upload))
    return bool(rows.fetchall())


def expire_uploads(db: Connection[dict[str, Any]]) -> list[str]:
    """Drop uploads that nobody completed in time. Returns the bucket's keys of what may lie there of them.

    A form works until it expires, so that something may be sent after an upload has ended: those keys are told too.
    """
    rows = db.execute(
        "with late as (delete from uploads where state = 'open' and expires_at < now() - interval '1 hour' returning id) "
        "select id from late union all select id from uploads where state <> 'open' "
        "and expires_at between now() - interval '3 hours' and now() - interval '1 hour'")
    return [raw_key(r["id"]) for r in rows]


def raw_key(upload: str) -> str:
    """Where the bytes of an upload lie until they have passed intake."""
    return f"uploads/{upload}"


# ------------------------------------------------------------------------------------------------ brands


def put_brand(db: Connection[dict[str, Any]], name: str, by: str) -> str | None:
    """Make a brand. Returns its id, or None when the name is taken."""
    row = db.execute("insert into brands (id, name, created_by) values (%s, %s, %s) on conflict (name) do nothing returning id",
                     (new_id("brd"), name, by)).fetchone()
    return row["id"] if row else None


def get_brand(db: Connection[dict[str, Any]], brand: str) -> dict[str, Any] | None:
    """A brand with its newest version's number, or None."""
    return db.execute("select b.*, (select max(version) from brand_versions v where v.brand = b.id) as newest "
                      "from brands b where id = %s", (brand,)).fetchone()


def brands(
    db: Connection[dict[str, Any]], before: tuple[datetime, str] | None, limit: int, name: str = ""
) -> list[dict[str, Any]]:
    """Brands, newest first; the one of a name where it is given."""
    at, id = before or (None, "")
    return db.execute(
        "select b.*, (select max(version) from brand_versions v where v.brand = b.id) as newest from brands b "
        "where (%(name)s = '' or name = %(name)s) and (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(id)s)) "
        "order by created_at desc, id desc limit %(n)s", {"name": name, "at": at, "id": id, "n": limit}).fetchall()


def put_version(
    db: Connection[dict[str, Any]], brand: str, digest: str, facts: Mapping[str, Any], by: str
) -> tuple[dict[str, Any], bool]:
    """Add a version; the same kit again is the version that it was. Returns its row, and whether it is new.

    Holds the brand, so that numbers have no gaps.
    """
    db.execute("select 1 from brands where id = %s for update", (brand,))
    there = db.execute("select * from brand_versions where brand = %s and digest = %s", (brand, digest)).fetchone()
    if there:
        return there, False
    row = db.execute(
        "insert into brand_versions (brand, version, digest, facts, created_by) values (%(b)s, "
        "(select coalesce(max(version), 0) + 1 from brand_versions where brand = %(b)s), %(d)s, %(f)s, %(by)s) returning *",
        {"b": brand, "d": digest, "f": canonical(facts).decode(), "by": by}).fetchone()
    assert row is not None
    return row, True


def get_version(db: Connection[dict[str, Any]], brand: str, version: int | None = None) -> dict[str, Any] | None:
    """A version of a brand, the newest when no number is given; or None."""
    return db.execute("select * from brand_versions where brand = %(b)s and (%(v)s::int is null or version = %(v)s) "
                      "order by version desc limit 1", {"b": brand, "v": version}).fetchone()


def versions(db: Connection[dict[str, Any]], brand: str, before: int | None, limit: int) -> list[dict[str, Any]]:
    """Versions of a brand, newest first."""
    return db.execute("select * from brand_versions where brand = %(b)s and (%(v)s::int is null or version < %(v)s) "
                      "order by version desc limit %(n)s", {"b": brand, "v": before, "n": limit}).fetchall()


def newest(db: Connection[dict[str, Any]], brands: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The newest version of each brand, by the brand's id."""
    rows = db.execute("select distinct on (brand) * from brand_versions where brand = any(%s) order by brand, version desc",
                      (list(brands),)).fetchall()
    return {row["brand"]: row for row in rows}


def holds(db: Connection[dict[str, Any]], digest: str) -> bool:
    """Whether a version of a brand is the kit of this digest."""
    return db.execute("select 1 as one from brand_versions where digest = %s limit 1", (digest,)).fetchone() is not None


# ------------------------------------------------------------------------------------------------ briefs


def put_brief(
    db: Connection[dict[str, Any]], *, name: str, brand: str, brand_version: int, body: str, format: str,
    pictures: Mapping[str, str], by: str,
) -> dict[str, Any]:
    """Keep a brief as it was written. `pictures` maps a path in it to the bucket's key of a picture. Returns its row."""
    row = db.execute(
        "insert into briefs (id, name, brand, brand_version, body, format, pictures, created_by) "
        "values (%s, %s, %s, %s, %s, %s, %s, %s) returning *",
        (new_id("brf"), name, brand, brand_version, body, format, canonical(pictures).decode(), by)).fetchone()
    assert row is not None
    return row


def get_brief(db: Connection[dict[str, Any]], brief: str) -> dict[str, Any] | None:
    """A brief with the digest of its kit (`kit`), or None."""
    return db.execute("select b.*, v.digest as kit from briefs b join brand_versions v on v.brand = b.brand "
                      "and v.version = b.brand_version where b.id = %s", (brief,)).fetchone()


def briefs(
    db: Connection[dict[str, Any]], before: tuple[datetime, str] | None, limit: int, brand: str = ""
) -> list[dict[str, Any]]:
    """Briefs without their bodies, newest first; of one brand where it is given."""
    at, id = before or (None, "")
    return db.execute(
        "select id, name, brand, brand_version, format, pictures, created_by, created_at from briefs "
        "where (%(brand)s = '' or brand = %(brand)s) and (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(id)s)) "
        "order by created_at desc, id desc limit %(n)s", {"brand": brand, "at": at, "id": id, "n": limit}).fetchall()
