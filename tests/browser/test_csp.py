"""The browser is told to run nothing that is not ours (figure A2), on every public route, and nothing breaks by it."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

# Routes of other doors: the admin brings scripts of its own, documents are downloads.
NOT_PUBLIC = ("admin/", "documents/")
# Shown on other people's pages, and therefore by any of them.
FRAMED = "embed/<str:slug>/"
# Samples for the parts of addresses.
SAMPLES = {
    "slug": lambda town: town.space.slug,
    "code": lambda town: town.session.code,
    "pk": lambda town: str(town.comment.pk),
}
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


def sample(name: str, town) -> str:
    """What to put into an address; for parts without a sample something that is not there."""
    return SAMPLES[name](town) if name in SAMPLES else "1"


def example(route: str, town) -> str:
    """An address that leads to this route."""
    plain = PART.sub(lambda part: sample(part[1] or part[2], town), route)
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

    def asked() -> dict[str, dict]:
        citizen = Client(headers={"host": "127.0.0.1"})
        citizen.force_login(town.citizen, backend="django.contrib.auth.backends.ModelBackend")
        answers = {}
        for address in sorted(
            {example(route, town) for route in known} | {"/", "/nothing-here/", town.info, town.article}
        ):
            for client in (citizen, Client(headers={"host": "127.0.0.1"})):
                response = client.get(address)
                answers[f"{response.status_code} {address}"] = policy(response)
        return answers

    answers = house.do(asked)
    assert sum(answer.startswith("200 ") for answer in answers) > 25
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
