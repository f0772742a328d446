"""References as people read them: APA 7, Chicago 17 (bibliography), MLA 9, Harvard (Cite Them Right).

The words in them belong to the styles and are not translated. Examples: tests/publications/test_styles.py.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from publications.citing import Kind, Name, Reference

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
SHORT_MONTHS = ("Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")


@dataclass(frozen=True)
class Citation:
    """A reference in one style; `italic` is the title of what stands by itself."""

    style: str
    before: str
    italic: str
    after: str

    @property
    def text(self) -> str:
        return self.before + self.italic + self.after


def citations(one: Reference) -> list[Citation]:
    return [
        Citation(label, *write(one))
        for label, write in (("APA", _apa), ("Chicago", _chicago), ("MLA", _mla), ("Harvard", _harvard))
    ]


Parts = tuple[str, str, str]
Written = Callable[[Name], str]
# What a style calls a thing that has neither a series nor a container to say it.
MEDIA = {Kind.SPEECH: "Speech", Kind.VIDEO: "Video", Kind.AUDIO: "Audio", Kind.RELEASE: "News release"}


def _apa(one: Reference) -> Parts:
    people = _lead(one, _initialled, _apa_list, ("(Ed.)", "(Eds.)"))
    people += "" if people.endswith(".") or not people else "."
    year_only = one.kind in {Kind.ARTICLE, Kind.BOOK, Kind.CHAPTER}
    head, undated = _dated(people, str(one.year) if year_only else _apa_date(one), ".")
    title = f"{head}{_stop(one.title)}{undated} "
    if one.kind is Kind.CHAPTER:
        pages = f" (pp. {one.pages})" if one.pages else ""
        return f"{title}In ", one.container, f"{pages}. {_then(one.publisher)}{one.best_url}"
    if one.kind.is_part:
        issue = f"{'' if one.volume else ', '}({one.issue})" if one.issue else ""
        pages = f", {one.pages}" if one.pages else ""
        return title, ", ".join(filter(None, (one.container, one.volume))), f"{issue}{pages}. {one.best_url}"
    about = f" ({one.series_and_number})" if one.series else f" [{MEDIA[one.kind]}]" if one.kind in MEDIA else ""
    end = "." if about else _end(one.title)
    return head, one.title, f"{about}{end}{undated} {_source(one, one.container)}{one.best_url}"


def _chicago(one: Reference) -> Parts:
    people = _then(_lead(one, _inverted_first, _chicago_list, ("ed.", "eds.")))
    title, house = f"{people}“{_stop(_inner(one.title, '“”', '‘’'))}” ", f"{one.publisher}, " if one.publisher else ""
    link = f"{one.best_url}."
    if one.kind is Kind.CHAPTER:
        pages = f", {one.pages}" if one.pages else ""
        return f"{title}In ", one.container, f"{pages}. {house}{one.year}. {link}"
    if one.kind.is_part:
        where = _numbered(one, " {}", ", no. {}")
        when = f" ({one.year})" if where else f", {_american(one)}"
        pages = f": {one.pages}" if one.pages else ""
        return title, one.container, f"{where}{when}{pages}. {link}"
    place = f"{one.place}: " if one.place else ""
    when = str(one.year) if one.kind is Kind.BOOK else _american(one)
    return people, one.title, f"{_end(one.title)} {_then(_setting(one))}{place}{house}{when}. {link}"


def _mla(one: Reference) -> Parts:
    people = _then(_lead(one, _inverted_first, _mla_list, ("editor", "editors")))
    year_only = one.kind in {Kind.ARTICLE, Kind.BOOK, Kind.CHAPTER}
    when, link = str(one.year) if year_only else _mla_date(one), f"{one.best_url}."
    house = f"{one.publisher}, " if one.publisher and not _is_own(one) else ""
    if one.kind.is_part:
        where = _numbered(one, "vol. {}, ", "no. {}, ") + (house if one.kind is Kind.CHAPTER else "")
        title = f"{people}“{_stop(_inner(one.title, '“”', '‘’'))}” "
        return title, one.container, f", {where}{when}{_pages(one)}, {link}"
    setting = f"{_setting(one)}, " if _setting(one) else ""
    return people, one.title, f"{_end(one.title)} {setting}{house}{when}, {link}"


def _harvard(one: Reference) -> Parts:
    head, undated = _dated(_lead(one, _close_initialled, _harvard_list, ("(ed.)", "(eds)")), str(one.year), "")
    link = f"Available at: {one.best_url}."
    if one.kind.is_part:
        title = f"{head}‘{_inner(one.title, '‘’', '“”')}’{undated}, {'in ' if one.kind is Kind.CHAPTER else ''}"
        day = f", {one.date[2]} {MONTHS[one.date[1] - 1]}" if one.kind is Kind.NEWSPAPER and len(one.date) > 2 else ""
        house = _then(one.publisher) if one.kind is Kind.CHAPTER else ""
        joint = ", {}" if one.volume else ", ({})"
        where = _numbered(one, joint, "({})" if one.volume else joint)
        return title, one.container, f"{where}{day}{_pages(one)}. {house}{link}"
    end = "." if undated else _end(one.title)
    return head, one.title, f"{undated}{end} {_then(_setting(one))}{_source(one, '', one.place)}{link}"


def _dated(people: str, when: str, stop: str) -> tuple[str, str]:
    """The head of an entry with its date, or, where nobody is named, the date that follows the title."""
    return (f"{people} ({when}){stop} ", "") if people else ("", f" ({when}){stop}")


def _setting(one: Reference) -> str:
    return one.series_and_number or one.occasion or one.container


def _is_own(one: Reference) -> bool:
    return [name.printed for name in one.authors] == [one.publisher]


def _source(one: Reference, container: str, place: str = "") -> str:
    """Who brought it out, unless the entry begins with the same name."""
    if not container and _is_own(one):
        return ""
    return _then(": ".join(filter(None, (place, container or one.publisher))))


def _numbered(one: Reference, volume: str, issue: str) -> str:
    return (volume.format(one.volume) if one.volume else "") + (issue.format(one.issue) if one.issue else "")


def _pages(one: Reference) -> str:
    return f", {'pp.' if one.page_range[1] else 'p.'} {one.pages}" if one.pages else ""


def _lead(
    one: Reference, written: Written, joined: Callable[[list[str], Sequence[Name]], str], editors: tuple[str, str]
) -> str:
    """Who stands at the head of the entry: the authors, else the editors and what the style calls them."""
    names = one.authors or one.editors
    if not names:
        return ""
    people = joined([written(name) for name in names], names)
    if one.authors:
        return people
    joint = " " if editors[0].startswith("(") else ", "
    return f"{people}{joint}{editors[len(names) > 1]}"


def _apa_list(written: list[str], names: Sequence[Name]) -> str:
    if len(written) > 20:
        return f"{', '.join(written[:19])}, … {written[-1]}"
    return written[0] if len(written) == 1 else f"{', '.join(written[:-1])}, & {written[-1]}"


def _chicago_list(written: list[str], names: Sequence[Name]) -> str:
    """The first turned round, the others in reading order; ten at most, else seven."""
    people = [written[0], *(name.printed for name in names[1:])]
    if len(people) > 10:
        return f"{', '.join(people[:7])}, et al."
    return people[0] if len(people) == 1 else f"{', '.join(people[:-1])}, and {people[-1]}"


def _mla_list(written: list[str], names: Sequence[Name]) -> str:
    if len(written) > 2:
        return f"{written[0]}, et al."
    return f"{written[0]}, and {names[1].printed}" if len(written) == 2 else written[0]


def _harvard_list(written: list[str], names: Sequence[Name]) -> str:
    if len(written) > 3:
        return f"{written[0]} et al."
    return written[0] if len(written) == 1 else f"{', '.join(written[:-1])} and {written[-1]}"


def _inverted_first(name: Name) -> str:
    return name.printed if name.is_family_first else name.inverted


def _initialled(name: Name) -> str:
    return f"{name.family}, {initials(name.given)}" if name.family else name.printed


def _close_initialled(name: Name) -> str:
    return _initialled(name).replace(". ", ".") if name.family else name.printed


def initials(given: str) -> str:
    """`Ha-eun Marie` gives `H.-e. M.`; small particles and scripts without capitals stay as they are."""
    found = []
    for word in given.split():
        parts = [f"{part[0]}." for part in word.split("-") if part]
        is_whole = word[0].islower() or word.upper() == word.lower() or not parts
        found.append(word if is_whole else "-".join(parts))
    return " ".join(found)


def _apa_date(one: Reference) -> str:
    parts = [str(one.year)]
    if len(one.date) > 1:
        parts.append(" ".join([MONTHS[one.date[1] - 1], *(str(day) for day in one.date[2:])]))
    return ", ".join(parts)


def _mla_date(one: Reference) -> str:
    month = [SHORT_MONTHS[one.date[1] - 1]] if len(one.date) > 1 else []
    return " ".join([*(str(day) for day in one.date[2:]), *month, str(one.year)])


def _american(one: Reference) -> str:
    month = MONTHS[one.date[1] - 1] if len(one.date) > 1 else ""
    return f"{month} {one.date[2]}, {one.year}" if len(one.date) > 2 else f"{month} {one.year}".strip()


def _end(text: str) -> str:
    """The stop a sentence still needs."""
    return "" if text.rstrip("”’\"')")[-1:] in {".", "?", "!", "…"} else "."


def _stop(text: str) -> str:
    return text + _end(text)


def _then(text: str) -> str:
    """A sentence and a blank, or nothing."""
    return f"{_stop(text)} " if text else ""


def _inner(text: str, outer: str, inner: str) -> str:
    """Pairs of the quotation marks that will stand round the text become those of the other kind."""
    return re.sub(f"{outer[0]}([^{outer}]*){outer[1]}", rf"{inner[0]}\1{inner[1]}", text)
