"""Accounts in the Wagtail admin: a member has one name, the one they chose, and perhaps an agency."""

from django import forms
from django.contrib.auth import get_user_model
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

Member = get_user_model()
OWN_FIELDS = {"display_name", "agency"}
NOT_ASKED = {"first_name", "last_name"}


class MemberCreationForm(UserCreationForm):
    """A new account. First and last name are not asked for: what is not needed is not kept."""

    first_name = None
    last_name = None

    class Meta(UserCreationForm.Meta):
        fields = (UserCreationForm.Meta.fields | OWN_FIELDS) - NOT_ASKED

    def clean_email(self):
        """Addresses are kept as sign-up keeps them."""
        return self.cleaned_data["email"].lower()


class MemberEditForm(UserEditForm):
    """An account as it is: name, address, agency, roles."""

    first_name = None
    last_name = None

    class Meta(UserEditForm.Meta):
        fields = (UserEditForm.Meta.fields | OWN_FIELDS) - NOT_ASKED

    def clean_email(self):
        """Addresses are kept as sign-up keeps them."""
        return self.cleaned_data["email"].lower()


class MemberViewSet(UserViewSet):
    """Wagtail's desk for accounts, with the fields members have."""

    create_template_name = "cms/users/create.html"
    edit_template_name = "cms/users/edit.html"

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return MemberEditForm if for_update else MemberCreationForm
