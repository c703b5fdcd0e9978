"""Staff's own settings in the Wagtail admin: the name they chose, and nothing that is not kept."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import AccountView, BaseSettingsPanel, NameEmailSettingsPanel

from discussions.forms import SignupForm


class NameForm(forms.ModelForm):
    """The name shown to others, with the rules it had at sign-up."""

    clean_display_name = SignupForm.clean_display_name

    class Meta:
        model = get_user_model()
        fields = ["display_name"]


class NamePanel(BaseSettingsPanel):
    """In the place of Wagtail's panel for first name, last name and address."""

    name = "name"
    title = _("Name shown to others")
    order = 100
    form_class = NameForm


class MemberAccountView(AccountView):
    """Wagtail's account page for our members."""

    def get_panels(self):
        panels = [panel for panel in super().get_panels() if not isinstance(panel, NameEmailSettingsPanel)]
        own = next(panel for panel in panels)
        return [NamePanel(self.request, own.user, own.profile), *panels]


account = require_admin_access(MemberAccountView.as_view())
