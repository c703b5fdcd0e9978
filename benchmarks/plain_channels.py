"""The peer of live_fanout: a plain Channels consumer as tutorials write it, a whole message through the layer per socket."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civic.settings")

import django

django.setup()

from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.routing import URLRouter  # noqa: E402
from django.urls import re_path  # noqa: E402


class Everybody(AsyncJsonWebsocketConsumer):
    """Whatever one says, all hear."""

    groups = ["everybody"]

    async def receive_json(self, content, **_named):
        await self.channel_layer.group_send("everybody", {"type": "said", "content": content})

    async def said(self, message):
        """One of the group has spoken."""
        await self.send_json(message["content"])


application = URLRouter([re_path("", Everybody.as_asgi())])
