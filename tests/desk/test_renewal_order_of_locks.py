"""While a desk that begins plans subscriptions, others' timers fire: neither waits for the other in a circle."""

from pathlib import Path

import sqlalchemy as sa

from services.store.tables.core import timer
from services.store.tables.subscriptions import subscription
from services.subscriptions import renewal_timer, subscriptions
from tests.desk.renewing import PROFILE
from tests.desk.running import running_desk
from tests.desk.scripted import until

WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def test_a_timer_that_fires_waits_for_its_subscription_before_it_takes_anything(
    tmp_path: Path, postgres: str
) -> None:
    outside = sa.create_engine(postgres, poolclass=sa.NullPool)
    async with running_desk(tmp_path, profile=PROFILE, database_url=postgres) as desk:
        with outside.begin() as planning:
            begun = sa.select(subscription.c.id).where(subscription.c.ends_at.is_not(None)).limit(1)
            id = planning.execute(begun).scalar_one()
            subscriptions.lock(planning, id)
            with outside.begin() as buying:
                renewal_timer.wake(buying, id, desk.installation.clock.now())

            async def fires() -> bool:
                with outside.connect() as looking:
                    return looking.execute(WAITING).scalar_one() > 0

            await until(fires)
            mine = sa.select(timer.c.data).where(timer.c.conversation_id == renewal_timer.owner_of(id))
            assert planning.execute(mine.with_for_update(nowait=True)).scalar_one() == {}

        async def planned() -> bool:
            with outside.connect() as looking:
                return looking.execute(mine).scalar_one() != {}

        await until(planned)
