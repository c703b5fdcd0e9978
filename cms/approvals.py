"""A second person of the same agency looks at an answer before it is published."""

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, Workflow, WorkflowContentType, WorkflowTask

from cms.answer_drafts import AnswerDraft

APPROVERS, APPROVE = "Approvers", "approve"
# One name for both languages: it stands in the database and on the buttons of officers.
NAME = "答覆核稿 Official answers"
# The approval that Wagtail brings for pages, and the group it lets approve them.
BROUGHT, BROUGHT_GROUP = "Moderators approval", "Moderators"


class AgencyApprovalTask(AbstractGroupApprovalTask):
    """Somebody of these groups, of the agency that answers, who does not sign the answer.

    They may change it; but then somebody else has to agree, so approving is not among what they can do.
    """

    class Meta:
        verbose_name = _("approval within the agency")
        verbose_name_plural = _("approvals within the agency")

    @classmethod
    def get_description(cls):
        return _("A second person of the same agency approves")

    def user_can_access_editor(self, obj, user):
        return super().user_can_access_editor(obj, user) and obj.agency_id == user.agency_id

    def locked_for_user(self, obj, user):
        return not self._may_judge(obj, user)

    def get_actions(self, obj, user):
        if not self._may_judge(obj, user):
            return []
        actions = super().get_actions(obj, user)
        return actions if obj.is_approved_by(user) else [action for action in actions if action[0] != APPROVE]

    def get_task_states_user_can_moderate(self, user, **kwargs):
        theirs = AnswerDraft.objects.filter(agency_id=user.agency_id).exclude(officer=user).values_list("pk", flat=True)
        waiting = super().get_task_states_user_can_moderate(user, **kwargs)
        return waiting.filter(workflow_state__object_id__in=[str(key) for key in theirs])

    def _may_judge(self, draft, user) -> bool:
        return self._user_in_groups(user) and draft.may_judge(user)


def ensure() -> Workflow:
    """The approval that answers pass on a new installation. An administrator's own arrangement is left alone."""
    _take_away_what_wagtail_brings()
    kind = ContentType.objects.get_for_model(AnswerDraft)
    assigned = WorkflowContentType.objects.filter(content_type=kind).select_related("workflow").first()
    if assigned is not None:
        return assigned.workflow
    task = AgencyApprovalTask.objects.create(name=NAME)
    task.groups.add(Group.objects.get(name=APPROVERS))
    workflow = Workflow.objects.create(name=NAME)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowContentType.objects.create(workflow=workflow, content_type=kind)
    return workflow


def _take_away_what_wagtail_brings() -> None:
    """On a fresh installation every page may be sent to "Moderators", who then edit and publish it.

    Here that group judges comments. One that an administrator has changed is left alone.
    """
    for workflow in Workflow.objects.filter(name=BROUGHT, active=True):
        tasks = [task.specific for task in workflow.tasks]
        if len(tasks) != 1 or not isinstance(tasks[0], AbstractGroupApprovalTask):
            continue
        if [group.name for group in tasks[0].groups.all()] == [BROUGHT_GROUP]:
            workflow.deactivate()
            tasks[0].deactivate()
