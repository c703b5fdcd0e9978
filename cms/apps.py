from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class CmsConfig(AppConfig):
    """Pages and the planner's desks."""

    name = "cms"
    verbose_name = _("Pages")
    default = True

    def ready(self):
        # Models are there only now.
        from cms import receivers

        receivers.connect()


class MembersConfig(WagtailUsersAppConfig):
    """Wagtail's own app for accounts, told which form our members need."""

    user_viewset = "cms.users.MemberViewSet"
