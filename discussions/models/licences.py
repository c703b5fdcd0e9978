"""On what terms an agency gives the data of its discussions away."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Licence(models.TextChoices):
    """Terms that are widely understood; the keys are those of tables of open information."""

    CC_BY = "cc-by-4", _("Creative Commons Attribution 4.0")
    OGDL = "ogdl-tw-1", _("Open Government Data License, version 1.0 (Taiwan)")
    CC0 = "cc0", _("Creative Commons Zero: given to the public domain")

    @property
    def url(self) -> str:
        """Where the terms stand."""
        return {
            "cc-by-4": "https://creativecommons.org/licenses/by/4.0/",
            "ogdl-tw-1": "https://data.gov.tw/license",
            "cc0": "https://creativecommons.org/publicdomain/zero/1.0/",
        }[self.value]

    @property
    def short(self) -> str:
        """The name by which catalogues of data know it."""
        return {"cc-by-4": "CC-BY-4.0", "ogdl-tw-1": "OGDL-Taiwan-1.0", "cc0": "CC0-1.0"}[self.value]
