"""The ``civic`` application without what its start pulls in: only the lease table."""

from django.apps import AppConfig


class LeaseDrillConfig(AppConfig):
    """``civic`` for the worker drill: same label, same models, no ``ready``."""

    name = "civic"
    label = "civic"
