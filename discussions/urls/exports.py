"""Open data."""

from django.urls import path

from discussions.views import exports

urlpatterns = [
    path("p/<str:slug>/data/", exports.index, name="open_data"),
    path("p/<str:slug>/data/all.zip", exports.whole, name="open_data_zip"),
    path("p/<str:slug>/data/polis.zip", exports.polis_form, name="open_data_polis"),
    path("p/<str:slug>/data/<slug:name>.<str:form>", exports.table, name="open_data_table"),
]
