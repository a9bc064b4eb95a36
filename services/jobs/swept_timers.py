"""The timers of a desk in several processes: fired by the queue's sweep, in whichever process does it."""

from datetime import datetime

from services.jobs.timers import TimerLoop


class SweptTimers(TimerLoop):
    """Fires what is due when `run_due` is called, and never by itself."""

    async def start(self) -> None:
        """Nothing: the sweep comes every two seconds."""

    async def stop(self) -> None:
        """Nothing, either."""

    def wake(self, due: datetime | None = None) -> None:
        """Nothing: a timer may wait for the next sweep; who moves the clock wakes the engine, which sweeps."""
