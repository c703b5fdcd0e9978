"""The browser is told to run nothing that is not ours (figure A2), on every public route, and nothing breaks by it."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

# Routes of other doors: the admin brings scripts of its own, documents are downloads.
NOT_PUBLIC = ("admin/", "documents/")
# Shown on other people's pages, and therefore by any of them.
FRAMED = "embed/<str:slug>/"
# What the parts of addresses stand for, by what the route holds; the first line that fits counts.
SAMPLES = (
    ("paper/", "code", lambda town: town.things["paper"]),
    ("notices/off/", "given", lambda town: town.things["off"]),
    ("agencies/", "slug", lambda town: town.space.agency.slug),
    ("handover/", "slug", lambda town: town.things["reviewed"]),
    ("/alike/<int", "slug", lambda town: town.things["alike_space"]),
    ("/alike/<int", "pk", lambda town: town.things["alike"]),
    ("", "slug", lambda town: town.space.slug),
    ("", "code", lambda town: town.session.code),
    ("", "kind", lambda town: "comment"),
    ("", "name", lambda town: "comments"),
    ("", "form", lambda town: "csv"),
    ("", "paragraph", lambda town: town.things["paragraph"]),
    ("", "number", lambda town: 2),
    ("", "column", lambda town: "waiting"),
    ("", "question", lambda town: town.things["free_question"]),
    ("", "survey_pk", lambda town: town.things["survey"]),
    ("merges/", "pk", lambda town: town.things["merge"]),
    ("/proposals/<int:pk>/check/", "pk", lambda town: town.things["draft_proposal"]),
    ("/proposals/<int:pk>/edit/", "pk", lambda town: town.things["own_proposal"]),
    ("/proposals/<int:pk>/withdraw/", "pk", lambda town: town.things["own_proposal"]),
    ("/proposals/", "pk", lambda town: town.things["proposal"]),
    ("/text/", "pk", lambda town: town.things["text"]),
    ("/wording/<int:pk>/withdraw/", "pk", lambda town: town.things["own_wording"]),
    ("/wording/", "pk", lambda town: town.things["wording"]),
    ("/surveys/<int:pk>/results", "pk", lambda town: town.things["closed_survey"]),
    ("/surveys/", "id", lambda town: town.things["closed_survey"]),
    ("/budgets/", "id", lambda town: town.things["closed_budget"]),
    ("/surveys/", "pk", lambda town: town.things["survey"]),
    ("/budgets/<int:pk>/result", "pk", lambda town: town.things["closed_budget"]),
    ("/budgets/", "pk", lambda town: town.things["budget"]),
    ("/answers/", "pk", lambda town: town.things["reply"]),
    ("/handover/", "pk", lambda town: town.things["handover"]),
    ("/statements/", "pk", lambda town: town.statement.pk),
    ("embed/", "pk", lambda town: town.statement.pk),
    ("assist/", "pk", lambda town: town.things["sitting"]),
    ("notices/", "pk", lambda town: town.things["notice"]),
    ("decisions/", "pk", lambda town: town.things["decision"]),
    ("sessions/<code>/questions/", "pk", lambda town: town.session.questions.earliest("pk").pk),
    ("/c/<int:pk>/history/", "pk", lambda town: town.things["edited"]),
    ("/c/<int:pk>/edit/", "pk", lambda town: town.own.pk),
    ("/c/<int:pk>/withdraw/", "pk", lambda town: town.own.pk),
    ("", "pk", lambda town: town.comment.pk),
)
# Routes of others: nothing of the town stands there.
ELSEWHERE = re.compile(r"/(nothing-here|accounts|_util)/|/api/v1/$")
ANSWERED = (200, 204, 302, 401, 405)
PART = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:\[[^]]*\]|[^()]|\([^)]*\))*\)")


def routes(resolver=None, prefix: str = "") -> list[str]:
    """Every route of the URLconf below the public doors, as it is written there."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if route.startswith(NOT_PUBLIC):
            continue
        if isinstance(entry, URLResolver):
            found += routes(entry, route)
        elif isinstance(entry, URLPattern):
            found.append(route)
    return found


def sample(name: str, route: str, town) -> str:
    """What to put into an address; for parts without a sample something that is not there."""
    fitting = (thing for where, part, thing in SAMPLES if part == name and where in route)
    return str(next(fitting, lambda town: "1")(town))


def example(route: str, town) -> str:
    """An address that leads to this route."""
    plain = PART.sub(lambda part: sample(part[1] or part[2], route, town), route)
    return "/" + plain.replace("^", "").replace("$", "").replace("\\Z", "").replace("((?:[\\w\\-]+/)*)", "spaces/")


def policy(response) -> dict[str, list[str]]:
    """The directives of a response."""
    header = response.headers.get("Content-Security-Policy", "")
    parts = [directive.split() for directive in header.split(";") if directive.strip()]
    return {name: values for name, *values in parts}


def is_safe(given: dict[str, list[str]], *, framed: bool = False) -> bool:
    """Does this policy say what figure A2 asks for?"""
    scripts = given.get("script-src", [])
    nothing = all(given.get(name) == ["'none'"] for name in ("object-src", "base-uri"))
    nothing = nothing and given.get("frame-ancestors") == (["*"] if framed else ["'none'"])
    wild = {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "http:", "https:"}
    return nothing and "'self'" in scripts and not wild & {*scripts, *given.get("default-src", ["*"])}


def test_every_public_route_sends_the_policy(house, town):
    known = routes()
    assert len(known) > 40 and any("statements" in route for route in known)

    people = (town.citizen, None, town.moderator, town.helper)

    def asked() -> tuple[dict[str, dict], set[str]]:
        answers, lost = {}, set()
        visitors = [Client(headers={"host": "127.0.0.1"}) for _person in people]
        for visitor, person in zip(visitors, people, strict=True):
            if person is not None:
                visitor.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        more = {"/", "/nothing-here/", town.info, town.article}
        for address in sorted({example(route, town) for route in known} | more):
            for number, visitor in enumerate(visitors):
                # Those who keep the house are asked where citizens and guests have seen nothing.
                if number > 1 and address not in lost:
                    break
                response = visitor.get(address)
                answers[f"{response.status_code} {address}"] = policy(response)
                if response.status_code in ANSWERED:
                    lost.discard(address)
                elif not number:
                    lost.add(address)
        return answers, lost

    answers, lost = house.do(asked)
    assert sum(answer.startswith("200 ") for answer in answers) > 100
    assert not {address for address in lost if not ELSEWHERE.match(address)}
    framed = f"200 {example('en/' + FRAMED, town)}", f"200 {example(FRAMED, town)}"
    unsafe = [answer for answer, given in answers.items() if not is_safe(given, framed=answer in framed)]
    assert not unsafe, unsafe


@pytest.mark.parametrize(
    "planted",
    [
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')",
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = true'}))",
        "document.body.append(Object.assign(document.createElement('script'), {src: 'https://example.org/x.js'}))",
        "setTimeout(() => document.body.append(Object.assign(document.createElement('iframe'), {src: 'https://example.org/'})))",
    ],
    ids=["inline style", "inline script", "foreign script", "foreign frame"],
)
def test_what_is_not_ours_is_blocked_and_noticed(house, planted):
    page = house.visit()
    page.goto("/accounts/login/")
    with page.expect_console_message(lambda message: message.text.startswith("CSP ")):
        page.evaluate(f"() => {{ {planted} }}")
    assert not page.evaluate("window.ran === true")
    assert any("CSP " in complaint for complaint in house.complaints)
    house.complaints.clear()
