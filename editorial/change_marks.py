"""A mark that moves whenever anything that readers could see was changed, whatever route wrote: read in half a millisecond.

Triggers of the database add a random number in the transaction that makes the change; the sum of the numbers is the mark.
So a mark is seen by exactly those who see the change, never moves for what was rolled back, and never comes a second time.
On PostgreSQL every statement that changed a row adds a line, so that writers never wait for each other. SQLite has one
writer, so one line is written over.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from django.db import connection, transaction

TABLE = "change_mark"
# With more lines than these they are made one, which leaves the sum as it is.
KEPT = 200

_READ = f"SELECT CAST(sum(n) AS text), CAST(sum(n * is_listed) AS text) FROM {TABLE}"  # noqa: S608 -- a name of ours
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {TABLE}_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'TRUNCATE' THEN
    IF NOT EXISTS (SELECT FROM changed) THEN
      RETURN NULL;
    END IF;
  END IF;
  INSERT INTO {TABLE} VALUES (floor(random() * 4503599627370496), TG_ARGV[0]::integer);
  RETURN NULL;
END $$"""  # noqa: S608
_TIDY = f"""
WITH gone AS (DELETE FROM {TABLE} RETURNING n, is_listed)
INSERT INTO {TABLE} SELECT sum(n), is_listed FROM gone GROUP BY is_listed"""  # noqa: S608


class Mark(NamedTuple):
    """`everything` stands for all that any page shows, `listed` for the tables that lists and their figures are made of."""

    everything: str
    listed: str


def read() -> Mark:
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        everything, listed = cursor.fetchone()
    return Mark(everything or "", listed or "")


def install(tables: Iterable[str], listed: Collection[str]) -> None:
    """Make what is missing of table and triggers, and move the mark: before this, anything may have been written."""
    make = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
    wanted = [trigger for table in sorted(tables) for trigger in make(table, int(table in listed))]
    version = hashlib.sha256("\n".join([_FUNCTION, *(statement for _name, statement in wanted)]).encode()).hexdigest()[
        :8
    ]
    names = {f"{TABLE}_{version}_{name}" for name, _statement in wanted}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (n numeric NOT NULL, is_listed integer NOT NULL)")
        if {name for name, _table in _triggers(cursor)} != names:
            remove_triggers()
            if connection.vendor == "postgresql":
                cursor.execute(_FUNCTION)
            for name, statement in wanted:
                cursor.execute(f"CREATE TRIGGER {TABLE}_{version}_{name} {statement}")
        new = "floor(random() * 4503599627370496)" if connection.vendor == "postgresql" else "random() / 4096"
        cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608 -- a name of ours
        cursor.execute(f"INSERT INTO {TABLE} VALUES ({new}, 0), ({new}, 1)")  # noqa: S608


def remove_triggers() -> None:
    """Before tables are altered: SQLite makes them anew, and would keep triggers that name what is gone."""
    with connection.cursor() as cursor:
        for name, table in list(_triggers(cursor)):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on}")


def tidy() -> int:
    """Make many lines one of the same sum. Nobody notices, so it may be done at any time."""
    if connection.vendor != "postgresql":
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {TABLE}")  # noqa: S608
        count = int(cursor.fetchone()[0])
        if count <= KEPT:
            return 0
        # One at a time: a second one would add what it did not take away. Writers do not wait for it.
        cursor.execute(f"LOCK TABLE {TABLE} IN SHARE UPDATE EXCLUSIVE MODE")
        cursor.execute(_TIDY)
        return count


def _triggers(cursor: Any) -> Iterator[tuple[str, str]]:
    """Names of the triggers that keep the mark, with their tables."""
    if connection.vendor == "postgresql":
        cursor.execute("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE %s", [f"{TABLE}%"])
    else:
        cursor.execute(
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{TABLE}%"]
        )
    yield from cursor.fetchall()


def _on_postgresql(table: str, is_listed: int) -> Iterator[tuple[str, str]]:
    # Names of 63 letters are all that fit; a trigger's need differ only from those of its own table.
    short = hashlib.sha256(table.encode()).hexdigest()[:8]
    for event, rows in (("insert", "NEW"), ("update", "NEW"), ("delete", "OLD"), ("truncate", "")):
        seen = f"REFERENCING {rows} TABLE AS changed " if rows else ""
        yield (
            f"{event}_{short}",
            f"AFTER {event.upper()} ON {table} {seen}FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_note({is_listed})",
        )


def _on_sqlite(table: str, is_listed: int) -> Iterator[tuple[str, str]]:
    new = f"UPDATE {TABLE} SET n = random() / 4096 WHERE is_listed = {is_listed}"  # noqa: S608
    for event in ("insert", "update", "delete"):
        yield f"{event}_{table}", f"AFTER {event.upper()} ON {table} BEGIN {new}; END"
