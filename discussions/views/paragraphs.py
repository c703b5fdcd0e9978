"""One paragraph of a draft text and everything about it: votes, suggested wording, comments, its history."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from discussions import comments, guests, paragraphs, reactions, rules, texts, threads, wordings
from discussions.errors import CivicError
from discussions.forms import CommentForm
from discussions.instruments import Instrument
from discussions.models import Paragraph, ParagraphVote, Passage, Space, Wording
from discussions.readings import WordingPage, history, neighbours, wordings_of
from discussions.text_forms import ParagraphVoteForm, SupportForm, WordingForm
from discussions.views import entrance
from discussions.views.frame import frame, space_or_404
from discussions.views.texts import address


@require_GET
def read(request, slug: str, pk: int, paragraph: int):
    """The paragraph as it stands, or as it last stood."""
    space, passage = _passage_or_404(request, slug, pk, paragraph)
    return _page(request, space, passage)


@require_POST
def vote(request, slug: str, pk: int, paragraph: int):
    """Support, oppose, or take the vote back."""
    space, passage = _passage_or_404(request, slug, pk, paragraph)
    form = ParagraphVoteForm(request.POST)
    if not form.is_valid():
        return _page(request, space, passage, status=422)
    try:
        if form.cleaned_data["value"]:
            paragraphs.cast(paragraph=passage.paragraph, member=request.user, value=form.cleaned_data["value"])
        else:
            paragraphs.take_back(paragraph=passage.paragraph, member=request.user)
    except CivicError as refusal:
        return _page(request, space, passage, refusal=refusal)
    return redirect(address(space, pk, paragraph, "#vote"))


@require_POST
def suggest(request, slug: str, pk: int, paragraph: int):
    """Suggest wording. What cannot be taken comes back in the form, with every word kept."""
    space, passage = _passage_or_404(request, slug, pk, paragraph)
    form = WordingForm(request.POST)
    error: CivicError | None = None
    if form.is_valid():
        try:
            made = wordings.suggest(
                paragraph=passage.paragraph,
                author=request.user,
                text=form.cleaned_data["text"],
                reason=form.cleaned_data["reason"],
                client_id=form.cleaned_data["client_id"],
            )
        except CivicError as refusal:
            error = refusal
            back = address(space, pk, paragraph, "#suggest")
            entrance.refuse(request, form, refusal, place=f"wording/{paragraph}", back=back)
        else:
            _say_received(request, made)
            return redirect(address(space, pk, paragraph, f"#s{made.pk}"))
    return _page(request, space, passage, wording_form=form, status=error.status if error else 422)


@require_POST
def comment(request, slug: str, pk: int, paragraph: int):
    """Say something about this paragraph."""
    space, passage = _passage_or_404(request, slug, pk, paragraph)
    form = CommentForm(request.POST)
    error: CivicError | None = None
    if form.is_valid():
        try:
            said = comments.post(
                space=space,
                author=request.user,
                text=form.cleaned_data["text"],
                kind=form.cleaned_data["kind"],
                client_id=form.cleaned_data["client_id"],
                paragraph=passage.paragraph,
            )
        except CivicError as refusal:
            error = refusal
            back = address(space, pk, paragraph, "#comments")
            entrance.refuse(request, form, refusal, place=f"paragraph/{paragraph}", back=back)
        else:
            _say_received(request, said)
            return redirect(address(space, pk, paragraph, f"#c{said.pk}"))
    return _page(request, space, passage, comment_form=form, status=error.status if error else 422)


@require_GET
def wording(request, slug: str, pk: int):
    """The lasting address of a suggestion: its place on the page of its paragraph."""
    space = space_or_404(request, slug)
    found = get_object_or_404(Wording.objects.select_related("paragraph"), pk=pk, space=space)
    passage = _passage(space, found.paragraph.text_id, found.paragraph_id)
    return _page(request, space, passage, only=found)


@require_POST
def support(request, slug: str, pk: int):
    """Stand behind a suggestion, or not any more."""
    space = space_or_404(request, slug)
    found = get_object_or_404(Wording.objects.published().select_related("paragraph"), pk=pk, space=space)
    passage = _passage(space, found.paragraph.text_id, found.paragraph_id)
    form = SupportForm(request.POST)
    if not form.is_valid():
        return _page(request, space, passage, status=422)
    try:
        if form.cleaned_data["value"]:
            wordings.support(wording=found, member=request.user)
        else:
            wordings.take_back_support(wording=found, member=request.user)
    except CivicError as refusal:
        return _page(request, space, passage, refusal=refusal)
    return redirect(address(space, passage.paragraph.text_id, passage.paragraph_id, f"#s{found.pk}"))


@require_http_methods(["GET", "POST"])
def withdraw(request, slug: str, pk: int):
    """Take one's own words back, after one more look."""
    space = space_or_404(request, slug)
    found = get_object_or_404(Wording.objects.select_related("paragraph", "author"), pk=pk, space=space)
    rules.require(rules.may_withdraw(request.user, found))
    back = address(space, found.paragraph.text_id, found.paragraph_id)
    if request.method == "POST":
        wordings.withdraw(wording=found, author=request.user)
        messages.success(request, _("Your words are erased."))
        return redirect(back)
    return render(request, "discussions/texts/withdraw.html", frame(request, space, "texts", wording=found, back=back))


