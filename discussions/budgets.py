"""Setting up budget choices and their projects, opening and closing them, and changing the rule on the record."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, openings, rules, tables, tallies, wording
from discussions.errors import CivicError, InvalidText
from discussions.models import Budget, BudgetDecision, BudgetProject, Member, Rule, Space
from discussions.models.openings import Opening
from discussions.questionnaires import Words

TITLE_LIMIT = 200
INTRODUCTION_LIMIT = DESCRIPTION_LIMIT = 2000
PROJECT_LIMIT, LABEL_LIMIT, REASON_LIMIT = 120, 60, 1000
MOST_PROJECTS = 300
MOST_MONEY = 10**15
REPORTED = 100  # broken rows of a file that are named one by one
COLUMNS = {
    "title": ("title", "名稱", "計畫名稱"),
    "title_en": ("title-en", "英文名稱"),
    "description": ("description", "說明"),
    "description_en": ("description-en", "英文說明"),
    "category": ("category", "類別"),
    "category_en": ("category-en", "英文類別"),
    "place": ("place", "地點"),
    "place_en": ("place-en", "英文地點"),
    "cost": ("cost", "經費", "金額"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a budget choice says of itself. `most` is how many projects fit on a ballot, None for any number."""

    title: Words
    total: int
    rule: str
    kind: str = Budget.Kind.APPROVAL
    most: int | None = None
    introduction: Words = Words("")
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sketch:
    """A project as its editor wrote it."""

    title: Words
    cost: int
    description: Words = Words("")
    category: Words = Words("")
    place: Words = Words("")


@dataclass(frozen=True, slots=True)
class Import:
    """What came of a file of projects: how many were taken, and the broken rows with the reason."""

    taken: int
    broken: tuple[tuple[int, str], ...]


def create(*, space: Space, editor: Member, terms: Terms) -> Budget:
    """Prepare a budget choice; its rule is put on the record. Raises NotAllowed, InvalidText, CivicError."""
    with transaction.atomic():
        rules.require(rules.may_arrange(editor))
        space = events.lock(space.pk)
        budget = Budget.objects.create(space=space, **_columns(terms))
        _record(budget, editor, BudgetDecision.Act.RULE)
    return budget


def edit(*, budget: Budget, editor: Member, terms: Terms) -> Budget:
    """Change a budget choice. Once it has opened, the total, the ballot and the rule are fixed.

    Raises NotAllowed, InvalidText, CivicError.
    """
    with transaction.atomic():
        budget, space = _locked(budget, editor)
        if budget.state == Opening.State.CLOSED:
            raise CivicError(_("This budget choice is closed, so it stays as it is."), code="closed")
        columns, rule_before = _columns(terms), budget.rule
        if budget.state == Opening.State.OPEN:
            if any(getattr(budget, name) != columns[name] for name in ("total", "kind", "most", "rule")):
                raise CivicError(
                    _("People are voting, so the total, the ballot and the rule are fixed. Nothing was changed."),
                    code="frozen",
                )
            if terms.closes_at is not None and terms.closes_at <= timezone.now():
                raise CivicError(_("The new end is over already; close the budget choice instead."), code="dates")
        dearest = budget.projects.aggregate(most=Max("cost"))["most"]
        if dearest is not None and dearest > columns["total"]:
            raise CivicError(_("A project costs more than this total. Nothing was changed."), code="too_dear")
        for name, value in columns.items():
            setattr(budget, name, value)
        budget.save(update_fields=list(columns))
        if budget.rule != rule_before:
            _record(budget, editor, BudgetDecision.Act.RULE)
        if budget.state == Opening.State.OPEN:
            events.append(space, "budget.edited", {"id": budget.pk})
    return budget


def add_project(*, budget: Budget, editor: Member, sketch: Sketch) -> BudgetProject:
    """Add a project while the choice is being prepared. Raises NotAllowed, InvalidText, CivicError."""
    with transaction.atomic():
        budget, _space = _locked(budget, editor)
        _require_draft(budget)
        last = budget.projects.aggregate(last=Max("number"))["last"] or 0
        if last >= MOST_PROJECTS:
            raise CivicError(_("%(most)s projects fit on a ballot.") % {"most": MOST_PROJECTS}, code="too_many")
        return BudgetProject.objects.create(budget=budget, number=last + 1, **_project_columns(budget, sketch))


def edit_project(*, project: BudgetProject, editor: Member, sketch: Sketch) -> BudgetProject:
    """Change a project; once voting has opened only its words, never its cost."""
    with transaction.atomic():
        budget, _space = _locked(project.budget, editor)
        columns = _project_columns(budget, sketch)
        if budget.state != Opening.State.DRAFT and columns["cost"] != project.cost:
            raise CivicError(_("People are voting, so the cost of a project is fixed."), code="frozen")
        BudgetProject.objects.filter(pk=project.pk).update(**columns)
        project.refresh_from_db()
    return project


