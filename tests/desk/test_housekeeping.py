"""What has served its time is dropped; what hasn't stays."""

from datetime import timedelta

from bot.conversation.identity import hashed_address
from bot.usecases.privacy.housekeeping import forget_messages
from services.store import inbox
from tests.desk.running import Running


async def test_a_message_is_known_for_seven_days(desk: Running) -> None:
    customer = desk.customer()
    await customer.say("/start", message_id="one")
    store, now = desk.installation.store, desk.installation.clock.now()
    key = f"{hashed_address('rest', customer.sender)}:one"
    await store.write(lambda c: forget_messages(c, now + timedelta(days=6)))
    assert await store.read(lambda c: inbox.known(c, "rest", key)) is not None
    await store.write(lambda c: forget_messages(c, now + timedelta(days=8)))
    assert await store.read(lambda c: inbox.known(c, "rest", key)) is None
