"""A customer who only types: goes a told journey to its end and notes what the desk makes of each message.

Pages, payments and codes are filled in as a customer would. Where an answer isn't taken, the customer gives it once
more in the plainest way, a button at last, so that one failure doesn't hide the next; both are noted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.conversation import identity
from sandbox.testing.doors import CustomerDoor
from sandbox.testing.pages import code_in
from services.accounts import accounts
from services.store import conversations
from tests.desk.scripted import Scripted
from tests.journeys.typed.told import Interruption, Told

MOST_MESSAGES = 80
#: What customers say of themselves and choose; all else of a state follows from it.
WATCHED: Mapping[str, tuple[str, ...]] = {
    "account": ("name", "email", "asked_email", "consents"),
    "on_file": ("number",),
    "contact": ("channel", "phone", "email"),
    "company": (
        *("legal_form", "product", "tax_number", "confirmed", "statement", "contact_forms"),
        *("holder_email", "delivery"),
    ),
    "cart": ("plan", "addon", "extra", "closed"),
    "renewal": ("cart", "service", "picked"),
    "orderer": ("invoice_email", "name", "phone", "email"),
    "order": ("plan", "years", "auto_renewal", "method", "terms", "clauses", "discount", "pay"),
    "einvoice": ("choice", "email", "status"),
}
#: A slot's dependants: what is asked or found anew once it changes.
DEPENDANTS: Mapping[str, tuple[str, ...]] = {
    "company.tax_number": ("company.confirmed",),
    "contact.channel": ("contact.email", "contact.phone"),
    "order.method": ("order.auto_renewal",),
    "account.email": ("account.asked_email",),
}
#: An address of an account becomes its new one once the mailbox has proven it.
PENDING = {"account.email": "account.asked_email"}
#: Of what is offered, the first of these gets a customer on who can't make themselves understood.
BUTTONS = (
    *("start:buy", "start:sign_up", "start:log_in", "account:new", "consents:required", "contact_channel:sms"),
    *("addons:none", "legal_form:company", "product:nexo", "cart:confirm", "service:subscription", "confirm:yes"),
    *("statement:accept", "contact_forms:email", "pec_ordinary:yes", "delivery:skip", "sdi_code:skip", "method:blik"),
    *("method:paypal", "card:new", "paypal:new", "years:1", "auto_renewal:yes", "terms:accept", "clauses:accept"),
    *("pay:now", "zone:renewal", "einvoice:activate"),
)
BARE = (re.compile(r"[\w.+-]+@[\w.-]+\w"), re.compile(r"\+?\d[\d -]{5,}\d"))
State = dict[str, Any]


@dataclass
class Findings:
    """The outcome of a journey. `wrong`: interruptions by step, with what came of them instead."""

    name: str
    ended: bool = False
    interruptions: int = 0
    wrong: list[tuple[Interruption, str]] = field(default_factory=list[tuple[Interruption, str]])
    repeated: list[str] = field(default_factory=list[str])
    pressed: list[str] = field(default_factory=list[str])
    stuck: str = ""
    trail: list[str] = field(default_factory=list[str])

    @property
    def kinds(self) -> list[str]:
        """The failures, each in a few words that stay the same."""
        told = [f"{i.at}: {_wanted(i)}" for i, _ in self.wrong]
        told += [f"{at}: asked again" for at in self.repeated]
        told += [f"{at}: only a button helped" for at in self.pressed]
        return sorted({*told, *([f"stuck at {self.stuck}"] if not self.ended else [])})


def _wanted(interruption: Interruption) -> str:
    return f"“{interruption.say}”"


@dataclass
class Typist(Scripted):
    """One customer on one journey at one desk."""

    told: Told = field(kw_only=True)
    found: Findings = field(kw_only=True)
    to_come: list[Interruption] = field(init=False)
    turns: dict[str, int] = field(default_factory=dict[str, int])
    state: State = field(default_factory=dict[str, Any])
    mailed: set[str] = field(default_factory=set[str])
    tried: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self, via: CustomerDoor | None) -> None:
        super().__post_init__(via)
        self.to_come = list(self.told.interruption)

    async def go(self) -> Findings:
        """Types until the journey has ended or nothing gets the customer on."""
        await self._say("/start")
        for _ in range(MOST_MESSAGES):
            if await self._ended():
                self.found.ended = True
                break
            if not await self._next():
                break
        self.found.stuck = "" if self.found.ended else self.door.at
        self.found.interruptions = len(self.told.interruption)
        self.found.wrong += [(left, "never came there") for left in self.to_come]
        return self.found

    async def _next(self) -> bool:
        at = self.door.at
        interruption = next((one for one in self.to_come if one.at == at), None)
        if interruption is not None:
            self.to_come.remove(interruption)
            await self._interrupt(interruption)
            return True
        outside = OUTSIDE.get(self.door.expects)
        if outside is not None and at not in self.told.steps:
            return await outside(self)
        return await self._answer(at)

    # --- words ---

    async def _say(self, words: str) -> str:
        """Say it; return what the desk says beside the question that was open."""
        before = {part for said in self.door.said[-1:] for part in said.split("\n\n")}
        count = len(self.door.said)
        self.found.trail.append(f"> {words}")
        await self.say(words)
        await self.door.settled()
        self.state = await self._stored()
        told = self.door.said[count:]
        self.found.trail += [f"    {line}" for said in told for line in said.split("\n")]
        self.found.trail.append(f"    # {self.door.at}")
        return "\n\n".join(part for said in told for part in said.split("\n\n") if part not in before)

    async def _answer(self, at: str) -> bool:
        """Give the step's answer; if it isn't taken, more plainly."""
        wordings, turn = self.told.wordings(at), self.turns.get(at, 0)
        before = watched(self.state)
        if wordings:
            self.turns[at] = turn + 1
            await self._say(wordings[min(turn, len(wordings) - 1)])
            if self._moved(at, before):
                return True
            self.found.repeated.append(at)
        return await self._plainly(at, wordings, before)

    async def _plainly(self, at: str, wordings: list[str], before: dict[str, Any]) -> bool:
        self.tried[at] = self.tried.get(at, 0) + 1
        bare = next((m[0] for words in wordings for p in BARE if (m := p.search(words))), None)
        if bare is not None and bare not in wordings and self.tried[at] == 1:
            await self._say(bare)
            if self._moved(at, before):
                return True
        offered = [one for one in BUTTONS if one in self.door.buttons]
        button = min(offered, key=lambda one: not one.startswith(at.partition(".")[2]), default=None)
        if button is None or self.tried[at] > 2:
            return False
        self.found.pressed.append(at)
        await self._say(button)
        return True

    def _moved(self, at: str, before: dict[str, Any]) -> bool:
        return self.door.at != at or watched(self.state) != before or self.door.expects == "wait"

    async def _interrupt(self, said: Interruption) -> None:
        at, before, misses = self.door.at, watched(self.state), self._misses()
        answer = await self._say(said.say)
        changes = changed(before, watched(self.state))
        wrong = ""
        if said.back is not None:
            wrong = "" if self.door.at == said.back else f"stands at {self.door.at}"
        elif said.changed is not None:
            wrong = unlike(said.changed, changes)
        elif changes:
            wrong = f"changed {changes}"
        elif self.door.at != at:
            wrong = f"went on to {self.door.at}"
        elif said.answered and self._misses() > misses:
            wrong = "not understood"
        elif not answer or not re.search(said.answered or "", answer, re.IGNORECASE):
            wrong = f"said {answer!r}"
        if wrong:
            self.found.wrong.append((said, wrong))
            self.found.trail.append(f"!!! {wrong}")

    # --- what is done outside the chat ---

    async def _fill_page(self) -> bool:
        given = {"login": self.state.get("account", {}).get("email", "")} | self.told.page
        done = await self.submit(self.door.link("secure_page")["href"], **given)
        await self._came("fills the page in")
        return done.status_code in (200, 303)

    async def _type_sms(self) -> bool:
        messages = await self.desk.outbox(self.state["contact"]["phone"])
        return bool(messages) and await self._type_code(code_in(messages[-1]["text"]))

    async def _type_mailed(self) -> bool:
        account, contact = self.state.get("account", {}), self.state.get("contact", {})
        letters = await self.desk.outbox(account.get("asked_email") or account.get("email") or contact["email"])
        if not letters:
            return False
        code = re.search(r"(?<!\d)\d{6}(?!\d)", letters[-1]["subject"] + " " + letters[-1]["text"])
        return await self._type_code(code[0]) if code else await self._follow(letters[-1]["links"][0])

    async def _type_code(self, code: str) -> bool:
        if code in self.mailed:
            return False
        self.mailed.add(code)
        await self._say(code)
        return True

    async def _follow(self, href: str) -> bool:
        """Follow a letter's link, and fill in the page that it leads to."""
        for _ in range(2):
            done = await self.submit(href)
            if done.status_code != 303:
                break
            href = str(httpx.URL(href).join(done.headers["location"]))
        await self._came("follows the letter’s link")
        return self.door.expects != "email_link"

    async def _pay(self) -> bool:
        links = [link for link in self.door.custom["links"] if link["rel"] == "payment"]
        if not links:
            return False
        await self.desk.pay(links[0]["id"])
        await self._came("pays")
        return True

    async def _wait(self) -> bool:
        await self._came("waits")
        return self.door.expects != "wait"

    async def _came(self, what: str) -> None:
        """Note what was done outside, and what the desk says then."""
        count = len(self.door.said)
        await self.door.settled()
        self.state = await self._stored()
        self.found.trail.append(f"* {what}")
        self.found.trail += [f"    {line}" for said in self.door.said[count:] for line in said.split("\n")]
        self.found.trail.append(f"    # {self.door.at}")

    # --- what the desk knows ---

    async def _stored(self) -> State:
        talk = identity.conversation_id("rest", self.door.sender)
        store = self.desk.installation.store
        known = await store.read(lambda c: conversations.load(c, talk, lock=False))
        assert known is not None
        account_id, held = known.account_id, known.state.get("account", {})
        mine = await store.read(lambda c: accounts.get(c, account_id)) if account_id is not None else None
        return {**known.state, "account": held if mine is None else {**held, "email": mine.email}}

    def _misses(self) -> int:
        return self.state.get("talk", {}).get("misses", 0)

    async def _ended(self) -> bool:
        """Whether the seller's books say that all has come that was to come."""
        if self.door.expects != "nothing":
            return False
        known_as = self.state.get("account", {}).get("email")
        card = await self.desk.card(known_as) if known_as else None
        return card is not None and all(ENDS[end](card) for end in self.told.ends)


