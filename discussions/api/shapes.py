"""Shapes that several parts of the interface share."""

from ninja import Schema

CLIENT_ID = r"^[A-Za-z0-9_-]{8,64}$"  # what names one attempt to write, made by the program


class Refusal(Schema):
    """Why something was refused: a code for programs, a sentence for people."""

    error: str
    message: str
