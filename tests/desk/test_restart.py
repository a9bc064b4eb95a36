"""The desk is dropped at every point where it touches what outlives it; its customers go on as if nothing had been.

The points are counted by what the desk does there and what its customer was about: once at each.
"""

from pathlib import Path

from tests.bot.handlers.telegram.bot_api import TOKEN
from tests.desk.lives import Fate, Lives, insistent, recordings_left, until_undisturbed
from tests.desk.quick_starts import quick_starts
from tests.desk.running import Customer, Running, running_desk
from tests.desk.stubborn import judged, judged_letters, stubborn
from tests.desk.telegram_chat import bot_api
from tests.desk.traced_chat import TracedChat, judged_chat, walked

#: What the desk does for this channel only: at these points it is dropped in a chat, at all others on REST.
ON_TELEGRAM = (
    *("Message", "getUpdates", "answerCallback", "getMe", "Webhook", "setMy", "a reply"),
    *("Delivery.", "ProcessLease."),
)


ALWAYS = (
    *("before call SendCode", "after call SendCode", "before POST sms.do", "before POST register"),
    *("before call Transcribe", "after call Transcribe", "before POST transcription", "after POST transcription"),
)


async def test_a_message_repeated_to_the_next_life_is_the_same_message(tmp_path: Path) -> None:
    lives: list[tuple[list[str], int]] = []
    for _ in range(2):
        async with running_desk(tmp_path) as desk:
            customer = Customer(desk.http, sender="a-customer-whom-nobody-guesses")
            await customer.say("/start", message_id="first")
            known = await desk.installation.desk.conversation("rest", customer.sender)
            lines = await desk.installation.desk.messages(known or "", with_customer=True)
            lives.append((customer.said, [line.author for line in lines].count("customer")))
    assert lives[0] == lives[1]
    assert lives[1][1] == 1


async def test_dropped_at_every_point_of_the_journey(tmp_path: Path, each_database: dict[str, str]) -> None:
    fate = Fate(always=ALWAYS)

    async with insistent() as http:

        async def journey(_number: int) -> None:
            customer = stubborn(http, acting=fate.acting)
            customer.speaks = True
            await customer.run()
            await judged(customer, lives.seen)
            assert recordings_left(tmp_path, lives.url) == 0

        with quick_starts():
            lives = Lives(tmp_path, http, fate.deadly, fate.begin, each_database)
            points = await until_undisturbed(lives, fate, journey)
    print(f"{len(lives.deaths)} deaths, {points} points")
    assert points > 100, "the points weren't found"
    for point in ALWAYS:
        assert fate.deaths_at(point), point


async def test_dropped_at_every_point_of_the_journey_on_telegram(tmp_path: Path, each_database: dict[str, str]) -> None:
    fate = Fate(ON_TELEGRAM)

    async with bot_api() as api, insistent() as http:
        desk = Running(None, http)  # type: ignore[arg-type]

        async def journey(number: int) -> None:
            chat = TracedChat(api, desk, 900 + number, acting=fate.acting, quiet=fate.quiet)
            await walked(chat)
            await judged_chat(chat, lambda: fate.cut)
            judged_letters(await desk.outbox(chat.email), lives.seen)

        with quick_starts():
            bot = {"telegram_token": TOKEN, "telegram_base_url": api.base_url}
            lives = Lives(tmp_path, http, fate.deadly, fate.begin, {**each_database, **bot})
            points = await until_undisturbed(lives, fate, journey)
    print(f"{len(lives.deaths)} deaths, {points} points")
    assert points > 80, "the points weren't found"
