"""Plays a seller's own tests, each at a new desk with its sandbox."""

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as own
from pathlib import Path

from msgspec import Struct, field

from bot.conversation.outbound import TICKED, UNTICKED
from bot.simulation.person import Diary
from bot.simulation.run import new_desk, until_opening
from bot.simulation.script import Act, Mark, ScriptedConversation, ScriptLine
from bot.simulation.visit import NotedDoor, SimulatedVisit, open_visit
from sandbox.testing.customer import Customer
from sandbox.testing.desk import NotDone
from sandbox.testing.pages import code_in

_BLANKS = re.compile(r"\s+")
_GAP = "…"


class Unlike(Exception):
    """The conversation isn't as it is written; the message says what it is instead."""


class ScriptOutcome(Struct, frozen=True):
    """The end of a test: the steps at which the customer was, the line at which it broke off, and why."""

    conversation: ScriptedConversation
    steps: frozenset[str]
    line: ScriptLine | None = None
    why: str = ""


class HeardDiary(Diary):
    """Keeps whole what the desk has said since the customer's last act."""

    heard: list[str] = field(default_factory=list[str])

    def read(self, text: str, titles: tuple[str, ...]) -> None:
        self.heard.append(_plain(text) + "".join(f" [{_bare(title)}]" for title in titles))
        super().read(text, titles)


async def play_script(profile: Path, conversation: ScriptedConversation) -> ScriptOutcome:
    """Play a conversation at a desk of its own, up to the first line that isn't as written."""
    steps: set[str] = set()
    heard = HeardDiary()
    with tempfile.TemporaryDirectory(prefix="okienko-test-") as folder:
        async with (
            new_desk(profile, Path(folder)) as desk,
            open_visit(desk, "scripted-customer-00000001", conversation.locale, heard) as visit,
        ):
            await visit.advance(until_opening(desk.clock, desk.profile.seller.time_zone))
            player = ScriptPlayer(visit, via=visit.door, diary=heard)
            for line in conversation.lines:
                try:
                    await player.play(line)
                except (Unlike, NotDone) as unlike:
                    return ScriptOutcome(conversation, frozenset(steps), line, str(unlike))
                steps.add(visit.at)
    return ScriptOutcome(conversation, frozenset(steps))


@dataclass
class ScriptPlayer(Customer):
    """The customer who goes by a script. `place` is how far into what was heard the script has come."""

    desk: SimulatedVisit  # pyright: ignore[reportIncompatibleVariableOverride]
    door: NotedDoor = own(init=False)  # pyright: ignore[reportIncompatibleVariableOverride]
    diary: HeardDiary = own(kw_only=True)
    place: int = 0

    async def play(self, line: ScriptLine) -> None:
        """Do what the line says, or compare. Errors: Unlike, NotDone."""
        match line.mark:
            case Mark.HEARS:
                self._hear(line.words)
            case Mark.NEVER:
                if self._found(line.words, 0) is not None:
                    raise Unlike(f"the desk said it:\n{self._said()}")
            case Mark.STANDS:
                if self.desk.at != line.words:
                    raise Unlike(f"the conversation stands at {self.desk.at}")
            case Mark.SAYS | Mark.ELSEWHERE:
                self.diary.heard.clear()
                self.place = 0
                await (self._say(line) if line.act is None else self._do(line.act, line))

    async def _say(self, line: ScriptLine) -> None:
        await self.say(line.words if line.button is None else self._payload(line.button))

    def _payload(self, button: str) -> str:
        """Return what the button sends, named by its title or by that itself."""
        offered = dict.fromkeys((*self.door.buttons, *self.door.on_card))
        if button in offered:
            return button
        titled = (payload for payload in offered if _bare(self.door.titles.get(payload, "")) == _plain(button))
        if (payload := next(titled, None)) is None:
            shown = ", ".join(_bare(self.door.titles.get(payload, payload)) for payload in offered) or "none"
            raise Unlike(f"there is no such button; the desk offers: {shown}")
        return payload

    async def _do(self, act: Act, line: ScriptLine) -> None:
        match act:
            case Act.CODE:
                sent = [one["text"] for one in await self.desk.outbox() if one["kind"] == "sms"]
                await self.say(code_in(_newest(sent, "SMS")))
            case Act.LETTER:
                letters = [one["links"][0] for one in await self.desk.outbox() if one["links"]]
                await self._submit(_newest(letters, "e-mail with a link"), line)
            case Act.PAGE:
                await self._submit(self._link("secure_page")["href"], line)
            case Act.PAYS:
                await self.desk.pay(self._link("payment")["id"], line.words or "paid", "once")
            case Act.TRANSFERS:
                await self._transfer(line.words)
            case Act.WAITS:
                await self.desk.waits(line.span.total_seconds())
            case Act.FAILS:
                provider, mode = line.words.split()
                await self.desk.fault(provider, mode, 1)

    async def _submit(self, href: str, line: ScriptLine) -> None:
        """Fill in a page; a password is repeated."""
        typed = line.fields if line.act is Act.PAGE else {}
        repeated = {"password_repeat": typed["password"]} if "password" in typed else {}
        if not await self.desk.submit(href, repeated | typed):
            raise Unlike("the page refuses that")

    async def _transfer(self, email: str) -> None:
        """Have the seller's back office report the money of the customer's open orders."""
        card = await self.desk.card(email)
        placed = [order for order in (card["orders"] if card is not None else ()) if order["status"] == "placed"]
        for order in placed:
            await self.desk.book_transfer(order)
        if not placed:
            raise Unlike(f"{email} has no order that awaits money")

    def _link(self, rel: str) -> Mapping[str, str]:
        if (link := self.desk.link(rel)) is None:
            raise Unlike(f"the open step, {self.desk.at}, has no link of this kind")
        return link

    def _hear(self, words: str) -> None:
        if (place := self._found(words, self.place)) is None:
            raise Unlike(f"the desk said:\n{self._said()}" if self.diary.heard else "the desk said nothing")
        self.place = place

    def _found(self, words: str, begin: int) -> int | None:
        """Return where the words end, in what was heard from a place on; `…` stands for anything."""
        pattern = ".*?".join(re.escape(_plain(part)) for part in words.split(_GAP))
        found = re.compile(pattern, re.DOTALL).search("\n".join(self.diary.heard), begin)
        return found.end() if found is not None else None

    def _said(self) -> str:
        return "\n".join(f"  < {text}" for text in self.diary.heard)


def _newest(sent: Sequence[str], what: str) -> str:
    if not sent:
        raise Unlike(f"no {what} has come")
    return sent[-1]


def _plain(text: str) -> str:
    """Return the text with every run of blanks as one."""
    return _BLANKS.sub(" ", text).strip()


def _bare(title: str) -> str:
    """Return a button's title without its tick."""
    return _plain(title.removeprefix(TICKED).removeprefix(UNTICKED))
