"""Draft texts: paragraphs that keep their identity, votes and suggested wording on them, and what came of it."""

import threading
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction

from discussions import changes, comments, moderation, paragraphs, texts, threads, versions, wordings
from discussions.errors import CivicError, Conflict, InvalidText, NotAllowed, NotFound, SignInNeeded
from discussions.models import (
    Event,
    Paragraph,
    ParagraphVote,
    Passage,
    Phase,
    Space,
    TextVersion,
    VersionCause,
    Wording,
    WordingSupport,
)
from discussions.versions import Overtaken, Place
from nlp.models import Opinion
from tests.discussions.drafts import FIRST, SECOND, begin, make_draft_space, paragraph, publish, suggest
from tests.factories import make_member, make_space

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


@pytest.fixture
def drafting(agency):
    """A space that offers draft texts."""
    return make_draft_space(agency=agency)


@pytest.fixture
def text(drafting, communicator):
    return begin(drafting, communicator)


@pytest.fixture
def first(text, communicator):
    return publish(text, communicator)


def say_about(where, author, words):
    return comments.post(space=where.text.space, author=author, text=words, client_id=uuid.uuid4().hex, paragraph=where)


def in_phase(space, phase):
    Space.objects.filter(pk=space.pk).update(phase=phase)


# Versions


def test_a_pasted_regulation_is_published_in_paragraphs(first, text):
    labels = [passage.label for passage in texts.passages(first)]
    assert labels[:4] == ["第一章", "第一條", "第二章", "第二條第一項"]
    assert "第二條第二項第二款" in labels
    assert texts.latest(text) == first and list(texts.published(text.space)) == [text]
    assert Event.objects.get(type="text.version").data == {"id": text.pk, "number": 1}


def test_only_communicators_make_texts_and_versions(drafting, text, communicator, member, moderator):
    for person in (member, moderator):
        with pytest.raises(NotAllowed):
            begin(drafting, person)
        with pytest.raises(NotAllowed):
            versions.prepare(text=text, editor=person, source=FIRST)
    prepared = versions.prepare(text=text, editor=communicator, source=FIRST)
    with pytest.raises(NotAllowed):
        versions.publish(version=prepared, editor=member)
    assert texts.latest(text) is None


def test_a_space_without_draft_texts_takes_none(communicator):
    with pytest.raises(NotAllowed):
        begin(make_space(instruments={"comments": {}}), communicator)


def test_a_text_begun_twice_by_one_form_is_one_text(drafting, communicator):
    key = uuid.uuid4().hex
    one = texts.begin(space=drafting, editor=communicator, title="辦法草案", client_id=key)
    assert texts.begin(space=drafting, editor=communicator, title="辦法草案", client_id=key) == one
    with pytest.raises(Conflict):
        texts.begin(space=drafting, editor=communicator, title="別的草案", client_id=key)


def test_the_same_words_again_make_no_second_version(first, text, communicator):
    with pytest.raises(CivicError) as refusal:
        versions.prepare(text=text, editor=communicator, source=FIRST.replace("\n", "\r\n") + "\n\n")
    assert refusal.value.code == "no_change"
    assert TextVersion.objects.count() == 1


def test_paragraphs_keep_their_identity_when_they_are_renumbered(first, text, communicator):
    fee = paragraph(first, "第三條")
    second = publish(
        text,
        communicator,
        FIRST.replace("第三條　", "第三條　主管機關得派員檢查。\n第四條　").replace("第四條　本辦法", "第五條　本辦法"),
    )
    assert paragraph(second, "第四條") == fee
    assert paragraph(second, "第三條").pk != fee.pk


def test_comments_of_a_removed_paragraph_stay_readable(first, text, communicator, member):
    fee = paragraph(first, "第三條")
    said = say_about(fee, member, "上限應該是三千元")
    publish(text, communicator, SECOND)
    assert not texts.is_in_text(fee.pk)
    assert [branch.root for branch in threads.page(text.space, paragraph=fee).branches] == [said]


