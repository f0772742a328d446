from subscriptions.admin import keeping, mailings, subscribers

__all__ = ["keeping", "mailings", "subscribers"]
