"""An agent who uses the console without scripts: pages and plain forms over HTTP."""

import html
import re
from dataclasses import dataclass, field

import httpx

from services.agents import agent_accounts
from services.store import journal
from services.store.journal import NewJournalEntry
from tests.desk.running import Running, http_client
from tests.kit.narrow import present

_FIELD = re.compile(r'<input type="hidden" name="(csrf|key)" value="([^"]+)">')

_SURE = re.compile(r'<input type="hidden" name="sure" value="([^"]+)">')


@dataclass
class AgentHttp:
    """One agent's browser."""

    desk: Running
    http: httpx.AsyncClient
    page: str = ""
    tokens: dict[str, str] = field(default_factory=dict[str, str])

    @classmethod
    async def logged_in(cls, desk: Running, login: str = "anna", *, behind: str = "") -> "AgentHttp":
        """An agent's browser; `behind` is where the desk is asked, if not at its public address."""
        one = cls(desk, http_client(behind or desk.url))
        await one.get("/desk/login")
        answer = await one.post("/desk/login", login=login, password="sandbox", next="/desk")
        assert answer.status_code == 303, answer.text
        await one.get("/desk")
        return one

    async def get(self, path: str, **headers: str) -> httpx.Response:
        answer = await self.http.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        self._saw(answer)
        return answer

    async def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> httpx.Response:
        """The form as the page seen last would send it, with these fields."""
        sent = {**self.tokens, **fields}
        ours = {"origin": self.desk.url, "sec-fetch-site": "same-origin", "accept": "text/html"}
        answer = await self.http.post(path, data=sent, headers=ours | (headers or {}))
        if answer.status_code != 303:
            self._saw(answer)
        return answer

    async def act(self, where: str, name: str, **fields: str) -> httpx.Response:
        """Looks at the conversation, then sends one of its forms."""
        await self.get(f"/desk/c/{where}")
        return await self.post(f"/desk/c/{where}/{name}", None, **fields)

    async def means(self, where: str, name: str, **fields: str) -> httpx.Response:
        """Sends the form of an act on the card, and once more to what it then asks; the last answer."""
        asked = await self.act(where, name, **fields)
        sure = _SURE.search(self.page)
        if asked.status_code != 422 or sure is None:
            return asked
        return await self.post(f"/desk/c/{where}/{name}", None, **fields, sure=html.unescape(sure[1]))

    @property
    def words(self) -> str:
        """What the page says, without its markup."""
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.page)))

    def _saw(self, answer: httpx.Response) -> None:
        self.page = answer.text
        self.tokens |= dict(_FIELD.findall(answer.text))


async def promoted(desk: Running, login: str) -> None:
    """Make the agent an administrator."""
    store = desk.installation.store
    known = present(await store.read(lambda c: agent_accounts.by_login(c, login)))
    await store.write(lambda c: agent_accounts.set_role(c, known.id, "admin"))


async def lengthen(desk: Running, where: str, lines: int) -> None:
    """So many lines more: the customer and the bot in turn, each fifth of the bot's with buttons, and what no agent
    is told in between."""
    now = desk.installation.clock.now()

    def line(n: int) -> list[NewJournalEntry]:
        if n % 2:
            return [NewJournalEntry(where, 1, journal.CUSTOMER, {"text": f"pytanie {n}"}, now)]
        buttons = [["Tak", f"plan:{n}"]] if n % 5 == 0 else []
        said = NewJournalEntry(where, 1, journal.BOT, {"text": f"odpowiedź {n}", "buttons": buttons}, now, None, 1)
        return [said, NewJournalEntry(where, 1, "decision", {}, now)]

    entries = [entry for n in range(lines) for entry in line(n)]
    await desk.installation.store.write(lambda c: journal.add(c, entries))
