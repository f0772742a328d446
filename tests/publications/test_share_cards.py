import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from publications import share_cards
from publications.models import Publication, Series
from tests.factories import PublicationFactory, SeriesFactory

pytestmark = pytest.mark.django_db


def card(client: Client, piece: Publication, **headers: str) -> tuple[HttpResponseBase, bytes]:
    response = client.get(reverse("share-card", args=[piece.pk]), headers=headers)
    return response, b"".join(response) if response.streaming else response.content


TITLES = {
    "short": "Quiet Rules",
    "long": ("The Administration of Long Titles in an Archive " * 7)[:300],
    "one word": "Donaudampfschifffahrtsgesellschaft" * 8,
    "Chinese": "样本与信任：谁来决定疫苗先给谁" * 10,
    "Arabic": "مضيق لا يحرس: قواعد هادئة لممرات مزدحمة",
    "Tamil": "சிங்கப்பூரும் தென்கிழக்காசிய நீர்வழிகளும்",
    "marks": "<b>Fish & \"chips\"</b> ]]> &amp; 'salt'",
}


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_the_card_is_a_png_of_1200_by_630_and_at_most_200_kilobytes(client: Client, title: str) -> None:
    piece = PublicationFactory.create(published=True, title=title, series=SeriesFactory.create(commentary=True))
    response, data = card(client, piece)
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert (response["Content-Type"], response["Cache-Control"], len(data) <= 200_000) == ("image/png", "public, max-age=86400", True)  # fmt: skip


def test_the_card_says_number_title_series_and_school() -> None:
    piece = PublicationFactory.build(
        title="Quiet Rules for Straits", number="CO25059", series=SeriesFactory.build(name="RSIS Commentary Series")
    )
    words = " ".join(etree.fromstring(share_cards.card_svg(piece)).itertext()).split()
    for wanted in ("CO25059", "Quiet", "Straits", "Commentary", "RSIS", "Rajaratnam"):
        assert wanted in words


def test_the_same_piece_gives_the_same_picture_and_is_drawn_once(client: Client) -> None:
    piece = PublicationFactory.create(published=True)
    first, data = card(client, piece)
    again, _nothing = card(client, piece, **{"If-None-Match": first["ETag"]})
    files = [name for folder in default_storage.listdir("cards")[0] for name in default_storage.listdir(f"cards/{folder}")[1]]  # fmt: skip
    assert (data[:4], again.status_code, len(files)) == (b"\x89PNG", 304, 1)


def test_a_new_title_gives_a_new_card(client: Client) -> None:
    piece = PublicationFactory.create(published=True)
    before, _data = card(client, piece)
    Publication.objects.filter(pk=piece.pk).update(title="Another title")
    after, _data = card(client, piece)
    assert (before["ETag"] == after["ETag"]) is False


def test_cards_are_deleted_after_some_weeks_and_drawn_again_when_asked_for(client: Client, time_machine: Any) -> None:
    piece = PublicationFactory.create(published=True)
    card(client, piece)
    counts = [share_cards.sweep()]
    time_machine.move_to(timezone.now() + share_cards.KEPT_FOR + timedelta(days=1))
    counts.append(share_cards.sweep())
    assert (counts, card(client, piece)[0].status_code) == ([0, 1], 200)


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=300))
def test_every_title_fits_its_place(title: str) -> None:
    title = " ".join(title.split())
    size, lines = share_cards.fit(title)
    room = share_cards.RIGHT - share_cards.LEFT
    assert len(lines) * size * share_cards.LEADING <= share_cards.ROOM + size
    assert [line for line in lines if share_cards._length(line, size) > room + size] == []


@given(st.text(max_size=300), st.text(max_size=120), st.integers(0, 359))
@settings(max_examples=20, deadline=None)
def test_whatever_the_words_the_drawing_is_well_formed(title: str, name: str, hue: int) -> None:
    series = Series(name=name.replace("\x00", ""), slug="s", hue=hue)
    piece = Publication(title=title.replace("\x00", ""), slug="p", series=series)
    assert share_cards._png(share_cards.card_svg(piece))[:4] == b"\x89PNG"
