"""A blocked customer: one polite sentence, no words kept, nothing decided; unblocked, all is as it was."""

from pathlib import Path
from typing import Any

from bot.conversation import identity
from services.store import conversations, journal
from services.support import blocklist
from tests.desk.databases import on_each_database
from tests.desk.running import Customer, Running
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk
from tests.kit.talks import says


async def block(desk: Running, channel: str, address: str) -> None:
    address = identity.hashed_address(channel, address) if channel == "rest" else address
    blocked = blocklist.BlockedAddress(channel, address, "anna", "insults", desk.installation.clock.now())
    await desk.installation.store.write(lambda c: blocklist.block(c, blocked))


async def lines(desk: Running, channel: str, address: str) -> tuple[journal.JournalEntry, ...]:
    talk = identity.conversation_id(channel, address)
    return await desk.installation.store.read(lambda c: journal.read_all(c, talk))


async def state(desk: Running, customer: Customer) -> Any:
    talk = identity.conversation_id("rest", customer.sender)
    known = await desk.installation.store.read(lambda c: conversations.load(c, talk, lock=False))
    assert known is not None
    return known.state, known.account_id, known.customer_at


async def answers(customer: Customer, *messages: str, message_id: str | None = None) -> list[str]:
    """All that was said to these messages."""
    before = len(customer.said)
    for message in messages:
        await customer.say(message, message_id)
    return customer.said[before:]


@on_each_database
async def test_each_request_gets_the_sentence_and_nothing_else_happens(desk: Running) -> None:
    customer = await says(desk.customer(), "/start", "start:buy", "account:new")
    before, asked = await state(desk, customer), customer.at
    await block(desk, "rest", customer.sender)

    said = await answers(customer, "you fools", "jan@example.com", "/agent")
    again = await answers(customer, "once", "once", message_id="m1")

    assert (len(said), len(again), len({*said, *again})) == (3, 2, 1)
    assert "@" in said[0], "where to write instead"
    assert await state(desk, customer) == before
    assert customer.at == asked
    kept = await lines(desk, "rest", customer.sender)
    assert [line.data for line in kept if line.kind == "blocked"] == [{}] * 4
    assert "fools" not in str([line.data for line in kept])

    address = identity.hashed_address("rest", customer.sender)
    await desk.installation.store.write(lambda c: blocklist.unblock(c, channel="rest", address=address))
    await customer.say("jan@example.com")
    assert customer.at == "account.secure_page"


async def test_who_never_wrote_before_may_be_blocked(desk: Running) -> None:
    customer = desk.customer("en")
    await block(desk, "rest", customer.sender)

    [sentence] = await answers(customer, "/start")

    assert sentence.startswith("This conversation is closed")
    assert len(await lines(desk, "rest", customer.sender)) == 2


async def test_on_telegram_it_is_said_once(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        chat = Chat(api, desk, 600)
        await chat.taken(update(chat, "/start"))
        await chat.sees(lambda: chat.texts)
        before = len(chat.texts)
        await block(desk, "telegram", "600")
        for word in ("one", "two", "three"):
            await chat.taken(update(chat, word))

        await chat.sees(lambda: len(chat.texts) > before)
        kept = [line.kind for line in await lines(desk, "telegram", "600")]
        assert kept[-4:] == ["blocked", "bot", "blocked", "blocked"]
        assert len(chat.texts) == before + 1


def update(chat: Chat, text: str) -> Any:
    return chat.api.update(message=chat.api.message(chat.id, text=text))
