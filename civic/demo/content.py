"""The shapes of the sample content."""

from dataclasses import dataclass

from discussions.models import Comment

Kind = Comment.Kind
CITIZEN = -1  # as `who`: the account of the demo citizen


@dataclass(frozen=True, slots=True)
class Both:
    """The same words in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment. `who` is the number of a demo member or CITIZEN, `to` the key of the comment it answers."""

    key: str
    who: int
    text: str
    kind: str = Kind.OPINION
    to: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, and how likely each of the two camps is to agree with it (out of ten)."""

    text: str
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Subject:
    """A policy under discussion. Days are counted from today, the past is negative."""

    slug: str
    agency: str
    title: Both
    question: Both
    introduction: tuple[Both, ...]
    phase: str
    process: str
    opens: int
    remarks: tuple[Remark, ...]
    claims: tuple[Claim, ...]
