"""The migration that gives pieces their identity, run on rows from before it."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from publications.models import Publication


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pieces_from_before_get_an_identity_each_and_the_time_of_their_last_change() -> None:
    withdrawn_at = datetime(2025, 5, 1, 8, 30, tzinfo=UTC)
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    MigrationExecutor(connection).migrate([("publications", "0001_initial")])
    try:
        before = MigrationExecutor(connection).loader.project_state([("publications", "0001_initial")]).apps
        series = before.get_model("publications", "Series").objects.create(name="Papers", slug="papers")
        old = before.get_model("publications", "Publication")
        plain, noticed, withdrawn = (
            old.objects.create(series=series, title=slug, slug=slug, **more).pk
            for slug, more in (("plain", {}), ("noticed", {}), ("withdrawn", {"withdrawn_at": withdrawn_at}))
        )
        notice = before.get_model("publications", "Notice")
        for day in (date(2025, 3, 20), date(2025, 1, 1)):
            notice.objects.create(publication_id=noticed, text="Corrected.", on=day)
    finally:
        MigrationExecutor(connection).migrate(newest)
    assert len(set(Publication.objects.values_list("uuid", flat=True)) - {None}) == 3
    assert dict(Publication.objects.values_list("pk", "changed_at")) == {
        plain: None,
        noticed: datetime(2025, 3, 19, 16, 0, tzinfo=UTC),  # the beginning of the day in Singapore
        withdrawn: withdrawn_at,
    }
