from subscriptions.models.announcing import Delivery, Notification, Suppression
from subscriptions.models.subscribers import ConsentRecord, Subscriber, Subscription

__all__ = ["ConsentRecord", "Delivery", "Notification", "Subscriber", "Subscription", "Suppression"]
