"""The menu with the labels and the order of the school's own site, the lists of the footer, and the accounts elsewhere.

Labels and order are facts of that site. Which network each account belongs to is certain only for YouTube and LinkedIn;
the others are likely, and editors put them right in the settings of the site.
"""

from dataclasses import dataclass

from rsis.models import MenuItem, SiteSettings, SocialAccount

POSTS = "/people/groups/"
GRADUATE = "/graduate-education/"
NETWORKS = "/outreach/global-networks/"
EXECUTIVE = "/outreach/executive-education/"
INTERNATIONAL = "/outreach/international-programmes/"
SERIES = "/publications/"
EXTERNAL = "/publications/external/"


@dataclass(frozen=True)
class Line:
    label: str
    address: str
    children: tuple["Line", ...] = ()
    note: str = ""


ABOUT = Line(
    "About RSIS",
    "/about/",
    (
        Line("Introduction", "/about/introduction/"),
        Line("Building the Foundations", "/about/building-the-foundations/"),
        Line("Welcome Message", "/about/welcome-message/"),
        Line("Board of Governors", f"{POSTS}board-of-governors/"),
        Line("Honours and Awards for RSIS Staff and Students", "/about/honours-and-awards/"),
        Line("RSIS Endowment Fund", "/about/endowment-fund/"),
        Line("Endowed Professorships", "/about/endowed-professorships/"),
        Line("Career Opportunities", "/about/career-opportunities/"),
        Line("Getting to RSIS", "/about/getting-to-rsis/"),
        Line(
            "Staff Profiles",
            "/people/",
            (
                Line("Executive Deputy Chairman’s Office", f"{POSTS}executive-deputy-chairmans-office/"),
                Line("Dean’s Office", f"{POSTS}deans-office/"),
                Line("Management", f"{POSTS}management/"),
                Line("Distinguished Fellows", f"{POSTS}distinguished-fellows/"),
                Line("Faculty and Research", f"{POSTS}faculty-and-research/"),
                Line(
                    "Associate Research Fellows, Senior Analysts and Research Analysts",
                    f"{POSTS}associate-research-fellows-senior-analysts-and-research-analysts/",
                ),
                Line("Visiting Fellows", f"{POSTS}visiting-fellows/"),
                Line("Adjunct Fellows", f"{POSTS}adjunct-fellows/"),
                Line("Administrative Staff", f"{POSTS}administrative-staff/"),
            ),
        ),
    ),
    "Who we are, who governs the school, and how to find any of us.",
)
RESEARCH = Line(
    "Research",
    "/research/",
    (
        Line(
            "Research Centres",
            "/research/centres/",
            (
                Line("Centre for Multilateralism Studies (CMS)", "/research/cms/"),
                Line("Centre for Non-Traditional Security Studies (NTS Centre)", "/research/nts-centre/"),
                Line("Centre of Excellence for National Security", "/research/cens/"),
                Line("Institute of Defence and Strategic Studies (IDSS)", "/research/idss/"),
                Line(
                    "International Centre for Political Violence and Terrorism Research (ICPVTR)", "/research/icpvtr/"
                ),
            ),
        ),
        Line(
            "Research Programmes",
            "/research/programmes/",
            (
                Line("National Security Studies Programme (NSSP)", "/research/nssp/"),
                Line("Social Cohesion Research Programme (SCRP)", "/research/scrp/"),
                Line("Studies in Inter-Religious Relations in Plural Societies (SRP) Programme", "/research/srp/"),
            ),
        ),
        Line(
            "Other Research",
            "/research/other/",
            (
                Line("Future Issues and Technology Cluster", "/research/future-issues-and-technology/"),
                Line("Research@RSIS", "/research/projects/"),
                Line("Science and Technology Studies Programme (STSP) (2017-2020)", "/research/stsp/"),
            ),
        ),
    ),
    "The centres and programmes, and what they are finding out.",
)
EDUCATION = Line(
    "Graduate Education",
    GRADUATE,
    (
        Line("Graduate Programmes Office", f"{GRADUATE}graduate-programmes-office/"),
        Line("Exchange Partners and Programmes", f"{GRADUATE}exchange-partners-and-programmes/"),
        Line("How to Apply", f"{GRADUATE}how-to-apply/"),
        Line("Financial Assistance", f"{GRADUATE}financial-assistance/"),
        Line(
            "Meet the Admissions Team: Information Sessions and other events",
            f"{GRADUATE}meet-the-admissions-team/",
        ),
        Line("RSIS Alumni", f"{GRADUATE}alumni/"),
    ),
    "Master’s degrees and the doctorate: what they ask, what they cost, whom to write to.",
)
OUTREACH = Line(
    "Outreach",
    "/outreach/",
    (
        Line(
            "Global Networks",
            NETWORKS,
            (Line("About Global Networks", f"{NETWORKS}about/"), Line("RSIS Alumni", f"{NETWORKS}alumni/")),
        ),
        Line(
            "Executive Education",
            EXECUTIVE,
            (
                Line("About Executive Education", f"{EXECUTIVE}about/"),
                Line("SRP Executive Programme", f"{EXECUTIVE}srp-executive-programme/"),
                Line("Terrorism Analyst Training Course (TATC)", f"{EXECUTIVE}terrorism-analyst-training-course/"),
            ),
        ),
        Line(
            "International Programmes",
            INTERNATIONAL,
            (
                Line("About International Programmes", f"{INTERNATIONAL}about/"),
                Line("Asia-Pacific Programme for Senior Military Officers (APPSMO)", f"{INTERNATIONAL}appsmo/"),
                Line(
                    "Asia-Pacific Programme for Senior National Security Officers (APPSNO)", f"{INTERNATIONAL}appsno/"
                ),
                Line("International Conference on Cohesive Societies (ICCS)", f"{INTERNATIONAL}iccs/"),
                Line("International Strategy Forum-Asia (ISF-Asia)", f"{INTERNATIONAL}isf-asia/"),
            ),
        ),
    ),
    "Courses, forums and networks for those who practise what we study.",
)
PUBLICATIONS = Line(
    "Publications",
    SERIES,
    (
        Line(
            "RSIS Publications",
            f"{SERIES}in-house/",
            (
                Line("Annual Reviews", f"{SERIES}annual-reviews/"),
                Line("Books", f"{SERIES}books/"),
                Line("Bulletins and Newsletters", f"{SERIES}bulletins-and-newsletters/"),
                Line("RSIS Commentary Series", f"{SERIES}rsis-commentary-series/"),
                Line("Counter Terrorist Trends and Analyses", f"{SERIES}counter-terrorist-trends-and-analyses/"),
                Line("Commemorative / Event Reports", f"{SERIES}commemorative-event-reports/"),
                Line("Future Issues", f"{SERIES}future-issues/"),
                Line("IDSS Papers", f"{SERIES}idss-papers/"),
                Line("Interreligious Relations", f"{SERIES}interreligious-relations/"),
                Line("Monographs", f"{SERIES}monographs/"),
                Line("NTS Insight", f"{SERIES}nts-insight/"),
                Line("Policy Reports", f"{SERIES}policy-reports/"),
                Line("Working Papers", f"{SERIES}working-papers/"),
            ),
        ),
        Line(
            "External Publications",
            EXTERNAL,
            (
                Line("Authored Books", f"{EXTERNAL}authored-books/"),
                Line("Journal Articles", f"{EXTERNAL}journal-articles/"),
                Line("Edited Books", f"{EXTERNAL}edited-books/"),
                Line("Chapters in Edited Books", f"{EXTERNAL}chapters-in-edited-books/"),
                Line("Policy Reports", f"{EXTERNAL}policy-reports/"),
                Line("Working Papers", f"{EXTERNAL}working-papers/"),
                Line("Op-Eds", f"{EXTERNAL}op-eds/"),
            ),
        ),
        Line("Glossary of Abbreviations", "/glossary/"),
        Line("Policy-relevant Articles Given RSIS Award", "/publications/awarded/"),
        Line("RSIS Publications for the Year", "/publications/for-the-year/"),
        Line("External Publications for the Year", "/publications/external/for-the-year/"),
    ),
    "Everything we have published, from this morning’s commentary to the first working paper.",
)
MEDIA = Line(
    "Media",
    "/media/all/",
    (
        Line("Cohesive Societies", "/media/cohesive-societies/"),
        Line("Sustainable Security", "/media/sustainable-security/"),
        Line("Other Resource Pages", "/media/resource-pages/"),
        Line("News Releases", "/media/news-releases/"),
        Line("Speeches", "/media/speeches/"),
        Line("Video/Audio Channel", "/media/videos/"),
        Line("External Podcasts", "/media/podcasts/"),
    ),
    "News, speeches and recordings, and pages that gather what we have on one subject.",
)
MENU = (
    ABOUT,
    RESEARCH,
    EDUCATION,
    OUTREACH,
    PUBLICATIONS,
    MEDIA,
    Line("Events", "/events/"),
    Line("Contact Us", "/contact/"),
)
LISTS: dict[str, tuple[Line, ...]] = {
    MenuItem.Place.MAIN: MENU,
    MenuItem.Place.POPULAR: (
        Line("About RSIS", "/about/"),
        Line("Research Programmes", "/research/programmes/"),
        Line("Graduate Education", GRADUATE),
        Line("Publications", SERIES),
        Line("Events", "/events/"),
        Line("Admissions", f"{GRADUATE}how-to-apply/"),
        Line("Careers", "/about/career-opportunities/"),
        Line("Video/Audio Channel", "/media/videos/"),
        Line("RSIS Intranet", "https://intranet.ntu.edu.sg/"),
    ),
    MenuItem.Place.CONNECT: (
        Line("RSS", "/feeds/"),
        Line("Subscribe to RSIS Publications", "/subscribe/?list=publications"),
        Line("Subscribe to RSIS Events", "/subscribe/?list=events"),
    ),
    MenuItem.Place.VISIT: (
        Line("Directions to the RSIS offices on the NTU campus", "/about/getting-to-rsis/"),
        Line("Get in Touch", "/contact/"),
    ),
    MenuItem.Place.LEGAL: (
        Line("Privacy Statement", "/privacy/"),
        Line("Terms of Use", "/terms/"),
        Line("Accessibility", "/accessibility/"),
        Line("Site map", "/menu/"),
        Line("Help us improve", "/feedback/"),
    ),
}
ACCOUNTS = (
    ("Facebook", "rsis.ntu", "https://www.facebook.com/rsis.ntu"),
    ("X", "rsis_ntu", "https://x.com/rsis_ntu"),
    ("Instagram", "rsisntu", "https://www.instagram.com/rsisntu/"),
    ("YouTube", "rsisvideocast", "https://www.youtube.com/user/rsisvideocast"),
    ("LinkedIn", "school/rsis-ntu", "https://www.linkedin.com/school/rsis-ntu/"),
    ("TikTok", "rsis.sg", "https://www.tiktok.com/@rsis.sg"),
    ("Telegram", "rsissg", "https://t.me/rsissg"),
    ("SoundCloud", "RSIS", "https://soundcloud.com/rsis"),
)


def load() -> int:
    """Fill the lists that are empty, and the settings when there are none. Returns how many lines were made."""
    before = MenuItem.objects.count()
    for place, lines in LISTS.items():
        if not MenuItem.objects.filter(place=place).exists():
            _add(place, lines, None)
    if not SiteSettings.objects.exists():
        site = SiteSettings.objects.create()
        for position, (network, handle, address) in enumerate(ACCOUNTS, start=1):
            SocialAccount.objects.create(site=site, network=network, handle=handle, address=address, position=position)
    return MenuItem.objects.count() - before


def _add(place: str, lines: tuple[Line, ...], parent: MenuItem | None) -> None:
    for position, line in enumerate(lines, start=1):
        item = MenuItem.objects.create(
            place=place, parent=parent, position=position, label=line.label, address=line.address, note=line.note
        )
        _add(place, line.children, item)
