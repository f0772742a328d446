"""The series the school publishes, as reference data.

Confirmed by the school's own pages: every name, the prefixes CO, IP and ER with their patterns, and the two ISSNs.
Everything marked ASSUMED below is a starting point which editors change on the series itself.

Numbers with a year start again each year; Working Papers and Monographs run on; event reports take the event's date.
"""

from dataclasses import dataclass

from publications.models import Newsletter, Series

IN_HOUSE, EXTERNAL, MEDIA = "inhouse", "external", "media"

YEAR_AND_THREE_DIGITS = "{prefix}{yy}{seq:03}"
YEAR_AND_TWO_DIGITS = "{prefix}{yy}{seq:02}"
DATE_OF_EVENT = "{prefix}{yymmdd}"
RUNNING_NUMBER = "{prefix}{seq:03}"
RESETS = {
    "": Series.NumberReset.NONE,
    YEAR_AND_THREE_DIGITS: Series.NumberReset.YEARLY,
    YEAR_AND_TWO_DIGITS: Series.NumberReset.YEARLY,
    DATE_OF_EVENT: Series.NumberReset.DAILY,
    RUNNING_NUMBER: Series.NumberReset.NEVER,
}

# Who answers is ASSUMED; the address is the school's own.
PRESS_OFFICE = (
    "Corporate Communications\nS. Rajaratnam School of International Studies\n"
    "Block S4, Level B3, 50 Nanyang Avenue, Singapore 639798"
)
OPEN_LICENCE = "CC BY-NC-ND 4.0"


@dataclass(frozen=True)
class SeriesSeed:
    family: str
    slug: str
    name: str
    shape: str
    description: str
    prefix: str = ""
    number_pattern: str = ""
    synopsis_label: str = ""
    body_label: str = ""
    issn: str = ""
    licence: str = ""
    licence_url: str = ""
    review_policy: str = Series.Review.EDITOR
    review_note: str = ""
    hue: int = 0
    requires_synopsis: bool = False
    allows_responses: bool = False
    contact: str = ""


