"""Centres, topics and regions, as reference data.

Centre names, kinds, acronyms and the dates of the closed programme are those of the school's own menu; the
descriptions are ours. Topics and regions marked GENERAL are not confirmed by the school's pages and are there
for editors to keep, rename or remove.
"""

from dataclasses import dataclass
from datetime import date

from research.models import CentreLink, Region, ResearchCentre, Topic

CENTRE, PROGRAMME, OTHER, OFFICE = "centre", "programme", "other", "office"


@dataclass(frozen=True)
class CentreSeed:
    slug: str
    name: str
    kind: str
    summary: str
    description: str
    acronym: str = ""
    menu_name: str = ""
    parent: str = ""
    opened_on: date | None = None
    closed_on: date | None = None
    # Lines of its menu beyond those that every unit has.
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TermSeed:
    slug: str
    name: str
    description: str = ""
    children: tuple["TermSeed", ...] = ()


CENTRES: tuple[CentreSeed, ...] = (
    CentreSeed(
        "cms",
        "Centre for Multilateralism Studies",
        CENTRE,
        "How states make rules together, in Asia and beyond it.",
        "<p>The centre studies the bodies and bargains through which states manage shared problems: the Association of"
        " Southeast Asian Nations and the meetings around it, trade agreements, development banks, and the United"
        " Nations family. It asks which of these arrangements change behaviour, and at what cost to whom.</p>"
        "<p>Its work joins economics to diplomacy. Current projects follow the digital economy, supply chains,"
        " and the place of smaller members in large negotiations.</p>",
        acronym="CMS",
        links=(("Newsletters", "publications/?series=bulletins-and-newsletters"),),
    ),
    CentreSeed(
        "nts-centre",
        "Centre for Non-Traditional Security Studies",
        CENTRE,
        "Dangers to people that no army can be sent against.",
        "<p>Climate, food, water, health, disasters and displacement are the subject of this centre. It works with"
        " practitioners in relief, public health and agriculture, and treats security as something households feel"
        " before ministries do.</p><p>The centre convenes regional consortia and publishes NTS Insight.</p>",
        acronym="NTS Centre",
        links=(("NTS Insight", "/publications/nts-insight/"),),
    ),
    CentreSeed(
        "cens",
        "Centre of Excellence for National Security",
        CENTRE,
        "Resilience at home: cyber defence, cohesion and the information a society relies on.",
        "<p>The centre looks at threats that arrive without crossing a border in uniform: intrusion into networks,"
        " manipulation of public argument, and the slow wearing down of trust between communities. Its researchers"
        " work closely with those who must answer such threats on the day.</p>",
        acronym="CENS",
        menu_name="Centre of Excellence for National Security",
    ),
    CentreSeed(
        "cyber-and-homeland-defence",
        "Cyber and Homeland Defence Programme",
        PROGRAMME,
        "Protecting networks, infrastructure and the public square.",
        "<p>Researchers here follow the security of essential services, the norms states claim to observe in"
        " cyberspace, and the people who keep systems running.</p>",
        acronym="CHDP",
        parent="cens",
    ),
    CentreSeed(
        "social-resilience",
        "Social Resilience Programme",
        PROGRAMME,
        "What holds a diverse society together under strain.",
        "<p>The programme measures trust, studies how communities recover after a shock, and tests which public"
        " messages help.</p>",
        acronym="SRP",  # as the inter-religious programme has
        parent="cens",
    ),
    CentreSeed(
        "radicalisation-studies",
        "Radicalisation Studies Programme",
        PROGRAMME,
        "How individuals come to accept violence, and how they leave it.",
        "<p>Case studies, interviews and online observation are brought together to understand pathways into and out"
        " of violent extremism of every persuasion.</p>",
        parent="cens",
    ),
    CentreSeed(
        "idss",
        "Institute of Defence and Strategic Studies",
        CENTRE,
        "Defence, strategy and the balance of power in Asia.",
        "<p>The oldest part of the school, from which the rest grew. Its scholars write on armed forces and their"
        " politics, on alliances and their doubts, on the sea, and on the states of the region one by one.</p>"
        "<p>It publishes IDSS Papers and organises the long-running programmes for military officers.</p>",
        acronym="IDSS",
        opened_on=date(1996, 7, 30),
        links=(("IDSS Papers", "/publications/idss-papers/"),),
    ),
    CentreSeed(
        "maritime-security",
        "Maritime Security Programme",
        PROGRAMME,
        "Law, order and rivalry at sea.",
        "<p>Straits, boundaries, fisheries, cables and coastguards: the programme studies how the sea is governed and"
        " what happens where it is not.</p>",
        parent="idss",
    ),
    CentreSeed(
        "regional-security-architecture",
        "Regional Security Architecture Programme",
        PROGRAMME,
        "The meetings, partnerships and habits that keep the peace in Asia.",
        "<p>From the ASEAN-led forums to the smaller groupings that have grown up beside them, the programme asks who"
        " attends, what is agreed, and what is done afterwards.</p>",
        parent="idss",
    ),
    CentreSeed(
        "military-studies",
        "Military Studies Programme",
        PROGRAMME,
        "How armed forces think, buy, train and change.",
        "<p>The programme follows modernisation and doctrine across the region, and supports the teaching of officers"
        " at every level.</p>",
        parent="idss",
    ),
    CentreSeed(
        "icpvtr",
        "International Centre for Political Violence and Terrorism Research",
        CENTRE,
        "Terrorism and political violence, studied in their own languages.",
        "<p>Analysts at the centre read the statements, sermons, channels and court papers that violent movements leave"
        " behind, and work with those engaged in rehabilitation and community prevention.</p>"
        "<p>Its journal is Counter Terrorist Trends and Analyses.</p>",
        acronym="ICPVTR",
        links=(("Counter Terrorist Trends and Analyses", "/publications/counter-terrorist-trends-and-analyses/"),),
    ),
    CentreSeed(
        "nssp",
        "National Security Studies Programme",
        PROGRAMME,
        "Singapore's security seen whole.",
        "<p>The programme brings research to bear on the questions that cut across ministries: risk, deterrence,"
        " resilience, and the consent of the public to being protected.</p>",
        acronym="NSSP",
    ),
    CentreSeed(
        "scrp",
        "Social Cohesion Research Programme",
        PROGRAMME,
        "How people who differ live together.",
        "<p>Surveys, school studies and neighbourhood observation are used to learn where cohesion is made and where it"
        " is spent. The programme supports the International Conference on Cohesive Societies.</p>",
        acronym="SCRP",
    ),
    CentreSeed(
        "srp",
        "Studies in Inter-Religious Relations in Plural Societies Programme",
        PROGRAMME,
        "Religions as neighbours.",
        "<p>The programme studies doctrine, practice and law where faiths meet, and trains leaders who will have to"
        " speak across them. It publishes Interreligious Relations.</p>",
        acronym="SRP",
        menu_name="Studies in Inter-Religious Relations in Plural Societies (SRP) Programme",
        links=(("Interreligious Relations", "/publications/interreligious-relations/"),),
    ),
    CentreSeed(
        "future-issues-and-technology",
        "Future Issues and Technology Cluster",
        OTHER,
        "What new machines will ask of old institutions.",
        "<p>Artificial intelligence, space, biotechnology and quantum computing are read here for their consequences:"
        " for war, for work, and for the authority of the state.</p>",
        links=(("Future Issues", "/publications/future-issues/"),),
    ),
    CentreSeed(
        "stsp",
        "Science and Technology Studies Programme",
        OTHER,
        "Science policy and innovation, 2017 to 2020.",
        "<p>For four years the programme studied how science advice reaches decisions in small states. Its"
        " publications remain available here; its questions passed to the Future Issues and Technology Cluster.</p>",
        acronym="STSP",
        opened_on=date(2017, 1, 1),
        closed_on=date(2020, 12, 31),
    ),
    CentreSeed(
        "gpo",
        "Graduate Programmes Office",
        OFFICE,
        "Master's and doctoral study at the school.",
        "<p>The office looks after admission, teaching and examination for the school's graduate programmes.</p>",
        acronym="GPO",
    ),
    CentreSeed(
        "deans-office",
        "Dean's Office",
        OFFICE,
        "The direction and administration of the school.",
        "<p>The office supports the dean and the school's committees, and looks after publications and events.</p>",
    ),
)


