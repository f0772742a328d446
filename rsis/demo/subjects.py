"""Sentences by subject, from which the pieces of the large demonstration are composed."""

from dataclasses import dataclass, field
from html import escape
from random import Random

from editorial.html import CleanHtml
from rsis.demo import records
from rsis.demo.records import Record

HEADINGS = (
    "What Has Changed",
    "The View from the Ground",
    "Where Policy Falls Short",
    "A Practical Course",
    "The Stakes",
)
ANGLES = (
    "Five Observations", "A Question of Trust", "Before the Next Crisis", "What the Record Shows", "An Unfinished Task",
    "The Cost of Waiting", "Lessons for Neighbours", "Between Promise and Practice", "A View from Below",
    "What Comes After", "The Long Way Round", "Small Steps, Kept", "Facts and Habits", "The Missing Figures",
    "An Argument for Patience", "Notes from the Field", "The Second Decade", "A Matter of Routine",
    "Who Pays, Who Gains",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    name: str
    city: str
    regions: tuple[str, ...]


SEA, EAST, SOUTH, OCEAN = "southeast-asia-and-asean", "east-asia-and-asia-pacific", "south-asia", "indian-ocean-region"
PLACES = (
    Place("Brunei Darussalam", "Bandar Seri Begawan", (SEA, "brunei-darussalam")),
    Place("Cambodia", "Phnom Penh", (SEA, "cambodia")),
    Place("Indonesia", "Makassar", (SEA, "indonesia")),
    Place("Laos", "Savannakhet", (SEA, "laos")),
    Place("Malaysia", "Kota Kinabalu", (SEA, "malaysia")),
    Place("the Philippines", "Iloilo", (SEA, "philippines")),
    Place("Thailand", "Songkhla", (SEA, "thailand")),
    Place("Timor-Leste", "Baucau", (SEA, "timor-leste")),
    Place("Vietnam", "Hải Phòng", (SEA, "vietnam")),
    Place("Japan", "Fukuoka", (EAST, "japan")),
    Place("the Republic of Korea", "Busan", (EAST, "korean-peninsula")),
    Place("Australia", "Darwin", (EAST, "australia-and-new-zealand")),
    Place("New Zealand", "Wellington", (EAST, "australia-and-new-zealand")),
    Place("Fiji", "Suva", (EAST, "pacific-islands")),
    Place("Samoa", "Apia", (EAST, "pacific-islands")),
    Place("Bangladesh", "Khulna", (SOUTH, OCEAN, "bangladesh")),
    Place("India", "Visakhapatnam", (SOUTH, OCEAN, "india")),
    Place("Sri Lanka", "Trincomalee", (SOUTH, OCEAN, "sri-lanka")),
    Place("Nepal", "Pokhara", (SOUTH, "nepal")),
    Place("Pakistan", "Karachi", (SOUTH, "pakistan")),
    Place("the Maldives", "Malé", (OCEAN,)),
    Place("Kazakhstan", "Almaty", ("central-asia",)),
    Place("Uzbekistan", "Samarkand", ("central-asia",)),
    Place("Oman", "Salalah", ("middle-east-and-north-africa", OCEAN)),
    Place("Jordan", "Aqaba", ("middle-east-and-north-africa",)),
    Place("Kenya", "Mombasa", ("africa", OCEAN)),
    Place("Rwanda", "Kigali", ("africa",)),
    Place("Norway", "Bergen", ("europe",)),
    Place("Portugal", "Setúbal", ("europe",)),
    Place("Chile", "Valparaíso", ("americas",)),
    Place("Canada", "Halifax", ("americas",)),
)


@dataclass
class Subject:
    topics: tuple[str, ...]
    centres: tuple[str, ...]
    tags: tuple[str, ...]
    titles: tuple[str, ...]
    # O openings, E evidence, P proposals, C conclusions.
    sentences: dict[str, list[str]] = field(default_factory=dict)

    def title(self, chance: Random, place: Place) -> str:
        title = _fill(chance.choice(self.titles), place, place)
        return title[0].upper() + title[1:]

    def synopsis(self, chance: Random, place: Place, other: Place) -> str:
        return _fill(f"{chance.choice(self.sentences['O'])} {chance.choice(self.sentences['P'])}", place, other)

    def body(self, chance: Random, place: Place, other: Place) -> CleanHtml:
        """Three paragraphs in the form the cleaner gives, so that it need not run a hundred thousand times."""
        evidence = chance.sample(self.sentences["E"], 4)
        opening = f"{chance.choice(self.sentences['O'])} {evidence[0]} {evidence[1]}"
        middle = f"{evidence[2]} {evidence[3]}"
        closing = f"{' '.join(chance.sample(self.sentences['P'], 2))} {chance.choice(self.sentences['C'])}"
        first, second = chance.sample(HEADINGS, 2)
        parts = (
            _tagged("p", _fill(opening, place, other)),
            _tagged("h2", first),
            _tagged("p", _fill(middle, place, other)),
            _tagged("h2", second),
            _tagged("p", _fill(closing, place, other)),
        )
        return CleanHtml("\n".join(parts))


def subjects() -> list[Subject]:
    return [_subject(record) for record in records.read("banks/subjects.txt")]


def _subject(record: Record) -> Subject:
    titles = tuple(title.strip() for title in record.get("titles").split("|"))
    subject = Subject(
        tuple(record.words("topics")), tuple(record.words("centres")), tuple(record.words("tags")), titles
    )
    for line in record.text.splitlines():
        kind, _colon, sentence = line.partition(": ")
        subject.sentences.setdefault(kind, []).append(sentence)
    return subject


def _fill(text: str, place: Place, other: Place) -> str:
    filled = text.format(place=place.name, city=place.city, other=other.name).replace("'", "’")
    return filled[0].upper() + filled[1:]


def _tagged(tag: str, words: str) -> str:
    return f"<{tag}>{escape(words, quote=False)}</{tag}>"
