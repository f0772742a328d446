"""Demonstration content: invented people and original writing, loaded by ``manage.py demo``."""
