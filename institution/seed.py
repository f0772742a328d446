"""The pages that a public site may not be without, as reference data: everything else is for the school to write.

Until they are in the tree, their addresses answer with these words (institution.views.legal).
"""

from dataclasses import dataclass

from django.utils import timezone

from editorial import publishing
from institution.models import Page


@dataclass(frozen=True)
class LegalText:
    title: str
    summary: str
    body: str


LEGAL: dict[str, LegalText] = {
    "privacy": LegalText(
        "Privacy Statement",
        "What this site knows of its readers, and what it does not want to know.",
        "<p>This site asks no other company for anything while you read: no counters, no advertisements, no letters or"
        " scripts from elsewhere. It sets no cookie on readers, until a form is opened that needs one to be sent"
        " safely. Should that ever change, you are asked first; <a href='/cookies/'>what is set now</a> stands on a page"
        " of its own.</p>"
        "<p>Recordings held by YouTube, Vimeo, SoundCloud, Spotify or Apple Podcasts load only when you press “Play"
        " here”; from that moment these services see your visit.</p>"
        "<p>If you send a response to a publication, we keep your name, affiliation and words to print them once an"
        " editor has approved them, and your e-mail address so that the editor can write to you. The address is never"
        " published. Your choice between light and dark stays in your own browser.</p>"
        "<p>What you write to a desk or to the press desk is kept with your name and e-mail address so that you can be"
        " answered, and erased two years after it was settled. Who of us opens it is noted. If you leave an e-mail"
        " address with your opinion of this website, it is erased after six months; the number and the words stay.</p>"
        "<p>If you subscribe, we keep your e-mail address, your lists, when and in which words you agreed, and what became"
        " of each letter. You change or leave every list by the links in a letter. If you ask to be forgotten, a mark"
        " remains from which the address cannot be told, so that no list taken in later brings you back.</p>"
        "<p>If you register for an event, what you write is used to run that event and erased afterwards, as a rule 90"
        " days after its end; what remains says how many came, and not who.</p>"
        "<p>So that nobody can flood a form, we count for a day how often it is sent from a place on the network, under a"
        " mark from which the place cannot be told.</p>"
        "<p>When a search finds nothing, we count its words, so that editors learn what is missing: the words alone,"
        " without who asked, and forgotten when nobody has asked for a year.</p>",
    ),
    "accessibility": LegalText(
        "Accessibility",
        "What every reader may expect of these pages, and how to tell us where we fall short.",
        "<p>We want every reader to be able to use this site: by keyboard, with a screen reader, at four times the"
        " size, without scripts, in the dark and on paper. We work to the Web Content Accessibility Guidelines 2.2,"
        " level AA.</p>"
        "<p>Every page is checked by machine with each change, and by hand with each release. Older PDF files may not"
        " be tagged; the page beside each file carries its text wherever we have it.</p>"
        "<p>If something stands in your way, <a href='/contact/?subject=website'>write to whoever looks after the"
        " website</a>, or to the address printed in “Getting to RSIS” below, and say which page it was. You will have"
        " an answer within five working days.</p>",
    ),
    "terms": LegalText(
        "Terms of Use",
        "What you may do with what you find here, and what we can and cannot promise.",
        "<h2>Reading and linking</h2>"
        "<p>Everything on this site may be read, printed and kept for your own use without asking. Links to any page"
        " are welcome and need no permission; we keep our addresses working so that yours do.</p>"
        "<h2>Quoting and reprinting</h2>"
        "<p>Short passages may be quoted with the author, the title and the address. A series that grants more says so"
        " on its own page, and on each piece, by the name of its licence. To reprint a whole piece from any other"
        " series, write to the publications office and name the piece, the place and the date.</p>"
        "<h2>Views</h2>"
        "<p>Authors write in their own names. What they say is theirs, and neither the school nor the university need"
        " share it. Corrections and withdrawals are printed where the text stood, with their reasons.</p>"
        "<h2>No promise beyond care</h2>"
        "<p>We check what we publish and put right what we are shown to be wrong. We cannot promise that every page is"
        " complete, and answer for no decision made by its word alone. Other sites that we link to answer for"
        " themselves.</p>"
        "<h2>Law</h2>"
        "<p>These terms follow the law of Singapore.</p>",
    ),
}


def load() -> int:
    """Create what is missing and return how many rows; what exists is left as its editors made it."""
    made = 0
    for position, (path, text) in enumerate(LEGAL.items(), start=1):
        if Page.objects.filter(centre=None, path=path).exists():
            continue
        page = Page(
            slug=path, title=text.title, summary=text.summary, body=text.body, position=9000 + position * 10,
            in_menu=False, reviewed_on=timezone.localdate(),
        )  # fmt: skip
        page.save()
        publishing.publish(page, timezone.now(), None)
        made += 1
    return made
