"""Addresses of the WebSocket side."""

from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from discussions.consumers import SpaceConsumer

websocket_urlpatterns = [
    path("ws/p/<int:space_id>/", SpaceConsumer.as_asgi()),
    re_path(r"", WebsocketDenier.as_asgi()),
]
