"""Reads one PDF and prints its text as JSON: {"text": ...} or {"problem": ...}.

A program of its own like pdf_reading, started by editorial.pdf_texts under the same limits.
"""

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

from pypdf import PdfReader

LONGEST = 500_000  # characters; what a search for words needs of a book
SECONDS = 60


def main(path: str) -> dict[str, Any]:
    sys.path.insert(0, str(Path(__file__).parent))  # isolated from the site, so its neighbour is not a package
    from pdf_reading import limit  # noqa: PLC0415

    limit(SECONDS + 10)
    pages: list[str] = []
    until, length = time.monotonic() + SECONDS, 0
    try:
        for page in PdfReader(path).pages:
            try:
                pages.append(page.extract_text().replace("\x00", " "))
            except (MemoryError, RecursionError):
                raise
            except Exception:  # noqa: BLE001, S112 -- one page that cannot be read leaves the others
                continue
            length += len(pages[-1])
            if length > LONGEST or time.monotonic() > until:
                break
    except (MemoryError, RecursionError):
        return {"problem": "effort"}
    except Exception:  # noqa: BLE001 -- a damaged PDF can break a reader in any way
        return {"problem": "damaged"}
    return {"text": "\n".join(pages)[:LONGEST]}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    sys.stdout.write(json.dumps(main(sys.argv[1])))
