from rsis import address_screens
from rsis.admin import home, menu, site

__all__ = ["address_screens", "home", "menu", "site"]
