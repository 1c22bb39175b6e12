"""Is work that is wanted soon done before its time?"""

import asyncio
import threading

from app.periodic import Periodic

WITHIN_S = 100.0


def test_what_is_wanted_soon_does_not_wait_for_its_time() -> None:
    done = threading.Semaphore(0)
    periodic = Periodic("work", 3600.0, done.release, lambda: True)

    async def scenario() -> None:
        periodic.soon()  # it does not run yet
        running = asyncio.create_task(periodic.run())
        await asyncio.sleep(0)
        for _ in range(3):
            await asyncio.to_thread(periodic.soon)
            assert await asyncio.to_thread(done.acquire, timeout=WITHIN_S)
        periodic.stop()
        await asyncio.wait_for(running, WITHIN_S)
        assert not done.acquire(blocking=False)

    asyncio.run(scenario())
    periodic.soon()  # nor any more
