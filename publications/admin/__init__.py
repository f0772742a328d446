from publications.admin import numbers, publication, references, responses, series

__all__ = ["numbers", "publication", "references", "responses", "series"]
