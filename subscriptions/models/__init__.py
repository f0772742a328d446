from subscriptions.models.announcing import Bounce, Delivery, Notification, Suppression
from subscriptions.models.feed_news import FeedNews
from subscriptions.models.keeping import Erasure, Forgotten, Tally
from subscriptions.models.subscribers import ConsentRecord, Subscriber, Subscription
from subscriptions.models.work_mark import WorkMark

__all__ = [
    "Bounce",
    "ConsentRecord",
    "Delivery",
    "Erasure",
    "FeedNews",
    "Forgotten",
    "Notification",
    "Subscriber",
    "Subscription",
    "Suppression",
    "Tally",
    "WorkMark",
]
