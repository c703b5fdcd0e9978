"""What the composition root keeps for itself: who is working on background tasks right now."""

from django.db import models


class WorkerLease(models.Model):
    """One running worker process and its last sign of life. Written by ``civic.leases`` only."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    # Which kernel the process lives in, its number there, and when it was born (numbers are used again).
    machine = models.CharField(max_length=160)
    pid = models.PositiveIntegerField()
    birth = models.CharField(max_length=32, blank=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "worker lease"

    def __str__(self) -> str:
        return f"{self.worker_id} (beat {self.beat_at:%Y-%m-%d %H:%M:%S})"
