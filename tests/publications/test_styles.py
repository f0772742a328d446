"""References for people. Golden lines, one for each kind of piece in each style."""

import pytest

from publications.citing import Kind, Name, Reference
from publications.styles import citations, initials
from tests.publications.test_citing import HOUSE, record

GOH = Name("Goh Kah Leong", "Goh", "Kah Leong")
AISYAH = Name("Aisyah binte Rahmat")
GERARD = Name("Gerard Pereira-Monteiro", "Pereira-Monteiro", "Gerard")
SEO = Name("Seo Ha-eun", "Seo", "Ha-eun")
URL = "https://rsis.example/publications/x/quiet-rules/"
OURS = {"publisher": HOUSE, "place": "Singapore"}

CASES: dict[str, Reference] = {
    "commentary": record(
        title="Who Guards the Strait?", authors=(GOH, AISYAH), series="RSIS Commentary Series", number="CO25059", **OURS
    ),
    "paper3": record(
        title="Quiet Rules",
        authors=(GERARD, SEO, AISYAH, GOH),
        series="IDSS Papers",
        number="IP25003",
        **OURS,
        date=(2025, 3),
    ),
    "corporate": record(title="Annual Review", authors=(Name(HOUSE),), series="Annual Reviews", **OURS, date=(2024,)),
    "journal": record(
        kind=Kind.ARTICLE,
        title="The “New” Ports",
        authors=(GERARD, SEO),
        container="Contemporary Strategy Studies",
        volume="41",
        issue="2",
        pages="5–32",
        doi="10.5555/css.41.1.5",
    ),
    "journal-noissue": record(
        kind=Kind.ARTICLE, title="Ports", authors=(GERARD,), container="Strategy", volume="41", pages="5"
    ),
    "issue only": record(kind=Kind.ARTICLE, title="Ports", authors=(GERARD,), container="Strategy", issue="4"),
    "oped": record(kind=Kind.NEWSPAPER, title="Who Pays?", authors=(SEO,), container="The Harbour Times"),
    "book": record(
        kind=Kind.BOOK,
        title="Islands",
        authors=(GOH, GERARD),
        publisher="Pulau Seven Press, Singapore",
        isbn="978",
        pages="352",
    ),
    "edited": record(kind=Kind.BOOK, title="Islands", authors=(), editors=(GOH, GERARD), publisher="Coromandel House"),
    "chapter": record(
        kind=Kind.CHAPTER, title="Water", authors=(GOH,), container="Islands", publisher="Pulau", pages="12–29"
    ),
    "speech": record(
        kind=Kind.SPEECH, title="Opening Remarks", authors=(GOH,), **OURS, occasion="Straits Forum, Singapore"
    ),
    "podcast": record(kind=Kind.AUDIO, title="Ships", authors=(GOH,), container="The Customs Shed"),
    "nobody": record(kind=Kind.REPORT, title="Ships", authors=(), publisher="Institute"),
}
# APA, Chicago, MLA, Harvard; what is in italics stands between asterisks.
GOLDEN = {
    "commentary": (
        "Goh, K. L., & Aisyah binte Rahmat. (2025, March 20). *Who Guards the Strait?* (RSIS Commentary Series CO25059). S. Rajaratnam School of International Studies. URL",
        "Goh Kah Leong, and Aisyah binte Rahmat. *Who Guards the Strait?* RSIS Commentary Series CO25059. Singapore: S. Rajaratnam School of International Studies, March 20, 2025. URL.",
        "Goh Kah Leong, and Aisyah binte Rahmat. *Who Guards the Strait?* RSIS Commentary Series CO25059, S. Rajaratnam School of International Studies, 20 Mar. 2025, URL.",
        "Goh, K.L. and Aisyah binte Rahmat (2025) *Who Guards the Strait?* RSIS Commentary Series CO25059. Singapore: S. Rajaratnam School of International Studies. Available at: URL.",
    ),
    "paper3": (
        "Pereira-Monteiro, G., Seo, H.-e., Aisyah binte Rahmat, & Goh, K. L. (2025, March). *Quiet Rules* (IDSS Papers IP25003). S. Rajaratnam School of International Studies. URL",
        "Pereira-Monteiro, Gerard, Seo Ha-eun, Aisyah binte Rahmat, and Goh Kah Leong. *Quiet Rules*. IDSS Papers IP25003. Singapore: S. Rajaratnam School of International Studies, March 2025. URL.",
        "Pereira-Monteiro, Gerard, et al. *Quiet Rules*. IDSS Papers IP25003, S. Rajaratnam School of International Studies, Mar. 2025, URL.",
        "Pereira-Monteiro, G. et al. (2025) *Quiet Rules*. IDSS Papers IP25003. Singapore: S. Rajaratnam School of International Studies. Available at: URL.",
    ),
    "corporate": (
        "S. Rajaratnam School of International Studies. (2024). *Annual Review* (Annual Reviews). URL",
        "S. Rajaratnam School of International Studies. *Annual Review*. Annual Reviews. Singapore: S. Rajaratnam School of International Studies, 2024. URL.",
        "S. Rajaratnam School of International Studies. *Annual Review*. Annual Reviews, 2024, URL.",
        "S. Rajaratnam School of International Studies (2024) *Annual Review*. Annual Reviews. Available at: URL.",
    ),
    "journal": (
        "Pereira-Monteiro, G., & Seo, H.-e. (2025). The “New” Ports. *Contemporary Strategy Studies, 41*(2), 5–32. https://doi.org/10.5555/css.41.1.5",
        "Pereira-Monteiro, Gerard, and Seo Ha-eun. “The ‘New’ Ports.” *Contemporary Strategy Studies* 41, no. 2 (2025): 5–32. https://doi.org/10.5555/css.41.1.5.",
        "Pereira-Monteiro, Gerard, and Seo Ha-eun. “The ‘New’ Ports.” *Contemporary Strategy Studies*, vol. 41, no. 2, 2025, pp. 5–32, https://doi.org/10.5555/css.41.1.5.",
        "Pereira-Monteiro, G. and Seo, H.-e. (2025) ‘The “New” Ports’, *Contemporary Strategy Studies*, 41(2), pp. 5–32. Available at: https://doi.org/10.5555/css.41.1.5.",
    ),
    "journal-noissue": (
        "Pereira-Monteiro, G. (2025). Ports. *Strategy, 41*, 5. URL",
        "Pereira-Monteiro, Gerard. “Ports.” *Strategy* 41 (2025): 5. URL.",
        "Pereira-Monteiro, Gerard. “Ports.” *Strategy*, vol. 41, 2025, p. 5, URL.",
        "Pereira-Monteiro, G. (2025) ‘Ports’, *Strategy*, 41, p. 5. Available at: URL.",
    ),
    "issue only": (
        "Pereira-Monteiro, G. (2025). Ports. *Strategy*, (4). URL",
        "Pereira-Monteiro, Gerard. “Ports.” *Strategy*, no. 4 (2025). URL.",
        "Pereira-Monteiro, Gerard. “Ports.” *Strategy*, no. 4, 2025, URL.",
        "Pereira-Monteiro, G. (2025) ‘Ports’, *Strategy*, (4). Available at: URL.",
    ),
    "oped": (
        "Seo, H.-e. (2025, March 20). Who Pays? *The Harbour Times*. URL",
        "Seo Ha-eun. “Who Pays?” *The Harbour Times*, March 20, 2025. URL.",
        "Seo Ha-eun. “Who Pays?” *The Harbour Times*, 20 Mar. 2025, URL.",
        "Seo, H.-e. (2025) ‘Who Pays?’, *The Harbour Times*, 20 March. Available at: URL.",
    ),
    "book": (
        "Goh, K. L., & Pereira-Monteiro, G. (2025). *Islands*. Pulau Seven Press, Singapore. URL",
        "Goh Kah Leong, and Gerard Pereira-Monteiro. *Islands*. Pulau Seven Press, Singapore, 2025. URL.",
        "Goh Kah Leong, and Gerard Pereira-Monteiro. *Islands*. Pulau Seven Press, Singapore, 2025, URL.",
        "Goh, K.L. and Pereira-Monteiro, G. (2025) *Islands*. Pulau Seven Press, Singapore. Available at: URL.",
    ),
    "edited": (
        "Goh, K. L., & Pereira-Monteiro, G. (Eds.). (2025). *Islands*. Coromandel House. URL",
        "Goh Kah Leong, and Gerard Pereira-Monteiro, eds. *Islands*. Coromandel House, 2025. URL.",
        "Goh Kah Leong, and Gerard Pereira-Monteiro, editors. *Islands*. Coromandel House, 2025, URL.",
        "Goh, K.L. and Pereira-Monteiro, G. (eds) (2025) *Islands*. Coromandel House. Available at: URL.",
    ),
    "chapter": (
        "Goh, K. L. (2025). Water. In *Islands* (pp. 12–29). Pulau. URL",
        "Goh Kah Leong. “Water.” In *Islands*, 12–29. Pulau, 2025. URL.",
        "Goh Kah Leong. “Water.” *Islands*, Pulau, 2025, pp. 12–29, URL.",
        "Goh, K.L. (2025) ‘Water’, in *Islands*, pp. 12–29. Pulau. Available at: URL.",
    ),
    "speech": (
        "Goh, K. L. (2025, March 20). *Opening Remarks* [Speech]. S. Rajaratnam School of International Studies. URL",
        "Goh Kah Leong. *Opening Remarks*. Straits Forum, Singapore. Singapore: S. Rajaratnam School of International Studies, March 20, 2025. URL.",
        "Goh Kah Leong. *Opening Remarks*. Straits Forum, Singapore, S. Rajaratnam School of International Studies, 20 Mar. 2025, URL.",
        "Goh, K.L. (2025) *Opening Remarks*. Straits Forum, Singapore. Singapore: S. Rajaratnam School of International Studies. Available at: URL.",
    ),
    "podcast": (
        "Goh, K. L. (2025, March 20). *Ships* [Audio]. The Customs Shed. URL",
        "Goh Kah Leong. *Ships*. The Customs Shed. March 20, 2025. URL.",
        "Goh Kah Leong. *Ships*. The Customs Shed, 20 Mar. 2025, URL.",
        "Goh, K.L. (2025) *Ships*. The Customs Shed. Available at: URL.",
    ),
    "nobody": (
        "*Ships*. (2025, March 20). Institute. URL",
        "*Ships*. Institute, March 20, 2025. URL.",
        "*Ships*. Institute, 20 Mar. 2025, URL.",
        "*Ships* (2025). Institute. Available at: URL.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_style_prints_the_reference_as_its_manual_does(case: str) -> None:
    written = [f"{one.before}*{one.italic}*{one.after}".replace(URL, "URL") for one in citations(CASES[case])]
    assert written == list(GOLDEN[case])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Kah Leong", "K. L."),
        ("Ha-eun", "H.-e."),
        ("Jean-Marc", "J.-M."),
        ("K. R.", "K. R."),
        ("Layth ibn Nasr", "L. ibn N."),
        ("慕遥", "慕遥"),
        ("-", "-"),
        ("", ""),
    ],
)
def test_initials_keep_hyphens_particles_and_scripts_without_capitals(given: str, expected: str) -> None:
    assert initials(given) == expected


def test_long_lists_of_authors_are_cut_as_each_style_says() -> None:
    people = tuple(Name(f"A{n} F{n}", f"F{n}", f"A{n}") for n in range(1, 23))
    apa, chicago, mla, harvard = (one.text.partition("2025")[0] for one in citations(record(authors=people)))
    assert apa.endswith("F19, A., … F22, A. (")
    assert "A7 F7, et al. Quiet Rules" in chicago
    assert mla.startswith("F1, A1, et al. Quiet Rules.")
    assert harvard == "F1, A. et al. ("
