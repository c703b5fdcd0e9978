"""How a day is written: with its weekday, and in Chinese by the calendar of the house."""

from datetime import date, datetime
from functools import lru_cache

from django.conf import settings
from django.utils import dateformat, timezone
from django.utils.translation import get_language

WEEKDAYS = "一二三四五六日"
REPUBLIC = 1911


def day_short(value: date) -> str:
    """A day without its year: 11月23日（一）, Mon 23 November."""
    value, language = _here(value), get_language() or ""
    return _in_chinese(value) if language.startswith("zh") else _in_latin(value, "D j F", language)


def day(value: date) -> str:
    """A day in full: 2026年11月23日（一）, Mon 23 November 2026; 民國115年11月23日（一） with CALENDAR=roc."""
    return _day(_here(value), get_language() or "")


def moment(value: datetime) -> str:
    """A day in full and the time of day: 2026年11月23日（一）14:05."""
    here, language = _here(value), get_language() or ""
    return f"{_day(here, language)}{'' if language.startswith('zh') else ', '}{here.hour:02}:{here.minute:02}"


def stamp(value: datetime) -> str:
    """A moment to the minute for programs: 2026-11-23T14:05+0800."""
    # Every comment names one, and strftime takes several times as long.
    head, _colon, minutes_apart = _here(value).isoformat(timespec="minutes").rpartition(":")
    return f"{head}{minutes_apart}"


def _day(here: date, language: str) -> str:
    if not language.startswith("zh"):
        return _in_latin(here, "D j F Y", language)
    if settings.CALENDAR == "roc" and here.year > REPUBLIC:
        return f"民國{here.year - REPUBLIC}年{_in_chinese(here)}"
    return f"{here.year}年{_in_chinese(here)}"


def _in_chinese(here: date) -> str:
    return f"{here.month}月{here.day}日（{WEEKDAYS[here.weekday()]}）"


def _in_latin(here: date, form: str, language: str) -> str:
    return _formatted(date(here.year, here.month, here.day), form, language)


@lru_cache(maxsize=1000)
def _formatted(value: date, form: str, _language: str) -> str:
    """A day in the active language, which is `_language`; a page names few days, and one day many times."""
    return dateformat.format(value, form)


def _here(value: date) -> date:
    """The same moment on the clocks of the house; a plain day as it came."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
