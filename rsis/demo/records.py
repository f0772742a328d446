"""Reading the demonstration texts: plain files of records, so that prose is edited as prose.

A record starts with ``@@ key``; ``name: value`` lines follow, then an empty line and the text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TEXTS = Path(__file__).parent / "texts"


@dataclass
class Record:
    key: str
    source: str
    head: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""

    def get(self, name: str, default: str = "") -> str:
        return next((value for known, value in self.head if known == name), default)

    def all(self, name: str) -> list[str]:
        """Values of a line that may be repeated."""
        return [value for known, value in self.head if known == name]

    def words(self, name: str) -> list[str]:
        """A line of several values, separated by commas."""
        return [word.strip() for word in self.get(name).split(",") if word.strip()]


def read(pattern: str) -> list[Record]:
    """Records of all files that fit the pattern, in the order of file names. Raises ValueError for a repeated key."""
    records = [record for path in sorted(TEXTS.glob(pattern)) for record in _records(path)]
    keys = [record.key for record in records]
    repeated = {key for key in keys if keys.count(key) > 1}
    if repeated:
        raise ValueError(f"Keys used twice in {pattern}: {', '.join(sorted(repeated))}")
    return records


def _records(path: Path) -> Iterator[Record]:
    for block in path.read_text(encoding="utf-8").split("@@ ")[1:]:
        top, _gap, text = block.partition("\n\n")
        key, *lines = top.strip().splitlines()
        record = Record(key.strip(), path.name, text=text.strip())
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon:
                raise ValueError(f"{path.name}, {key}: a line without a colon: {line!r}")
            record.head.append((name.strip(), value.strip()))
        yield record
