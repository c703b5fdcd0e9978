"""What happened in a space, in order. The letter-box behind every live screen."""

from django.db import models

from discussions.models.spaces import Space


class Event(models.Model):
    """One change, numbered without gaps within its space. `data` holds ids and counts, never words."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["space", "seq"], name="event_numbered_once")]
        # Feeds tell a few kinds of events: they are found without reading all that happened.
        indexes = [models.Index(fields=["type", "space"], name="event_by_type")]

    def __str__(self):
        return f"{self.space_id}#{self.seq} {self.type}"
