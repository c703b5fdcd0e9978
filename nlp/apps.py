from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NlpConfig(AppConfig):
    """The opinion stream and its analysis."""

    name = "nlp"
    verbose_name = _("Opinion analysis")
