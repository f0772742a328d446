import io
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo
from pytest_django import DjangoAssertNumQueries, Settings

from editorial import pictures, renditions, uploads
from editorial.models import Image, Rendition
from editorial.uploads import DuplicateImage, UploadRefused, accept_image
from editorial.uses import uses
from tests.factories import PublicationFactory, StaffProfileFactory

pytestmark = pytest.mark.django_db

ORIENTATION, GPS = 0x0112, 0x8825


def drawing(width: int = 300, height: int = 200) -> Pillow.Image:
    """Red on the left, blue on the right."""
    picture = Pillow.new("RGB", (width, height), "red")
    picture.paste("blue", (width // 2, 0, width, height))
    return picture


def encoded(picture: Pillow.Image, format_name: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format_name, **options)
    return out.getvalue()


def upload(data: bytes, name: str = "ships.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def accept(data: bytes | None = None, name: str = "ships.jpg", **fields: object) -> Image:
    data = encoded(drawing()) if data is None else data
    return accept_image(upload(data, name), **{"alt": "Ships", "credit": "Canva"} | fields)


def make_all() -> None:
    while renditions.make_due():
        pass


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_every_common_format_is_taken_and_told_by_content(format_name: str) -> None:
    image = accept(encoded(drawing(), format_name), "whatever.png")
    assert (image.width, image.height, image.title) == (300, 200, "whatever")


def test_j15_a_photograph_is_turned_upright_and_tells_nothing_of_place_or_camera() -> None:
    exif = Pillow.Exif()
    exif[ORIENTATION], exif[GPS] = 6, {1: "N", 2: (1.0, 17.0, 0.0)}
    image = accept(encoded(drawing(), exif=exif, comment=b"<?php", xmp=b"<x:xmpmeta>secret</x:xmpmeta>"))
    assert (image.width, image.height) == (200, 300)
    with image.file.open() as file:
        stored = file.read()
    with Pillow.open(io.BytesIO(stored)) as kept:
        assert (kept.size, dict(kept.getexif()), set(kept.info)) == (
            (200, 300),
            {},
            {"jfif", "jfif_version", "jfif_unit", "jfif_density"},
        )
    assert (b"<?php" in stored, b"secret" in stored) == (False, False)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.jpg", "The file is empty."),
        (b"<html><script>alert(1)</script>", "a.jpg", "This is not a JPEG"),
        (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "a.svg", "SVG drawings can carry scripts"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "a.heic", "HEIC pictures cannot be read here."),
        (b"MZ\x90\0" + b"\0" * 100, "a.png", "This is not a JPEG"),
        (b"%PDF-1.4", "a.jpg", "This is not a JPEG"),
        (encoded(drawing())[:900], "a.jpg", "This is not a JPEG"),
        (encoded(drawing()), "a.jpg.php", "The name of the file does not end"),
        (b"x" * (25 * 1024 * 1024 + 1), "a.jpg", "The picture is larger than 25 MB."),
    ],
)
def test_what_is_no_picture_is_refused_with_words_and_leaves_nothing(
    data: bytes, name: str, words: str, media_folder: Path
) -> None:
    with pytest.raises(UploadRefused, match=f"^{words}"):
        accept(data, name)
    assert (Image.objects.count(), [path for path in media_folder.rglob("*") if path.is_file()]) == (0, [])


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (8_000, 5_001), (20_001, 1)])
def test_j15_too_many_pixels_are_refused_before_any_is_decoded(width: int, height: int) -> None:
    header = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\0\0\0"
    data = pictures.PNG_START
    for kind, body in ((b"IHDR", header), (b"IDAT", b""), (b"IEND", b"")):
        data += len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)
    with pytest.raises(UploadRefused, match=r"^The picture has more than 40 million pixels"):
        accept(data, "huge.png")


def test_compressed_words_in_a_drawing_are_dropped_without_being_unpacked() -> None:
    words = PngInfo()
    words.add_text("Comment", "x" * 100_000_000, zip=True)
    assert accept(encoded(drawing(), "PNG", pnginfo=words), "a.png").width == 300


def test_a_drawing_with_damaged_check_sums_is_taken() -> None:
    data = bytearray(encoded(drawing(), "PNG"))
    data[29:33] = b"\0\0\0\0"
    assert accept(bytes(data), "a.png").width == 300


