"""The judge: compares what reached the outside, and what the tables hold, with what each customer did."""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from bot.conversation.identity import hashed_address
from bot.simulation.run import left
from tests.crash import books
from tests.crash.books import Books
from tests.crash.bot_api import Sent
from tests.crash.chatter import Chatter
from tests.crash.customers import Traveller
from tests.crash.fate import Strike
from tests.crash.house import House
from tests.crash.plan import Broken, Kind

Json = Any
#: How long what was begun may still take after the last customer has gone.
SETTLING_S = 40.0
WAITED_FOR = ("calls open", "events open", "replies unsent")


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the stand-ins hold."""

    messages: dict[str, list[Json]]
    attempts: dict[str, list[Json]]

    @property
    def letters_twice(self) -> int:
        """Letters sent again under the same number: a mail can be sent at least once only."""
        letters = [m for sent in self.messages.values() for m in sent if m["kind"] == "email"]
        return len(letters) - len({(letter["to"], letter["subject"], letter["text"]) for letter in letters})


async def read_ledger(house: House) -> Ledger:
    """As it stands."""
    base = (house.sandbox or house.desks[0]).url
    messages: dict[str, list[Json]] = defaultdict(list)
    for message in (await house.http.get(f"{base}/sandbox/api/messages")).json():
        messages[message["to"]].append(message)
    attempts: dict[str, list[Json]] = defaultdict(list)
    for attempt in (await house.http.get(f"{base}/sandbox/api/attempts")).json():
        attempts[attempt["id"]].append(attempt)
    return Ledger(messages, attempts)


async def settled(house: House) -> dict[str, int]:
    """Waits until nothing is left undone; what is left in the end."""

    def look() -> dict[str, int]:
        with house.store.connect() as connection:
            return left(connection)

    loop = asyncio.get_running_loop()
    until, found = loop.time() + SETTLING_S, await asyncio.to_thread(look)
    while any(found[name] for name in WAITED_FOR) and loop.time() < until:
        await asyncio.sleep(0.1)
        found = await asyncio.to_thread(look)
    return found


async def judge(house: House, customers: list[Traveller | Chatter], stuck: dict[str, str]) -> list[Broken]:
    """What was promised and not kept. `stuck`: e-mails of those who never came to the end, and why."""
    left, ledger = await settled(house), await read_ledger(house)
    rows = await asyncio.to_thread(books.read, house.store)
    broken = [Broken("stuck", email, why) for email, why in stuck.items()]
    broken += [Broken("stuck", "all", f"{n} {name}") for name, n in left.items() if n and name in WAITED_FOR]
    broken += [Broken("lost", "all", f"{n} {name}") for name, n in left.items() if n and name not in WAITED_FOR]
    for customer in customers:
        if customer.email not in stuck:
            broken += await whether_done(house, customer, ledger)
        broken += _counted(house, customer, rows, ledger)
    if house.bots.pending and not stuck:
        # The last ones are confirmed by the next question for updates.
        broken += [Broken("lost", "telegram", "updates were never confirmed")] * (not await _confirmed(house))
    return broken


async def _confirmed(house: House) -> bool:
    for _ in range(100):
        if not house.bots.pending:
            return True
        await asyncio.sleep(0.1)
    return False


async def whether_done(house: House, customer: Traveller | Chatter, ledger: Ledger) -> list[Broken]:
    """One of everything, and all of it done."""
    answer = await house.http.get(
        f"{house.desks[0].url}/api/v1/customers",
        params={"email": customer.email},
        headers={"authorization": "Bearer sandbox"},
    )
    if answer.status_code != 200:
        return [Broken("lost", customer.email, "no account")]
    card = answer.json()
    over = any(order["withdrawn_at"] and order["refunded_amount"] == order["gross"] for order in card["orders"])
    wanted: dict[str, tuple[object, object]] = {
        "account": (card["account"]["status"], "active"),
        "orders": ([order["status"] for order in card["orders"]], ["paid"]),
        "payments": ([_came(payment["status"]) for payment in card["payments"]], ["paid"]),
        "e-invoices": ((card["einvoice"] or {}).get("status"), "off" if over else "active"),
    }
    broken = [
        Broken("lost" if _fewer(found, right) else "doubled", customer.email, f"{what}: {found}")
        for what, (found, right) in wanted.items()
        if found != right
    ]
    for payment in card["payments"]:
        paid = [a for a in ledger.attempts[payment["id"]] if _came(a["status"]) == "paid"]
        if len(paid) != 1 or (paid[0]["amount"], paid[0]["currency"]) != (payment["amount"], payment["currency"]):
            kind: Kind = "doubled" if len(paid) > 1 else "lost"
            broken.append(Broken(kind, customer.email, f"paid at the provider: {paid}"))
    return broken


def _came(status: str) -> str:
    """What went back again had come."""
    return "paid" if status == "refunded" else status


def _fewer(found: object, right: object) -> bool:
    return not isinstance(found, list) or not isinstance(right, list) or found.count("paid") < len(right)


def _counted(house: House, customer: Traveller | Chatter, rows: Books, ledger: Ledger) -> list[Broken]:
    """How often each thing is there; at most once, also where somebody never came to the end."""
    sms = [message for message in ledger.messages[customer.phone] if message["kind"] == "sms"]
    letters = Counter(letter["subject"] for letter in ledger.messages[customer.email])
    counts = {
        "SMS": len(sms),
        "accounts": rows.accounts.get(customer.email, 0),
        "companies": rows.companies.get(customer.email, 0),
        "orders": rows.orders.get(customer.email, 0),
        "payments": rows.payments.get(customer.email, 0),
        "subscriptions": rows.subscriptions.get(customer.email, 0),
        "e-invoice activations": rows.einvoices.get(customer.email, 0),
        "kinds of letters, other than expected": int(len(letters) > MOST_LETTERS),
    }
    broken = [Broken("doubled", customer.email, f"{n} {what}") for what, n in counts.items() if n > 1]
    said, taken = _messages(house, customer, rows)
    if taken != said:
        kind: Kind = "lost" if taken < said else "doubled"
        broken.append(Broken(kind, customer.email, f"{said} messages, {taken} in the transcript"))
    if isinstance(customer, Traveller) and customer.door.seqs != sorted(customer.door.seqs):
        broken.append(Broken("order", customer.email, f"seq went back: {customer.door.seqs}"))
    return broken


#: Confirmation of the address (sent again, without a code that was used meanwhile), of the order and of the service
#: that runs; what came back of the money, in part and whole, or a withdrawal and its decision.
MOST_LETTERS = 6


def _messages(house: House, customer: Traveller | Chatter, rows: Books) -> tuple[int, int]:
    if isinstance(customer, Traveller):
        return customer.door.own, rows.lines.get(hashed_address("rest", customer.door.sender), 0)
    return house.bots.updates[customer.chat.id], rows.lines.get(str(customer.chat.id), 0)


def unexplained(house: House, strikes: list[Strike]) -> list[Broken]:
    """Messages of the bot that a chat shows twice, except for two kinds: something befell the process that had sent the
    first one before it had noted that, or the second sender had slept meanwhile."""
    broken: list[Broken] = []
    for chat, sent in house.bots.by_chat.items():
        earlier: dict[str, Sent] = {}
        for message in sent:
            first = earlier.get(message.what)
            earlier[message.what] = message
            if first is None or _befell(strikes, first, message) or _slept(strikes, first, message):
                continue
            broken.append(Broken("doubled", f"chat {chat}", f"twice, by {first.by} and {message.by}: {first.what}"))
    return broken


def _befell(strikes: list[Strike], first: Sent, again: Sent) -> bool:
    """Whether something befell the process between sending and noting, and before the same was sent again.

    What was on the wire when it died may arrive a little later.
    """
    return any(
        strike.who == first.by and first.at - 1.0 <= strike.at <= again.at and first.id not in strike.noted
        for strike in strikes
    )


def _slept(strikes: list[Strike], first: Sent, again: Sent) -> bool:
    """Whether whoever sent it again was frozen just before, and had been so when it was sent first."""
    freezes = (strike for strike in strikes if strike.kind == "freeze" and strike.who == again.by)
    return any(strike.at <= first.at and strike.back_s > 0 for strike in freezes)