def remove_project(*, project: BudgetProject, editor: Member) -> None:
    """Take a project away while the choice is being prepared; the others keep their numbers."""
    with transaction.atomic():
        budget, _space = _locked(project.budget, editor)
        _require_draft(budget)
        BudgetProject.objects.filter(pk=project.pk).delete()


def import_projects(*, budget: Budget, editor: Member, path: Path) -> Import:
    """Add the projects of a CSV file with a heading row. Good rows go in, each broken one is named with its reason.

    Raises TableError when the file as a whole cannot be used, NotAllowed, CivicError.
    """
    table = tables.Table(path)
    places = {
        column: next((table.names.index(name) for name in names if name in table.names), None)
        for column, names in COLUMNS.items()
    }
    if places["title"] is None or places["cost"] is None:
        table.require(["title", "cost"])
    taken, broken = 0, []
    with transaction.atomic():
        rules.require(rules.may_arrange(editor))
        events.lock(budget.space_id)
        for row, cells in table.rows():
            try:
                if isinstance(cells, str):
                    raise InvalidText(cells)
                add_project(budget=budget, editor=editor, sketch=_sketched(cells, places))
            except CivicError as error:
                if error.code in ("frozen", "too_many"):
                    raise
                broken.append((row, error.message))
            else:
                taken += 1
    return Import(taken, tuple(broken[:REPORTED]))


def open_now(*, budget: Budget, editor: Member) -> Budget:
    """Let people vote. Appends budget.opened. Raises CivicError without projects."""
    rules.require(rules.may_arrange(editor))
    return _begin(budget.pk)[0]


def close_now(*, budget: Budget, editor: Member) -> Budget:
    """Take no more ballots, for good, and count them. Appends budget.closed; budget.tallied follows."""
    rules.require(rules.may_arrange(editor))
    return _end(budget.pk)[0]


def override_rule(*, budget: Budget, editor: Member, rule: str, reason: str) -> Budget:
    """Let another rule decide after voting has opened: only with a reason everybody can read.

    Appends budget.decided. Raises NotAllowed, InvalidText, CivicError.
    """
    with transaction.atomic():
        budget, space = _locked(budget, editor)
        if budget.state == Opening.State.DRAFT or rule not in Rule.values or rule == budget.rule:
            raise CivicError(_("There is no other rule to change to."), code="unknown_rule")
        reason = _cleaned_reason(reason)
        budget.rule = rule
        budget.save(update_fields=["rule"])
        _record(budget, editor, BudgetDecision.Act.OVERRIDE, reason=reason)
        events.append(space, "budget.decided", {"id": budget.pk})
    return budget


def override_winner(*, project: BudgetProject, editor: Member, wins: bool, reason: str) -> None:
    """Add a project to the winners or take one away after the tally: only with a reason everybody can read.

    Appends budget.decided. Raises NotAllowed, InvalidText, CivicError (no tally yet, already so, over the total).
    """
    with transaction.atomic():
        budget, space = _locked(project.budget, editor)
        outcome = tallies.outcome(budget)
        if outcome is None:
            raise CivicError(_("The ballots are not counted yet."), code="not_tallied")
        if wins == (project.pk in outcome.winner_ids):
            raise CivicError(_("That is so already; nothing was changed."), code="unchanged")
        if wins and outcome.spent + project.cost > budget.total:
            over = outcome.spent + project.cost - budget.total
            raise CivicError(
                _("With this project the winners would cost %(over)s more than the total.") % {"over": f"{over:,}"},
                code="over_total",
            )
        act = BudgetDecision.Act.ADD if wins else BudgetDecision.Act.REMOVE
        _record(budget, editor, act, project=project, reason=_cleaned_reason(reason))
        events.append(space, "budget.decided", {"id": budget.pk})


def keep_time() -> int:
    """Open and close what is due; run by the clockwork. Returns how many budget choices changed."""
    ready = Budget.objects.filter(projects__isnull=False).distinct()
    return openings.keep_time(ready, begin_one=lambda pk: _begin(pk)[1], end_one=lambda pk: _end(pk)[1])


def of_space(member, space: Space):
    """The budget choices a reader of this space may see, newest first."""
    found = Budget.objects.filter(space=space)
    return found if rules.may_arrange(member) else found.exclude(state=Opening.State.DRAFT)