def test_a_picture_that_is_also_a_page_keeps_only_its_pixels() -> None:
    with accept(encoded(drawing()) + b"<script>alert(1)</script>").file.open() as file:
        assert b"script" not in file.read()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"alt": " "}, "Describe the picture"),
        ({"credit": "  "}, "Give the credit"),
    ],
)
def test_a_picture_needs_a_description_and_a_credit(fields: dict[str, str], words: str) -> None:
    with pytest.raises(UploadRefused, match=f"^{words}"):
        accept(**fields)


def test_a_decorative_picture_needs_no_description_and_is_passed_over() -> None:
    shown = renditions.picture(accept(alt="", is_decorative=True))
    assert shown is not None
    assert shown.alt == ""


def test_the_same_picture_under_another_name_is_offered_from_the_library() -> None:
    first = accept(encoded(drawing(), "PNG"))
    with pytest.raises(DuplicateImage) as refusal:
        accept(encoded(drawing(), "WEBP", lossless=True), "other.webp")
    again = accept_image(upload(encoded(drawing(), "PNG")), alt="x", credit="y", reuse=True)
    assert (refusal.value.existing, again, Image.objects.count()) == (first, first, 1)


def test_a_full_or_missing_media_folder_is_told_in_words(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    settings.MEDIA_ROOT = tmp_path / "a-file"
    with pytest.raises(UploadRefused, match=r"^The file could not be stored"):
        accept()
    assert Image.objects.count() == 0


def test_a_page_has_a_picture_from_the_moment_of_upload() -> None:
    shown = renditions.picture(accept(encoded(drawing(1000, 600))), "card")
    assert shown is not None
    assert (shown.width, shown.height, shown.sources) == (480, 288, [])


def test_nothing_is_enlarged_and_every_crop_keeps_its_proportions() -> None:
    image = accept(encoded(drawing(700, 500)))
    make_all()
    made = image.renditions.filter(format="jpeg").values_list("crop", "width", "height").order_by("crop", "width")
    assert list(made) == [
        ("card", 480, 320),
        ("card", 700, 467),
        ("cover", 320, 480),
        ("cover", 333, 500),
        ("full", 480, 343),
        ("full", 700, 500),
        ("share", 700, 368),
        ("square", 160, 160),
        ("square", 320, 320),
    ]
    for row in image.renditions.all():
        with row.file.open() as file, Pillow.open(file) as picture:
            assert (picture.size, picture.format) == ((row.width, row.height), row.format.upper())


def test_formats_stand_from_lightest_to_plainest_and_cost_no_statement_when_prefetched(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    accept()
    make_all()
    image = Image.objects.prefetch_related("renditions").get()
    with django_assert_num_queries(0):
        shown = renditions.picture(image, "square", "10rem")
    folder = f"/files/renditions/{image.sha256[:32]}"
    assert shown is not None
    assert [(source.type, source.srcset, source.sizes) for source in shown.sources] == [
        ("image/avif", f"{folder}/square-160-50x50.avif 160w, {folder}/square-200-50x50.avif 200w", "10rem"),
        ("image/webp", f"{folder}/square-160-50x50.webp 160w, {folder}/square-200-50x50.webp 200w", "10rem"),
    ]
    assert (shown.src, shown.width, shown.height) == (f"{folder}/square-200-50x50.jpg", 200, 200)


def test_a_moved_focal_point_cuts_anew_at_a_new_address_and_the_old_cut_shows_meanwhile() -> None:
    image = accept()
    make_all()
    before = renditions.picture(image, "square")
    image.focal_x = 0
    image.save()
    assert renditions.order(image) == 13  # of a small picture: card and cover in one width, square in two, and share
    assert renditions.picture(image, "square") == before
    make_all()
    row = image.renditions.get(crop="square", width=160, format="jpeg")
    with row.file.open() as file, Pillow.open(file) as cut:
        red, _green, blue = cut.convert("RGB").getpixel((150, 80))
    assert (row.file.name, red < 40, blue > 200) == (
        f"renditions/{image.sha256[:32]}/square-160-0x50.jpg",
        True,
        True,
    )
    assert renditions.order(image) == 0


def test_transparency_survives_where_it_can_and_lies_on_white_elsewhere() -> None:
    image = accept(encoded(Pillow.new("RGBA", (100, 100), (0, 0, 0, 0)), "PNG"), "logo.png")
    make_all()
    corner = {}
    for row in image.renditions.filter(crop="full"):
        with row.file.open() as file, Pillow.open(file) as picture:
            corner[row.format] = picture.convert("RGBA").getpixel((5, 5))
    assert (corner["jpeg"], corner["webp"][3], corner["avif"][3]) == ((255, 255, 255, 255), 0, 0)


def test_a_rendition_that_cannot_be_made_is_tried_three_times_and_says_why() -> None:
    image = accept()
    Rendition.objects.exclude(due_at=None).exclude(crop="share").update(due_at=None)
    Path(image.file.path).write_bytes(b"gone bad")
    for _attempt in range(5):
        renditions.make_due()
        Rendition.objects.exclude(due_at=None).update(due_at=timezone.now())
    row = image.renditions.get(crop="share")
    assert (row.attempts, row.due_at, row.failed, bool(row.file)) == (3, None, "Unreadable", False)


def test_the_work_of_a_killed_worker_is_taken_up_after_its_lease_and_not_before() -> None:
    image = accept()
    Rendition.objects.exclude(due_at=None).exclude(crop="share").update(due_at=None)
    (row,) = renditions._claim(9)
    assert renditions.make_due() == 0
    Rendition.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    assert renditions.make_due() == 1
    assert image.renditions.get(crop="share").file.name.endswith("/share-300-50x50.jpg")


@pytest.mark.django_db(transaction=True)
def test_four_workers_make_every_rendition_once() -> None:
    image = accept()
    waiting = image.renditions.exclude(due_at=None).count()

    def work(_number: int) -> int:
        made = 0
        try:
            while count := renditions.make_due(1):
                made += count
        finally:
            connection.close()
        return made

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == waiting
    assert set(image.renditions.values_list("attempts", "due_at", "failed")) == {(0, None, ""), (1, None, "")}


def test_renditions_are_served_for_ever_as_what_they_are(client: Client) -> None:
    shown = renditions.picture(accept())
    assert shown is not None
    answer = client.get(shown.src)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"], answer["X-Content-Type-Options"]) == (
        200,
        "image/jpeg",
        "public, max-age=31536000, immutable",
        "nosniff",
    )
    assert b"".join(answer.streaming_content)[:3] == b"\xff\xd8\xff"


def test_no_address_reaches_an_original_a_document_a_folder_or_another_file(client: Client) -> None:
    image = accept()
    folder = image.sha256[:32]
    for tail in (
        "", ".", "..", f"{folder}/", f"{folder}", f"../{image.file.name}", f"..%2f{image.file.name}",
        f"..%252f{image.file.name}", f"{folder}/../../{image.file.name}", f"{folder}\\..\\..\\{image.file.name}",
        f"{folder}%5c..%5c..%5c{image.file.name}", "/etc/passwd", "%2fetc%2fpasswd", f"{folder}/full-300.jpg%00",
        f"{folder}/full-300.jpg%00.png", f"{folder}/full-300.jpg/", f"{folder}/full-999.jpg", "%ff%fe",
        "%c0%ae%c0%ae/x",
    ):  # fmt: skip
        assert (tail, client.get(f"/files/renditions/{tail}").status_code in {400, 404}) == (tail, True)
    assert client.get(f"/files/{image.file.name}").status_code == 404
    assert client.get("/files/").status_code == 404


def test_an_original_with_the_same_pixels_is_written_once(media_folder: Path) -> None:
    accept()
    with pytest.raises(uploads.DuplicateImage):
        accept()
    assert len(list((media_folder / "originals").rglob("*.jpg"))) == 1


def test_every_use_of_a_picture_is_listed_also_in_a_text_and_as_a_portrait() -> None:
    image, other = accept(), accept(encoded(drawing(50, 50)))
    shown = renditions.picture(image)
    assert shown is not None
    chosen = PublicationFactory.create(image=image, title="Chosen")
    PublicationFactory.create(body=f'<p>x</p><figure><img src="{shown.src}" alt=""></figure>', title="In the text")
    PublicationFactory.create(image=other)
    profile = StaffProfileFactory.create(photo=image)
    assert sorted(words for _kind, words, _address in uses(image)) == sorted([str(chosen), "In the text", str(profile)])
