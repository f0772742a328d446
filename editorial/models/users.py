from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Someone who signs in to the editors' desk. Someone with a byline is a people.Person, who may have a User or none."""
