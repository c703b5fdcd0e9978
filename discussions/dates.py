"""How a day is written: with its weekday, and in Chinese by the calendar of the house."""

from datetime import date, datetime

from django.conf import settings
from django.utils import dateformat, timezone
from django.utils.translation import get_language

WEEKDAYS = "一二三四五六日"
REPUBLIC = 1911


def day_short(value: date) -> str:
    """A day without its year: 11月23日（一）, Mon 23 November."""
    value = _here(value)
    if _speaks_chinese():
        return f"{value.month}月{value.day}日（{WEEKDAYS[value.weekday()]}）"
    return dateformat.format(value, "D j F")


def day(value: date) -> str:
    """A day in full: 2026年11月23日（一）, Mon 23 November 2026; 民國115年11月23日（一） with CALENDAR=roc."""
    value = _here(value)
    if not _speaks_chinese():
        return dateformat.format(value, "D j F Y")
    if settings.CALENDAR == "roc" and value.year > REPUBLIC:
        return f"民國{value.year - REPUBLIC}年{day_short(value)}"
    return f"{value.year}年{day_short(value)}"


def moment(value: datetime) -> str:
    """A day in full and the time of day: 2026年11月23日（一）14:05."""
    return f"{day(value)}{'' if _speaks_chinese() else ', '}{_here(value):%H:%M}"


def _here(value: date) -> date:
    """The same moment on the clocks of the house; a plain day as it came."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _speaks_chinese() -> bool:
    return (get_language() or "").startswith("zh")
