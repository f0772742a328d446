from publications.admin import numbers, publication, responses, series

__all__ = ["numbers", "publication", "responses", "series"]
