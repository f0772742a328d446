from django import template

from editorial.models import sgt

register = template.Library()
register.filter("sgt", lambda moment: sgt(moment) if moment else "")
