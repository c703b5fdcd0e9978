"""What a web process reads before anybody asks for it: the model that looks at what people write.

A web server tells an application that it starts by ASGI's lifespan protocol. A process that only imports the
application, a management command or a test, hears nothing of it and reads nothing.
"""

import logging
import threading

from nlp.core import abuse
from nlp.core.encoders import EncoderUnavailable

logger = logging.getLogger(__name__)

NAME = "warming"


async def lifespan(_scope, receive, send) -> None:
    """The ASGI application of type "lifespan". The server may take requests at once: reading goes on beside them."""
    while True:
        told = await receive()
        if told["type"] == "lifespan.startup":
            # Nobody waits for a daemon: not a start, and not an end that comes before it is done.
            threading.Thread(target=warm, name=NAME, daemon=True).start()
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return


def warm() -> None:
    """Read the model, and let it look at some words once. A process without it goes on by the rules alone."""
    try:
        abuse.judge("公車 bus")
    except (EncoderUnavailable, OSError, MemoryError):
        logger.exception("The model for attacks and advertisements could not be read")
