from publications.admin import media, numbers, publication, responses, series

__all__ = ["media", "numbers", "publication", "responses", "series"]
