from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiscussionsConfig(AppConfig):
    """Spaces, words, votes, live sessions, answers."""

    name = "discussions"
    verbose_name = _("Discussions")

    def ready(self):
        # Models are there only now.
        from discussions import receivers

        receivers.connect()