def test_the_editor_puts_the_alignment_right(first, text, communicator):
    second = versions.prepare(text=text, editor=communicator, source=SECOND)
    fee = paragraph(first, "第三條")
    assert paragraph(second, "第三條") != fee
    passage = Passage.objects.get(version=second, label="第三條")
    versions.align(version=second, editor=communicator, places={passage.pk: Place(same=fee.pk)})
    assert paragraph(second, "第三條") == fee
    versions.align(version=second, editor=communicator, places={passage.pk: Place(split_from=fee.pk)})
    passage.refresh_from_db()
    assert passage.paragraph != fee and passage.split_from == fee
    assert not Paragraph.objects.filter(passages=None).exists()


def test_two_paragraphs_can_change_places(first, text, communicator):
    second = versions.prepare(text=text, editor=communicator, source=SECOND)
    one, other = (Passage.objects.get(version=second, label=label) for label in ("第一條", "第四條"))
    places = {one.pk: Place(same=other.paragraph_id), other.pk: Place(same=one.paragraph_id)}
    versions.align(version=second, editor=communicator, places=places)
    assert paragraph(second, "第一條").pk == other.paragraph_id
    assert paragraph(second, "第四條").pk == one.paragraph_id


def test_a_paragraph_cannot_be_continued_twice_or_come_from_elsewhere(first, text, drafting, communicator):
    second = versions.prepare(text=text, editor=communicator, source=SECOND)
    passage = Passage.objects.get(version=second, label="第三條")
    with pytest.raises(CivicError) as refusal:
        place = Place(same=paragraph(first, "第一條").pk)
        versions.align(version=second, editor=communicator, places={passage.pk: place})
    assert refusal.value.code == "used_twice"
    elsewhere = paragraph(publish(begin(drafting, communicator), communicator), "第一條")
    with pytest.raises(CivicError):
        versions.align(version=second, editor=communicator, places={passage.pk: Place(same=elsewhere.pk)})


def test_split_merged_new_and_removed_paragraphs_are_told_apart(text, communicator):
    first = publish(
        text,
        communicator,
        "第一條　業者應於簽約前交付資費摘要，並以口頭說明違約金之計算方式，且應保存紀錄五年備查。\n"
        "第二條　降速門檻應以粗體標示於契約首頁。\n第三條　漫遊費用應設每日上限。\n第四條　違反者處罰鍰。",
    )
    second = publish(
        text,
        communicator,
        "第一條　業者應於簽約前交付資費摘要。\n並以口頭說明違約金之計算方式，且應保存紀錄五年備查。\n"
        "第二條　降速門檻應以粗體標示於契約首頁；漫遊費用應設每日上限。\n第三條　本局得委託民間團體辦理調查。",
    )
    found = {(change.kind, change.passage.name): change for change in changes.between(first, second)}
    assert set(found) == {
        ("split", "第一條第一項"),
        ("changed", "第一條第二項"),
        ("changed", "第二條"),
        ("merged", "第三條"),
        ("new", "第三條"),
        ("gone", "第四條"),
    }
    assert found["split", "第一條第一項"].origin.name == "第一條"
    assert found["merged", "第三條"].host.name == "第二條"


def test_what_is_prepared_by_another_editor_is_not_overwritten_unseen(first, text, communicator):
    other = make_member(role="Communicators")
    prepared = versions.prepare(text=text, editor=communicator, source=SECOND)
    assert versions.prepare(text=text, editor=other, source=SECOND) == prepared
    with pytest.raises(Overtaken):
        versions.prepare(text=text, editor=other, source=SECOND + "\n第五條　附則。")
    newer = versions.prepare(text=text, editor=other, source=SECOND + "\n第五條　附則。", replaces=prepared.pk)
    assert newer.number == 2 and TextVersion.objects.count() == 2
    with pytest.raises(Overtaken):
        versions.publish(version=prepared, editor=communicator)


