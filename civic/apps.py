from django.apps import AppConfig


class CivicConfig(AppConfig):
    """The composition root: it may import every other package and is imported by none."""

    name = "civic"
    verbose_name = "Minyi"
