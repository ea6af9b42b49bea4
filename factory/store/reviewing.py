"""What reviewing asks of the store: cards by concept, counts to filter by, texts shared by sizes, comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from psycopg import Connection

Narrowed = Mapping[str, Sequence[str]]

FACETS: Final = ("concept", "tribe", "placement", "locale", "kind", "verdict", "review", "state")
"""Columns that a grid may be narrowed by; `check` narrows by the code of a check that was not passed."""

CARD: Final = ("v.id, v.ordinal, v.kind, v.concept, v.tribe, v.locale, v.placement, v.state, v.review, v.version, v.verdict, "
               "v.reason, v.blob")
"""Of a variant's attempt a card shows its file only: the rest is long and would be read for nothing."""

ORDERS: Final = {True: "(v.concept, v.ordinal, v.id)", False: "(v.ordinal, v.id)"}
"""Grouped by concept, or as planned."""


def batch(db: Connection[dict[str, Any]], batch_id: str) -> dict[str, Any] | None:
    """A batch as a review tells of it: with its brief's name and brand, the kit's digest, and of the record, which is long,
    only the `ideas` and `models`."""
    return db.execute(
        "select b.id, b.brief, b.state, b.event_seq, b.options, b.ended_at, b.record is not null as recorded, "
        "b.ideas, b.models, r.name, r.brand, r.brand_version, v.digest as kit "
        "from batches b join briefs r on r.id = b.brief "
        "left join brand_versions v on v.brand = r.brand and v.version = r.brand_version "
        "where b.id = %s", (batch_id,)).fetchone()


def _narrowing(narrowed: Narrowed) -> tuple[str, dict[str, Any]]:
    """The condition of a filter, and its values."""
    wanted = {k: list(v) for k, v in narrowed.items() if v}
    unknown = set(wanted) - {*FACETS, "check"}
    if unknown:
        raise ValueError(f"no filter is called {sorted(unknown)}")
    parts = [f" and v.{name} = any(%({name})s)" for name in wanted if name != "check"]
    if "check" in wanted:
        parts.append(" and v.not_passed && %(check)s")
    return "".join(parts), wanted


def cards(
    db: Connection[dict[str, Any]], batch: str, narrowed: Narrowed, limit: int, *, after: str = "", grouped: bool = True
) -> list[dict[str, Any]]:
    """Cards of a batch in order, those that follow the variant `after` ("": from the first)."""
    where, values = _narrowing(narrowed)
    order = ORDERS[grouped]
    if after:
        where += f" and {order} > (select {order.strip('()')} from variants v where v.batch = %(b)s and v.id = %(after)s)"  # noqa: S608
    return db.execute(f"select {CARD} from variants v where v.batch = %(b)s{where} order by {order.strip('()')} limit %(n)s",  # noqa: S608
                      {**values, "b": batch, "after": after, "n": limit}).fetchall()


def some(db: Connection[dict[str, Any]], batch: str, variants: Sequence[str]) -> list[dict[str, Any]]:
    """The cards of these."""
    return db.execute(f"select {CARD} from variants v where v.batch = %s and v.id = any(%s) order by v.ordinal",  # noqa: S608
                      (batch, list(variants))).fetchall()


def concepts(db: Connection[dict[str, Any]], batch: str, narrowed: Narrowed) -> dict[str, dict[str, Any]]:
    """Concept -> `total`, the number of each review among finished ones, and its headline where a variant says one."""
    where, values = _narrowing(narrowed)
    rows = db.execute(
        "select v.concept, count(*) as total, min(v.ordinal) as first, "  # noqa: S608
        "count(*) filter (where v.review = 'approved') as approved, count(*) filter (where v.review = 'rejected') as rejected, "
        "count(*) filter (where v.review = 'changes_requested') as changes_requested, "
        "count(*) filter (where v.review = 'pending' and v.state = 'ready') as pending "
        f"from variants v where v.batch = %(b)s{where} group by v.concept order by v.concept", {**values, "b": batch}).fetchall()
    said = db.execute(
        "select concept, coalesce(made -> 'copy' -> 'art_headline' ->> 'text', made -> 'copy' -> 'headline' ->> 'text') as text "
        "from variants where batch = %(b)s and id in (select distinct on (concept) id from variants where batch = %(b)s "
        "and made is not null order by concept, locale not like 'en%%', ordinal)", {"b": batch}).fetchall()
    headlines = {r["concept"]: r["text"] or "" for r in said}
    return {r["concept"]: {**r, "headline": headlines.get(r["concept"], "")} for r in rows}


def open_ones(db: Connection[dict[str, Any]], batch: str, narrowed: Narrowed) -> dict[str, list[tuple[str, int, bool]]]:
    """Concept -> variants that wait for a decision, each with its version and whether its checks let it be approved."""
    where, values = _narrowing(narrowed)
    rows = db.execute(f"select v.concept, v.id, v.version, v.verdict from variants v where v.batch = %(b)s and v.state = 'ready' "  # noqa: S608
                      f"and v.review = 'pending'{where} order by v.ordinal, v.id", {**values, "b": batch}).fetchall()
    found: dict[str, list[tuple[str, int, bool]]] = {}
    for r in rows:
        found.setdefault(r["concept"], []).append((r["id"], r["version"], r["verdict"] != "fail"))
    return found


