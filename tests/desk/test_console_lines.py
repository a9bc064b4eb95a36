"""A page that is brought only the lines it lacks ends up with the same as one that is loaded anew."""

import re
from dataclasses import dataclass, field

from services.agents import agent_accounts
from services.store import journal
from services.store.journal import NewJournalEntry
from tests.desk.agent_http import AgentHttp, lengthen
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted
from tests.kit.narrow import present

_LOG = re.compile(r'data-start="(\d+)" data-last="(\d+)" data-mark="([0-9a-f]+)"')
_LINE = re.compile(r'<li class="(?:said|thin)[^>]* id="line-(\d+)".*?(?=<li class="(?:said|thin|folded)|</ol>)', re.S)


def lines_in(page: str) -> dict[int, str]:
    return {int(found[1]): found[0].strip() for found in _LINE.finditer(page)}


@dataclass
class Shown:
    """What `static/js/desk/talk.js` does with what it is brought. `redrawn` counts the times all lines came anew."""

    agent: AgentHttp
    where: str
    start: int = 0
    last: int = 0
    mark: str = ""
    lines: dict[int, str] = field(default_factory=dict[int, str])
    redrawn: int = 0
    brought: int = 0

    async def open(self) -> None:
        self._whole((await self.agent.get(f"/desk/c/{self.where}")).text)

    async def refresh(self, path: str = "parts") -> None:
        due = ",".join(str(id) for id, line in self.lines.items() if " data-due>" in line)
        have = f"{self.start}.{self.last}.{self.mark}.{due}"
        answer = await self.agent.http.get(
            f"/desk/c/{self.where}/{path}", headers={"hx-request": "true", "okienko-lines": have}
        )
        assert answer.status_code in (200, 204), answer.text
        if 'id="piece-lines"' in answer.text:
            self.redrawn += 1
            self._whole(answer.text)
        elif 'id="fresh"' in answer.text:
            self._add(answer.text)

    def _whole(self, page: str) -> None:
        self.lines = lines_in(page)
        self._told(page)

    def _add(self, page: str) -> None:
        brought = lines_in(page)
        self.brought += len(brought)
        for id in brought:
            assert id not in self.lines or " data-due>" in self.lines[id], "a line that was there was brought again"
        self.lines |= brought
        self._told(page)

    def _told(self, page: str) -> None:
        found = present(_LOG.search(page))
        self.start, self.last, self.mark = int(found[1]), int(found[2]), found[3]

    async def is_right(self, *, from_first: bool = False) -> None:
        """As the page that is loaded anew."""
        loaded = lines_in((await self.agent.get(f"/desk/c/{self.where}?whole=1")).text)
        here = {id: self.lines[id] for id in sorted(self.lines)}
        assert here == {id: line for id, line in loaded.items() if from_first or id > self.start}


async def long_talk(desk: Running) -> tuple[Scripted, Shown]:
    scripted = await Scripted(desk, Person()).run("tax_number")
    found = present(await desk.installation.desk.conversation("rest", scripted.customer.sender))
    await lengthen(desk, found, 130)
    await scripted.customer.say("/agent")
    shown = Shown(await AgentHttp.logged_in(desk), found)
    await shown.open()
    return scripted, shown


async def test_lines_come_once_and_each_in_its_place(desk: Running) -> None:
    scripted, shown = await long_talk(desk)
    assert 50 <= len(shown.lines) < 60
    assert 'id="earlier"' in shown.agent.page
    await shown.refresh()
    assert (shown.brought, shown.redrawn) == (0, 0)
    anna, where, say = shown.agent, shown.where, scripted.customer.say
    await say("Halo, jest tam kto?")
    await shown.refresh()
    assert 0 < shown.brought <= 4, "no more than was said"
    await shown.is_right()
    redrawn = {"take": 1, "say": 1, "correct": 1, "note": 1, "give-back": 2}  # who has it reads what others may not
    for act in ("take", "say", "correct", "say", "note", "give-back"):
        fields = {"text": "Już sprawdzam", "step": "company.tax_number", "value": "123-456-32-18", "note": "uwaga"}
        assert (await anna.act(where, act, **fields)).status_code == 303
        await shown.refresh()
        assert shown.redrawn == redrawn[act]
        await say("Nie rozumiem")  # under an agent it is followed by what the bot would have said
        await shown.refresh()
        await shown.is_right()
    await scripted.customer.look()
    await shown.refresh()
    await shown.is_right()
    assert any("odebrane" in line for line in shown.lines.values())
    for _ in range(4):
        await shown.refresh("earlier")
    assert shown.start == 0
    await shown.is_right(from_first=True)
    assert shown.redrawn == 2


