"""Which words a publication is found by, and the order of what is found."""

from itertools import islice

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from editorial.indexing import Column, Index, Watch
from editorial.models import Document, DocumentText
from editorial.queries import Question
from people.models import Person
from publications.catalogue import Bits, Catalogue
from publications.models import Authorship, Publication, PublicationQuerySet, ResourcePage

INDEX = Index(
    Publication,
    columns=(
        Column("number", "search_number(coalesce(item.number, ''))", "A", in_head=True),
        Column("title", "item.title", "A", in_head=True),
        Column(
            "byline",
            "(SELECT {join}(coalesce(nullif(authorship.printed_name, ''), person.name), ' ')"
            " FROM publications_authorship authorship JOIN people_person person ON person.id = authorship.person_id"
            " WHERE authorship.publication_id = item.id)",
            "B",
            in_head=True,
        ),
        Column("synopsis", "item.synopsis || ' ' || item.host_publication", "B"),
        Column("body", "search_plain(item.body || ' ' || item.transcript || ' ' || item.notes_to_editors)", "C"),
        Column(
            "pdf",
            "(SELECT words.text FROM editorial_document document"
            " JOIN editorial_documenttext words ON words.version_id = document.current_id"
            " WHERE document.id = item.document_id)",
            "D",
        ),
    ),
    watches=(
        Watch(
            Publication,
            (
                "number",
                "title",
                "synopsis",
                "host_publication",
                "body",
                "transcript",
                "notes_to_editors",
                "document_id",
            ),
            "SELECT {row}.id",
        ),
        Watch(
            Authorship,
            ("publication_id", "person_id", "printed_name"),
            "SELECT {row}.publication_id",
            only_head=True,
        ),
        Watch(
            Person,
            ("name",),
            "SELECT publication_id FROM publications_authorship WHERE person_id = {row}.id AND printed_name = ''",
            only_head=True,
        ),
        Watch(Document, ("current_id",), "SELECT id FROM publications_publication WHERE document_id = {row}.id"),
        Watch(
            DocumentText,
            ("text",),
            "SELECT piece.id FROM publications_publication piece JOIN editorial_document document"
            " ON document.id = piece.document_id WHERE document.current_id = {row}.version_id",
        ),
    ),
)

RESOURCES = Index(
    ResourcePage,
    columns=(
        Column("title", "item.title", "A", in_head=True),
        Column("summary", "item.summary", "B"),
        Column("intro", "search_plain(item.intro)", "C"),
    ),
    watches=(Watch(ResourcePage, ("title", "summary", "intro"), "SELECT {row}.id"),),
)

# As many of the newest are compared for relevance: of all that match, and of those with one of the words in title, byline
# or number. The rest follow by date. Comparing all takes seconds when a hundred thousand match, and would put other
# pieces in one of twenty-five places of the first pages (docs/decisions/search.md).
NEWEST = 1000
NEWEST_BY_HEAD = 1000
# What age takes off, from nothing for the newest to this share for the oldest.
AGE = 0.8


def match(question: Question, catalogue: Catalogue) -> Bits:
    """The published pieces that answer the question, as bits of the catalogue."""
    return catalogue.bits_at(INDEX.matching(question))


def ranked(question: Question, catalogue: Catalogue, among: Bits) -> list[int]:
    """Keys of the pieces that lead the answer, best first; the rest of the answer follows by date.

    Three statements, however much was found. A piece whose number was asked for comes first.
    """
    by_head = catalogue.bits_at(INDEX.matching(question.any_of(), head_only=True)) & among
    keys = [*islice(catalogue.newest(among), NEWEST), *islice(catalogue.newest(by_head), NEWEST_BY_HEAD)]
    scores = INDEX.scores(question, list(dict.fromkeys(keys)))
    numbered = set(numbered_pieces(question).values_list("pk", flat=True))
    places, last = catalogue.places.column, max(1, len(catalogue.keys))

    def order(key: int) -> tuple[bool, float, int]:
        place = places[key]
        return (key not in numbered, -scores[key] * (1 - AGE * place / last), place)

    return sorted(scores, key=order)


def numbered_pieces(question: Question) -> QuerySet[Publication]:
    """The published piece whose number the question is, if it is one."""
    written = question.text.upper()
    numbers = {question.number.upper(), written, "-".join(written.split())} if question.number else set()
    found: QuerySet[Publication] = Publication.objects.published().order_by().filter(number__in=numbers or [""])
    return found


def narrow(pieces: PublicationQuerySet, question: Question) -> PublicationQuerySet:
    """The same, as a query: for feeds and exports of a listing."""
    statement, parameters = INDEX.statement(question)
    return pieces.filter(pk__in=RawSQL(statement, parameters))  # noqa: S611 -- the question is a parameter
