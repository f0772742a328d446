from rsis.models.home import Slot, SlotQuerySet, UnansweredSearch
from rsis.models.links import LinkCheck
from rsis.models.menu import MenuItem
from rsis.models.site import SiteSettings, SocialAccount

__all__ = ["LinkCheck", "MenuItem", "SiteSettings", "Slot", "SlotQuerySet", "SocialAccount", "UnansweredSearch"]
