"""Files nobody uploads by mistake: each refused with words, or made harmless, in bounded memory."""

import io
import resource
import socket
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow
from pypdf import PdfWriter
from pytest_django import Settings

from editorial import pictures
from editorial.examining import UploadRefused
from editorial.models import Document, Image
from editorial.uploads import accept_document, accept_image
from tests.editorial.test_documents import pdf, word, written

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
# The test virus of all scanners, in two halves, so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD" + rb"-ANTIVIRUS-TEST-FILE!$H+H*"


def image(data: bytes, name: str = "a.png") -> Image:
    return accept_image(SimpleUploadedFile(name, data), alt="Sea", credit="RSIS")


def document(data: bytes, name: str = "a.pdf", kind: str = "pdf") -> Document:
    return accept_document(SimpleUploadedFile(name, data), kind, "Paper")


def encoded(picture: Pillow.Image, name: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, name, **options)
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
PROGRAM = b"\x7fELF" + bytes(200)
ARCHIVE = word()  # a zip


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.svg", "a.html", "a", "a.png.svg"])
@pytest.mark.parametrize("data", [b"", SVG, HTML, PROGRAM, ARCHIVE, EICAR, b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + bytes(64), pdf()],
                         ids=["empty", "svg", "html", "elf", "zip", "eicar", "gif head", "png head", "jpeg head", "pdf"])  # fmt: skip
def test_x6_what_is_no_picture_is_refused_under_any_name(data: bytes, name: str, media_folder: Path) -> None:
    with pytest.raises(UploadRefused):
        image(data, name)
    assert (Image.objects.count(), [path for path in media_folder.rglob("*") if path.is_file()]) == (0, [])


@pytest.mark.parametrize("kind", ["pdf", "audio", "video", "source"])
@pytest.mark.parametrize("data", [b"", SVG, HTML, PROGRAM, EICAR, b"%PDF-1.7", b"PK\x03\x04" + bytes(50)],
                         ids=["empty", "svg", "html", "elf", "eicar", "pdf head", "zip head"])  # fmt: skip
def test_x6_what_is_no_document_is_refused_as_any_kind(data: bytes, kind: str, media_folder: Path) -> None:
    with pytest.raises(UploadRefused):
        document(data, {"pdf": "a.pdf", "audio": "a.mp3", "video": "a.mp4", "source": "a.docx"}[kind], kind)
    assert (Document.objects.count(), [path for path in media_folder.rglob("*") if path.is_file()]) == (0, [])


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_x6_a_picture_cut_short_is_refused_with_words(name: str, part: float) -> None:
    noise = Pillow.effect_noise((400, 300), 90).convert("RGB")
    data = encoded(noise, name)
    with pytest.raises(UploadRefused, match="damaged"):
        image(data[: int(len(data) * part)], f"a.{name.lower()}")


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_x6_a_document_cut_short_is_refused_with_words(part: float) -> None:
    data = pdf(3)
    with pytest.raises(UploadRefused, match="save it again"):
        document(data[: int(len(data) * part)])


def test_x6_an_animation_of_many_frames_becomes_its_first() -> None:
    frames = [Pillow.new("P", (40, 30), number % 256) for number in range(3_000)]
    taken = image(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]), "a.gif")
    with taken.file.open() as file, Pillow.open(file) as kept:
        assert (getattr(kept, "n_frames", 1), kept.size) == (1, (40, 30))


def test_x6_a_pdf_with_a_nul_and_mark_up_in_its_title_is_taken_and_shown_by_our_title() -> None:
    writer = PdfWriter(io.BytesIO(pdf()))
    writer.add_blank_page(10, 10)
    writer.add_metadata({"/Title": "a\0b<script>alert(1)</script>"})
    assert document(written(writer)).title == "Paper"


def test_x6_a_pdf_that_is_also_a_page_is_served_as_a_pdf_only() -> None:
    taken = document(pdf().replace(b"%PDF-1.3", b"%PDF-1.3\n%" + HTML, 1) + HTML)
    assert (taken.current.content_type, taken.current.suffix) == ("application/pdf", ".pdf")


