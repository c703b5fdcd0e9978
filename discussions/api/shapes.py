"""Shapes that several parts of the interface share."""

from ninja import Schema


class Refusal(Schema):
    """Why something was refused: a code for programs, a sentence for people."""

    error: str
    message: str
