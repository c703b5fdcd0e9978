"""Every word on screen exists in Traditional Chinese, and the catalogue fits the code."""

import re
import shutil

import polib
import pytest
from django.conf import settings
from django.core.management import call_command

from tests.conftest import require_tool

CATALOGUE = settings.BASE_DIR / "civic/locale/zh_Hant/LC_MESSAGES/django.po"


@pytest.fixture(scope="module")
def entries():
    return [entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete]


def test_nothing_is_left_untranslated_or_doubtful(entries):
    assert len(entries) > 500
    assert not [entry.msgid for entry in entries if not entry.translated() or "fuzzy" in entry.flags]


def test_placeholders_survive_translation(entries):
    """A singular may leave out its number; what a translation uses must exist."""
    wrong = []
    for entry in entries:
        known = set(re.findall(r"%\(\w+\)", entry.msgid + entry.msgid_plural))
        for text in (entry.msgstr, *entry.msgstr_plural.values()):
            if not set(re.findall(r"%\(\w+\)", text)) <= known:
                wrong.append(entry.msgid)
    assert not wrong


def test_the_house_style_is_kept(entries):
    """No exclamation marks, no "user", no Simplified forms of the commonest characters."""
    texts = [text for entry in entries for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert not [text for text in texts if re.search("[！!]|用戶|用户|[这们个来时说对没发见关应]", text)]


def test_the_catalogue_holds_every_string_of_the_code(entries, tmp_path, settings, monkeypatch):
    require_tool(shutil.which("xgettext"), "xgettext (gettext)")
    # On a copy: the command writes beside the code it reads.
    copy = tmp_path / "code"
    for package in ("civic", "cms", "discussions", "integrations", "nlp"):
        shutil.copytree(settings.BASE_DIR / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    settings.LOCALE_PATHS = [str(copy / "civic/locale")]
    monkeypatch.chdir(copy)
    call_command("makemessages", locale=["zh_Hant"], no_location=True, verbosity=0)
    found = polib.pofile(str(copy / "civic/locale/zh_Hant/LC_MESSAGES/django.po"))
    known = {(entry.msgctxt, entry.msgid) for entry in entries}
    assert not [entry.msgid for entry in found if not entry.obsolete and (entry.msgctxt, entry.msgid) not in known]
