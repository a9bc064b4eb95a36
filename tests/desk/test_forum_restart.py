"""The desk is dropped at every point of what it does in the agents' group; Telegram brings again what it must."""

from pathlib import Path
from typing import Any

from services.agents import agent_accounts, telegram
from tests.bot.handlers.telegram.bot_api import TOKEN, hall, serve_bot_api
from tests.bot.handlers.telegram.forum_api import GROUP, ForumBotApi, Topic
from tests.desk.forum import brought
from tests.desk.lives import Fate, Lives, insistent, until_undisturbed
from tests.desk.quick_starts import quick_starts
from tests.desk.running import running_desk
from tests.desk.stubborn import judged, stubborn
from tests.desk.telegram_chat import soon

ANNA = 71
#: What is done in the group and nowhere else; the customer isn't on Telegram.
IN_THE_GROUP = ("ForumTopic", "sendMessage", "editMessageText", "GroupTopics", "ConversationDesk.act", "the note of it")
ALWAYS = ("ForumTopic", "commit of ConversationDesk.act", "sendMessage")


def with_words(api: ForumBotApi, words: str) -> list[Topic]:
    return [topic for topic in api.topics.values() if words in topic.whole]


async def test_dropped_at_every_point_in_the_group(tmp_path: Path, each_database: dict[str, str]) -> None:
    fate, api = Fate(IN_THE_GROUP, ALWAYS), ForumBotApi()
    async with hall() as telegrams, insistent() as http:
        serve_bot_api(telegrams, api)
        given: dict[str, Any] = {"telegram_token": TOKEN, "telegram_base_url": api.base_url, **each_database}
        async with running_desk(tmp_path, **given) as desk:
            store, now = desk.installation.store, desk.installation.clock.now()
            anna = await store.read(lambda c: agent_accounts.by_login(c, "anna"))
            assert anna is not None
            await store.write(lambda c: telegram.issue(c, code="anna", agent_id=anna.id, now=now))
            await store.write(lambda c: telegram.join(c, code="anna", telegram_id=ANNA, now=now))

        async def journey(number: int) -> None:
            customer, asked, answered = stubborn(http, acting=fate.acting), f"Pytanie {number}.", f"Odpowiedź {number}."
            await customer.run("tax_number")
            await customer.say("/agent")
            await customer.say(asked)
            fate.acting("the desk opens a topic")
            await soon(lambda: with_words(api, asked))
            (topic,) = with_words(api, asked)
            await soon(lambda: any(message.get("reply_markup") for message in topic.messages))
            fate.acting("an agent takes it")
            await brought(api, api.presses(ANNA, topic.id, "desk:take"))
            fate.acting("an agent writes")
            await brought(api, api.says(ANNA, topic.id, answered))
            fate.acting("an agent gives it back")
            await brought(api, api.says(ANNA, topic.id, "/back"))
            await soon(lambda: not topic.open)
            fate.acting("the customer goes on")
            await customer.door.look()
            await customer.run()
            await judged(customer)
            said = await customer.door.everything()
            for once in ("Tu Anna", answered, "Anna oddaje rozmowę"):
                assert sum(once in text for text in said) == 1, (once, said)

        with quick_starts():
            lives = Lives(tmp_path, http, fate.deadly, fate.begin, {**given, "telegram_desk_chat": GROUP})
            points = await until_undisturbed(lives, fate, journey)
    print(f"{len(lives.deaths)} deaths, {points} points")
    assert fate.deaths_at("createForumTopic") >= 1
    assert fate.deaths_at("closeForumTopic") >= 1
    assert fate.deaths_at("commit of ConversationDesk.act") >= 4
    assert fate.deaths_at("sendMessage") >= 2
