"""The quick polls of the demo's session: one of each kind, from prepared to revealed."""

from discussions import live
from discussions.models import LiveSession, Member, QuickPoll

Kind = QuickPoll.Kind
WAIT = ("轉乘的時候，等多久您可以接受？", ("5 分鐘以內", "10 分鐘以內", "15 分鐘以內", "不想轉車"), (9, 13, 4, 8))
WHEN = (
    "您都在什麼時候搭這條路線？可以選好幾個。",
    ("早上上班上學", "白天看診買菜", "傍晚下班放學", "晚上九點以後"),
    # Each row: who answers so, by number of choice.
    ((0, 2), (0, 2), (1,), (0, 2, 3), (1,), (2, 3), (0,), (1, 2), (0, 2), (3,), (0, 1), (2,), (1,), (0, 2), (2, 3)),
)
WORDS = (
    "用幾個字說說您心目中的公車。",
    (
        ("準時", "好等"), ("準時", "有座位"), ("班次多",), ("準時", "冷氣"), ("無障礙", "準時"), ("班次多", "便宜"),
        ("無障礙",), ("有座位", "班次多"), ("準時",), ("司機親切", "無障礙"), ("便宜", "準時"), ("班次多", "不擠"),
        ("無障礙", "低底盤"), ("on time", "準時"), ("On Time",), ("不擠", "班次多"),
    ),
)  # fmt: skip
COMFORT = ("改點之後，您覺得整體方便嗎？", ("不方便多了", "方便多了"), 7)


def add(session: LiveSession, host: Member, crowd: list[Member]) -> None:
    """Two polls whose results are shown, one that waits for its cue, and one that is open now."""
    question, options, answers = WHEN
    several = _opened(session, host, kind=Kind.MULTIPLE, question=question, options=options)
    for member, chosen in zip(crowd, answers, strict=False):
        live.answer_poll(poll=several, member=member, options=chosen)
    question, answers = WORDS
    words = _opened(session, host, kind=Kind.WORDS, question=question)
    for member, said in zip(crowd, answers, strict=False):
        live.answer_poll(poll=words, member=member, words=said)
    for poll in (several, words):
        live.close_poll(poll=poll, facilitator=host)
        live.reveal_poll(poll=poll, facilitator=host)
    question, ends, steps = COMFORT
    live.add_poll(session=session, facilitator=host, kind=Kind.SCALE, question=question, options=ends, steps=steps)
    question, options, counts = WAIT
    single = _opened(session, host, kind=Kind.SINGLE, question=question, options=options)
    voters = iter(crowd)
    for option, count in enumerate(counts):
        for _turn in range(count):
            live.answer_poll(poll=single, member=next(voters), options=[option])


def _opened(session: LiveSession, host: Member, **content) -> QuickPoll:
    return live.open_poll(poll=live.add_poll(session=session, facilitator=host, **content), facilitator=host)
