"""Draft texts: a regulation in articles and paragraphs, open to comments and better wording."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from discussions.models.spaces import Space


class DraftText(models.Model):
    """A text under discussion, such as a draft regulation. It lives on through its versions."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="texts")
    title = models.CharField(_("title"), max_length=200)

    class Meta:
        verbose_name = _("draft text")
        verbose_name_plural = _("draft texts")

    def __str__(self):
        return self.title


class Paragraph(models.Model):
    """A place in a draft text that keeps its identity from version to version; its words belong to the versions."""

    text = models.ForeignKey(DraftText, on_delete=models.PROTECT, related_name="paragraphs")

    class Meta:
        verbose_name = _("paragraph")
        verbose_name_plural = _("paragraphs")

    def __str__(self):
        return f"{self.text_id}#{self.pk}"
