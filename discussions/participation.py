"""How many took part, counted the same way wherever it is shown.

Posts from social networks are read and analysed, but they are not participation and not counted here.
"""

from collections import Counter

from django.db import connection
from django.db.models import Count

from discussions import petitions
from discussions.models import (
    BudgetBallot,
    Comment,
    Hand,
    ParagraphVote,
    PollVote,
    PollWord,
    Question,
    QuestionRaise,
    Signature,
    Statement,
    SurveyResponse,
    Vote,
    Wording,
    WordingSupport,
)


def people_in(space_ids: list[int]) -> dict[int, int]:
    """How many members contributed in any way in each space: one query."""
    if not space_ids:
        return {}
    doors = [
        Comment.objects.published().filter(space__in=space_ids).values_list("space_id", "author_id"),
        Vote.objects.filter(statement__space__in=space_ids).values_list("statement__space_id", "member_id"),
        Statement.objects.published()
        .filter(space__in=space_ids, author__isnull=False, is_seed=False)
        .order_by()
        .values_list("space_id", "author_id"),
        Question.objects.published().filter(session__space__in=space_ids).values_list("session__space_id", "author_id"),
        QuestionRaise.objects.filter(question__session__space__in=space_ids).values_list(
            "question__session__space_id", "member_id"
        ),
        Hand.objects.filter(session__space__in=space_ids).order_by().values_list("session__space_id", "member_id"),
        PollVote.objects.filter(poll__session__space__in=space_ids).values_list("poll__session__space_id", "member_id"),
        PollWord.objects.published()
        .filter(poll__session__space__in=space_ids)
        .values_list("poll__session__space_id", "author_id"),
        SurveyResponse.objects.filter(survey__space__in=space_ids).values_list("survey__space_id", "member_id"),
        BudgetBallot.objects.filter(budget__space__in=space_ids).values_list("budget__space_id", "member_id"),
        Wording.objects.published().filter(space__in=space_ids).values_list("space_id", "author_id"),
        WordingSupport.objects.filter(wording__space__in=space_ids).values_list("wording__space_id", "member_id"),
        ParagraphVote.objects.filter(paragraph__text__space__in=space_ids).values_list(
            "paragraph__text__space_id", "member_id"
        ),
        # Authors of proposals are their first signers.
        Signature.objects.filter(proposal__space__in=space_ids).values_list("proposal__space_id", "member_id"),
    ]
    compiled = [door.query.sql_with_params() for door in doors]
    union = " UNION ".join(sql for sql, _params in compiled)
    sql = f"WITH people (space_id, member_id) AS ({union}) SELECT space_id, COUNT(*) FROM people GROUP BY space_id"
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for _sql, params in compiled for value in params])
        return dict(cursor.fetchall())


def contributions_in(space_ids: list[int]) -> dict[int, int]:
    """How many comments, statements, suggestions, questions, responses and ballots each space holds: one query."""
    if not space_ids:
        return {}
    comments = Comment.objects.published().filter(space__in=space_ids).order_by().values_list("space_id")
    statements = (
        Statement.objects.published().filter(space__in=space_ids, is_seed=False).order_by().values_list("space_id")
    )
    questions = Question.objects.published().filter(session__space__in=space_ids).order_by()
    responses = SurveyResponse.objects.filter(survey__space__in=space_ids).order_by()
    ballots = BudgetBallot.objects.filter(budget__space__in=space_ids).order_by()
    wordings = Wording.objects.published().filter(space__in=space_ids).order_by()
    proposals = petitions.published().filter(space__in=space_ids)
    proposals = proposals.order_by().values_list("space_id")
    counted = comments.annotate(n=Count("pk")).union(
        statements.values_list("space_id").annotate(n=Count("pk")),
        questions.values_list("session__space_id").annotate(n=Count("pk")),
        responses.values_list("survey__space_id").annotate(n=Count("pk")),
        ballots.values_list("budget__space_id").annotate(n=Count("pk")),
        wordings.values_list("space_id").annotate(n=Count("pk")),
        proposals.annotate(n=Count("pk")),
        all=True,
    )
    totals: Counter[int] = Counter()
    for space_id, number in counted:
        totals[space_id] += number
    return dict(totals)
