from events.admin import event, lists

__all__ = ["event", "lists"]