async def test_a_press_is_told_by_its_title_wherever_the_button_was_offered(desk: Running) -> None:
    _, shown = await long_talk(desk)
    now, store = desk.installation.clock.now(), desk.installation.store
    pressed = [NewJournalEntry(shown.where, 1, journal.CUSTOMER, {"text": f"plan:{n}"}, now) for n in (60, 120, 0)]
    await store.write(lambda c: journal.add(c, pressed))
    await shown.refresh()
    assert shown.brought == 3
    await shown.is_right()
    told = [re.search(r"<bdi[^>]*>(.*?)</bdi>", line) for line in list(shown.lines.values())[-3:]]
    assert [one[1] for one in told if one] == ["Tak", "Tak", "plan:0"]


async def test_what_lines_were_made_with_has_changed(desk: Running) -> None:
    _, shown = await long_talk(desk)
    store, gone = desk.installation.store, sorted(shown.lines)[3]
    await store.write(lambda c: journal.forget_lines(c, [gone]))
    await shown.refresh()
    assert (gone in shown.lines, shown.redrawn) == (False, 1)
    await shown.is_right()
    await shown.agent.act(shown.where, "take")
    await shown.refresh()
    assert shown.redrawn == 2, "Anna reads now what only who has it may"
    anna = next(one for one in await store.read(agent_accounts.list_agents) if one.login == "anna")
    await store.write(lambda c: agent_accounts.rename(c, anna.id, "Joanna"))
    await shown.refresh()
    assert shown.redrawn == 3
    assert any("Joanna" in line for line in shown.lines.values())
    await shown.refresh("earlier")
    await store.write(lambda c: journal.forget(c, shown.where))
    await shown.refresh()
    assert (shown.lines, shown.redrawn) == ({}, 4)


async def test_what_no_page_would_say_is_answered_all_the_same(desk: Running) -> None:
    _, shown = await long_talk(desk)
    good = f"{shown.start}.{shown.last}.{shown.mark}."
    for odd in ("x", "1.2.3", "-1.0.." + "0" * 16, f"{10**17}.{10**17}.{'0' * 16}.", good + "," * 50, good + "1" * 40):
        answer = await shown.agent.http.get(
            f"/desk/c/{shown.where}/parts", headers={"hx-request": "true", "okienko-lines": odd}
        )
        assert (answer.status_code, 'id="piece-lines"' in answer.text) == (200, True), odd
    for odd in ("", "-1", "abc", "9" * 40, "0", "٣"):
        answer = await shown.agent.http.get(f"/desk/c/{shown.where}", params={"before": odd})
        assert answer.status_code == 200, odd
    first = min(shown.lines)
    longer = await shown.agent.get(f"/desk/c/{shown.where}?before={shown.start}")
    assert 100 <= len(lines_in(longer.text)) < 112
    assert f'#line-{first}"' in shown.agent.page or f'id="line-{first}"' in longer.text


async def test_the_queue_says_what_the_customer_said_last_whatever_it_remembers(desk: Running) -> None:
    scripted, shown = await long_talk(desk)
    anna, store = shown.agent, desk.installation.store
    for words in ("Halo, jest tam kto?", "Czy ktoś mnie słyszy?"):
        await scripted.customer.say(words)
    said = [e for e in await store.read(lambda c: journal.read_all(c, shown.where)) if e.kind == journal.CUSTOMER]
    for entry in reversed(said[-2:]):
        await anna.get("/desk")
        begins = re.escape(str(entry.data["text"])[:60])
        assert re.search(rf'class="words"><bdi[^>]*>{begins}', anna.page)
        await store.write(lambda c, id=entry.id: journal.forget_lines(c, [id]))
    assert "Czekają" in anna.words
    await anna.act(shown.where, "take")
    await anna.get("/desk")
    assert 'data-state="mine' in anna.page
    marek = await AgentHttp.logged_in(desk, "marek")
    assert 'data-state="others' in marek.page
    await desk.advance(120)
    await scripted.customer.say("Minęły dwie minuty")
    await marek.get("/desk")
    assert "Minęły dwie minuty" in marek.page
