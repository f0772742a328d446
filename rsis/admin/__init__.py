from rsis.admin import home, menu, site

__all__ = ["home", "menu", "site"]
