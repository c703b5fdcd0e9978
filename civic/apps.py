from django.apps import AppConfig


class CivicConfig(AppConfig):
    """The composition root: it may import every other package and is imported by none."""

    name = "civic"
    verbose_name = "Minyi"

    def ready(self):
        """Register the system checks."""
        from civic import checks  # noqa: F401 - importing registers them
