from publications.admin import numbers, publication, responses, series, tags

__all__ = ["numbers", "publication", "responses", "series", "tags"]
