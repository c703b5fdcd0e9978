from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    """Pages and the planner's desks."""

    name = "cms"
    verbose_name = _("Pages")

    def ready(self):
        # Models are there only now.
        from cms import receivers

        receivers.connect()
