"""Which words a centre or programme is found by."""

from editorial.indexing import Column, Index, Watch
from research.models import ResearchCentre

INDEX = Index(
    ResearchCentre,
    columns=(
        Column("name", "item.name", "A", in_head=True),
        Column("acronym", "item.acronym", "A", in_head=True),
        Column("summary", "item.summary", "B"),
        Column("description", "search_plain(item.description)", "C"),
    ),
    watches=(Watch(ResearchCentre, ("name", "acronym", "summary", "description"), "SELECT {row}.id"),),
)
