"""Topics and regions, as reference data.

Those marked GENERAL are not confirmed by the school's pages and are there for editors to keep, rename or remove.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class TermSeed:
    slug: str
    name: str
    description: str = ""
    children: tuple["TermSeed", ...] = ()


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
