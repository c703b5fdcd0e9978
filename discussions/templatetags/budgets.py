"""How money is written."""

from django import template

from discussions import ballots

register = template.Library()


@register.filter
def money(amount):
    """1250000 as NT$1,250,000; an empty value stays empty."""
    return ballots.amount(amount) if isinstance(amount, int) else ""
