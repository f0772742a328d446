"""Finding and ranking rows by their words, in two dialects.

An index is a table beside its model, filled by triggers whatever route writes: two weighted tsvectors on PostgreSQL, an
FTS5 table on SQLite, with the words of one row each. editorial.index_tables makes them.
"""

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import RawSQL

from editorial.queries import Question

# Weights of a column's words beside each other, by letter.
WEIGHTS: Final = {"A": 1.0, "B": 0.35, "C": 0.15, "D": 0.05}
# The second letter of the head (bylines beside titles) counts this much on top.
SECOND: Final = 0.6


@dataclass(frozen=True)
class Column:
    """Words of one kind. `sql` is their text, for the row of the model that is called `item`; `{join}` joins rows.

    The columns of the head are what a reader takes for the thing itself: title, number, name. Their letters are A and
    B, and in the whole document all of them weigh A.
    """

    name: str
    sql: str
    weight: str
    in_head: bool = False


@dataclass(frozen=True)
class Watch:
    """A table whose rows decide the words of items: which columns matter, and whose items they are.

    `items` is SQL for the keys of the items, with `{row}` for the changed row.
    """

    model: type[Model]
    columns: tuple[str, ...]
    items: str
    only_head: bool = False

    @property
    def table(self) -> str:
        return self.model._meta.db_table


@dataclass(frozen=True)
class Index:
    model: type[Model]
    columns: tuple[Column, ...]
    watches: tuple[Watch, ...]

    @property
    def table(self) -> str:
        return f"{self.model._meta.label_lower.replace('.', '_')}_words"

    def statement(self, question: Question, *, head_only: bool = False) -> tuple[str, tuple[str]]:
        """SQL for the keys of all rows that answer, of any state: whoever asks narrows them to what is public."""
        if connection.vendor == "postgresql":
            vector = "head" if head_only else "document"
            where, asked = f"{vector} @@ to_tsquery('search', %s)", question.for_postgresql()
            return f"SELECT id FROM {self.table} WHERE {where}", (asked,)
        asked = self._fts5(question, head_only=head_only)
        return f"SELECT rowid FROM {self.table} WHERE {self.table} MATCH %s", (asked,)

    def keys(self, question: Question, *, head_only: bool = False) -> RawSQL:
        """The same as a part of another query, so that asking costs no statement of its own."""
        statement, parameters = self.statement(question, head_only=head_only)
        return RawSQL(statement, parameters)  # noqa: S611 -- the question is a parameter

    def matching(self, question: Question, *, head_only: bool = False) -> "array[int]":
        statement, parameters = self.statement(question, head_only=head_only)
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(statement, parameters)
                return array("q", (key for (key,) in cursor.fetchall()))
            # As bytes: a hundred thousand numbers as text would take longer to read than to find.
            cursor.execute(f"SELECT coalesce(string_agg(int8send(id), ''), '') FROM ({statement}) AS found", parameters)
            keys = array("q", bytes(cursor.fetchone()[0]))
        if sys.byteorder == "little":
            keys.byteswap()
        return keys

    def scores(self, question: Question, keys: Sequence[int]) -> dict[int, float]:
        """How well each of these rows answers; only the order within one answer means anything."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                whole = [WEIGHTS[letter] for letter in "DCBA"]
                cursor.execute(
                    "SELECT id, ts_rank(%s::real[], document, asked, 1) + ts_rank(%s::real[], head, asked, 1)"
                    f" FROM {self.table}, to_tsquery('search', %s) AS asked WHERE id = ANY(%s)",
                    [whole, [0.0, 0.0, SECOND, 1.0], question.for_postgresql(), list(keys)],
                )
            else:
                weights = ", ".join(str(self._sqlite_weight(column)) for column in self.columns)
                listed = ", ".join(map(str, keys)) or "0"
                cursor.execute(
                    f"SELECT rowid, -bm25({self.table}, {weights}) FROM {self.table}"
                    f" WHERE {self.table} MATCH %s AND rowid IN ({listed})",
                    [self._fts5(question, head_only=False)],
                )
            return dict(cursor.fetchall())

    def _fts5(self, question: Question, *, head_only: bool) -> str:
        asked = question.for_sqlite()
        head = " ".join(column.name for column in self.columns if column.in_head)
        return f"{{{head}}} : ({asked})" if head_only else asked

    @staticmethod
    def _sqlite_weight(column: Column) -> float:
        if column.in_head:
            return 1 + (1 if column.weight == "A" else SECOND)
        return WEIGHTS[column.weight]
