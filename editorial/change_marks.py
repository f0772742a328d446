"""A mark that moves whenever anything in some tables changed, whatever route wrote: read in a millisecond.

On PostgreSQL every statement that writes adds a line, so that writers never wait for each other; number and highest key
of the lines are the mark (the highest alone would miss who commits late). SQLite has one writer, so one line is raised.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Model

# Lines beyond these are taken out when the tables are next migrated or the worker has its night.
KEPT = 10_000


def mark(table: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), max(id) FROM {table}")  # noqa: S608 -- a name of ours
        return tuple(cursor.fetchone())


def install(table: str, models: Iterable[type[Model]]) -> None:
    on_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        key = "bigint GENERATED ALWAYS AS IDENTITY" if on_postgresql else "integer NOT NULL"
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} (id {key})")
        remove_triggers(table, models)
        if on_postgresql:
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {table}_note() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN INSERT INTO {table} DEFAULT VALUES; RETURN NULL; END $$"
            )
            cursor.execute(f"INSERT INTO {table} DEFAULT VALUES")  # what was written meanwhile is a change
        elif mark(table) == (0, None):
            cursor.execute(f"INSERT INTO {table} (id) VALUES (1)")  # noqa: S608
        for model in models:
            name = model._meta.db_table
            if on_postgresql:
                cursor.execute(
                    f"CREATE TRIGGER {table}_{name} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {name}"
                    f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_note()"
                )
                continue
            for event in ("insert", "update", "delete"):
                cursor.execute(
                    f"CREATE TRIGGER {table}_{name}_{event} AFTER {event.upper()} ON {name}"  # noqa: S608
                    f" BEGIN UPDATE {table} SET id = id + 1; END"
                )


def remove_triggers(table: str, models: Iterable[type[Model]]) -> None:
    with connection.cursor() as cursor:
        known = connection.introspection.table_names(cursor)
        for name in (model._meta.db_table for model in models):
            if connection.vendor == "postgresql" and name in known:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name} ON {name}")
            elif connection.vendor == "sqlite":
                for event in ("insert", "update", "delete"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}_{event}")


def tidy(table: str) -> int:
    """Take out old lines once there are many; readers read their catalogue anew after it, once."""
    if connection.vendor != "postgresql" or mark(table)[0] <= KEPT:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id < (SELECT max(id) FROM {table})")  # noqa: S608
        return int(cursor.rowcount)
