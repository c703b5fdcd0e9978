"""The show room of the design system: every component, in every state, in both languages."""

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

from django import forms
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

# A fixed afternoon, so that the page looks the same on every day.
NOON = datetime(2026, 3, 12, 14, 5, tzinfo=timezone(timedelta(hours=8)))

COLOURS = [
    ("paper", _("the page")),
    ("surface", _("cards and fields")),
    ("ink", _("text")),
    ("muted", _("second voice")),
    ("line", _("rules")),
    ("control", _("borders of controls")),
    ("celadon", _("links and actions")),
    ("celadon-deep", _("focus, pressed")),
    ("celadon-wash", _("selected")),
    ("seal", _("an official answer")),
    ("seal-wash", _("its ground")),
    ("amber", _("due soon")),
    ("amber-wash", _("its ground")),
    ("indigo", _("information, visited")),
    ("agree", _("agree")),
    ("disagree", _("disagree")),
    ("pass", _("pass")),
]

LONG_NAME = "內政部國土管理署下水道工程分署第三工程隊暨地方聯合督導小組召集人辦公室"
LONG_URL = "https://example.org/minutes/2026/03/12/" + "very-long-name-of-a-document-" * 6 + "final.pdf"

ZH_COMMENT = (
    "我每天騎腳踏車送孩子上學，光復路這一段沒有實體分隔，早上七點半公車和機車都擠在同一條線上。\n\n"
    "請先把學校周邊 300 公尺做好，再談全線。資料我放在這裡：" + LONG_URL
)
EN_COMMENT = (
    "My shop needs a loading bay for twenty minutes each morning. Take the parking, keep the bay: "
    "that would be fair to both."
)

ZH_ANSWER = (
    "學校周邊 300 公尺將於今年九月前設置實體分隔，經費已編列。"
    "全線方案需要先完成路口改善，預計明年三月公布數字後再決定。"
    "\n\n裝卸貨格位保留十二處，位置見附圖。"
)


class SampleForm(forms.Form):
    """One field of each kind, with the words such a field needs."""

    subject = forms.CharField(
        label=_("Your proposal in one sentence"), max_length=60, help_text=_("At most 60 characters.")
    )
    words = forms.CharField(label=_("Why, and for whom"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    email = forms.EmailField(label=_("Email address"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("idea", _("Idea")), ("concern", _("Concern")), ("fact", _("Fact with a source"))]
    )
    side = forms.ChoiceField(
        label=_("Which plan do you prefer"),
        choices=[("a", _("Plan A")), ("b", _("Plan B")), ("none", _("Neither"))],
        widget=forms.RadioSelect,
        required=False,
    )
    notify = forms.BooleanField(label=_("Write to me when an agency answers"), required=False)
    file = forms.FileField(label=_("A document"), required=False)


@require_safe
def index(request):
    """The show room. Public and read-only: it touches neither members nor words of anybody."""
    broken = SampleForm({"broken-words": "太吵", "broken-email": "not an address"}, prefix="broken")
    broken.is_valid()
    return render(
        request,
        "styleguide.html",
        {
            "noon": NOON,
            "soon": NOON + timedelta(days=2),
            "later": NOON + timedelta(days=41),
            "colours": COLOURS,
            "long_name": LONG_NAME,
            "long_url": LONG_URL,
            "zh_comment": ZH_COMMENT,
            "en_comment": EN_COMMENT,
            "answer_words": ZH_ANSWER,
            "form": SampleForm(),
            "broken": broken,
            "crumbs": [
                {"label": _("Public questions"), "url": "#"},
                {"label": "光復路該不該設自行車專用道？", "url": "#"},
                {"label": _("Design system"), "url": ""},
            ],
            "tab_items": [
                {"label": _("Discussion"), "url": "#", "current": True, "count": 1204},
                {"label": _("Statements"), "url": "#", "current": False, "count": 38},
                {"label": _("Proposals"), "url": "#", "current": False, "count": 0},
                {"label": _("Draft text"), "url": "#", "current": False, "count": None},
                {"label": _("Live sessions"), "url": "#", "current": False, "count": 2},
                {"label": _("Documents"), "url": "#", "current": False, "count": 7},
                {"label": _("Answers"), "url": "#", "current": False, "count": 3},
            ],
            "phases": _phases(),
            "columns": [
                {"label": _("Agency"), "numeric": False},
                {"label": _("Questions"), "numeric": True},
                {"label": _("Answered in time"), "numeric": True},
                {"label": _("Latest answer"), "numeric": False},
            ],
            "rows": [
                [{"text": "交通部", "url": "#"}, 24, "22", "第 18 號：行人安全島"],
                [{"text": LONG_NAME, "url": "#"}, 3, "1", LONG_URL],
                [{"text": "Ministry of Digital Affairs", "url": "#"}, "1,204,567", "0", ""],
            ],
            "sources": [
                {"label": _("This site"), "posts": 1204, "people": 611},
                {"label": _("Public meetings, on paper"), "posts": 96, "people": 96},
                {"label": "Mastodon", "posts": 310, "people": 204},
            ],
            "options": [
                {"value": "a", "label": "先做學校周邊", "votes": 48, "mine": True},
                {"value": "b", "label": "全線同時動工", "votes": 21, "mine": False},
                {"value": "c", "label": "先試辦半年，再看數字決定要不要做下去", "votes": 0, "mine": False},
            ],
            "fate": _fate(),
            "comment_row": SimpleNamespace(pk=7),
        },
    )


def _phases():
    names = [
        ("draft", _("Draft"), "done", NOON - timedelta(days=40), None),
        ("open", _("Open"), "done", NOON - timedelta(days=30), None),
        ("voting", _("Voting"), "now", NOON, NOON + timedelta(days=19)),
        ("review", _("Review"), "next", NOON + timedelta(days=20), None),
        ("answered", _("Answered"), "next", NOON + timedelta(days=41), None),
        ("archived", _("Archived"), "next", None, None),
    ]
    return [
        {"key": key, "label": label, "state": state, "at": at, "until": until} for key, label, state, at, until in names
    ]


def _fate():
    return [
        {"label": _("Received"), "at": NOON, "words": "", "url": "", "state": "done"},
        {"label": _("Checked"), "at": NOON + timedelta(minutes=38), "words": "", "url": "", "state": "done"},
        {"label": _("Topic"), "at": NOON + timedelta(hours=2), "words": "學校周邊的安全", "url": "#", "state": "done"},
        {"label": _("Votes"), "at": None, "words": _("342 of 412 people agree"), "url": "#", "state": "now"},
        {"label": _("Answer"), "at": None, "words": "", "url": "", "state": "next"},
    ]