def _passage_or_404(request, slug: str, pk: int, paragraph: int) -> tuple[Space, Passage]:
    space = space_or_404(request, slug)
    return space, _passage(space, pk, paragraph)


def _passage(space: Space, text_id: int, paragraph_id: int) -> Passage:
    found = texts.last_words(paragraph_id)
    if found is None or found.version.text_id != text_id or found.version.text.space_id != space.pk:
        raise Http404
    found.version.text.space = space
    found.paragraph.text = found.version.text
    return found


def _page(
    request,
    space: Space,
    passage: Passage,
    *,
    only: Wording | None = None,
    wording_form=None,
    comment_form=None,
    refusal: CivicError | None = None,
    status: int = 200,
):
    paragraph: Paragraph = passage.paragraph
    newest = texts.latest(paragraph.text)
    is_here = passage.version_id == newest.pk
    before = request.GET.get("before", "")
    user, asks = request.user, not request.user.is_authenticated
    wordings: WordingPage = wordings_of(paragraph, passage, user, after=request.GET.get("after", ""), only=only)
    earlier, later = neighbours(passage) if is_here else (None, None)
    thread = threads.page(space, before=before, paragraph=paragraph)
    crumbs_text = {"label": paragraph.text.title, "url": paragraph.text.get_absolute_url()}
    context = frame(
        request,
        space,
        "texts",
        text=paragraph.text,
        passage=passage,
        paragraph=paragraph,
        newest=newest,
        is_here=is_here,
        hosts=list(paragraph.merged_into.select_related("version").order_by("-pk")[:1]) if not is_here else [],
        counts=texts.counts([passage])[paragraph.pk],
        mine=_vote_of(user, paragraph),
        wordings=wordings,
        only=only,
        thread=thread,
        standing=reactions.standing(thread.ids, user),
        history=history(paragraph),
        earlier=earlier,
        later=later,
        may_weigh=bool(rules.may_weigh(user, space, is_in_text=is_here))
        or asks
        and _is_open(space, rules.Verb.WEIGH, is_here),
        may_suggest=bool(rules.may_suggest(user, space, is_in_text=is_here))
        or asks
        and _is_open(space, rules.Verb.SUGGEST, is_here),
        may_say=bool(rules.may_comment_on(user, space, is_in_text=is_here))
        or asks
        and _is_open(space, rules.Verb.COMMENT, is_here),
        wording_form=wording_form
        or WordingForm(initial={"text": passage.words, **entrance.kept(request, f"wording/{paragraph.pk}")}),
        comment_form=comment_form
        or CommentForm(auto_id="comment_%s", initial=entrance.kept(request, f"paragraph/{paragraph.pk}")),
        refusal=refusal.message if refusal else "",
        takes_guests=guests.may_enter(space, rules.Verb.COMMENT, Instrument.TEXTS),
    )
    first, here = context["crumbs"]
    space_crumb = {**here, "url": space.get_absolute_url()}
    context["crumbs"] = [first, space_crumb, crumbs_text, {"label": passage.name, "url": ""}]
    return render(
        request, "discussions/texts/paragraph.html", context, status=refusal.status if refusal is not None else status
    )


def _is_open(space: Space, verb: rules.Verb, is_here: bool) -> bool:
    """Would it be taken from somebody who signs in?"""
    return is_here and rules.permits(space, verb)


def _vote_of(user, paragraph: Paragraph) -> ParagraphVote | None:
    if not user.is_authenticated:
        return None
    return ParagraphVote.objects.filter(paragraph=paragraph, member=user).first()


def _say_received(request, row) -> None:
    if row.state == row.State.HELD:
        messages.info(request, _("We have received this. A moderator will look at it within a day."))
    else:
        messages.success(request, _("Published. Everybody can read it now."))
