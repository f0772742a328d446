from typing import ClassVar

from django.db import models


class CallerCount(models.Model):
    """How often a caller did something in a stretch of time. Callers are fingerprints with our key, never addresses."""

    purpose = models.CharField(max_length=60)
    caller = models.CharField(max_length=32, blank=True)
    began_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["purpose", "caller", "began_at"], name="one_count_of_a_caller")
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.times}"
