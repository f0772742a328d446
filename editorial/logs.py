"""What goes into the log: one line for each thing that happened, with the same id for all lines of a request.

No line carries what a person typed, a query, a name or an address; people are known by the key of their account.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")

# A line is a line: what would begin another one, or colour a terminal, is written out.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LONGEST = 2_000

_events = logging.getLogger("rsis.events")


def event(name: str, **facts: object) -> None:
    """Note that something happened: `event("signed in", user=3)`."""
    _events.info(name, extra={"facts": facts})


def on_one_line(text: str) -> str:
    return CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)[:LONGEST]


class JsonLines(logging.Formatter):
    """For machines: an object a line."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "what": record.getMessage()[:LONGEST],
        }
        if known := request_id.get():
            facts["request"] = known
        facts |= getattr(record, "facts", {})
        if record.exc_info:
            facts["trace"] = self.formatException(record.exc_info)
        return json.dumps(facts, default=str)


class Words(logging.Formatter):
    """For eyes: words, facts after them, and a traceback on its own lines."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={value}" for name, value in getattr(record, "facts", {}).items())
        line = on_one_line(f"{record.levelname} {record.name} {record.getMessage()} {facts}".rstrip())
        trace = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        return f"{self.formatTime(record)} {line}{trace}"