def test_a_published_version_is_not_changed(first, communicator):
    with pytest.raises(Overtaken):
        versions.align(version=first, editor=communicator, places={})
    with pytest.raises(Overtaken):
        versions.discard(version=first, editor=communicator)


def test_a_version_can_be_thrown_away_without_a_trace(first, text, communicator):
    before = Paragraph.objects.count()
    versions.discard(version=versions.prepare(text=text, editor=communicator, source=SECOND), editor=communicator)
    assert TextVersion.objects.get() == first and Paragraph.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_two_editors_who_publish_at_once_publish_one_version(roles):
    editors = [make_member(role="Communicators") for _number in range(2)]
    space = make_draft_space()
    prepared = versions.prepare(text=begin(space, editors[0]), editor=editors[0], source=FIRST)
    together = threading.Barrier(2)
    problems = []

    def go(editor):
        together.wait()
        try:
            versions.publish(version=prepared, editor=editor)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the test shows it
            problems.append(problem)
        finally:
            connection.close()

    workers = [threading.Thread(target=go, args=(editor,)) for editor in editors]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not problems
    assert Event.objects.filter(type="text.version").count() == 1


# Votes on paragraphs


def test_a_vote_on_a_paragraph_can_be_changed_and_taken_back(first, member, neighbour):
    fee = paragraph(first, "第三條")
    paragraphs.cast(paragraph=fee, member=member, value=1)
    paragraphs.cast(paragraph=fee, member=member, value=-1)
    paragraphs.cast(paragraph=fee, member=neighbour, value=1)
    counted = texts.counts(texts.passages(first))[fee.pk]
    assert (counted.supports, counted.opposes) == (1, 1)
    paragraphs.take_back(paragraph=fee, member=member)
    assert ParagraphVote.objects.get().member == neighbour


def test_votes_on_earlier_words_are_counted_apart(first, text, communicator, member):
    where = paragraph(first, "第二條第一項")
    kept = paragraph(first, "第一條")
    paragraphs.cast(paragraph=where, member=member, value=1)
    paragraphs.cast(paragraph=kept, member=member, value=1)
    second = publish(text, communicator, SECOND)
    counted = texts.counts(texts.passages(second))
    assert (counted[where.pk].supports, counted[where.pk].earlier) == (0, 1)
    assert (counted[kept.pk].supports, counted[kept.pk].earlier) == (1, 0)


@pytest.mark.parametrize("phase", [Phase.REVIEW, Phase.ANSWERED, Phase.FOLLOW_UP, Phase.ARCHIVED])
def test_a_vote_on_a_paragraph_is_refused_outside_its_phases(first, member, phase):
    in_phase(first.text.space, phase)
    with pytest.raises(NotAllowed):
        paragraphs.cast(paragraph=paragraph(first, "第三條"), member=member, value=1)
    assert not ParagraphVote.objects.exists()


def test_a_vote_on_a_removed_paragraph_or_of_an_unknown_kind_is_refused(first, text, communicator, member):
    fee = paragraph(first, "第三條")
    with pytest.raises(CivicError):
        paragraphs.cast(paragraph=fee, member=member, value=0)
    publish(text, communicator, SECOND)
    with pytest.raises(NotAllowed) as refusal:
        paragraphs.cast(paragraph=fee, member=member, value=1)
    assert refusal.value.code == "paragraph_gone"


