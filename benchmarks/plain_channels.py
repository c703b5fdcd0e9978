"""The peer of `live`: a plain Channels consumer as tutorials write it. It does what a frame asks by the same actions as
Minyi and renders the same frame, then sends the whole of it through the channel layer, and every socket encodes it for
itself."""

import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civic.settings")

import django

django.setup()

from channels.db import database_sync_to_async  # noqa: E402
from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.routing import URLRouter  # noqa: E402
from django.urls import re_path  # noqa: E402

from discussions import events, frames  # noqa: E402
from discussions.commands import COMMANDS  # noqa: E402
from discussions.models import Member, Space  # noqa: E402


class Everybody(AsyncJsonWebsocketConsumer):
    """Whatever one says, all hear."""

    groups = ["everybody"]

    async def receive_json(self, content, **_named):
        answer, told = await done(content)
        await self.send_json({"re": content["id"], **answer})
        await self.channel_layer.group_send("everybody", {"type": "told", "content": told})

    async def told(self, message):
        """One of the group has spoken."""
        await self.send_json(message["content"])


@database_sync_to_async
def done(content: dict) -> tuple[dict, dict]:
    """Do what the frame asks: the answer, and what all are told of it."""
    space = Space.objects.get(pk=content["space"])
    member = Member.objects.get(pk=content["member"])
    answer = COMMANDS[content["type"]](space, member, content)
    batch = frames.load(space.pk, events.last_seq(space.pk) - 1)
    return answer, json.loads(batch.frames[-1].texts["zh-hant"])


application = URLRouter([re_path("", Everybody.as_asgi())])
