"""Statements composed once.

Django composes the SQL of a query anew each time it is asked, which takes ten times as long as the database needs to answer;
and PostgreSQL then plans it anew. `Prepared` keeps what both made:

    by_address = Prepared(lambda: Publication.objects.published(at=Given("now", ...)).filter(slug=Given("slug", ...)))
    by_address.rows(slug="quiet-rules")

The queryset says what is asked and stays the only place that does; `Given` stands where a value comes with each question.
`now` is given by itself. Rows are models (with what `select_related` joins) or the tuples of `values_list`; prefetching is
for the caller.
"""

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any, cast
from weakref import WeakKeyDictionary

from django.db import connection, models
from django.db.models.query import get_related_populators

from editorial import moments


class Given(models.Expression):
    """A value that comes with each question. `output_field` says how the database writes it."""

    def __init__(self, name: str, output_field: "models.Field[Any, Any] | None" = None) -> None:
        super().__init__(output_field=output_field or models.BigIntegerField())
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


NOW = Given("now", models.DateTimeField())
_numbers = count()
# What each connection to PostgreSQL has prepared.
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


class Prepared:
    def __init__(self, build: Callable[[], "models.QuerySet[Any, Any]"]) -> None:
        self.build = build
        self.name = f"prepared_{next(_numbers)}"
        self.composed: Composed | None = None

    def rows(self, **given: Any) -> list[Any]:
        """Whoever comes first composes it; two at once do the same, and it does no harm."""
        composed = self.composed
        if composed is None or composed.vendor != connection.vendor:
            composed = self.composed = Composed(self.build(), self.name)
        return composed.rows({"now": moments.now(), **given})


class Composed:
    """The SQL of one queryset, and how its rows become what the queryset would have given."""

    def __init__(self, queryset: "models.QuerySet[Any, Any]", name: str) -> None:
        compiler = cast("Any", queryset.query.get_compiler(connection=connection))
        self.sql, self.parameters = compiler.as_sql()
        self.name, self.vendor = name, connection.vendor
        self.width = compiler.col_count
        self.converters = compiler.get_converters([column[0] for column in compiler.select[: self.width]])
        # As ModelIterable, whose work this does.
        asked = cast("Any", queryset)
        self.are_models, self.fetch_mode = asked._fields is None, asked._fetch_mode  # noqa: SLF001
        self.klass_info, self.annotations = compiler.klass_info, compiler.annotation_col_map or {}
        if self.are_models:
            columns = self.klass_info["select_fields"]
            self.first, self.last = columns[0], columns[-1] + 1
            self.names = [column[0].target.attname for column in compiler.select[self.first : self.last]]
            self.populators = get_related_populators(self.klass_info, compiler.select, "default", self.fetch_mode)

    def rows(self, given: dict[str, Any]) -> list[Any]:
        with connection.cursor() as cursor:
            if self.vendor == "postgresql":
                self._execute_prepared(cursor, given)
            else:
                cursor.execute(self.sql, [self._value(one, given) for one in self.parameters])
            found = cursor.fetchall()
        rows = self._converted(found) if self.converters else found
        return [self._model(row) for row in rows] if self.are_models else [tuple(row) for row in rows]

    def _value(self, parameter: Any, given: dict[str, Any]) -> Any:
        if not isinstance(parameter, Given):
            return parameter
        return parameter.output_field.get_db_prep_value(given[parameter.name], connection)

    def _execute_prepared(self, cursor: Any, given: dict[str, Any]) -> None:
        places = [one for one in self.parameters if isinstance(one, Given)]
        known = _known.setdefault(connection.connection, set())
        if self.name not in known:
            cursor.execute(self._statement(places))
            known.add(self.name)
        values = [self._value(one, given) for one in places]
        blanks = f" ({', '.join(['%s'] * len(values))})" if values else ""
        cursor.execute(f"EXECUTE {self.name}{blanks}", values)

    def _statement(self, places: list[Given]) -> str:
        """As PREPARE has it: constants written out, and $1, $2 … for what is given."""
        marks = [f"«given {number}»" for number in range(len(self.parameters))]
        constants = [mark if isinstance(one, Given) else one for one, mark in zip(self.parameters, marks, strict=True)]
        sql = cast("Any", connection.ops).compose_sql(self.sql, constants)
        number = count(1)
        for one, mark in zip(self.parameters, marks, strict=True):
            if isinstance(one, Given):
                sql = sql.replace(f"'{mark}'", f"${next(number)}")
        types = ", ".join(str(one.output_field.db_type(connection)) for one in places)
        return f"PREPARE {self.name}{f' ({types})' if types else ''} AS {sql}"

    def _converted(self, rows: Iterable[Any]) -> Iterable[list[Any]]:
        for row in map(list, rows):
            for place, (converters, expression) in self.converters.items():
                for convert in converters:
                    row[place] = convert(row[place], expression, connection)
            yield row

    def _model(self, row: Any) -> Any:
        found = self.klass_info["model"].from_db(
            "default", self.names, row[self.first : self.last], fetch_mode=self.fetch_mode
        )
        for populator in self.populators:
            populator.populate(row, found)
        for name, place in self.annotations.items():
            setattr(found, name, row[place])
        return found
