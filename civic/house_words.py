"""Sentences of the libraries we use that the house says in its own voice.

They are looked up in our catalogue before that of the library; naming them here keeps them in it.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

PASSWORD = (
    gettext_noop("Your password can’t be too similar to your other personal information."),
    gettext_noop("Your password can’t be a commonly used password."),
    gettext_noop("Your password can’t be entirely numeric."),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
)
