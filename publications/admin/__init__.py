from publications.admin import media, numbers, projects, publication, references, responses, series

__all__ = ["media", "numbers", "projects", "publication", "references", "responses", "series"]
