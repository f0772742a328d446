"""The tables and triggers of an index, as the database keeps them.

An index is derived, so it has no migration: `install` makes it after every `migrate` and fills it anew when its
definition or any table may have changed. `remove_triggers` runs before, because neither database alters a table that a
trigger reads. docs/decisions/search.md says why.
"""

import hashlib
from collections.abc import Iterable, Sequence
from sqlite3 import Connection
from typing import Any, Final

from django.db import connection, transaction

from editorial import words
from editorial.indexing import Column, Index, Watch


def register_functions(database: Connection) -> None:
    """Teach an SQLite connection the functions that its triggers call; PostgreSQL holds its own."""
    for name, function in (
        ("search_plain", words.plain),
        ("search_words", words.entries),
        ("search_number", words.number_words),
    ):
        database.create_function(name, 1, lambda text, run=function: run(text or ""), deterministic=True)


def remove_triggers(indexes: Iterable[Index]) -> None:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for index in indexes:
            for watch in index.watches:
                if watch.table not in tables:
                    continue
                for event in ("insert", "update", "delete"):
                    on = f" ON {watch.table}" if connection.vendor == "postgresql" else ""
                    cursor.execute(f"DROP TRIGGER IF EXISTS {_trigger(index, watch, event)}{on}")


def install(indexes: Sequence[Index], *, refill: bool) -> None:
    """Make what is missing, or everything if a definition changed, and fill the indexes where that is needed."""
    dialect: Any = _PostgreSQL if connection.vendor == "postgresql" else _SQLite
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS search_definition (name varchar(80) PRIMARY KEY, digest varchar(64))"
        )
        cursor.execute("SELECT name, digest FROM search_definition")
        known = dict(cursor.fetchall())
        for index in indexes:
            built = dialect(index)
            digest = hashlib.sha256("\n".join([*built.make(), *built.triggers()]).encode()).hexdigest()
            is_new = known.get(index.table) != digest
            if is_new:
                _run(cursor, [*built.drop(), *built.make()])
                cursor.execute("DELETE FROM search_definition WHERE name = %s", [index.table])
                cursor.execute("INSERT INTO search_definition (name, digest) VALUES (%s, %s)", [index.table, digest])
            remove_triggers([index])
            _run(cursor, built.triggers())
            if is_new or refill:
                _run(cursor, built.fill())


def _run(cursor: Any, statements: Iterable[str]) -> None:
    for statement in statements:
        cursor.execute(statement)


def _trigger(index: Index, watch: Watch, event: str) -> str:
    return f"{index.model._meta.model_name}_words_{watch.table}_{event}"


class _SQLite:
    def __init__(self, index: Index) -> None:
        self.index, self.table = index, index.table
        self.model = index.model._meta.db_table

    def drop(self) -> list[str]:
        return [f"DROP TABLE IF EXISTS {self.table}"]

    def make(self) -> list[str]:
        names = ", ".join(column.name for column in self.index.columns)
        tokens = "porter unicode61 remove_diacritics 2 categories 'L* N* Co M*'"
        return [f'CREATE VIRTUAL TABLE {self.table} USING fts5({names}, tokenize="{tokens}")']

    def fill(self) -> list[str]:
        return [f"DELETE FROM {self.table}", self._insert("")]

    def triggers(self) -> list[str]:
        found = []
        for watch in self.index.watches:
            changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in watch.columns)
            for event, rows, when in (
                ("insert", ("NEW",), ""),
                ("update", ("OLD", "NEW"), f" WHEN {changed}"),
                ("delete", ("OLD",), ""),
            ):
                keys = " UNION ".join(watch.items.format(row=row) for row in rows)
                done = self._update_head(keys) if watch.only_head else self._replace(keys)
                name = _trigger(self.index, watch, event)
                on = f"AFTER {event.upper()} ON {watch.table} FOR EACH ROW{when}"
                found.append(f"CREATE TRIGGER {name} {on} BEGIN {done} END")
        return found

    def _replace(self, keys: str) -> str:
        inserted = self._insert(f" WHERE item.id IN ({keys})")
        return f"DELETE FROM {self.table} WHERE rowid IN ({keys}); {inserted};"

    def _insert(self, where: str) -> str:
        names = ", ".join(column.name for column in self.index.columns)
        texts = ", ".join(self._words(column) for column in self.index.columns)
        return f"INSERT INTO {self.table} (rowid, {names}) SELECT item.id, {texts} FROM {self.model} item{where}"

    def _update_head(self, keys: str) -> str:
        head = [column for column in self.index.columns if column.in_head]
        one = f"FROM {self.model} item WHERE item.id = {self.table}.rowid"
        texts = ", ".join(f"{column.name} = (SELECT {self._words(column)} {one})" for column in head)
        return f"UPDATE {self.table} SET {texts} WHERE rowid IN ({keys});"

    @staticmethod
    def _words(column: Column) -> str:
        return f"search_words({column.sql.format(join='group_concat')})"


