"""The counter: entering what people say or write who have no screen of their own; the sheet of paper; the receipt."""

import io

import segno
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from discussions import assistance, guests, journeys, responses, rules, survey_sheets, surveys, timelines, voting
from discussions.assistance_forms import BeginForm, EnterForm, ReceiptForm, spaces_to_enter
from discussions.errors import CivicError, SignInNeeded
from discussions.models import Member, PaperForm, Proposal, Sitting, Survey
from discussions.views.frame import space_or_404

SHOWN = 30
RECEIPTS = "receipts"


@require_GET
def index(request, *, form=None, status: int = 200):
    """Begin with somebody, or go on with somebody who is still here."""
    rules.require(rules.may_assist(request.user))
    found = assistance.form_with(request.GET.get("form", "")) if request.GET.get("form") else None
    initial = {"form": found.code, "space": found.space_id, "channel": "paper", "consent": "signed"} if found else {}
    context = {
        "form": form or BeginForm(initial=initial),
        "unknown_form": bool(request.GET.get("form")) and found is None,
        "late_form": found is not None and not spaces_to_enter().filter(pk=found.space_id).exists(),
        "sittings": Sitting.objects.filter(helper=request.user).select_related("space", "person")[:SHOWN],
        "spaces": spaces_to_enter()[:SHOWN],
        "crumbs": [{"label": _("The counter"), "url": ""}],
    }
    return render(request, "discussions/assistance/index.html", context, status=status)


@require_POST
def begin(request):
    """Begin a sitting."""
    form, status = BeginForm(request.POST), 422
    rules.require(rules.may_assist(request.user))
    if form.is_valid():
        sent = form.cleaned_data
        try:
            begun = assistance.begin(
                helper=request.user,
                space=sent["space"],
                channel=sent["channel"],
                consent=sent["consent"],
                document=sent["document"],
                receipt=sent["receipt"],
                form=sent["form"],
            )
        except CivicError as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
        else:
            _carry(request, begun)
            return redirect("discussions:sitting", pk=begun.sitting.pk)
    request.method = "GET"
    return index(request, form=form, status=status)


@require_http_methods(["GET", "POST"])
def sitting(request, pk: int):
    """Everything that can be entered for this person, on one page."""
    found = _own_sitting(request, pk)
    statements, proposals = _asked(found)
    form, status = EnterForm(request.POST if request.method == "POST" else None, statements, proposals), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                acts = assistance.enter(
                    sitting=found,
                    helper=request.user,
                    client_id=form.cleaned_data["client_id"],
                    comment=form.cleaned_data["comment"],
                    votes=form.votes,
                    signed=form.signed,
                )
            except CivicError as refusal:
                form.add_error(None, refusal.message)
                status = refusal.status
            else:
                messages.success(request, _("Entered: %(n)s. It counts as theirs.") % {"n": len(acts)})
                return redirect("discussions:sitting", pk=pk)
    open_surveys = surveys.of_space(found.person, found.space).filter(state=Survey.State.OPEN)
    context = _context(found, form=form, acts=found.acts.all(), surveys=open_surveys[:SHOWN], takes=_takes(found))
    return render(request, "discussions/assistance/sitting.html", context, status=status)


@require_http_methods(["GET", "POST"])
def survey(request, pk: int, survey_pk: int):
    """A survey, answered through the helper's hands."""
    found = _own_sitting(request, pk)
    asked = get_object_or_404(surveys.of_space(found.person, found.space), pk=survey_pk)
    questions = responses.questions_of(asked)
    if request.method == "GET":
        return _survey_page(request, found, asked, survey_sheets.laid_out(questions, survey_sheets.Filled()))
    filled = survey_sheets.read(questions, request.POST)
    if problems := survey_sheets.problems_on(questions, filled):
        return _survey_page(
            request, found, asked, survey_sheets.laid_out(questions, filled, problems=problems), status=422
        )
    if not set(survey_sheets.reached(questions, filled).numbers) <= filled.seen:
        return _survey_page(request, found, asked, survey_sheets.laid_out(questions, filled))
    try:
        assistance.respond(sitting=found, helper=request.user, survey=asked, answers=filled.sent)
    except CivicError as refusal:
        problems = refusal.problems if isinstance(refusal, responses.InvalidAnswers) else {}
        sheet = survey_sheets.laid_out(questions, filled, problems=problems, message=refusal.message)
        return _survey_page(request, found, asked, sheet, status=refusal.status)
    messages.success(request, _("The answers are counted as theirs."))
    return redirect("discussions:sitting", pk=pk)


