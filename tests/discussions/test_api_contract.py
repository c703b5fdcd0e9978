"""Figure of the interface for programs: whatever is sent, it answers by its own description and never with a 5xx."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from discussions import tokens
from discussions.instruments import KINDS
from tests.factories import make_member, make_space, propose, say

EXAMPLES = 20

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles"), pytest.mark.slow]


@pytest.fixture
def house():
    """A space that offers every instrument, with something in it, and a key of somebody who takes part."""
    space = make_space(instruments={kind.value: {} for kind in KINDS})
    member = make_member()
    comment = say(space, member, "末班車太早")
    statement = propose(space, member, "深夜要有公車")
    key = tokens.make(member=make_member(), name="試驗")[1]
    return {"slug": space.slug, "ids": [comment.pk, statement.pk, 1, 2**63 - 1], "key": key}


@pytest.fixture
def one_connection():
    """Keep the connection of the test open from request to request, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_no_input_breaks_an_operation(house, one_connection):
    """Every operation is called with what its description allows and with what it does not, with and without a key."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 10
    broken: set[str] = set()
    for operation in operations:
        try_out(operation, house, broken)
    assert not broken


def try_out(operation, house, broken):
    both = st.one_of(
        operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE),
    )

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=both, is_here=st.booleans(), has_key=st.booleans(), known=st.sampled_from(house["ids"]))
    def call(case, is_here, has_key, known):
        if is_here:
            for name in case.path_parameters or {}:
                case.path_parameters[name] = house["slug"] if name == "slug" else known
        headers = {"Authorization": f"Bearer {house['key']}"} if has_key else {}
        response = case.call(headers=headers)
        if response.status_code >= 500:
            broken.add(f"{operation.method.upper()} {operation.path}: {response.status_code}")

    call()
