"""Where everything lies. Chinese addresses carry no prefix, English ones begin with /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from civic import styleguide, views
from cms import views as cms_views
from cms.account import account
from discussions.api import api

# One door, at which tries are counted: those of Wagtail lead to it.
entrance = RedirectView.as_view(pattern_name="account_login", query_string=True)
forgotten = RedirectView.as_view(pattern_name="account_reset_password")

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("api/v1/", api.urls),
    # Before Wagtail's own pages at the same addresses.
    path("admin/account/", account),
    path("admin/login/", entrance),
    path("admin/password_reset/", forgotten),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("i18n/", include("django.conf.urls.i18n")),
    *i18n_patterns(
        path("accounts/", include("allauth.account.urls")),
        path("accounts/3rdparty/", include("allauth.socialaccount.urls")),
        path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
        path("search/", cms_views.search, name="search"),
        path("letters/", views.letters, name="letters"),
        path("styleguide/", styleguide.index, name="styleguide"),
        path("p/<str:slug>/", cms_views.space_front),
        path("", include("discussions.urls")),
        path("_util/login/", entrance),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]