def test_the_database_refuses_a_second_vote_of_one_person(first, member):
    fee = paragraph(first, "第三條")
    vote = paragraphs.cast(paragraph=fee, member=member, value=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        ParagraphVote.objects.create(paragraph=fee, member=member, value=-1, version=1, cast_at=vote.cast_at)


# Suggested wording


def test_a_suggested_wording_is_published_and_enters_the_stream(first, member):
    made = suggest(paragraph(first, "第二條第一項"), member, reason="簽約當天才拿到來不及看。")
    opinion = Opinion.objects.get(source="wording", source_key=str(made.pk))
    assert opinion.text == "業者應於簽約前三日交付一頁資費摘要。\n\n簽約當天才拿到來不及看。"
    assert opinion.url == f"/p/{made.space.slug}/wording/{made.pk}/"
    assert Event.objects.filter(type="wording.suggested").count() == 1


def test_a_resent_suggestion_is_one_suggestion(first, member):
    where, key = paragraph(first, "第三條"), uuid.uuid4().hex
    one = wordings.suggest(paragraph=where, author=member, text="漫遊費用上限三千元。", client_id=key)
    assert wordings.suggest(paragraph=where, author=member, text="漫遊費用上限三千元。", client_id=key) == one
    with pytest.raises(Conflict):
        wordings.suggest(paragraph=where, author=member, text="漫遊費用上限兩千元。", client_id=key)


def test_the_words_as_they_stand_are_no_suggestion(first, member):
    with pytest.raises(InvalidText) as refusal:
        suggest(paragraph(first, "第三條"), member, text="漫遊費用應設上限。\n")
    assert refusal.value.code == "same_words"


@pytest.mark.parametrize("phase", [Phase.VOTING, Phase.REVIEW, Phase.ARCHIVED])
def test_wording_is_suggested_only_while_the_text_is_open(first, member, phase):
    in_phase(first.text.space, phase)
    with pytest.raises(NotAllowed):
        suggest(paragraph(first, "第三條"), member, text="漫遊費用上限三千元。")


def test_wording_for_a_paragraph_removed_meanwhile_is_refused(first, text, communicator, member):
    fee = paragraph(first, "第三條")
    publish(text, communicator, SECOND)
    with pytest.raises(NotAllowed) as refusal:
        suggest(fee, member, text="漫遊費用上限三千元。")
    assert refusal.value.code == "paragraph_gone"
    assert not Wording.objects.exists()


def test_others_support_a_wording_once(first, member, neighbour):
    made = suggest(paragraph(first, "第二條第一項"), member)
    for _turn in range(2):
        wordings.support(wording=made, member=neighbour)
    assert wordings.with_support(Wording.objects.all()).get().n_supports == 1
    wordings.take_back_support(wording=made, member=neighbour)
    assert not WordingSupport.objects.exists()
    with pytest.raises(NotAllowed) as refusal:
        wordings.support(wording=made, member=member)
    assert refusal.value.code == "yours"


def test_a_hidden_wording_takes_no_support(first, member, neighbour, moderator):
    made = suggest(paragraph(first, "第二條第一項"), member)
    moderation.hide(target=made, moderator=moderator, reason="off_topic")
    with pytest.raises(NotAllowed):
        wordings.support(wording=made, member=neighbour)


def test_a_withdrawn_wording_is_erased_everywhere(first, member, neighbour):
    made = suggest(paragraph(first, "第二條第一項"), member)
    with pytest.raises(NotAllowed):
        wordings.withdraw(wording=made, author=neighbour)
    in_phase(made.space, Phase.ARCHIVED)
    assert wordings.withdraw(wording=made, author=member).text == ""
    assert Opinion.objects.get(source="wording").text == ""
    with pytest.raises(NotAllowed):
        wordings.withdraw(wording=made, author=member)


def test_the_agency_judges_a_wording_with_a_reason(first, communicator, member):
    made = suggest(paragraph(first, "第二條第一項"), member)
    with pytest.raises(InvalidText):
        wordings.judge(wording=made, editor=communicator, outcome="declined", reason=" ")
    with pytest.raises(NotAllowed):
        wordings.judge(wording=made, editor=member, outcome="taken", reason="我說了算。")
    with pytest.raises(NotFound):
        wordings.judge(wording=made, editor=communicator, outcome="open", reason="再想想。")
    judged = wordings.judge(wording=made, editor=communicator, outcome="declined", reason="電信法已有規定。")
    assert judged.outcome_reason == "電信法已有規定。"
    assert Event.objects.filter(type="wording.judged").count() == 1


def test_a_guest_without_an_account_is_asked_to_sign_in(first):
    with pytest.raises(SignInNeeded):
        suggest(paragraph(first, "第三條"), AnonymousUser(), text="漫遊費用上限三千元。")


def test_a_held_wording_waits_outside_the_stream(agency, communicator, member, neighbour):
    space = make_draft_space(agency=agency, holds_first_posts=True)
    first = publish(begin(space, communicator), communicator)
    made = suggest(paragraph(first, "第三條"), member, text="漫遊費用上限三千元。")
    assert made.state == Wording.State.HELD
    assert not Opinion.objects.published().filter(source="wording").exists()
    with pytest.raises(NotAllowed):
        wordings.support(wording=made, member=neighbour)


# What changed because of you


def test_a_version_names_what_people_said_as_its_cause(first, text, communicator, member, neighbour):
    where, item = paragraph(first, "第二條第一項"), paragraph(first, "第二條第二項第二款")
    made = suggest(where, member)
    said = say_about(item, neighbour, "違約金要有一張按月遞減的表")
    second = versions.prepare(text=text, editor=communicator, source=SECOND)
    versions.attribute(version=second, editor=communicator, causes={where.pk: [made], item.pk: [said]})
    versions.publish(version=second, editor=communicator)
    found = {change.passage.name: change for change in changes.between(first, second)}
    assert [cause.wording for cause in found["第二條第一項"].causes] == [made]
    assert [cause.comment for cause in found["第二條第二項第二款"].causes] == [said]
    made.refresh_from_db()
    assert made.outcome == Wording.Outcome.TAKEN
    told = {event.type: event.data for event in Event.objects.filter(type__in=("wording.taken", "comment.heeded"))}
    assert told["wording.taken"]["id"] == made.pk and told["wording.taken"]["number"] == 2
    assert told["comment.heeded"]["id"] == said.pk


def test_a_wording_whose_words_do_not_stand_there_is_taken_over_in_part(first, text, communicator, member):
    where = paragraph(first, "第二條第一項")
    made = suggest(where, member, text="業者應於簽約七日前交付一頁資費摘要。")
    second = versions.prepare(text=text, editor=communicator, source=SECOND)
    versions.attribute(version=second, editor=communicator, causes={where.pk: [made]})
    versions.publish(version=second, editor=communicator)
    made.refresh_from_db()
    assert made.outcome == Wording.Outcome.PARTLY


def test_only_readable_words_of_the_same_discussion_are_causes(first, text, communicator, moderator, member):
    where = paragraph(first, "第二條第一項")
    hidden = suggest(where, member)
    moderation.hide(target=hidden, moderator=moderator, reason="off_topic")
    hidden.refresh_from_db()
    other = publish(begin(make_draft_space(), communicator), communicator)
    elsewhere = suggest(paragraph(other, "第三條"), member, text="漫遊費用上限三千元。")
    second = versions.prepare(text=text, editor=communicator, source=SECOND)
    for one in (hidden, elsewhere):
        with pytest.raises(CivicError):
            versions.attribute(version=second, editor=communicator, causes={where.pk: [one]})
    assert not VersionCause.objects.exists()


def test_a_cause_that_is_hidden_later_leaves_the_page_of_changes(first, text, communicator, moderator, member):
    where = paragraph(first, "第二條第一項")
    made = suggest(where, member)
    second = versions.prepare(text=text, editor=communicator, source=SECOND)
    versions.attribute(version=second, editor=communicator, causes={where.pk: [made]})
    versions.publish(version=second, editor=communicator)
    moderation.hide(target=made, moderator=moderator, reason="off_topic")
    assert not any(change.causes for change in changes.between(first, second))