OUTSIDE = {
    "secure_page": Typist._fill_page,
    "contact_code": Typist._type_sms,
    "login_code": Typist._type_sms,
    "email_link": Typist._type_mailed,
    "payment": Typist._pay,
    "wait": Typist._wait,
}
ENDS = {
    "paid": lambda card: any(order["status"] == "paid" for order in card["orders"]),
    "einvoice": lambda card: card["einvoice"]["status"] in ("requested", "active"),
    "company": lambda card: bool(card["companies"]),
}


def watched(state: State) -> dict[str, Any]:
    """Return the customer's own slots that are set, by their paths."""
    return {
        f"{dialog}.{slot}": state[dialog][slot]
        for dialog, slots in WATCHED.items()
        for slot in slots
        if state.get(dialog, {}).get(slot) is not None
    }


def changed(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Return the slots that have another value, or none any more."""
    return {path: now.get(path) for path in sorted({*before, *now}) if before.get(path) != now.get(path)}


def unlike(wanted: Mapping[str, str], changes: Mapping[str, Any]) -> str:
    """Return what has changed otherwise than wanted; empty if nothing has."""
    took = {path: changes.get(path, changes.get(PENDING.get(path, ""))) for path in wanted}
    others = set(changes) - set(wanted) - {d for path in wanted for d in DEPENDANTS.get(path, ())}
    right = all(str(took[path]) == value for path, value in wanted.items())
    return "" if right and not others else f"changed {dict(changes)}"
