from people.admin import language, person, profile, proposal

__all__ = ["language", "person", "profile", "proposal"]