@require_GET
def slip(request, pk: int):
    """What the person takes home: what was entered, and how to read what becomes of it. The code is shown once."""
    found = _own_sitting(request, pk)
    address = request.build_absolute_uri(reverse("discussions:receipt"))
    context = _context(
        found,
        code=_handed_over(request, found),
        acts=found.acts.all(),
        address=address,
        picture=_qr(address),
    )
    response = render(request, "discussions/assistance/slip.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def make_sheet(request, slug: str):
    """A new sheet of paper for a space."""
    form = assistance.make_form(space=space_or_404(request, slug), editor=request.user)
    return redirect("discussions:paper", code=form.code)


@require_GET
def newest_sheet(request, slug: str):
    """The sheet of a space that anybody may print; where none was made yet there is none."""
    space = space_or_404(request, slug)
    form = PaperForm.objects.filter(space=space).first()
    if form is None:
        raise Http404
    return redirect("discussions:paper", code=form.code)


@require_GET
def sheet(request, code: str):
    """One sheet, made for A4."""
    form = assistance.form_with(code)
    if form is None or not rules.may_see(request.user, form.space):
        raise Http404
    statements, proposals = assistance.sheet(form)
    address = request.build_absolute_uri(form.space.get_absolute_url())
    context = {
        "form": form,
        "space": form.space,
        "statements": statements,
        "proposals": proposals,
        "address": address,
        "picture": _qr(address),
        "until": timelines.end(form.space, timezone.now()),
        "crumbs": [{"label": form.space.local_title, "url": form.space.get_absolute_url()}],
    }
    return render(request, "discussions/assistance/sheet.html", context)


@require_http_methods(["GET", "POST"])
def receipt(request):
    """With the code of a slip: where the words went, and a way to make them one's own."""
    form, page, status = ReceiptForm(request.POST if request.method == "POST" else None), None, 200
    if request.method == "POST" and form.is_valid():
        # A code cannot be found by trying.
        guests.count(request, what="receipts")
        person = assistance.owner_of(form.cleaned_data["code"])
        if person is None:
            form.add_error("code", _("There is no receipt with this code. Please compare it with the slip."))
            status = 404
        elif form.cleaned_data["keep"]:
            return _claimed(request, form)
        else:
            page = journeys.of(person)
    context = {"form": form, "page": page, "crumbs": [{"label": _("With a receipt"), "url": ""}]}
    response = render(request, "discussions/assistance/receipt.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _carry(request, begun: assistance.Begun) -> None:
    """Remember the code until its slip is printed. Codes of people who have left are forgotten."""
    now = timezone.now().timestamp()
    codes = request.session.get(RECEIPTS, {})
    kept = {person: code for person, code in codes.items() if now - code[1] < assistance.LASTS.total_seconds()}
    if begun.receipt:
        kept[str(begun.sitting.person_id)] = [begun.receipt, now]
    if kept != codes:
        request.session[RECEIPTS] = kept


def _handed_over(request, found: Sitting) -> str:
    """The code for this slip, and with that it is gone; "" when the person has it already."""
    codes = request.session.get(RECEIPTS, {})
    code, _at = codes.pop(str(found.person_id), ("", 0))
    if code:
        request.session[RECEIPTS] = codes
    return code


def _claimed(request, form):
    if not request.user.is_authenticated:
        raise SignInNeeded(_("Please sign in first, then type the code in again."))
    assistance.claim(receipt=form.cleaned_data["code"], member=request.user)
    messages.success(request, _("What was entered for you is yours now."))
    return redirect("discussions:me")


def _own_sitting(request, pk: int) -> Sitting:
    rules.require(rules.may_assist(request.user))
    return get_object_or_404(
        Sitting.objects.select_related("space__agency", "person", "form"), pk=pk, helper=request.user
    )


def _asked(found: Sitting):
    """Statements and proposals to answer: those of the sheet in its order, or the newest that are open."""
    if found.form is not None:
        return assistance.sheet(found.form)
    statements = voting.with_tallies(found.space).filter(closed_at=None).order_by("-pk")[:SHOWN]
    proposals = Proposal.objects.published().filter(space=found.space, stage=Proposal.Stage.OPEN).order_by("-pk")
    return list(statements), list(proposals[:SHOWN])


def _takes(found: Sitting) -> dict[str, bool]:
    person: Member = found.person
    verbs = {"comment": rules.Verb.COMMENT, "vote": rules.Verb.VOTE, "sign": rules.Verb.COSIGN}
    return {name: bool(rules.may_contribute(person, found.space, verb)) for name, verb in verbs.items()}


def _survey_page(request, found, asked, sheet, *, status: int = 200):
    context = _context(found, survey=asked, sheet=sheet)
    return render(request, "discussions/assistance/survey.html", context, status=status)


def _context(found: Sitting, **more) -> dict:
    crumbs = [
        {"label": _("The counter"), "url": reverse("discussions:assist")},
        {"label": str(found.person), "url": ""},
    ]
    return {"sitting": found, "space": found.space, "crumbs": crumbs, **more}


def _qr(address: str) -> str:
    drawing = io.BytesIO()
    segno.make(address, micro=False).save(drawing, kind="svg", xmldecl=False, svgclass="qr", lineclass=None, scale=3)
    return mark_safe(drawing.getvalue().decode())
