from subscriptions.admin import mailings, subscribers

__all__ = ["mailings", "subscribers"]