SERIES: tuple[SeriesSeed, ...] = (
    SeriesSeed(
        IN_HOUSE,
        "annual-reviews",
        "Annual Reviews",
        "paper",
        "The school's account of its year, and the yearly stock-taking of its centres.",
        synopsis_label="In Brief",
        hue=28,
    ),
    SeriesSeed(
        IN_HOUSE,
        "books",
        "Books",
        "book",
        "Books written or edited at the school, with publishers in Singapore and abroad.",
        synopsis_label="About the Book",
        hue=352,
    ),
    SeriesSeed(
        IN_HOUSE,
        "bulletins-and-newsletters",
        "Bulletins and Newsletters",
        "newsletter",
        "Regular letters from the school and its centres: what appeared, who spoke, what comes next.",
        synopsis_label="In This Issue",
        hue=48,
    ),
    SeriesSeed(
        IN_HOUSE,
        "rsis-commentary-series",
        "RSIS Commentary Series",
        "commentary",
        "Short, timely argument about an event or a decision that matters to the region.",
        prefix="CO",
        number_pattern=YEAR_AND_THREE_DIGITS,
        synopsis_label="SYNOPSIS",
        body_label="COMMENTARY",
        review_note="Read by two editors before publication. The views are those of the authors.",
        hue=344,
        requires_synopsis=True,
        allows_responses=True,
    ),
    SeriesSeed(
        IN_HOUSE,
        "counter-terrorist-trends-and-analyses",
        "Counter Terrorist Trends and Analyses",
        "journal",
        "The journal of the terrorism research centre: signed articles on groups, methods and responses.",
        synopsis_label="Abstract",
        issn="2382-6444",
        review_policy=Series.Review.PEER,
        review_note="Articles are read by the editorial team and by at least one reviewer outside it.",  # ASSUMED
        hue=8,
    ),
    SeriesSeed(
        IN_HOUSE,
        "commemorative-event-reports",
        "Commemorative / Event Reports",
        "paper",
        "What was said at the school's conferences, workshops and lectures.",
        prefix="ER",
        number_pattern=DATE_OF_EVENT,
        synopsis_label="Executive Summary",
        body_label="Report",
        review_note="Written by rapporteurs; sessions held without attribution name no speaker.",  # ASSUMED
        hue=112,
        requires_synopsis=True,
    ),
    SeriesSeed(
        IN_HOUSE,
        "future-issues",
        "Future Issues",
        "paper",
        "Papers that look past the present decade at technology and its consequences for policy.",
        prefix="FI",  # ASSUMED, with its pattern
        number_pattern=YEAR_AND_TWO_DIGITS,
        synopsis_label="Abstract",
        hue=266,
        requires_synopsis=True,
    ),
    SeriesSeed(
        IN_HOUSE,
        "idss-papers",
        "IDSS Papers",
        "paper",
        "Short papers on defence, strategy and diplomacy from the defence and strategic studies institute.",
        prefix="IP",
        number_pattern=YEAR_AND_THREE_DIGITS,
        synopsis_label="KEY TAKEAWAYS",  # ASSUMED
        body_label="COMMENTARY",  # ASSUMED
        hue=214,
        requires_synopsis=True,
    ),
    SeriesSeed(
        IN_HOUSE,
        "interreligious-relations",
        "Interreligious Relations",
        "paper",
        "Peer-reviewed occasional papers on religions and their neighbours in plural societies, free to read.",
        synopsis_label="Abstract",
        issn="2661-345X",
        licence=OPEN_LICENCE,  # the series is open access; the exact licence is ASSUMED
        licence_url="https://creativecommons.org/licenses/by-nc-nd/4.0/",
        review_policy=Series.Review.PEER,
        review_note="Each paper is read by two reviewers who do not know the author.",  # ASSUMED
        hue=172,
        requires_synopsis=True,
    ),
    SeriesSeed(
        IN_HOUSE,
        "monographs",
        "Monographs",
        "paper",
        "Book-length studies of a single question.",
        prefix="MG",  # ASSUMED, with its pattern
        number_pattern=RUNNING_NUMBER,
        synopsis_label="Abstract",
        review_policy=Series.Review.PEER,
        review_note="Read by two reviewers outside the author's centre.",  # ASSUMED
        hue=300,
    ),
    SeriesSeed(
        IN_HOUSE,
        "nts-insight",
        "NTS Insight",
        "paper",
        "Policy papers on threats that do not come from armies: climate, food, health, disasters and displacement.",
        prefix="IN",  # ASSUMED, with its pattern
        number_pattern=YEAR_AND_TWO_DIGITS,
        synopsis_label="SUMMARY",  # ASSUMED
        hue=142,
        requires_synopsis=True,
    ),
    SeriesSeed(
        IN_HOUSE,
        "policy-reports",
        "Policy Reports",
        "paper",
        "Findings and recommendations addressed to those who must decide.",
        prefix="PR",  # ASSUMED, with its pattern
        number_pattern=YEAR_AND_THREE_DIGITS,
        synopsis_label="Executive Summary",
        review_note="Recommendations are tested with practitioners before publication.",  # ASSUMED
        hue=196,
        requires_synopsis=True,
    ),
    SeriesSeed(
        IN_HOUSE,
        "working-papers",
        "Working Papers",
        "paper",
        "Research in progress, published for comment before it reaches a journal or a book.",
        prefix="WP",  # ASSUMED, with its pattern
        number_pattern=RUNNING_NUMBER,
        synopsis_label="Abstract",
        review_note="Read inside the school; comments to the authors are invited.",  # ASSUMED
        hue=236,
        requires_synopsis=True,
    ),
    SeriesSeed(
        EXTERNAL,
        "authored-books",
        "Authored Books",
        "book",
        "Books by members of the school with other publishers.",
        synopsis_label="About the Book",
        review_policy=Series.Review.NONE,
    ),
    SeriesSeed(
        EXTERNAL,
        "journal-articles",
        "Journal Articles",
        "external",
        "Articles by members of the school in scholarly journals.",
        synopsis_label="Abstract",
        review_policy=Series.Review.NONE,
    ),
    SeriesSeed(
        EXTERNAL,
        "edited-books",
        "Edited Books",
        "book",
        "Volumes edited by members of the school with other publishers.",
        synopsis_label="About the Book",
        review_policy=Series.Review.NONE,
    ),
    SeriesSeed(
        EXTERNAL,
        "chapters-in-edited-books",
        "Chapters in Edited Books",
        "external",
        "Chapters by members of the school in books edited elsewhere.",
        synopsis_label="Abstract",
        review_policy=Series.Review.NONE,
    ),
    SeriesSeed(
        EXTERNAL,
        "policy-reports",
        "Policy Reports",
        "external",
        "Reports by members of the school issued by other institutions.",
        synopsis_label="Summary",
        review_policy=Series.Review.NONE,
    ),
    SeriesSeed(
        EXTERNAL,
        "working-papers",
        "Working Papers",
        "external",
        "Working papers by members of the school issued by other institutions.",
        synopsis_label="Abstract",
        review_policy=Series.Review.NONE,
    ),
    SeriesSeed(
        EXTERNAL,
        "op-eds",
        "Op-Eds",
        "external",
        "Opinion by members of the school in newspapers and magazines.",
        synopsis_label="Summary",
        review_policy=Series.Review.NONE,
    ),
    SeriesSeed(
        MEDIA,
        "news-releases",
        "News Releases",
        "news",
        "Announcements from the school to the press and the public.",
        synopsis_label="Summary",
        contact=PRESS_OFFICE,
    ),
    SeriesSeed(
        MEDIA,
        "speeches",
        "Speeches",
        "speech",
        "Speeches given at the school's events or by its members, in full.",
        synopsis_label="Summary",
    ),
    SeriesSeed(
        MEDIA,
        "videos",
        "Video/Audio Channel",
        "recording",
        "Lectures, panels and conversations recorded at the school.",
        synopsis_label="About This Recording",
    ),
    SeriesSeed(
        MEDIA,
        "podcasts",
        "External Podcasts",
        "recording",
        "Programmes made elsewhere in which members of the school take part.",
        synopsis_label="About This Episode",
        review_policy=Series.Review.NONE,
    ),
)

# Names seen on issues of the school's own letters; what is said of them is ASSUMED.
NEWSLETTERS = (
    ("Think Tank", "What the school published, said and planned, for readers everywhere."),
    ("Research@RSIS", "How the research is done: fieldwork, methods and new projects."),
    ("Multilateral Matters", "News and analysis of trade, institutions and rules from the centre for multilateralism."),
)


def load_newsletters() -> int:
    """As `load`, for the newsletters."""
    made = 0
    for position, (name, description) in enumerate(NEWSLETTERS, start=1):
        defaults = {"description": description, "position": position * 10}
        made += Newsletter.objects.get_or_create(name=name, defaults=defaults)[1]
    return made


def load() -> int:
    """Create the series that are missing and return how many; a series that exists is left as its editors made it."""
    made = 0
    for position, seed in enumerate(SERIES, start=1):
        values = {name: value for name, value in vars(seed).items() if name not in {"family", "slug"}}
        _, created = Series.objects.get_or_create(
            family=seed.family,
            slug=seed.slug,
            defaults={**values, "number_reset": RESETS[seed.number_pattern], "position": position * 10},
        )
        made += created
    return made