# What must not fill the memory, in a process of its own whose growth is measured


def png_bomb() -> bytes:
    """A true drawing of 6,300 by 6,300 black pixels in 40 kB, and a lie of 30,000 by 30,000."""
    raw = zlib.compress(bytes(1 + 30_000) * 3_000, 9)
    head = (30_000).to_bytes(4) + (30_000).to_bytes(4) + b"\x08\0\0\0\0"
    data = pictures.PNG_START
    for kind, body in ((b"IHDR", head), (b"IDAT", raw), (b"IEND", b"")):
        data += len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)
    return data


PROGRAM_OF_THE_CHILD = """
import resource, sys
from editorial import pictures
data = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    picture = pictures.read(data)
    pictures.original(picture, False)
    print("taken", end=" ")
except (pictures.TooLarge, pictures.Unreadable) as error:
    print(type(error).__name__, end=" ")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    ("data", "ends", "megabytes"),
    [
        (png_bomb(), "TooLarge", 20),
        (encoded(Pillow.new("RGB", (7_700, 5_190)), "JPEG"), "taken", 300),  # a photograph of 40 million pixels
        (encoded(Pillow.new("L", (20_000, 2_000)), "PNG"), "taken", 300),
    ],
    ids=["30,000 by 30,000", "40 million pixels", "long"],
)
def test_x6_no_picture_takes_more_memory_than_its_limit(data: bytes, ends: str, megabytes: int, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM_OF_THE_CHILD, path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told, grown = done.stdout.split()
    assert (told, int(grown) < megabytes) == (ends, True), f"{grown} MB"


def test_x6_documents_that_unpack_to_gigabytes_cost_this_process_nothing() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as member:
            for _each in range(400):
                member.write(bytes(1024 * 1024))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UploadRefused):
        document(bomb.getvalue(), "a.docx", "source")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


# The scanner


@pytest.fixture
def scanner(tmp_path: Path, settings: Settings) -> Iterator[list[int]]:
    """A daemon that speaks as clamd does, and knows one virus; the sizes of what it was shown."""
    shown: list[int] = []
    settings.CLAMD = str(tmp_path / "clamd")
    door = socket.socket(socket.AF_UNIX)
    door.bind(settings.CLAMD)
    door.listen()

    def answer() -> None:
        while True:
            try:
                line, _address = door.accept()
            except OSError:
                return
            with line, line.makefile("rb") as told:
                assert told.read(10) == b"zINSTREAM\0"
                data = b""
                while length := int.from_bytes(told.read(4)):
                    data += told.read(length)
                shown.append(len(data))
                line.sendall(b"stream: Eicar-Signature FOUND\0" if EICAR in data else b"stream: OK\0")

    thread = threading.Thread(target=answer)
    thread.start()
    yield shown
    door.shutdown(socket.SHUT_RDWR)
    door.close()
    thread.join()


def test_x6_what_the_scanner_knows_is_refused_by_its_name(scanner: list[int]) -> None:
    for take in (
        lambda: document(pdf() + EICAR + b"\n%%EOF"),
        lambda: image(encoded(Pillow.new("RGB", (9, 9)), "PNG") + EICAR),
    ):
        with pytest.raises(UploadRefused, match="knows this file as “Eicar-Signature”"):
            take()
    assert (Document.objects.count(), Image.objects.count()) == (0, 0)


def test_x6_what_the_scanner_does_not_mind_is_taken_after_it_saw_all_of_it(scanner: list[int]) -> None:
    data = pdf(400)
    assert len(data) > 65_536  # more than one piece
    document(data)
    assert scanner == [len(data)]


def test_x6_nothing_is_taken_while_the_scanner_is_away(settings: Settings, tmp_path: Path) -> None:
    settings.CLAMD = str(tmp_path / "nowhere")
    with pytest.raises(UploadRefused, match="does not answer"):
        document(pdf())
    assert Document.objects.count() == 0
