"""Cursors that come back in an address."""


def number(value: str | None) -> int:
    """A row's number, or 0 for anything else that somebody may have written there."""
    value = value or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
