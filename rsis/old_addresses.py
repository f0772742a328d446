"""The addresses of the site before this one, as rules: what they looked like, and how to find what is there now.

Asked only where there would be no page otherwise, after the register of redirects. A rule names places in order; the first
at which readers get a page is the answer, so a rule may name what another room will only have later. Addresses are compared
in small letters, without the slash at the end. docs/decisions/old-addresses.md says what is answered when nothing is found.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from django.http import QueryDict
from django.utils.http import urlencode

from editorial import redirects, targets
from rsis import old_targets

GONE = ""
LONGEST = 400  # letters; longer ones were never ours
MOST_TRIED = 4

Find = Callable[[dict[str, str]], Iterator[str]]


@dataclass(frozen=True)
class Rule:
    """`places` are addresses with {names} of the pattern, or finders of old_targets by name and what they are asked.

    With `is_gone`, an address of which nothing is found is gone for good: WordPress made it, and nothing of ours ever will.
    """

    pattern: str
    places: tuple[str | tuple[str, ...], ...]
    is_gone: bool = False


S, UNIT, PAGE = r"(?P<slug>[^/]+)", r"(?P<unit>[^/]+)", r"(?P<page>[^/]+)"
# Where the graduate office and the courses for practitioners stand, nearest first.
OFFICE = ("/graduate-education/graduate-programmes-office/", "/graduate-education/", "/research/gpo/")
COURSES = (
    "/outreach/executive-education/about-executive-education/", "/outreach/about-executive-education/",
    "/outreach/executive-education/", "/outreach/",
)  # fmt: skip
PAGED = r"(?:/page/\d+)?"
NO_FILE_OF_OURS = r"(?!/(?:publications|media)/(?:[^/]+/){2,3}[^/]+\.pdf$)"
TO_COME = r"(?:/[^/]+)*"
FEED = r"/feed(?:/(?:rss2?|atom|rdf))?"

RULES = (
    # --- What was published, by number or by name
    Rule(rf"/rsis-publication(?:/{UNIT})?/{S}", (("pieces", "slug"),)),
    Rule(rf"/staff-publication/{S}", (("pieces", "slug"),)),
    Rule(rf"/rsis-speeches-article(?:/{UNIT})?/{S}", ("/media/speeches/{slug}/", ("pieces", "slug"))),
    Rule(rf"/media-highlights/{S}", ("/media/resource-pages/{slug}/", "/media/{slug}/", ("pieces", "slug"))),
    Rule(r"/media-highlights", ("/media/resource-pages/", "/media/all/")),
    # --- Events and what was written of them
    Rule(rf"/event/{S}", ("/events/{slug}/", ("pieces", "slug"))),
    Rule(rf"/rsis-event-article(?:/{UNIT})?/{S}", ("/events/{slug}/", ("pieces", "slug"))),
    Rule(r"/event(?:s/list)?" + PAGED, ("/events/",)),
    # --- Listings, and newsletters that stood among them as pages
    Rule(
        rf"/publications/rsis-publications/{S}" + PAGED,
        (("pieces", "slug"), ("series", "slug", "inhouse")),
    ),
    Rule(
        rf"/publications/external-publications/{S}" + PAGED,
        (("pieces", "slug"), ("series", "slug", "external"), "/publications/external/"),
    ),
    Rule(r"/publications/external-publications" + PAGED, ("/publications/external/",)),
    Rule(r"/publications/page/\d+", ("/publications/",)),
    Rule(rf"/publications/{S}/page/\d+", (("series", "slug"), "/publications/")),
    Rule(rf"/media/{S}/page/\d+", (("series", "slug", "media"), "/media/{slug}/", "/media/all/")),
    Rule(rf"/ctta{TO_COME}", ("/publications/counter-terrorist-trends-and-analyses/",)),
    # --- People
    Rule(rf"/profile/{S}", (("people", "slug"),)),
    Rule(r"/profile", ("/people/",)),
    # --- Centres and programmes with their pages
    Rule(rf"/research/other-programmes/{UNIT}{TO_COME}", (("units", "unit"), "/research/")),
    Rule(rf"/research/{UNIT}/(?:[^/]+/)*{PAGE}", ("/research/{unit}/{page}/", "/research/projects/{page}/", ("units", "unit", "page"))),
    Rule(rf"/research/{UNIT}", (("units", "unit"),)),
    Rule(r"/(?P<unit>cms|nts|cens|idss|icpvtr|nssp|srp|scrp|stsp)-activities-\d{4}", (("units", "unit"),)),
    # --- The school, its graduate office, its courses
    Rule(r"/about-rsis/staff-profiles" + TO_COME, ("/people/",)),
    Rule(rf"/about-rsis/(?:[^/]+/)*{PAGE}", ("/about/{page}/", "/about/", "/about/introduction/")),
    Rule(r"/about-rsis", ("/about/", "/about/introduction/")),
    Rule(r"/gpo/admissions" + TO_COME, ("/graduate-education/how-to-apply/", *OFFICE[1:])),
    Rule(r"/gpo/financial-assistance" + TO_COME, ("/graduate-education/financial-assistance/", *OFFICE[1:])),
    Rule(rf"/gpo(?:/[^/]+)*/{PAGE}", ("/graduate-education/{page}/", *OFFICE)),
    Rule(r"/gpo", OFFICE),
    Rule(
        rf"/external-education{TO_COME}",
        COURSES,
    ),
    # --- Before WordPress
    Rule(rf"/about_rsis/{PAGE}\.html?", ("/about/introduction/", "/about/")),
    Rule(rf"/grad/{PAGE}\.html?", ("/graduate-education/{page}/", *OFFICE)),
    # --- Files
    Rule(rf"/wp-content/uploads/\d{{4}}/\d{{2}}/{S}\.pdf", (("files", "slug"),), is_gone=True),
    Rule(r"/wp-content/uploads/.+", (), is_gone=True),
    # --- Feeds
    Rule(FEED, ("/publications/feed.atom",)),
    Rule(r"/(?P<page>[^/]+(?:/[^/]+)*)/feed(?:/(?:rss2?|atom))?", (("feeds", "page"),), is_gone=True),
    # --- What WordPress made of authors, tags, categories and dates
    Rule(rf"/author/{S}{PAGED}", (("people", "slug"),), is_gone=True),
    Rule(rf"/tag/{S}{PAGED}", (("subjects", "slug"),), is_gone=True),
    Rule(rf"/category/(?:[^/]+/)*?{S}{PAGED}", (("subjects", "slug"),), is_gone=True),
    Rule(r"/page/\d+", ("/publications/",)),
    Rule(r"/\d{4}/\d{2}(?:/\d{2})?" + PAGED, (), is_gone=True),
    # --- Whatever else ends with a number of ours: the piece, under whatever name it goes today
    # (but a file at an address of this site that is not handed out is missing, not moved).
    Rule(rf"{NO_FILE_OF_OURS}(?:/[^/]+)*/(?P<slug>[a-z]{{1,6}}\d{{5,6}}(?:[-_][^/]*)?)\.pdf", (("files", "slug"),)),
    Rule(r"(?:/[^/]+)*/(?P<slug>[a-z]{1,6}\d{5,6}(?:-[^/]*)?)", (("pieces", "slug"),)),
)  # fmt: skip

_COMPILED = tuple((re.compile(rule.pattern), rule) for rule in RULES)


def find(path: str, asked: QueryDict | None = None) -> str | None:
    """Where readers who ask for this old address are to be sent, `GONE` when it is gone for good, None when it is none."""
    if len(path) > LONGEST or not path.isprintable() or "%" in path:  # a percent sign is left of what cannot be decoded
        return None
    if asked and asked.get("post_type") and re.fullmatch(FEED, path.lower().rstrip("/")):
        return find_feed(asked)
    found = redirects.resolve(path)
    if found == GONE:
        return GONE
    if found is not None and (target := targets.follow(found)):
        return target
    return _by_rule(path)


def _by_rule(path: str) -> str | None:
    rule, named = _rule(path.lower().rstrip("/") or "/")
    return _first(rule, named, path) if rule else None


def _rule(path: str) -> tuple[Rule | None, dict[str, str]]:
    for pattern, rule in _COMPILED:
        if match := pattern.fullmatch(path):
            return rule, {name: value for name, value in match.groupdict().items() if value}
    return None, {}


def _first(rule: Rule, named: dict[str, str], path: str) -> str | None:
    places = dict.fromkeys(chain.from_iterable(_places(place, named) for place in rule.places))
    for number, place in enumerate(places):
        if number >= MOST_TRIED:
            break
        if place != path and (target := targets.follow(place)):
            return target
    return GONE if rule.is_gone else None


def _places(place: str | tuple[str, ...], named: dict[str, str]) -> Iterator[str]:
    if isinstance(place, str):
        if all(part in named for part in re.findall(r"{(\w+)}", place)):
            yield place.format_map(named)
        return
    finder, *asked = place
    yield from FINDERS[finder](*(named.get(name, name) for name in asked if name in named or name in FAMILIES))


def _feeds(page: str) -> Iterator[str]:
    """The feed of what the address before it leads to now."""
    path = f"/{page}/"
    now = None if "feed/" in path else targets.follow(path) or _by_rule(path)
    if now and now.endswith("/"):
        yield f"{now}feed.atom"


FAMILIES = ("inhouse", "external", "media")
FINDERS: dict[str, Callable[..., Iterator[str]]] = {
    "pieces": old_targets.pieces,
    "files": old_targets.files,
    "people": old_targets.people,
    "units": old_targets.units,
    "series": old_targets.series,
    "subjects": old_targets.subjects,
    "feeds": _feeds,
}

# What WordPress asked of its front page. Everything else in a query of the front page is none of our business.
QUERIES = ("p", "page_id", "attachment_id", "cat", "tag", "author", "author_name", "feed", "s")
EVENT_FEEDS = ("/events/feed.atom", "/events/calendar.ics", "/events/")


def is_old_query(path: str, query: str) -> bool:
    """Whether the front page is asked as WordPress was: `/?p=123`. Costs nothing when it is not."""
    return bool(query) and path == "/" and any(part.partition("=")[0] in QUERIES for part in query.split("&"))


def find_query(asked: QueryDict) -> str | None:
    """As `find`, for the front page with a query of WordPress; None: the front page itself is meant."""
    if asked.get("feed"):
        return find_feed(asked) or GONE
    if words := asked.get("s", "").strip():
        return f"/search/?{urlencode({'q': words[:200]})}"
    for name in ("p", "page_id", "attachment_id", "cat", "author"):
        if (key := asked.get(name, "")).isascii() and key.isdigit() and len(key) <= 10:
            found = redirects.resolve(f"/?{name}={key}")
            return (targets.follow(found) if found else None) or GONE
    for name, prefix in (("tag", "/tag/"), ("author_name", "/author/")):
        if re.fullmatch(r"[\w-]{1,100}", word := asked.get(name, "")):
            return find(f"{prefix}{word}")
    return None


def find_feed(asked: QueryDict) -> str | None:
    """The feed of all publications, or of events when those were asked for; None while there are none."""
    if asked.get("post_type") != "event":
        return "/publications/feed.atom"
    return next((place for place in EVENT_FEEDS if targets.follow(place)), None)
