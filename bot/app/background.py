"""What works behind the conversations: calls are run, timers fired, replies brought, what is too old is swept out."""

from dataclasses import dataclass

from bot.app.deciding import DecidingParts
from bot.app.dependencies import Dependencies
from bot.conversation.delivery import Delivery
from bot.usecases.jobs import TRIES, JobTable
from bot.usecases.privacy.housekeeping import Housekeeping
from bot.usecases.seller.event_sender import EventSender
from dialogs.payment import POLL
from services.jobs.opening import open_engine
from services.jobs.port import Engine
from services.jobs.timers import TimerLoop
from services.store import timer_rows

MOST_TRIES = 5
"""Of calls of which nothing else is said."""


@dataclass(frozen=True)
class BackgroundWorkers:
    """Starts and stops as one."""

    ground: Dependencies
    core: DecidingParts
    worker: Engine
    timers: TimerLoop
    delivery: Delivery
    housekeeping: Housekeeping

    async def start(self) -> None:
        """Go on where the last process ended: money that may have come meanwhile is asked after at once."""
        await self.worker.start()
        await self.ground.store.write(lambda c: timer_rows.hasten(c, POLL, self.ground.clock.now()))
        await self.core.desk.happen(self.core.renewals.plan_all)
        await self.timers.start()
        await self.delivery.start()
        self.housekeeping.start()
        await self.core.desk.start()

    async def stop(self) -> None:
        """Finish what was begun, or leave it for the next start."""
        await self.core.desk.stop()
        await self.housekeeping.stop()
        await self.timers.stop()
        await self.worker.stop()
        await self.delivery.stop()


def background_workers(ground: Dependencies, core: DecidingParts) -> BackgroundWorkers:
    """Join the workers to the desk; the channels' senders are attached to its `delivery` afterwards."""
    worker, timer_loop = open_engine(
        ground.store,
        ground.clock,
        ground.settings.database,
        execute=_calls(ground).execute,
        finish=core.desk.finish,
        fire=core.desk.fire,
        tries=lambda kind: TRIES.get(kind, MOST_TRIES),
    )
    delivery = Delivery(ground.store, ground.clock, core.show, core.holder)
    core.desk.attach(worker, timer_loop, delivery)
    housekeeping = Housekeeping(ground.store, ground.clock, ground.seller.privacy)
    return BackgroundWorkers(ground, core, worker, timer_loop, delivery, housekeeping)


def _calls(ground: Dependencies) -> JobTable:
    far = ground.providers
    return JobTable(
        store=ground.store,
        clock=ground.clock,
        renderer=ground.renderer,
        server_key=ground.server_key,
        public_url=ground.base_url,
        support_email=ground.support_email,
        pay_to=ground.profile.accounts,
        sms=far.sms,
        mail=far.mail,
        registers=far.registers,
        vies=far.vies,
        providers=far.payments,
        directory=far.directory,
        events=EventSender(ground.store, ground.clock, far.events, ground.figures.events),
    )
