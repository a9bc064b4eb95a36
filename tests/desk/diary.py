"""A running desk's customer over years, told as a person would read it: chat, e-mails, money and the card.

Every run of the same life tells the same, on either database: the machine's time stands still at one morning, and only
the sandbox's clock moves it on.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from textwrap import wrap
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from sandbox.testing.doors import RestDoor
from services.clock import SystemClock
from tests.desk.running import Json, Running
from tests.desk.scripted import Scripted

MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
WIDTH = 100


@contextmanager
def standing_still() -> Generator[None]:
    """The machine's time is `MORNING`; the desk's is that plus what its clock was moved by."""
    with patch.object(SystemClock, "now", lambda self: MORNING + self.offset):
        yield


class DiaryDoor(RestDoor):
    """A customer on the REST channel whose messages and answers go into a diary."""

    diary: "Diary"

    def _take(self, items: Json) -> Json:
        custom = super()._take(items)
        for item in items[:-1]:
            self.diary.message(item)
        return custom


def _rows(chat: DiaryDoor) -> Json:
    """The rows of the card that came last."""
    return chat.custom.get("card", {}).get("rows", [])


@dataclass
class Diary:
    """What one customer lives through. `titles` are the buttons seen so far, by payload; `told`: it is written down."""

    desk: Running
    zone: str
    lines: list[str] = field(default_factory=list[str])
    titles: dict[str, str] = field(default_factory=dict[str, str])
    mailboxes: list[str] = field(default_factory=list[str])
    seen: set[str] = field(default_factory=set[str])
    told: bool = True

    def chat(self, locale: str) -> DiaryDoor:
        """Another conversation of the customer."""
        chat = DiaryDoor(self.desk.http, locale)
        chat.diary = self
        return chat

    @contextmanager
    def unheard(self, what: str) -> Generator[None]:
        """What is told elsewhere already is only named."""
        self.happens(what)
        self.told = False
        try:
            yield
        finally:
            self.told = True

    # --- what is done ---

    async def follows(self, chat: DiaryDoor, what: str, rel: str, scripted: Scripted, **typed: str) -> None:
        """Fills in the page behind a link of the chat."""
        self.happens(what)
        done = await scripted.submit(chat.link(rel)["href"], **typed)
        assert done.status_code in (200, 303), done.text
        await chat.settled()

    async def logs_in_again(self, chat: DiaryDoor, scripted: Scripted) -> None:
        """The log-in has ended by its age: the customer gives the password, and what was asked for goes on."""
        assert chat.at == "account.secure_page", chat.at
        await self.follows(chat, "the customer logs in again", "secure_page", scripted)

    async def pays(self, chat: DiaryDoor, **how: str) -> None:
        """Opens the payment link and pays there."""
        payment, told = chat.link("payment")["id"], {"outcome": "paid", "notify": "once", **how}
        done = await self.desk.http.post(f"/sandbox/api/payments/{payment}", json=told)
        assert done.status_code == 200, done.text
        self.happens(f"{self.money(done.json())} is paid by {done.json()['method']}")
        await self.desk.advance(1e-6)
        await chat.settled()

    async def transfer_comes(self, email: str) -> None:
        """The back office books the transfer of the order that is open."""
        [order] = [o for o in (await self.desk.card(email))["orders"] if o["status"] == "placed"]
        told = {"amount": order["gross"], "currency": order["currency"], "reference": order["number"]}
        done = await self.desk.http.post(
            f"/api/v1/orders/{order['number']}/payments", json=told, headers={"authorization": "Bearer sandbox"}
        )
        assert done.status_code == 201, done.text
        self.happens(f"a transfer of {_amount(order['gross'])} {order['currency']} is booked")
        await self.desk.advance(1e-6)
        await self.mail()

    async def goes_to(self, *chats: DiaryDoor, moment: datetime, what: str) -> None:
        """Time passes until then; what was said and written meanwhile is told."""
        now = datetime.fromisoformat((await self.desk.advance(0))["now"])
        assert moment > now, (moment, now)
        await self.desk.advance((moment - now).total_seconds())
        self.happens(f"{what}: {moment.astimezone(ZoneInfo(self.zone)):%A %d %B %Y, %H:%M}")
        for chat in chats:
            await chat.settled()
        await self.mail()

    async def mail(self) -> None:
        """What has come into the customer's mailboxes since."""
        for address in self.mailboxes:
            for letter in await self.desk.outbox(address):
                if letter["id"] in self.seen:
                    continue
                self.seen.add(letter["id"])
                self.line("✉", f"{letter['subject']}")
                self._indented(_without_links(letter))

    async def card(self, email: str) -> None:
        """What the seller's system reads of the customer now."""
        card = await self.desk.card(email)
        self.line("=", "on the seller's card")
        for order in card["orders"]:
            items = ", ".join(f"{line['quantity']} × {line['id']}, {_long(line)}" for line in order["items"])
            gross = f"{_amount(order['gross'])} {order['currency']}"
            self._indented(f"{order['number']} {order['status']}: {items}; {gross} by {order['method']}")
        for row in sorted(card["subscriptions"], key=lambda row: (row["ends_at"] or "", row["product"])):
            renews = ", renews itself" if row["auto_renewal"] else ""
            self._indented(f"{row['quantity']} × {row['product']} {row['status']} to {row['ends_at'][:10]}{renews}")

    # --- how it is told ---

    def happens(self, what: str) -> None:
        """Something outside the chat."""
        self.line("*", what)

    def message(self, item: dict[str, Any]) -> None:
        """A message of the desk, with its buttons."""
        buttons = item.get("buttons", [])
        self.titles |= {button["payload"]: button["title"] for button in buttons}
        if not self.told:
            return
        self.lines.append("")
        self._indented(item["text"])
        titles = " ".join(f"[{button['title']}]" for button in buttons)
        self.lines += wrap(titles, WIDTH, initial_indent="    ", subsequent_indent="    ")

    def _indented(self, text: str) -> None:
        if self.told:
            for line in text.split("\n"):
                self.lines += wrap(line, WIDTH, initial_indent="    ", subsequent_indent="    ") or [""]

    def line(self, mark: str, text: str) -> None:
        """One line under a mark."""
        if self.told:
            self.lines += ["", f"{mark} {text}"]

    @staticmethod
    def money(payment: Json) -> str:
        return f"{_amount(payment['amount'])} {payment['currency']}"

    @property
    def transcript(self) -> str:
        """All of it."""
        return "\n".join(line.rstrip(" ") for line in self.lines).strip("\n") + "\n"


async def press(chat: DiaryDoor, *payloads: str) -> None:
    """Presses buttons that the chat has shown, or answers that stand on its card, by their payload."""
    for payload in payloads:
        on_card = {c["payload"]: c["title"] for row in _rows(chat) for c in row.get("choices", ())}
        chat.diary.titles |= on_card
        assert payload in {*chat.buttons, *on_card}, f"{payload} isn't offered at {chat.at}, only {chat.buttons}"
        await _says(chat, payload, f"[{chat.diary.titles[payload]}]")


async def write(chat: DiaryDoor, *texts: str) -> None:
    """Types."""
    for text in texts:
        await _says(chat, text, text)


async def _says(chat: DiaryDoor, message: str, told: str) -> None:
    chat.diary.line(">", told)
    await chat.say(message)
    await chat.settled()


def _amount(minor: int) -> str:
    return f"{minor / 100:.2f}"


def _long(line: Json) -> str:
    return f"{line['years']} y" if line.get("years") else line["term"]


def _without_links(letter: Json) -> str:
    """Links are different each time."""
    text = letter["text"]
    for link in letter["links"]:
        text = text.replace(link, "→ …")
    return text
