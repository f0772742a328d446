"""Say what the benchmark asks for: addresses of this database, and the SQL statements of each, counted in this process.

Started as a program with the settings of bench_settings.py; answers with JSON. The article gets a notice when it has none.
"""

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
PER_PAGE = 20
FAR_PAGE = 200
# So many different articles come before one comes again: far more than a process holds.
MANY = 5_000
# Two words each, of different subjects, so that no answer is merely remembered.
QUERIES = (
    "maritime security", "climate policy", "social cohesion", "trade agreements", "food prices", "cyber attacks",
    "regional order", "public trust",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    name: str
    paths: tuple[str, ...]
    about: str
    statements: int | None = None

    @classmethod
    def read(cls, given: dict[str, Any]) -> "Target":
        return cls(given["name"], tuple(given["paths"]), given["about"], given["statements"])


def main() -> None:
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench_settings"
    django.setup()
    if "--count" in sys.argv:
        print(pieces())
        return
    if "--versions" in sys.argv:
        print(versions())
        return
    with_database_ready()
    print(json.dumps([asdict(target) for target in counted([*yardsticks(), *pages()])]))


def pieces() -> int:
    """How many the database has; a database without tables has none."""
    from django.db import connection  # noqa: PLC0415 -- Django is set up by now

    from publications.models import Publication  # noqa: PLC0415

    made = connection.introspection.table_names()
    return Publication.objects.count() if Publication._meta.db_table in made else 0


def versions() -> str:
    from django.db import connection  # noqa: PLC0415 -- Django is set up by now

    connection.ensure_connection()
    found = connection.get_database_version()
    database = f"{connection.display_name} {'.'.join(map(str, found))}"
    return f"Python {platform.python_version()}, Django {django.get_version()}, {database}"


def with_database_ready() -> None:
    """What the nightly upkeep of any server has done: statistics of rows that were written in bulk."""
    from django.db import connection  # noqa: PLC0415 -- Django is set up by now

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def yardsticks() -> list[Target]:
    from django.contrib.staticfiles.storage import staticfiles_storage  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from publications.models import Series  # noqa: PLC0415

    series = Series.objects.values_list("pk", flat=True)[0]
    return [
        Target("bare view", (reverse("bench-bare", args=[series]),), "one row by key, 10 KB"),
        Target("constant view", (reverse("bench-constant"),), "no statement, 10 KB"),
        Target("static file", (staticfiles_storage.url("css/site.css"),), "the style sheet, compressed beforehand"),
    ]


def pages() -> list[Target]:
    from django.urls import reverse  # noqa: PLC0415

    from publications.feeds import PER_PAGE as ENTRIES  # noqa: PLC0415
    from publications.models import Publication  # noqa: PLC0415

    archive = reverse("archive")
    far = min(FAR_PAGE, Publication.objects.published().count() // PER_PAGE)
    address, about = article()
    return [
        Target("home", ("/",), "as the demonstration fills it"),
        Target("listing, page 1", (archive,), "20 cards, all facets with figures"),
        Target(f"listing, page {FAR_PAGE}", (f"{archive}?page={far}",), f"page {far}"),
        Target("article", (address,), about),
        Target("article, not held", others(), f"{MANY:,} articles in turn, or as many as there are"),
        Target("search", tuple(f"/search/?q={words.replace(' ', '+')}" for words in QUERIES), "two words, 8 questions"),
        Target("feed", (f"{archive}feed.atom",), f"Atom, {ENTRIES} pieces with their whole texts"),
    ]


def others() -> tuple[str, ...]:
    """The newest, in no order."""
    from publications.models import Publication  # noqa: PLC0415

    found = Publication.objects.published().select_related("series").only("slug", "series__slug", "series__family")
    addresses = [piece.get_absolute_url() for piece in found[:MANY]]
    Random(1).shuffle(addresses)  # noqa: S311 -- nothing secret
    return tuple(addresses)


def article() -> tuple[str, str]:
    """The piece with the most furniture, and what that is."""
    from django.db.models import Count  # noqa: PLC0415

    from editorial.notes import render  # noqa: PLC0415
    from publications.models import Notice, Publication  # noqa: PLC0415

    piece = (
        Publication.objects.published()
        .filter(body__contains="<table", image__isnull=False)
        .filter(body__contains="note")
        .annotate(authors=Count("authorships"))
        .order_by("-authors", "pk")[0]
    )
    if not piece.notices.exists():
        Notice.objects.create(publication=piece, text="An earlier version gave the second figure of the table wrongly.")
    about = (
        f"{len(piece.body):,} characters, {piece.authorships.count()} authors, {piece.topics.count()} topics, a table, an image, "
        f"notes ({len(render(piece.body).notes)}), notices ({piece.notices.count()})"
    )
    return piece.get_absolute_url(), about


def counted(targets: Sequence[Target]) -> list[Target]:
    """Each with the statements of a request that is not the first of its kind, through all middleware: of the last of its
    addresses after the first. Ends the program on a refusal."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client, found = Client(SERVER_NAME="localhost"), []
    for target in targets:
        for _ in range(2):
            status = client.get(target.paths[0]).status_code
            if status != 200:
                sys.exit(f"{target.paths[0]} answers {status}")
        with CaptureQueriesContext(connection) as queries:
            client.get(target.paths[-1])
        found.append(replace(target, statements=len(queries)))
    return found


if __name__ == "__main__":
    main()
