"""What joins a page to the space it speaks of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from discussions.models import Space


class SpaceLink(models.Model):
    """This page presents that space. Pages come and go; the row goes with its page and the space never does.

    Language versions of a page each have a row of their own and share the space. A plain copy of a page has none.
    """

    page = models.OneToOneField("cms.SpacePage", on_delete=models.CASCADE, related_name="space_link")
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="page_links")

    class Meta:
        verbose_name = _("space of a page")
        verbose_name_plural = _("spaces of pages")

    def __str__(self):
        return f"{self.page_id} -> {self.space_id}"
