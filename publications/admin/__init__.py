from publications.admin import numbers, projects, publication, responses, series

__all__ = ["numbers", "projects", "publication", "responses", "series"]