def _begin(pk: int) -> tuple[Budget, bool]:
    with transaction.atomic():
        budget, space = _fresh(pk)
        if not budget.projects.exists():
            raise CivicError(_("There is no project yet; add some before you open it."), code="empty")
        changed = openings.begin(budget, timezone.now())
        if changed:
            events.append(space, "budget.opened", {"id": budget.pk})
    return budget, changed


def _end(pk: int) -> tuple[Budget, bool]:
    with transaction.atomic():
        budget, space = _fresh(pk)
        changed = openings.end(budget, timezone.now())
        if changed:
            events.append(space, "budget.closed", {"id": budget.pk})
            transaction.on_commit(partial(tallies.begin, budget.pk))
    return budget, changed


def _fresh(pk: int) -> tuple[Budget, Space]:
    budget = Budget.objects.select_related("space").get(pk=pk)
    space = events.lock(budget.space_id)
    budget.refresh_from_db()
    return budget, space


def _locked(budget: Budget, editor: Member) -> tuple[Budget, Space]:
    rules.require(rules.may_arrange(editor))
    return _fresh(budget.pk)


def _require_draft(budget: Budget) -> None:
    if budget.state != Opening.State.DRAFT:
        raise CivicError(_("People are voting, so the list of projects is fixed."), code="frozen")


def _record(budget: Budget, editor: Member, act: str, *, project: BudgetProject | None = None, reason: str = ""):
    BudgetDecision.objects.create(
        budget=budget, act=act, rule=budget.rule, project=project, reason=reason, editor=editor, at=timezone.now()
    )


def _columns(terms: Terms) -> dict:
    openings.check_dates(terms.opens_at, terms.closes_at)
    if terms.rule not in Rule.values or terms.kind not in Budget.Kind.values:
        raise CivicError(_("Please choose the ballot and the rule."), code="unknown_rule")
    if not 0 < terms.total <= MOST_MONEY:
        raise CivicError(_("The total has to be a whole amount above zero."), code="total")
    if terms.most is not None and not 1 <= terms.most <= MOST_PROJECTS:
        raise CivicError(_("A ballot takes at least one project."), code="most")
    is_knapsack = terms.kind == Budget.Kind.KNAPSACK
    return {
        "title": wording.cleaned_line(
            terms.title.written, limit=TITLE_LIMIT, missing=_("Please give the budget a title.")
        ),
        "title_en": _line(terms.title.english, TITLE_LIMIT),
        "introduction": _text(terms.introduction.written, INTRODUCTION_LIMIT),
        "introduction_en": _text(terms.introduction.english, INTRODUCTION_LIMIT),
        "total": terms.total,
        "kind": terms.kind,
        "most": None if is_knapsack else terms.most,
        "rule": terms.rule,
        "opens_at": terms.opens_at,
        "closes_at": terms.closes_at,
    }


def _project_columns(budget: Budget, sketch: Sketch) -> dict:
    if not 0 < sketch.cost <= budget.total:
        raise InvalidText(
            _("The cost has to be a whole amount above zero and not above the total of %(total)s.")
            % {"total": f"{budget.total:,}"},
            code="cost",
        )
    return {
        "title": wording.cleaned_line(
            sketch.title.written, limit=PROJECT_LIMIT, missing=_("Please give the project a name.")
        ),
        "title_en": _line(sketch.title.english, PROJECT_LIMIT),
        "description": _text(sketch.description.written, DESCRIPTION_LIMIT),
        "description_en": _text(sketch.description.english, DESCRIPTION_LIMIT),
        "category": _line(sketch.category.written, LABEL_LIMIT),
        "category_en": _line(sketch.category.english, LABEL_LIMIT),
        "place": _line(sketch.place.written, LABEL_LIMIT),
        "place_en": _line(sketch.place.english, LABEL_LIMIT),
        "cost": sketch.cost,
    }


def _sketched(cells: list[str], places: dict[str, int | None]) -> Sketch:
    values = {column: cells[place].strip() if place is not None else "" for column, place in places.items()}
    digits = values["cost"].replace(",", "").replace("NT$", "").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(MOST_MONEY))):
        raise InvalidText(_("“%(cost)s” is not a whole amount.") % {"cost": values["cost"][:40]}, code="cost")

    def both(column: str) -> Words:
        return Words(values[column], values[f"{column}_en"])

    found = Sketch(title=both("title"), cost=int(digits))
    return replace(found, description=both("description"), category=both("category"), place=both("place"))


def _cleaned_reason(reason: str) -> str:
    return wording.cleaned(
        reason, limit=REASON_LIMIT, missing=_("Please say why; the reason is published with the decision.")
    )


def _line(text: str, limit: int) -> str:
    return wording.cleaned_line(text, limit=limit, least=1) if text.strip() else ""


def _text(text: str, limit: int) -> str:
    return wording.cleaned(text, limit=limit) if text.strip() else ""