class _PostgreSQL:
    def __init__(self, index: Index) -> None:
        self.index, self.table = index, index.table
        self.model = index.model._meta.db_table

    def drop(self) -> list[str]:
        return [
            f"DROP TABLE IF EXISTS {self.table}",
            f"DROP FUNCTION IF EXISTS {self.table}_refresh(bigint[])",
            f"DROP FUNCTION IF EXISTS {self.table}_refresh_head(bigint[])",
        ]

    def make(self) -> list[str]:
        return [
            *_FUNCTIONS,
            # A question with many answers reads many rows, so rows are kept narrow, documents out of line. PostgreSQL
            # looks for what to move out only in rows of 2 kB: the blanks, which compress to nothing, make it look.
            f"""CREATE TABLE {self.table} (
                id bigint PRIMARY KEY, head tsvector NOT NULL, document tsvector NOT NULL,
                blanks text NOT NULL DEFAULT repeat(' ', 2100)
            ) WITH (toast_tuple_target = 128)""",
            f"""ALTER TABLE {self.table} ALTER head SET STORAGE MAIN, ALTER document SET STORAGE EXTERNAL,
                ALTER blanks SET STORAGE MAIN""",
            f"CREATE INDEX {self.table}_head ON {self.table} USING gin (head)",
            f"CREATE INDEX {self.table}_document ON {self.table} USING gin (document)",
            self._refresh(),
            self._refresh_head(),
        ]

    def fill(self) -> list[str]:
        keys = f"ARRAY(SELECT id FROM {self.table} UNION SELECT id FROM {self.model})"
        return [f"SELECT {self.table}_refresh({keys})"]

    def triggers(self) -> list[str]:
        """A bulk insertion is one statement and indexed as one; a row changed by itself only if its words changed."""
        found = []
        for watch in self.index.watches:
            refresh = f"{self.table}_refresh_head" if watch.only_head else f"{self.table}_refresh"
            changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in watch.columns)
            inserted = f"SELECT found.* FROM added, LATERAL ({watch.items.format(row='added')}) AS found"
            for event, keys, how in (
                ("insert", inserted, "REFERENCING NEW TABLE AS added FOR EACH STATEMENT"),
                ("update", self._both(watch), f"FOR EACH ROW WHEN ({changed})"),
                ("delete", watch.items.format(row="OLD"), "FOR EACH ROW"),
            ):
                name = _trigger(self.index, watch, event)
                found += [
                    f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    PERFORM {refresh}(ARRAY({keys})); RETURN NULL; END $$""",
                    f"CREATE TRIGGER {name} AFTER {event.upper()} ON {watch.table} {how} EXECUTE FUNCTION {name}()",
                ]
        return found

    @staticmethod
    def _both(watch: Watch) -> str:
        return " UNION ".join(watch.items.format(row=row) for row in ("OLD", "NEW"))

    def _head(self) -> str:
        return " || ".join(_vector(column, column.weight) for column in self.index.columns if column.in_head)

    def _refresh(self) -> str:
        """A text beyond what a tsvector takes leaves its item findable by title, number and author."""
        rest = [_vector(column, column.weight) for column in self.index.columns if not column.in_head]
        document = " || ".join(["setweight(head, 'A')", *rest])
        insert = (
            f"INSERT INTO {self.table} (id, head, document) SELECT id, head, %s FROM"
            f" (SELECT item.*, {self._head()} AS head FROM {self.model} item WHERE item.id = ANY(keys)) AS item"
        )
        return (
            f"CREATE OR REPLACE FUNCTION {self.table}_refresh(keys bigint[]) RETURNS void LANGUAGE plpgsql AS $$"
            f" DECLARE one bigint; BEGIN DELETE FROM {self.table} WHERE id = ANY(keys); {insert % document};"
            " EXCEPTION WHEN program_limit_exceeded THEN IF cardinality(keys) > 1 THEN"
            f" FOREACH one IN ARRAY keys LOOP PERFORM {self.table}_refresh(ARRAY[one]); END LOOP;"
            f" ELSE DELETE FROM {self.table} WHERE id = ANY(keys); {insert % "setweight(head, 'A')"};"
            " END IF; END $$"
        )

    def _refresh_head(self) -> str:
        return (
            f"CREATE OR REPLACE FUNCTION {self.table}_refresh_head(keys bigint[]) RETURNS void LANGUAGE sql AS $$"
            f" UPDATE {self.table} AS held SET head = new.head,"
            " document = setweight(new.head, 'A') || ts_filter(held.document, '{b,c,d}')"
            f" FROM (SELECT item.id, {self._head()} AS head FROM {self.model} item WHERE item.id = ANY(keys)) AS new"
            " WHERE held.id = new.id $$"
        )


def _vector(column: Column, weight: str) -> str:
    text = f"coalesce({column.sql.format(join='string_agg')}, '')"
    return f"setweight(to_tsvector('search', search_words({text})), '{weight}')"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _function(name: str, expression: str) -> str:
    how = "RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS"
    return f"CREATE OR REPLACE FUNCTION {name}(given text) {how} $$ SELECT {expression} $$"


def _replaced(text: str, pattern: str, by: str) -> str:
    return f"regexp_replace({text}, {_quoted(pattern)}, {_quoted(by)}, 'g')"


def _folded() -> str:
    text = (
        f"normalize({_replaced('normalize(left(given, ' + str(words.LONGEST_TEXT) + '), NFKD)', words.MARKS, '')}, NFC)"
    )
    for letter, pair in words.PAIRS.items():
        text = f"replace({text}, '{letter}', '{pair}')"
    return f"translate({text}, '{''.join(words.LETTERS)}', '{''.join(words.LETTERS.values())}')"


def _parted(text: str) -> str:
    for pattern, by in words.PARTINGS:
        text = _replaced(text, pattern, by)
    return text


_PLAIN_NOTES = f"replace({_replaced('given', words.NOTE, r' \1 ')}, '&amp;', '&')"
# The dictionary and the configuration know no stop words: both databases hold every word, so phrases mean the same.
_FUNCTIONS: Final = (
    """DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_ts_dict WHERE dictname = 'search_porter' AND pg_ts_dict_is_visible(oid)) THEN
        CREATE TEXT SEARCH DICTIONARY search_porter (TEMPLATE = snowball, Language = porter);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = 'search' AND pg_ts_config_is_visible(oid)) THEN
        CREATE TEXT SEARCH CONFIGURATION search (PARSER = default);
        ALTER TEXT SEARCH CONFIGURATION search ADD MAPPING FOR
            asciiword, word, numword, int, uint, float, sfloat, version WITH search_porter;
    END IF;
    END $$""",
    _function(
        "search_plain",
        _replaced(
            _replaced(
                "CASE WHEN strpos(given, 'data-note') = 0 THEN given ELSE "
                + _replaced(_PLAIN_NOTES, words.ESCAPED_TAG, " ")
                + " END",
                words.INLINE_TAG,
                "",
            ),
            words.TAG_OR_ENTITY,
            " ",
        ),
    ),
    _function(
        "search_words",
        _parted(
            "CASE WHEN octet_length(given) = char_length(given)"
            f" THEN {_replaced('left(given, ' + str(words.LONGEST_TEXT) + ')', words.GAP, ' ')}"
            f" ELSE {_replaced(_replaced(_folded(), words.GAP, ' '), words.CHARACTER, r' \1 ')} END"
        ),
    ),
    _function("search_number", f"given || ' ' || {_replaced('given', words.NUMBER, '')}"),
)
