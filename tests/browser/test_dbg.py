import asyncio
from tests.factories import *
from discussions import frames, hub
def test_dbg(house):
    space = house.do(make_space)
    writer = house.do(make_member, name="陳小明")
    p = house.visit(writer)
    p.on("websocket", lambda w: (print("WS", w.url), w.on("framereceived", lambda f: print("<", str(f)[:300])), w.on("framesent", lambda f: print(">", f))))
    p.goto(space.get_absolute_url())
    p.locator(".connection[data-state=live]").wait_for()
    house.do(say, space, writer, "嗨嗨")
    p.wait_for_timeout(4000)
    async def look():
        h = hub.current()
        print(h.halls, h._watch)
        for hall in h.halls.values():
            print(hall.seq, hall.floor, hall.recent.keys(), hall.bell, hall._lock, [t for t in hall.tasks], hall.seats)
            for t in hall.tasks: t.print_stack()
            print("news", hall.hub, hall.people())
    asyncio.run_coroutine_threadsafe(look(), house.server.loop).result()
    print(house.do(lambda: hub.with_news({space.pk: 0})))
