"""The reference shelf: the glossary from texts/glossary.txt, and the pieces that were given an award."""

from publications import glossary as uses
from publications.models import Abbreviation, Award, Awarding, Expansion, Publication
from research.models import Topic
from rsis.demo import records

AWARD = "RSIS Award"
ABOUT = (
    "Every year a jury of officials, editors and academics chooses the articles by members of the school that were of "
    "most use to those who have to decide."
)
# Key of the piece, and what the jury said.
GIVEN = (
    ("white-hulls", "Four paragraphs that a coastguard could adopt tomorrow. Two have begun to discuss them."),
    ("border-schools", "Reports what officials cannot visit, and draws from it a budget that they can afford."),
    ("shipyards", "Counts berths and welders where others count flags, and finds the bottleneck nobody had named."),
    ("apology", "Shows two ministries how to end a quarrel of which neither remembers the beginning."),
    ("port-cranes", "Turned a worry about machines into a list of questions that a harbour can put to a seller."),
    ("minilateral-minutes", "Asks of every small group what its minutes say, and judges it by the answer."),
)


def glossary() -> None:
    """Add the terms that are missing, then find them in the pieces."""
    known = set(Abbreviation.objects.values_list("short", flat=True))
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    fresh = [record for record in records.read("glossary.txt") if record.key not in known]
    for record in fresh:
        is_expanded = record.get("spelt-out") != "no"
        term = Abbreviation.objects.create(short=record.key, kind=record.get("kind"), is_expanded=is_expanded)
        for position, line in enumerate(record.all("stands")):
            words, note, link, topic = ([part.strip() for part in line.split("|")] + [""] * 3)[:4]
            Expansion.objects.create(
                abbreviation=term, words=words, note=note, link=link, topic=topics.get(topic), position=position
            )
    if fresh:
        uses.rebuild()


def awards(made: dict[str, Publication]) -> None:
    award, _made = Award.objects.get_or_create(name=AWARD, defaults={"description": ABOUT})
    for key, citation in GIVEN:
        piece = made.get(key)
        if piece is not None and not piece.awardings.filter(award=award).exists():
            Awarding.objects.create(award=award, publication=piece, year=piece.issued_on.year, citation=citation)
