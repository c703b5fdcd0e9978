"""Without JavaScript everything a citizen or a moderator does works by plain pages and forms."""

from playwright.sync_api import expect

from cms.sites import ensure
from discussions import live
from tests.browser.house import said
from tests.factories import LONG_AGO, PASSWORD, make_member, make_space, propose, say
