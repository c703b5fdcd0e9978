"""Who is told of what, and by which way: on the page, by mail, by the browser, as a feed, as a calendar.

Everything here is made from the event log, after the fact: an action writes its event and knows nothing of notices, and
a broken mail server stops nobody.
"""
