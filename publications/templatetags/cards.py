from django import template
from django.utils.safestring import SafeString

from publications.cards import Cards

register = template.Library()


@register.filter
def at_level(cards: Cards, level: int) -> list[SafeString]:
    """`{% for card in listing.cards|at_level:2 %}{{ card }}{% endfor %}`."""
    return cards.at(level)
