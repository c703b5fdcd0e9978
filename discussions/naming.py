"""Names people choose for themselves: nobody may look like an agency, or like those who run the site (figure A10)."""

import re
import unicodedata

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from discussions import wording
from discussions.errors import InvalidText
from discussions.models import Agency, Member
from nlp.core.text import simplify

NAME_LIMIT = 40
# Letters of other scripts, and digits, that look like Latin ones in most typefaces. Capitals that look alike are here
# as their small letters, because a name is compared without case.
_LOOK = {
    "a": "аα",
    "b": "ЬвƄ",
    "c": "сϲ",
    "d": "ԁ",
    "e": "еєҽε",
    "g": "ɡ",
    "h": "һнη",
    "i": "іιıӏ1l|!",
    "j": "ј",
    "k": "кκ",
    "m": "мϻ",
    "n": "пո",
    "o": "оοσօ0〇○",
    "p": "рρ",
    "q": "ԛ",
    "r": "гᴦ",
    "s": "ѕ5",
    "t": "тτ",
    "u": "υцս",
    "v": "ѵν",
    "w": "ԝωш",
    "x": "хχ",
    "y": "уγү",
    "z": "ᴢ",
}
# Han characters that differ by one short stroke.
_HAN = {
    "末": "未",
    "土": "士",
    "曰": "日",
    "已": "己",
    "巳": "己",
    "囗": "口",
    "囚": "因",
    "戌": "戊",
    "戍": "戊",
    "人": "入",
    "亳": "毫",
}
_ALIKE = str.maketrans({odd.casefold(): plain for plain, odds in _LOOK.items() for odd in odds} | _HAN)
_RUNS = (("rn", "m"), ("vv", "w"))
OFFICIAL = (
    "民議",
    "minyi",
    "民議小組",
    "管理員",
    "系統管理員",
    "網站管理員",
    "版主",
    "官方",
    "官方帳號",
    "系統",
    "客服",
    "承辦人",
    "主持人",
    "admin",
    "administrator",
    "moderator",
    "official",
    "support",
    "staff",
    "system",
    "root",
    "webmaster",
)
SHORTEST_AGENCY = 3  # signs; a shorter name may stand inside another by chance


def cleaned_name(text: str, *, member: Member | None = None) -> str:
    """A name on one line that looks like nobody official's. `member` is who takes it: people of an agency and staff
    may be called what they are.

    Raises InvalidText.
    """
    name = wording.cleaned_line(text, limit=NAME_LIMIT, missing=_("Please write the name."))
    if not _is_official(member) and _is_taken(skeleton(name)):
        raise InvalidText(
            _("This name looks like that of an agency or of the people who run this site. Please choose another one."),
            code="name_like_official",
        )
    return name


def skeleton(name: str) -> str:
    """What a name looks like at a glance: names with one skeleton are taken for each other."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.category(sign).startswith("M"))
    plain = simplify(re.sub(r"[\W_]+", "", plain.translate(_ALIKE)))
    for run, single in _RUNS:
        plain = plain.replace(run, single)
    return plain


def _is_official(member: Member | None) -> bool:
    if member is None or member.pk is None:
        return False
    return member.is_superuser or member.is_staff or member.agency_id is not None or member.groups.exists()


def _is_taken(looks: str) -> bool:
    agencies = {skeleton(name) for pair in Agency.objects.values_list("name", "name_en") for name in pair}
    if any(len(agency) >= SHORTEST_AGENCY and agency in looks for agency in agencies):
        return True
    official = Q(is_staff=True) | Q(is_superuser=True) | Q(agency__isnull=False) | Q(groups__isnull=False)
    people = Member.objects.filter(official).values_list("display_name", flat=True).distinct()
    names = (*OFFICIAL, settings.SITE_NAME, *people)
    return any(skeleton(name) == looks for name in names)