def facets(db: Connection[dict[str, Any]], batch: str) -> dict[str, dict[str, int]]:
    """For each column that may be narrowed, and for checks, its values with how many variants have them."""
    sets = ", ".join(f"({name})" for name in FACETS)
    rows = db.execute(f"select {', '.join(FACETS)}, count(*) as n from variants where batch = %s "  # noqa: S608
                      f"group by grouping sets ({sets}) order by n desc", (batch,)).fetchall()
    found: dict[str, dict[str, int]] = {name: {} for name in (*FACETS, "check")}
    for row in rows:
        name = next((n for n in FACETS if row[n] is not None), None)
        if name and row[name]:
            found[name][row[name]] = row["n"]
    checks = db.execute(
        "select code, count(*) as n from variants v, unnest(v.not_passed) code where v.batch = %s group by 1 order by 2 desc, 1",
        (batch,))
    found["check"] = {r["code"]: r["n"] for r in checks}
    return found


def beside(db: Connection[dict[str, Any]], row: Mapping[str, Any]) -> tuple[str, str]:
    """The variants before and after one, in the grid's order; "" where there is none."""
    order = ORDERS[True].strip("()")
    found = db.execute(
        f"select before, after from (select v.id, lag(v.id) over w as before, lead(v.id) over w as after from variants v "  # noqa: S608
        f"where v.batch = %s window w as (order by {order})) x where id = %s", (row["batch"], row["id"])).fetchone()
    return (found["before"] or "", found["after"] or "") if found else ("", "")


def sizes_of(db: Connection[dict[str, Any]], row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The other finished variants of one's concept and locale, with what they say: `id`, `kind`, `placement`, `says`."""
    rows = db.execute(
        "select id, kind, placement, edits, made -> 'copy' as copy from variants where batch = %s and concept = %s "
        "and locale = %s and id <> %s and made is not null and state <> all(%s) order by ordinal, id",
        (row["batch"], row["concept"], row["locale"], row["id"], ["queued", "cancelled"])).fetchall()
    return [{"id": r["id"], "kind": r["kind"], "placement": r["placement"],
             "says": {**{k: t["text"] for k, t in r["copy"].items()}, **r["edits"]}} for r in rows]


# ------------------------------------------------------------------------------------------------ comments


def comment(
    db: Connection[dict[str, Any]], row: Mapping[str, Any], text: str, by: str, *, x: float | None = None, y: float | None = None
) -> int:
    """A comment on a variant's version that stands, at a pin (shares of width and height) or none. Returns its number."""
    made = db.execute(
        "insert into comments (batch, variant, version, x, y, text, by) values (%s, %s, %s, %s, %s, %s, %s) returning id",
        (row["batch"], row["id"], row["version"], x, y, text, by)).fetchone()
    db.execute("select pg_notify('events', %s)", (row["batch"],))
    return int(made["id"]) if made else 0


def resolve(db: Connection[dict[str, Any]], row: Mapping[str, Any], number: int, by: str, *, resolved: bool = True) -> bool:
    """Mark a comment as done with, or as open again. False: the variant has no such comment."""
    rows = db.execute(
        "update comments set resolved_by = case when %(r)s::boolean then %(by)s::text end, "
        "resolved_at = case when %(r)s::boolean then now() end "
        "where batch = %(b)s and variant = %(v)s and id = %(n)s returning id",
        {"r": resolved, "by": by, "b": row["batch"], "v": row["id"], "n": number}).fetchall()
    db.execute("select pg_notify('events', %s)", (row["batch"],))
    return bool(rows)


def comments(db: Connection[dict[str, Any]], row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every comment on a variant, oldest first."""
    return db.execute("select id, version, x, y, text, by, at, resolved_by, resolved_at from comments "
                      "where batch = %s and variant = %s order by id", (row["batch"], row["id"])).fetchall()


def talked(db: Connection[dict[str, Any]], batch: str) -> dict[str, str]:
    """Variant -> a mark that changes with its comments."""
    rows = db.execute("select variant, count(*) as n, count(resolved_at) as done from comments where batch = %s "
                      "group by variant", (batch,))
    return {r["variant"]: f"{r['n']}.{r['done']}" for r in rows}



def last_decisions(db: Connection[dict[str, Any]], batch: str, variants: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Variant -> its newest decision: `verdict`, `reason`, `comment`, `by`."""
    rows = db.execute("select distinct on (variant) variant, verdict, reason, comment, by from decisions where batch = %s "
                      "and variant = any(%s) order by variant, seq desc", (batch, list(variants)))
    return {r["variant"]: r for r in rows}
