from institution.admin import page, records

__all__ = ["page", "records"]
