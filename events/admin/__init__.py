from events.admin import event, lists, registration

__all__ = ["event", "lists", "registration"]
