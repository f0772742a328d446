from publications.admin import media, numbers, projects, publication, references, responses, series, tags

__all__ = ["media", "numbers", "projects", "publication", "references", "responses", "series", "tags"]