def _terms(*names: str) -> tuple[TermSeed, ...]:
    return tuple(TermSeed(_slug(name), name) for name in names)


def _slug(name: str) -> str:
    kept = "".join(letter if letter.isalnum() else " " for letter in name.lower())
    return "-".join(kept.split())


TOPICS: tuple[TermSeed, ...] = (
    TermSeed(
        "country-and-region-studies",
        "Country and Region Studies",
        "Politics, society and foreign policy of the states of Asia and their neighbours.",
        _terms("Elections and Domestic Politics", "Foreign Policy", "Society and Identity"),
    ),
    TermSeed(
        "regionalism-and-multilateralism",
        "Regionalism and Multilateralism",
        "Rules and institutions that states build together.",
        _terms("ASEAN Institutions", "Minilateral Groupings", "Global Governance"),
    ),
    TermSeed(
        "maritime-security",
        "Maritime Security",
        "Order, rivalry and law at sea.",
        _terms("South China Sea", "Law of the Sea", "Shipping and Ports", "Undersea Infrastructure"),
    ),
    TermSeed(
        "conflict-and-stability",
        "Conflict and Stability",
        "Why fighting starts, how it is contained and what follows it.",
        _terms("Mediation and Peacebuilding", "Arms Control", "Civil Conflict"),
    ),
    # GENERAL from here to the end of the tree.
    TermSeed(
        "cybersecurity-biosecurity-and-nuclear-safety",
        "Cybersecurity, Biosecurity and Nuclear Safety",
        "Hazards that science makes possible and care keeps in check.",
        _terms("Cybersecurity", "Biosecurity", "Nuclear Safety"),
    ),
    TermSeed(
        "energy-security",
        "Energy Security",
        "Supply, price and transition.",
        _terms("Power Grids", "Energy Transition"),
    ),
    TermSeed(
        "international-political-economy",
        "International Political Economy",
        "Trade, money and industry as instruments and consequences of power.",
        _terms("Trade and Supply Chains", "Money and Finance", "Industrial Policy"),
    ),
    TermSeed(
        "international-politics-and-security",
        "International Politics and Security",
        "Great powers, small states and the use of force.",
        _terms("Great-Power Relations", "Defence and Military Change", "Small States"),
    ),
    TermSeed(
        "non-traditional-security",
        "Non-Traditional Security",
        "Climate, food, health, disasters and the movement of people.",
        _terms(
            "Climate Security",
            "Food Security",
            "Health Security",
            "Humanitarian Assistance and Disaster Relief",
            "Migration and Displacement",
        ),
    ),
    TermSeed(
        "religion-in-contemporary-society",
        "Religion in Contemporary Society",
        "Belief, practice and public life.",
        _terms("Interreligious Dialogue", "Religion and the State"),
    ),
    TermSeed(
        "singapore-and-homeland-security",
        "Singapore and Homeland Security",
        "The security of a small, open and diverse country.",
        _terms("Social Cohesion", "National Resilience"),
    ),
    TermSeed(
        "technology-and-future-issues",
        "Technology and Future Issues",
        "What is coming, and what it will ask of institutions.",
        _terms("Artificial Intelligence", "Information and Influence", "Space"),
    ),
    TermSeed(
        "terrorism-studies",
        "Terrorism Studies",
        "Political violence, those drawn to it and those who answer it.",
        _terms("Online Extremism", "Rehabilitation and Prevention", "Terrorist Financing"),
    ),
)

