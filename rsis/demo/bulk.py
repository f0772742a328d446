"""Composing pieces and people by the thousand, for measuring: short, coherent, and the same for the same seed.

Rows are what the desk would have written, except that composed pieces have no history: cleaned text, a line in the
register of numbers, the first public time. One batch is one transaction; memory holds one batch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import batched, chain, count
from random import Random

from django.contrib.contenttypes.models import ContentType
from django.db import reset_queries, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from taggit.models import Tag, TaggedItem

from editorial.html import CleanHtml
from editorial.models import State
from people.folding import sort_key
from people.models import Person
from publications.models import Authorship, NumberEntry, Publication, Series
from publications.numbering import period_of, render
from research.models import Region, ResearchCentre, Topic
from rsis.demo import names
from rsis.demo.subjects import ANGLES, PLACES, Place, Subject, subjects

BATCH = 1000
YEARS = 20
# Written pieces are of the last two years; composed ones end where those begin, so that numbers run in order of time.
RECENT = 740
# Of a hundred composed pieces, about how many belong to each series.
WEIGHTS: dict[tuple[str, str], int] = {
    ("inhouse", "rsis-commentary-series"): 55,
    ("external", "op-eds"): 9,
    ("external", "journal-articles"): 7,
    ("inhouse", "counter-terrorist-trends-and-analyses"): 4,
    ("inhouse", "working-papers"): 3,
    ("inhouse", "idss-papers"): 3,
    ("media", "videos"): 3,
}


@dataclass
class Draft:
    """One piece before it has a key: the row, and what is to be connected to it."""

    piece: Publication
    subject: Subject
    place: Place
    authors: list[int]


def add_people(total: int, seed: int) -> None:
    """Make invented people until there are `total`."""
    missing = total - Person.objects.count()
    if missing <= 0:
        return
    taken = set(Person.objects.values_list("slug", flat=True))
    made: list[Person] = []
    for family, given, name in names.stream(Random(seed)):  # noqa: S311 -- repeatable, not secret
        slug = slugify(name)
        if slug in taken:
            continue
        taken.add(slug)
        sort_name = f"{family}, {given}" if family else name
        fields = {"name": name, "family_name": family, "given_names": given, "slug": slug}
        made.append(Person(**fields, sort_name=sort_name, sort_key=sort_key(sort_name)))
        if len(made) == missing:
            break
    Person.objects.bulk_create(made, batch_size=BATCH)


def compose(total: int, seed: int, today: date) -> Iterator[int]:
    """Add pieces until there are `total`, giving the count after every batch.

    A batch is wholly written or not at all, so stopping between two is always safe; a later call goes on from there.
    """
    composer = Composer(total, seed, today)
    done = Publication.objects.count()
    for indices in batched(count(done), BATCH, strict=False):
        if done >= total:
            return
        drafts = composer.new_drafts(indices[: total - done])
        with transaction.atomic():
            composer.write(drafts)
        done += len(drafts)
        reset_queries()  # with DEBUG on, Django would keep the text of every statement
        yield done


class Composer:
    def __init__(self, total: int, seed: int, today: date) -> None:
        self.total, self.seed = total, seed
        self.last = today - timedelta(days=RECENT)
        self.series = list(Series.objects.all())
        self.weights = [WEIGHTS.get((series.family, series.slug), 1) for series in self.series]
        self.people = list(Person.objects.values_list("pk", flat=True).order_by("pk"))
        self.names = dict(Person.objects.values_list("pk", "name"))
        self.subjects = subjects()
        self.keys = {
            model: dict(model._default_manager.values_list("slug", "pk")) for model in (ResearchCentre, Topic, Region)
        }
        self.tags = {word: self._tag(word) for subject in self.subjects for word in subject.tags}
        self.kind = ContentType.objects.get_for_model(Publication)
        self.given = {
            (series, period): last
            for series, period, last in NumberEntry.objects.values_list("series_id", "period").annotate(
                last=Max("sequence")
            )
        }

    @staticmethod
    def _tag(word: str) -> Tag:
        return Tag.objects.get_or_create(name=word, defaults={"slug": slugify(word)})[0]

    def new_drafts(self, indices: tuple[int, ...]) -> list[Draft]:
        """Drafts for these places in the sequence; an address that is taken, by a run with other figures, moves on."""
        drafts = [self._draft(index) for index in indices]
        taken = set(self._taken(drafts))
        if not taken:
            return drafts
        for draft in drafts:
            if draft.piece.slug in taken:
                draft.piece.slug = f"{draft.piece.slug[:140]}-{self.seed}-{self.total}"
        return drafts

    @staticmethod
    def _taken(drafts: list[Draft]) -> QuerySet[Publication, str]:
        slugs = [draft.piece.slug for draft in drafts]
        return Publication.objects.filter(slug__in=slugs).values_list("slug", flat=True)

    def _draft(self, index: int) -> Draft:
        chance = Random(f"{self.seed}/{index}")  # noqa: S311 -- repeatable, not secret
        (series,) = chance.choices(self.series, self.weights)
        subject = chance.choice(self.subjects)
        place, other = chance.sample(PLACES, 2)
        angle = chance.choice(ANGLES)
        title = f"{subject.title(chance, place)}: {angle}"
        day = self._day(index)
        moment = datetime.combine(day, time(6), timezone.get_default_timezone()) + timedelta(
            minutes=chance.randrange(600)
        )
        piece = Publication(
            series=series,
            title=title,
            slug=f"{slugify(title)[:140]}-{index}",
            synopsis=subject.synopsis(chance, place, other),
            issued_on=day,
            state=State.PUBLISHED,
            publish_at=moment,
            first_published_at=moment,
            version=1,
        )
        self._fill(piece, subject.body(chance, place, other), chance, index)
        authors = chance.sample(self.people, min(len(self.people), chance.choice((1, 1, 1, 2, 2, 3))))
        return Draft(piece, subject, place, authors)

    def _day(self, index: int) -> date:
        """Oldest first, evenly over the years."""
        share = min(1.0, index / max(1, self.total))
        return self.last - timedelta(days=round((1 - share) * (YEARS * 365 - RECENT)))

    @staticmethod
    def _fill(piece: Publication, body: CleanHtml, chance: Random, index: int) -> None:
        match piece.series.shape:
            case Series.Shape.EXTERNAL | Series.Shape.BOOK if piece.series.family == Series.Family.EXTERNAL:
                piece.host_publication = chance.choice(names.HOSTS)
                piece.doi = f"10.5555/rsis.demo.{index}"
            case Series.Shape.RECORDING:
                piece.media_url = f"https://www.youtube.com/watch?v=demo{index:07}"
                piece.duration = timedelta(minutes=chance.randrange(8, 80))
                piece.transcript = body
            case _:
                piece.body = body

    def write(self, drafts: list[Draft]) -> None:
        entries = [entry for draft in drafts if (entry := self._number(draft.piece))]
        Publication.objects.bulk_create([draft.piece for draft in drafts])
        NumberEntry.objects.bulk_create(entries)
        Authorship.objects.bulk_create(chain.from_iterable(map(self._authorships, drafts)))
        for model, through in (
            (ResearchCentre, Publication.centres.through),
            (Topic, Publication.topics.through),
            (Region, Publication.regions.through),
        ):
            field = model._meta.model_name
            through._default_manager.bulk_create(
                through(publication_id=draft.piece.pk, **{f"{field}_id": self.keys[model][slug]})
                for draft in drafts
                for slug in self._slugs(draft, model)
            )
        TaggedItem.objects.bulk_create(
            TaggedItem(
                tag=self.tags[draft.subject.tags[draft.piece.pk % 2]], object_id=draft.piece.pk, content_type=self.kind
            )
            for draft in drafts
        )

    @staticmethod
    def _slugs(draft: Draft, model: type) -> tuple[str, ...]:
        if model is Region:
            return draft.place.regions
        return draft.subject.centres[:1] if model is ResearchCentre else draft.subject.topics[:2]

    def _number(self, piece: Publication) -> NumberEntry | None:
        """The next number of the series, as `numbering.allocate` gives it, without a statement for each piece."""
        series = piece.series
        if not series.is_numbered:
            return None
        period = period_of(series, piece.issued_on)
        sequence = (self.given.get((series.pk, period)) or 0) + 1
        self.given[series.pk, period] = sequence
        piece.number = render(series, piece.issued_on, sequence)
        return NumberEntry(
            series=series,
            period=period,
            sequence=sequence,
            number=piece.number,
            publication=piece,
            at=piece.publish_at or timezone.now(),
        )

    def _authorships(self, draft: Draft) -> Iterator[Authorship]:
        role = Authorship.Role.SPEAKER if draft.piece.series.family == Series.Family.MEDIA else Authorship.Role.AUTHOR
        for position, person in enumerate(draft.authors):
            yield Authorship(
                publication=draft.piece, person_id=person, position=position, role=role, printed_name=self.names[person]
            )
