"""Say what each list of the desk costs on the database of this environment: statements, and time to make the page.

Started by bench.py with --admin, as a program with its settings; answers with a table. Times are of this process, without
a server: what an editor waits for besides is the way through the network.
"""

import os
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import django

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
PEOPLE = 1_500
MOST_STATEMENTS, MOST_MS = 20, 500


class Cost(NamedTuple):
    name: str
    rows: int
    statements: int
    median: float  # ms
    slowest: float


def main() -> None:
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench_settings"
    os.environ.setdefault("REQUIRE_SECOND_FACTOR", "0")
    django.setup()
    from bench_targets import with_database_ready  # noqa: PLC0415 -- Django is set up by now

    with_people()
    with_database_ready()
    found = list(costs())
    print("\n".join(lines(found)))


def with_people() -> None:
    """As many as a school has had in thirty years; the demonstration invents a few dozen."""
    from people.models import Person  # noqa: PLC0415

    missing = range(Person.objects.count(), PEOPLE)
    Person.objects.bulk_create(
        [
            Person(name=f"Writer Number {one}", sort_name=f"Number {one}, Writer", slug=f"bench-{one}")
            for one in missing
        ],
        batch_size=500,
    )


def costs() -> Iterator[Cost]:
    """Each list as it opens, at its last page, searched, and narrowed by each of its filters."""
    from django.apps import apps  # noqa: PLC0415
    from django.contrib import admin  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from editorial.models import User  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost")
    editor, _made = User.objects.get_or_create(username="bench", defaults={"is_staff": True, "is_superuser": True})
    client.force_login(editor)
    for model in filter(admin.site.is_registered, apps.get_models()):
        screen = admin.site.get_model_admin(model)
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        rows = model._default_manager.count()
        queries = {"": "", **({", searched": "?q=maritime"} if screen.search_fields else {})}
        changelist = (client.get(address, follow=True).context or {}).get("cl")
        if changelist and changelist.paginator.num_pages > 1:
            queries[f", page {changelist.paginator.num_pages}"] = f"?p={changelist.paginator.num_pages}"
        for spec in changelist.filter_specs if changelist else ():
            choices = list(spec.choices(changelist))[1:2]
            queries |= {f", by {spec.title}": choice["query_string"] for choice in choices}
        for words, query in queries.items():
            yield cost(client, f"{model._meta.verbose_name_plural}{words}", address + query, rows)
    yield cost(client, "the desk", "/admin/", 0)


def cost(client: object, name: str, address: str, rows: int) -> Cost:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    times = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        status = client.get(address, follow=True).status_code  # type: ignore[attr-defined]
        times.append((time.perf_counter() - started) * 1000)
        if status != 200:
            sys.exit(f"{address} answers {status}")
    with CaptureQueriesContext(connection) as queries:
        client.get(address, follow=True)  # type: ignore[attr-defined]
    return Cost(name, rows, len(queries), statistics.median(times), max(times))


def lines(found: list[Cost]) -> Iterator[str]:
    """A table for reading and for documents, and in a sentence which lists break the promise."""
    yield "| List of the desk | rows | SQL | ms | slowest |\n|---|--:|--:|--:|--:|"
    for one in sorted(found, key=lambda cost: -cost.median):
        yield f"| {one.name} | {one.rows:,} | {one.statements} | {one.median:.0f} | {one.slowest:.0f} |"
    late = [one.name for one in found if one.statements >= MOST_STATEMENTS or one.median >= MOST_MS]
    yield f"\nOver {MOST_STATEMENTS} statements or {MOST_MS} ms: {', '.join(late) or 'none'}."


if __name__ == "__main__":
    main()
