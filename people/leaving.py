"""Who has left, by dates alone: nobody has to remember to close a sign-in."""

from editorial.models import User
from people.models import Appointment


def has_left(user: User) -> bool:
    """Whether every post of the person who signs in here has ended: from the day after the last one. One statement.

    Somebody who never held a post (an editor, an outside author who was invited) has not left; nor has somebody whose
    post is still to begin.
    """
    posts = list(Appointment.objects.filter(person__user=user))
    return bool(posts) and all(post.is_over for post in posts)
