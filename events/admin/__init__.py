from events.admin import registration

__all__ = ["registration"]
