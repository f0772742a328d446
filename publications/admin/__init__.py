from publications.admin import media, numbers, projects, publication, responses, series

__all__ = ["media", "numbers", "projects", "publication", "responses", "series"]