REGIONS: tuple[TermSeed, ...] = (
    TermSeed(
        "southeast-asia-and-asean",
        "Southeast Asia and ASEAN",
        "The eleven states of Southeast Asia and the association they share.",
        _terms(
            "Brunei Darussalam",
            "Cambodia",
            "Indonesia",
            "Laos",
            "Malaysia",
            "Myanmar",
            "Philippines",
            "Singapore",
            "Thailand",
            "Timor-Leste",
            "Vietnam",
        ),
    ),
    TermSeed(
        "east-asia-and-asia-pacific",
        "East Asia and Asia Pacific",
        "Northeast Asia, Australasia and the islands of the Pacific.",
        _terms("Australia and New Zealand", "China", "Japan", "Korean Peninsula", "Pacific Islands"),
    ),
    TermSeed(
        "south-asia",
        "South Asia",
        "The subcontinent and its neighbours.",
        _terms("Bangladesh", "India", "Nepal", "Pakistan", "Sri Lanka"),
    ),
    TermSeed("indian-ocean-region", "Indian Ocean Region", "The littoral and the island states of the Indian Ocean."),
    TermSeed("global", "Global", "Questions that belong to no one region."),
    # GENERAL
    TermSeed("central-asia", "Central Asia", "The five states between the Caspian and China."),
    TermSeed("middle-east-and-north-africa", "Middle East and North Africa (MENA)", "From the Maghreb to the Gulf."),
    TermSeed("africa", "Africa", "The states south of the Sahara."),
    TermSeed("europe", "Europe", "The European Union and its neighbours."),
    TermSeed("americas", "Americas", "North, Central and South America."),
)


def load() -> int:
    """Create what is missing and return how many rows; what exists is left as its editors made it."""
    return _load_centres() + _load_tree(Topic, TOPICS) + _load_tree(Region, REGIONS)


def _load_centres() -> int:
    made = 0
    for position, seed in enumerate(CENTRES, start=1):
        values = {name: value for name, value in vars(seed).items() if name not in {"slug", "parent", "links"}}
        parent = ResearchCentre.objects.get(slug=seed.parent) if seed.parent else None
        centre, created = ResearchCentre.objects.get_or_create(
            slug=seed.slug, defaults={**values, "parent": parent, "position": position * 10}
        )
        if created:
            _fill_menu(centre, seed)
        made += created
    return made


def _fill_menu(centre: ResearchCentre, seed: CentreSeed) -> None:
    """Staff and projects, then what the unit and its staff publish, then what is its own."""
    word = {CENTRE: "Centre ", PROGRAMME: "Programme "}.get(seed.kind, "")
    common = (
        ("Staff", "people/"),
        ("Projects", "projects/"),
        (f"{word}Publications", "publications/"),
        (f"{word}Staff Publications", "staff-publications/"),
    )
    for position, (label, address) in enumerate((*common, *seed.links), start=1):
        CentreLink.objects.create(centre=centre, label=label, address=address, position=position * 10)


def _load_tree(
    model: type[Topic] | type[Region], seeds: tuple[TermSeed, ...], parent: Topic | Region | None = None
) -> int:
    made = 0
    for position, seed in enumerate(seeds, start=1):
        term, created = model._default_manager.get_or_create(
            slug=seed.slug,
            defaults={
                "name": seed.name,
                "description": seed.description,
                "parent": parent,
                "position": position * 10,
            },
        )
        made += created + _load_tree(model, seed.children, term)
    return made
