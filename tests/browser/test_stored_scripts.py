"""Whatever people send, their words stay words: no stored script runs on any page (figure A5)."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from discussions.forms import new_client_id
from discussions.models import Comment, Proposal, Statement
from nlp import stream
from tests.browser.vectors import vectors
from tests.factories import make_member, make_space

ALL = vectors()
AT_ONCE = 12
TELL = "window.hits = []; window.hit = (n) => { window.hits.push(n); };"
# What would run when somebody hovers, clicks or submits, and scripts that are not files of this house.
ARMED = """() => {
  const leads = ["href", "xlink:href", "src", "action", "formaction", "data", "srcdoc", "content"];
  const armed = [...document.querySelectorAll("*")].filter((element) => [...element.attributes].some((one) =>
    one.name.startsWith("on") || one.name.startsWith("hx-on") || one.name.startsWith("data-hx-on") ||
    one.name === "srcdoc" || (leads.includes(one.name) && /^\\s*(java\\s*script|data\\s*:\\s*text)/i.test(one.value))));
  const foreign = [...document.querySelectorAll("script")].filter((script) =>
    script.type !== "application/json" && (!script.src || new URL(script.src).origin !== location.origin));
  return [...armed, ...foreign].map((element) => element.outerHTML.slice(0, 200));
}"""


def batches(size):
    return ["\n".join(ALL[start : start + size]) for start in range(0, len(ALL), size)]


@pytest.fixture
def space(house):
    """A discussion with every vector in a comment, a statement, a proposal, and many in names and titles."""

    def make():
        instruments = {"comments": {}, "statements": {}, "proposals": {}, "live": {}}
        made = make_space(title=ALL[25], title_en=ALL[16], question=ALL[0], instruments=instruments)
        now = timezone.now()
        for number, words in enumerate(batches(AT_ONCE)):
            author = make_member(name=ALL[number * 3][:40])
            sent = {"space": made, "author": author, "client_id": new_client_id()}
            comment = Comment.objects.create(text=words, posted_at=now, path=f"{number:012}", **sent)
            statement = Statement.objects.create(text=words[:2000], made_at=now, **sent)
            window = {"published_at": now, "closes_at": now + timedelta(days=30), "threshold": 10}
            proposal = Proposal.objects.create(
                title=ALL[number * 5][:120], text=words, stage="open", made_at=now, **window, **sent
            )
            for source, row in (("comment", comment), ("statement", statement), ("proposal", proposal)):
                sent_on = {"text": row.words, "posted_at": now, "author": str(author.pk), "url": made.path()}
                stream.submit(corpus_id=made.corpus_id, source=source, key=row.pk, **sent_on)
        return made

    return house.do(make)


def test_no_stored_script_runs_on_the_pages_of_a_discussion(house, space):
    assert len(ALL) >= 200 and len(set(ALL)) == len(ALL)
    page = house.visit()
    page.add_init_script(TELL)
    base = space.get_absolute_url()
    last = house.do(lambda: Proposal.objects.filter(space=space).latest("pk").pk)
    seen = 0
    for address in (
        base,
        f"{base}thread/",
        f"{base}statements/",
        f"{base}proposals/",
        f"{base}proposals/{last}/",
        f"{base}moderation/",
        f"/en{base}",
        f"{base}feed/",
        f"/api/v1/spaces/{space.slug}/comments?limit=100",
        "/search/?q=script",
        "/",
    ):
        page.goto(address)
        assert page.evaluate("window.hits ?? []") == [], address
        assert page.evaluate(ARMED) == [], address
        seen += "hit(" in page.content()
    assert seen >= 7


def test_every_vector_in_every_field_of_the_components_stays_words(house):
    """Without the content security policy that guards the real pages."""
    now = timezone.now()
    parts = []
    for number, vector in enumerate(ALL):
        common = {"id": f"x{number}", "at": now, "words": vector, "url": vector, "name": vector, "reason": vector}
        for name, inputs in (
            ("comment", {**common, "state": "visible", "kind_label": vector, "badge": vector}),
            ("comment", {**common, "state": "hidden", "id": f"h{number}"}),
            ("quote", {**common, "source": vector, "url": ""}),
            ("tag", {"label": vector, "kind": "plain"}),
            ("notice", {"kind": "info", "words": vector, "title": vector}),
        ):
            inputs = {**inputs, "url": ""} if name == "comment" else inputs
            parts.append(render_to_string(f"components/{name}.html", inputs))
        line = {"url": "/", "sentence": vector}
        parts.append(
            render_to_string(
                "discussions/notices/mail.html",
                {
                    "member": {"display_name": vector},
                    "parts": [{"space": {"local_title": vector}, "lines": [line]}],
                    "site_name": vector,
                },
            )
        )
    page = house.visit()
    page.add_init_script(TELL)
    page.goto("/healthz")
    page.evaluate(f"() => {{ {TELL} }}")
    page.set_content("".join(parts))
    assert page.evaluate("window.hits") == []
    assert page.evaluate(ARMED) == []


def test_files_for_download_are_never_shown_as_pages(house, space):
    page = house.visit()
    for name in ("comments", "statements", "proposals"):
        for form in ("csv", "json"):
            address = reverse("discussions:open_data_table", args=[space.slug, name, form])
            answer = page.request.get(address)
            assert answer.status == 200, address
            assert "attachment" in answer.headers["content-disposition"] or "html" not in answer.headers["content-type"]
            assert answer.headers["x-content-type-options"] == "nosniff"
