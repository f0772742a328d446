from subscriptions.models.announcing import Bounce, Delivery, Notification, Suppression
from subscriptions.models.subscribers import ConsentRecord, Subscriber, Subscription

__all__ = ["Bounce", "ConsentRecord", "Delivery", "Notification", "Subscriber", "Subscription", "Suppression"]
