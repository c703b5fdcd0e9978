"""Eight processes post for one person, each in turn to all of several discussions. Run by test_pace.py:
python -m tests.discussions.pace_drill JSON

JSON names the database, the member, the discussions, the tries of each process and the intervals. Exit code 1 when a
process met anything but a post that was taken or refused as too soon.
"""

import json
import os
import sys

PROCESSES = 8


def main(database: str, member: int, spaces: list[int], tries: int, intervals: dict) -> None:
    """Fork the writers before any connection is open, and wait for them."""
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.POSTING_INTERVALS = intervals
    django.setup()
    children = []
    for number in range(PROCESSES):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                insist(number, member, spaces, tries)
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    statuses = [os.waitpid(child, 0)[1] for child in children]
    sys.exit(1 if any(statuses) else 0)


def insist(number: int, member: int, spaces: list[int], tries: int) -> None:
    """Post until the tries are used up, whatever the answer."""
    from discussions.errors import TooSoon
    from discussions.models import Member, Space
    from tests.factories import say

    author = Member.objects.get(pk=member)
    for turn in range(tries):
        space = Space.objects.get(pk=spaces[(number + turn) % len(spaces)])
        try:
            say(space, author, f"程序 {number} 第 {turn} 次")
        except TooSoon:
            continue


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
