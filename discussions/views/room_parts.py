"""Questions, hands and the floor on live pages: what the room says to one person, and what the desk shows."""

from discussions import cursors, echoes, guests, live, questions, queues, reasons, rules
from discussions.models import LiveSession
from discussions.views import entrance

PACES = (0, 30, 60, 120, 300)  # seconds between two questions of one person, as offered on the desk
SILENCED = 50
# Said by the room itself, to everybody.
SAID_ELSEWHERE = {"sign_in", "floor_closed"}


def asking(request, session: LiveSession) -> dict:
    """Inputs of live/ask_form.html and live/hands.html."""
    verdict = rules.may_ask(request.user, session.space, session)
    silence = live.silence_of(session, request.user)
    refusal = "" if verdict or verdict.code in SAID_ELSEWHERE else rules.explained(verdict.code)
    return {
        "refusal": live.explained_silence(silence) if silence else refusal,
        "is_silenced": silence is not None,
        "way_in": entrance.way_in(verdict.code, request.path),
        "may_enter": request.user.is_authenticated or guests.may_enter(session.space, rules.Verb.ASK),
        "standing": queues.standing(session, request.user),
    }


def desk(request, session: LiveSession) -> dict:
    """Inputs of the columns, the queue and the floor on the desk."""
    with_tools = tools(request, session)
    joining = with_tools["joining"]
    return {
        **with_tools,
        "columns": questions.on_desk(session, may_judge=with_tools["may_hide"]),
        "queue": queues.read(session),
        "silences": session.silences.filter(lifted_at=None).select_related("member").order_by("-id")[:SILENCED],
        "paces": sorted({*PACES, session.slow_seconds}),
        "alike": echoes.already_asked(session, joining.text, but=joining) if joining is not None else [],
    }


def tools(request, session: LiveSession) -> dict:
    """What the buttons beside a question need. With ?join=<id> the desk chooses what that one is joined with."""
    number = cursors.number(request.GET.get("join"))
    return {
        "reasons": reasons.of(session.space),
        "may_hide": bool(rules.may_moderate(request.user)),
        "joining": questions.joinable(session).filter(pk=number).first() if number else None,
    }
