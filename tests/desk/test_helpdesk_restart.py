"""The desk is dropped at every point of what it does with the help desk: each line once, each reply once."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx

from bot.conversation.identity import conversation_id
from tests.desk.helpdesk import Json, keeping
from tests.desk.lives import Fate, Lives, insistent, until_undisturbed
from tests.desk.quick_starts import quick_starts
from tests.desk.stubborn import Insistent, stubborn

WORDS = "Już sprawdzam w rejestrze."
#: What is done with a help desk, and by nothing else.
OF_IT = ("outside", "chatwoot", "ChatwootThreads", "ChatwootOutbound", "ChatwootInbound", "webhook_route")


class There:
    """The help desk's people, who see what stands there and write until it is taken."""

    def __init__(self, http: Insistent, talk: str) -> None:
        self._http, self._talk = http, talk

    async def conversation(self) -> Json:
        """The one there that stands for the talk; None while there is none."""
        listed = (await self._http.request("GET", "/sandbox/chatwoot/conversations")).json()["conversations"]
        mine = [one for one in listed if one["custom_attributes"]["okienko_conversation"] == self._talk]
        assert len(mine) <= 1, "never two"
        return mine[0] if mine else None

    async def until(self, holds: Callable[[Json], bool]) -> Json:
        """Looks until it is so."""
        while (found := await self.conversation()) is None or not holds(found):
            pass
        return found

    async def says(self, words: str) -> None:
        await self.until(lambda one: any(words in (m["content"] or "") for m in one["messages"]))

    async def does(self, do: str, text: str | None = None) -> None:
        """Once: whoever finds it done doesn't do it again."""
        there = await self.conversation()
        asked = self._http.build_request(
            "POST", f"/sandbox/chatwoot/conversations/{there['id']}", json={"do": do, "agent": "Anna", "text": text}
        )
        while True:
            try:
                await self._http.send(asked)
                return
            except httpx.HTTPError:
                found = await self.conversation()
                if found["status"] == "resolved" or any(m["content"] == text for m in found["messages"]):
                    return


async def test_dropped_at_every_point_of_its_way_there_and_back(tmp_path: Path, each_database: dict[str, str]) -> None:
    fate = Fate(OF_IT, ("and the note of it",))
    async with insistent() as http:

        async def journey(_number: int) -> None:
            customer = stubborn(http, acting=fate.acting)
            await customer.say("/start")
            await customer.say("/agent")
            there = There(http, conversation_id("rest", customer.door.sender))
            await there.says("Powód")
            await customer.say("Nie wiem, jaki mam NIP")
            await there.says("Nie wiem")
            fate.acting("a reply")
            await there.does("say", WORDS)
            while WORDS not in (told := await customer.door.everything()):
                pass
            fate.acting("the end")
            await there.does("resolve")
            while customer.door.custom["mode"] != "bot":
                await customer.door.look()
            found = await there.until(lambda one: "kończy" in one["messages"][-1]["content"])
            told = await customer.door.everything()
            assert Counter(told)[WORDS] == 1
            assert sum("Tu Anna" in text for text in told) == 1
            lines = Counter((m["source_id"], m["content"]) for m in found["messages"] if m["source_id"])
            assert max(lines.values()) == 1, lines

        with quick_starts():
            lives = Lives(tmp_path, http, fate.deadly, fate.begin, {**keeping(str(http.base_url)), **each_database})
            points = await until_undisturbed(lives, fate, journey)
    print(f"{len(lives.deaths)} deaths, {points} points")
    assert fate.deaths_at("between a conversation outside and the note of it") >= 1
    assert fate.deaths_at("between a line outside and the note of it") >= 3
