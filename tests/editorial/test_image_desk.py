"""Adding an image, and knowing where it is before it goes (J15); tests/editorial/test_images.py has what happens to the file."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from editorial import renditions
from editorial.models import Image
from editorial.uploads import accept_image
from publications import readiness
from publications.models import Publication
from tests.factories import ImageFactory, PersonFactory, PublicationFactory, StaffProfileFactory, UserFactory, jpeg

pytestmark = pytest.mark.django_db
LIST = "/admin/editorial/image/"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def upload(desk: Client, shade: int = 120, **said: Any) -> Any:
    file = SimpleUploadedFile("sea.jpg", jpeg(shade=shade), "image/jpeg")
    data = {
        "upload": file,
        "title": "Sea",
        "alt": "Ships at anchor.",
        "credit": "Source: Canva",
        "focal_x": 50,
        "focal_y": 50,
    }
    return desk.post(f"{LIST}add/", {name: value for name, value in {**data, **said}.items() if value is not None})


@pytest.mark.parametrize(
    ("said", "words"), [({"alt": ""}, "Describe the picture"), ({"credit": ""}, "This field is required")]
)
def test_j15_no_picture_comes_in_without_words_for_it_and_a_credit(
    desk: Client, said: dict[str, str], words: str
) -> None:
    page = upload(desk, **said).content.decode()
    asked = "Files are not kept. Please choose them again."  # a browser sends none back, and the box is empty again
    assert (words in page, asked in page, Image.objects.count()) == (True, True, 0)


def test_j15_no_route_keeps_a_picture_that_is_neither_described_nor_decorative() -> None:
    image = ImageFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        Image.objects.filter(pk=image.pk).update(alt="")
    Image.objects.filter(pk=image.pk).update(alt="", is_decorative=True)


def test_j15_nothing_is_published_with_a_picture_without_credit() -> None:
    image = ImageFactory.create()
    piece = PublicationFactory.create(ready=True, image=image)
    fine = [one for one in readiness.problems(piece) if one.level == "error"]
    Image.objects.filter(pk=image.pk).update(credit="")
    assert (
        fine,
        [one.level for one in readiness.problems(Publication.objects.get(pk=piece.pk)) if "credit" in str(one.message)],
    ) == ([], ["error"])


def test_j15_the_credit_is_kept_as_given_and_printed_once(desk: Client) -> None:
    upload(desk)
    image = Image.objects.get()
    while renditions.make_due(9):
        pass
    piece = PublicationFactory.create(published=True, ready=True, image=image)
    page = desk.get(piece.get_absolute_url()).content.decode()
    body = page.partition("<main")[2].partition("</main>")[0]
    assert (image.credit, body.count("Source: Canva")) == ("Source: Canva", 1)


def test_j15_the_same_picture_is_offered_with_a_way_to_it(desk: Client) -> None:
    upload(desk)
    again = upload(desk, title="Another name")
    address = f"{LIST}{Image.objects.get().pk}/change/"
    assert (address in again.content.decode(), Image.objects.count()) == (True, 1)


def in_a_text(image: Image) -> Any:
    return PublicationFactory.create(
        body=f'<p><img src="/files/renditions/{image.sha256[:32]}/full-300.jpg" alt="Sea"></p>', title="A Text"
    )


def as_lead(image: Image) -> Any:
    return PublicationFactory.create(image=image, title="A Lead")


def as_portrait(image: Image) -> Any:
    return StaffProfileFactory.create(photo=image, person=PersonFactory.create(name="A Portrait"))


@pytest.mark.parametrize("use", [in_a_text, as_lead, as_portrait])
def test_j15_a_picture_in_use_is_not_deleted_and_its_uses_are_shown(desk: Client, use: Any) -> None:
    image = accept_image(SimpleUploadedFile("sea.jpg", jpeg()), alt="Sea", credit="RSIS")
    row = use(image)
    asked = desk.get(f"{LIST}{image.pk}/delete/").content.decode()
    desk.post(f"{LIST}{image.pk}/delete/", {"post": "yes"})
    listed = desk.post(LIST, {"action": "delete_selected", "_selected_action": [image.pk], "post": "yes"})
    assert [str(row) in page for page in (asked, listed.content.decode())] == [True, True]
    assert Image.objects.count() == 1


@pytest.mark.parametrize("use", [in_a_text, as_lead, as_portrait])
def test_j15_the_form_of_a_picture_shows_where_it_is_used_before_anything_is_changed(desk: Client, use: Any) -> None:
    image = accept_image(SimpleUploadedFile("sea.jpg", jpeg()), alt="Sea", credit="RSIS")
    row = use(image)
    assert desk.get(f"{LIST}{image.pk}/change/").content.decode().count(str(row)) == 1


def test_j15_a_picture_nobody_uses_is_deleted(desk: Client) -> None:
    image = ImageFactory.create()
    desk.post(f"{LIST}{image.pk}/delete/", {"post": "yes"})
    assert Image.objects.count() == 0


def test_j15_one_focal_point_cuts_card_cover_square_and_share(desk: Client) -> None:
    image = accept_image(SimpleUploadedFile("sea.jpg", jpeg(1600, 1200)), alt="Sea", credit="RSIS")
    data = {"title": "Sea", "alt": "Sea", "credit": "RSIS", "focal_x": 0, "focal_y": 100}
    desk.post(f"{LIST}{image.pk}/change/", data)
    while renditions.make_due(9):
        pass
    cut = {row.crop for row in image.renditions.exclude(file="").filter(file__contains="-0x100")}
    assert cut == {"card", "cover", "square", "share"}


@pytest.mark.slow
def test_j15_forty_million_pixels_are_taken() -> None:
    image = accept_image(SimpleUploadedFile("large.jpg", jpeg(8000, 5000)), alt="Sea", credit="RSIS")
    assert image.width * image.height == 40_000_000
