"""A small draft regulation for tests, made as an editor makes it."""

from discussions import texts, versions, wordings
from discussions.forms import new_client_id
from discussions.models import Paragraph, Passage, TextVersion
from tests.factories import make_space

FIRST = """第一章　總則
第一條　為促進電信資費透明，特訂定本辦法。
第二章　揭露
第二條　業者應於簽約前交付一頁資費摘要。
前項資費摘要，應記載下列事項：
　　一、每月總金額。
　　二、違約金之計算方式。
第三條　漫遊費用應設上限。
第四條　本辦法自發布日施行。"""

SECOND = """第一章　總則
第一條　為促進電信資費透明，特訂定本辦法。
第二章　揭露
第二條　業者應於簽約前三日交付一頁資費摘要。
前項資費摘要，應記載下列事項：
　　一、每月總金額。
　　二、違約金之計算方式，並附按月遞減表。
第三條　長者得要求以電話說明。
第四條　本辦法自發布日施行。"""

INSTRUMENTS = {"texts": {}, "comments": {}}


def make_draft_space(**fields):
    return make_space(instruments=INSTRUMENTS, title="資費透明", **fields)


def begin(space, editor, title="電信資費透明揭露辦法草案"):
    return texts.begin(space=space, editor=editor, title=title, client_id=new_client_id())


def publish(text, editor, source=FIRST, **fields) -> TextVersion:
    """The next version, as the words align by themselves."""
    prepared = versions.prepare(text=text, editor=editor, source=source, **fields)
    return versions.publish(version=prepared, editor=editor)


def paragraph(version: TextVersion, label: str) -> Paragraph:
    """The paragraph with this number in a version."""
    found = Passage.objects.select_related("paragraph__text__space")
    return found.get(version=version, label=label, kind=Passage.Kind.PARAGRAPH).paragraph


def suggest(where: Paragraph, author, text="業者應於簽約前三日交付一頁資費摘要。", **fields):
    return wordings.suggest(paragraph=where, author=author, text=text, client_id=new_client_id(), **fields)
