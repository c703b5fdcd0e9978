"""One process speaks HTTP and WebSocket."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civic.settings")
http = get_asgi_application()

# WhiteNoise hands over files piece by piece; Django reads them in a thread of its own, which is meant here.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

# Consumers import models, so they come after Django is ready.
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from civic import warming  # noqa: E402
from discussions.origins import SameOriginOnly  # noqa: E402
from discussions.routing import websocket_urlpatterns  # noqa: E402
from discussions.streams import SpaceStream, Streams  # noqa: E402

application = ProtocolTypeRouter(
    {
        "lifespan": warming.lifespan,
        "http": Streams(AuthMiddlewareStack(SpaceStream()), http),
        "websocket": SameOriginOnly(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
