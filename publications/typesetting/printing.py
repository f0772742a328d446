"""Prints HTML files as tagged PDFs: one JSON line on standard output for each folder named, in order.

A program of its own, started by publications.typesetting: a text that loops or swells ends this process, not the
worker. It knows no settings and no database. All it can open is what lies in the folder, and our fonts.
"""

import json
import logging
import os
import resource
import sys
from pathlib import Path
from typing import Any

MEMORY = 2 * 1024 * 1024 * 1024
FILE_SIZE = 64 * 1024 * 1024
SECONDS = 150
FONTS = Path(__file__).parent.parent / "fonts"
# What a document may ask for: a file beside it, or one of our fonts. Every other address is refused unread.
SCHEME = "typeset:"


def main(folders: list[str]) -> None:
    limit()
    try:
        import weasyprint  # noqa: PLC0415 -- takes two seconds and fails without Pango, which is what we are asked
    except (ImportError, OSError) as error:
        answer({"missing": str(error).splitlines()[0]})
        return
    complaints: list[str] = []
    logger = logging.getLogger("weasyprint")
    logger.handlers[:] = [Collector(complaints)]
    if not folders:
        answer({"version": weasyprint.__version__})
    for folder in folders:
        complaints.clear()
        try:
            found: dict[str, Any] = {"pages": typeset(weasyprint, Path(folder))}
        except MemoryError:
            found = {"problem": "It needs more memory than is allowed."}
        except Exception as error:  # noqa: BLE001 -- whatever breaks a layout concerns this document alone
            found = {"problem": f"{type(error).__name__}: {error}"}
        answer(found | {"complaints": complaints[:20]})


def answer(words: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def limit() -> None:
    os.nice(10)
    figures = ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, FILE_SIZE))
    for kind, figure in figures:
        try:
            resource.setrlimit(kind, (figure, figure))
        except (ValueError, OSError):  # not on every system; the time limit of the caller still holds
            pass


class Collector(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage()[:300])


def typeset(weasyprint: Any, folder: Path) -> int:
    """Write `out.pdf` beside `document.html`; returns the number of pages."""

    class OurFiles(weasyprint.urls.URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            place, _slash, name = url.removeprefix(SCHEME).partition("/")
            within = {"fonts": FONTS, "files": folder}.get(place) if url.startswith(SCHEME) else None
            if within is None or name not in {path.name for path in within.iterdir()}:
                raise ValueError(f"Refused: {url}")
            return weasyprint.urls.URLFetcherResponse(url, (within / name).read_bytes())

    fetcher = OurFiles(allowed_protocols=())
    html = weasyprint.HTML(
        string=(folder / "document.html").read_text(), base_url=f"{SCHEME}files/", url_fetcher=fetcher
    )
    options = {"pdf_variant": "pdf/ua-1", "pdf_tags": True, "optimize_images": True, "jpeg_quality": 82, "dpi": 200}
    document = html.render(**options)
    document.write_pdf(folder / "out.pdf", **options)
    return len(document.pages)


if __name__ == "__main__":
    main(sys.argv[1:])
