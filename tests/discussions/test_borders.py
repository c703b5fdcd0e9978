"""Nothing of one discussion is reached through the address of another, and nothing of one in preparation at all."""

import re

import pytest
from django.urls import get_resolver, reverse

from discussions import moderation, replies, responses, tokens
from discussions.forms import new_client_id
from discussions.instruments import KINDS
from discussions.models import Comment, Phase, Statement
from discussions.questionnaires import Draft, Words
from tests.discussions import drafts, proposing, questionnaire
from tests.factories import make_member, make_space, propose, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]
SECRET = "祕密的字"


def filled(agency, phase=Phase.OPEN):
    """A discussion in which every word is a secret, and the numbers of what is in it by the kind of address."""
    space = make_space(agency=agency, title=SECRET, question=SECRET, instruments={kind.value: {} for kind in KINDS})
    author, editor = make_member(name=SECRET), make_member(is_superuser=True, agency=agency)
    version = drafts.publish(drafts.begin(space, editor, title=SECRET), editor, source=f"第一條　{SECRET}。")
    paragraph = drafts.paragraph(version, "第一條")
    survey = questionnaire.make_survey(space, (Draft(kind="text", text=Words(SECRET)),))
    responses.respond(survey=survey, member=author, answers={1: SECRET})
    comment, proposal = say(space, author, SECRET), proposing.published(space, author, title=SECRET, text=SECRET)
    hidden = say(space, author, f"{SECRET}，收起來的")
    moderation.hide(target=hidden, moderator=editor, reason="insult")
    reply = replies.answer(space=space, officer=editor, text=SECRET, client_id=new_client_id(), comment=comment)
    found = {
        "comment": comment.pk,
        "statement": propose(space, author, SECRET).pk,
        "proposal": proposal.pk,
        "text": version.text_id,
        "paragraph": paragraph.pk,
        "wording": drafts.suggest(paragraph, author, text=f"第一條　{SECRET}改過。").pk,
        "survey": survey.pk,
        "question": survey.questions.get().pk,
        "answer": reply.pk,
        "decision": hidden.pk,
    }
    if phase != Phase.OPEN:
        space.phase = phase
        space.opens_at = None
        space.save()
    return space, found


def addresses(slug: str, numbers: dict[str, int]):
    """Every address below a discussion, with every number in every place a number has."""
    for pattern in get_resolver("discussions.urls").url_patterns:
        named = pattern.pattern.converters
        if "slug" not in named or not pattern.pattern.regex.pattern.startswith("^p/"):
            continue
        for number in sorted(set(numbers.values())) if {"pk", "question"} & set(named) else [1]:
            fills = {"slug": slug, "pk": number, "question": number, "number": 1, "kind": "comment"}
            fills |= {"paragraph": numbers["paragraph"], "name": "comments", "form": "json"}
            yield pattern.name, reverse(f"discussions:{pattern.name}", kwargs={name: fills[name] for name in named})


def told(response) -> str:
    return (b"".join(response) if response.streaming else response.content).decode(errors="replace")


@pytest.mark.parametrize("role", ["", "Moderators", "Officers"])
def test_no_page_of_one_discussion_shows_or_changes_anything_of_another(client, agency, role):
    _space, numbers = filled(agency)
    elsewhere = make_space(agency=agency, instruments={kind.value: {} for kind in KINDS})
    client.force_login(make_member(role=role, agency=agency))
    before = everything()
    fields = {"text": "試一試別人的東西", "value": "1", "client_id": "abcdefgh", "reason": "spam", "act": "hide"}
    fields |= {"agree": numbers["comment"], "verb": "follow", "kind": "comment", "target": numbers["comment"]}
    fields |= {"into": numbers["proposal"], "parent": numbers["comment"], "answer": "yes", "title": "別的"}
    for name, address in addresses(elsewhere.slug, numbers):
        for send, given in ((client.get, {}), (client.post, fields)):
            response = send(address, given)
            assert response.status_code < 500, address
            assert SECRET not in told(response), (name, address, response.status_code)
    assert everything() == before


def everything() -> list:
    """What the secret discussion holds."""
    return [
        list(Comment.objects.filter(text__contains=SECRET).values_list("pk", "state", "n_agree", "n_replies")),
        list(Statement.objects.filter(text=SECRET).values_list("pk", "state", "agree")),
    ]


@pytest.mark.parametrize("who", ["", "Officers", "Planners", "Frontline"])
def test_a_discussion_in_preparation_is_nowhere(client, site, agency, who):
    space, numbers = filled(agency, Phase.DRAFT)
    if who:
        client.force_login(make_member(role=who, agency=agency))
    for name, address in addresses(space.slug, numbers):
        for send in (client.get, client.post):
            response = send(address, follow=True)
            assert SECRET not in told(response), (name, address)
    for name in ("me", "notices", "agencies", "live_index", "site_feed", "site_calendar", "moderation_log", "assist"):
        assert SECRET not in told(client.get(reverse(f"discussions:{name}"), follow=True)), name
    for address in ("/", "/spaces/", f"/search/?q={SECRET[:2]}", f"/embed/{space.slug}/", f"/agencies/{agency.slug}/"):
        assert SECRET not in told(client.get(address, follow=True)), address


def test_programs_reach_nothing_of_another_discussion_or_of_one_in_preparation(client, agency):
    _space, numbers = filled(agency)
    draft, _numbers = filled(agency, Phase.DRAFT)
    elsewhere = make_space(agency=agency, instruments={kind.value: {} for kind in KINDS})
    key = tokens.make(member=make_member(role="Officers", agency=agency), name="試驗")[1]
    before = everything()
    body = {"text": "試試", "client_id": "abcdefgh", "value": 1, "supports": True, "title": "試試", "target": "comment"}
    body |= {"target_id": numbers["comment"], "parent": numbers["comment"], "answers": {}, "projects": [1]}
    body |= {"until": "2030-01-01T00:00:00Z", "reason": "試試"}
    for path, operations in client.get("/api/v1/openapi.json").json()["paths"].items():
        for verb in operations if "{slug}" in path and "/agencies/" not in path else ():
            for slug in (elsewhere.slug, draft.slug):
                for number in sorted(set(numbers.values())):
                    place = re.sub(r"\{(?!slug|kind)\w+\}", str(number), path).format(slug=slug, kind="agree")
                    more = {} if verb == "get" else {"data": body, "content_type": "application/json"}
                    response = getattr(client, verb)(place, headers={"Authorization": f"Bearer {key}"}, **more)
                    assert response.status_code < 500, place
                    assert SECRET not in told(response), (verb, place)
                    if slug == draft.slug:
                        assert response.status_code in (401, 403, 404, 405, 422), (verb, place)
    assert everything() == before
