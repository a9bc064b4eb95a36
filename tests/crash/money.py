"""The judge of money and contracts: the desk's books against the provider's, and who is charged for the next year."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import sqlalchemy as sa

from services.orders import withdrawals
from services.store import journal
from services.store.journal import BOT
from tests.crash.doors import Visitor
from tests.crash.fortune import CHARGED, PART, WORDS, Customer, Fortune, card_of
from tests.crash.house import House
from tests.crash.judge import Ledger, read_ledger
from tests.crash.plan import Broken
from tests.crash.process import ROOT

Json = Any
#: After the first night; when the renewal has fallen due; when what waited for a person is decided.
Stage = Literal["paid", "due", "decided"]
TAKEN = ("paid", "refunded")


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is of one customer: the desk's card, all attempts at the providers, the seller's events."""

    method: str
    card: Json
    attempts: Mapping[str, Sequence[Json]]
    events: Sequence[Json]

    def came_back(self, payment_id: str, fortune: Fortune | None) -> int:
        """What the provider gave back, or the bank took."""
        taken = self.taken(payment_id)
        if fortune is not None and fortune.kind == "dispute_lost":
            return int(taken[0]["amount"])
        return sum(int(attempt["refunded"]) for attempt in taken)

    def taken(self, payment_id: str) -> list[Json]:
        """The attempts by which money came."""
        return [attempt for attempt in self.attempts.get(payment_id, ()) if attempt["status"] in TAKEN]


async def judge_money(
    house: House, customers: Sequence[Customer], fortunes: Sequence[Fortune], stage: Stage
) -> list[Broken]:
    """What the desk has otherwise than the provider and the customer."""
    ledger, visitor = await read_ledger(house), Visitor(house.http, house.doors, 0)
    base = (house.sandbox or house.desks[0]).url
    events: dict[str, list[Json]] = defaultdict(list)
    for event in (await house.http.get(f"{base}/sandbox/api/events")).json():
        events[event["data"].get("order_number") or event["data"].get("number") or ""].append(event)
    by_email = {fortune.customer.email: fortune for fortune in fortunes}
    broken: list[Broken] = []
    for customer in customers:
        fortune = by_email.get(customer.email)
        facts = await _facts(visitor, customer, ledger, events)
        broken += [Broken("books", customer.email, _named(fortune, what)) for what in wrong(facts, fortune, stage)]
        if fortune is not None and stage == "paid":
            with house.store.connect() as connection:
                broken += [Broken("books", customer.email, _named(fortune, w)) for w in untold(connection, fortune)]
    return broken


async def _facts(visitor: Visitor, customer: Customer, ledger: Ledger, events: Mapping[str, Sequence[Json]]) -> Facts:
    card: Json = await card_of(visitor, customer.email)
    number = card["orders"][0]["number"]
    return Facts(customer.person.method, card, ledger.attempts, events.get(number, ()))


def wrong(facts: Facts, fortune: Fortune | None, stage: Stage) -> list[str]:
    """What isn't as it should be, each in words."""
    wanted = {**_money(facts, fortune, stage), **_renewal(facts, fortune, stage)}
    return [f"{what}: {found}, should be {right}" for what, (found, right) in wanted.items() if found != right]


def _is_withdrawn(fortune: Fortune | None, stage: Stage) -> bool:
    """Whether an agent has accepted the withdrawal, by which all of its money is asked back."""
    return fortune is not None and fortune.kind.startswith("accepted") and (stage == "decided" or not fortune.is_late)


def _money(facts: Facts, fortune: Fortune | None, stage: Stage) -> dict[str, tuple[object, object]]:
    withdrawn = _is_withdrawn(fortune, stage)
    payment, order = facts.card["payments"][0], facts.card["orders"][0]
    amount, back = payment["amount"], facts.came_back(payment["id"], fortune)
    told = [e["data"] for e in facts.events if e["type"] == "payment.refunded"]
    return {
        "at the provider": (back, amount if withdrawn else _given_back(fortune, amount)),
        "paid": (len(facts.taken(payment["id"])), 1),
        "order": (order["status"], "paid"),
        "payment": (payment["status"], "refunded" if back >= amount else "paid"),
        "refunded_amount": (payment["refunded_amount"], back),
        "order's refunded_amount": (order["refunded_amount"], back),
        "disputed": (payment["disputed"], fortune.dispute if fortune is not None else None),
        "told the seller of refunds": (sum(event["refunded"] for event in told), back),
        "told the seller that what was asked for is done": (
            sum(e["type"] == "refund.done" for e in facts.events),
            int(withdrawn or (fortune is not None and fortune.kind.startswith("asked"))),
        ),
        "told the seller of a withdrawal": (
            sum(e["type"] == "order.withdrawn" for e in facts.events),
            int(order["withdrawn_at"] is not None),
        ),
    }


def _given_back(fortune: Fortune | None, amount: int) -> int:
    if fortune is None:
        return 0
    return amount if fortune.is_whole else PART if fortune.kind.endswith("in_part") else 0


def _renewal(facts: Facts, fortune: Fortune | None, stage: Stage) -> dict[str, tuple[object, object]]:
    """`held`: a person has still to decide. Where nothing may be charged no payment link is sent, either."""
    held = fortune is not None and fortune.is_late and stage != "decided"
    goes_on = fortune is None or fortune.renews or held
    later = [order for order in facts.card["orders"][1:] if order["status"] != "cancelled"]
    charges = [a for payment in facts.card["payments"][1:] for a in facts.taken(payment["id"])]
    due = stage != "paid" and goes_on and not held
    charged = due and facts.method in CHARGED
    return {
        "auto_renewal": ({s["auto_renewal"] for s in facts.card["subscriptions"]}, {goes_on}),
        "charged for the next year": (len(charges), int(charged)),
        "ordered for the next year": (len(later), int(due)),
        "withdrawn": (facts.card["orders"][0]["withdrawn_at"] is not None, _is_withdrawn(fortune, stage)),
    }


def untold(connection: sa.Connection, fortune: Fortune) -> list[str]:
    """What the customer was told otherwise than once; a withdrawal is kept once, as it was stated."""
    said = [line for line in journal.read_all(connection, fortune.customer.talk) if line.kind == BOT]
    texts = [str(line.data["text"]) for line in said]
    counts = Counter({beginning: sum(beginning in text for text in texts) for beginning in _told_once(fortune)})
    found = [f"told {n} times: {beginning}" for beginning, n in counts.items() if n != 1]
    if fortune.withdraws:
        kept = withdrawals.statements_in(connection, fortune.customer.talk)
        decision = None if fortune.is_late else fortune.kind
        right = [(WORDS[fortune.customer.person.locale], True, decision)]
        if (stated := [(str(one.words), one.account_id is not None, one.decision) for one in kept]) != right:
            found.append(f"kept: {stated}, should be {right}")
        unsent = [line.id for line in said if line.delivery not in ("sent", "given", "kept")]
        found += [f"never left: line {line}" for line in unsent]
    return found


def _told_once(fortune: Fortune) -> tuple[str, ...]:
    """How the messages begin that are due to the customer."""
    locale = fortune.customer.person.locale
    if fortune.withdraws:
        return (_words(locale, "withdrawal", "withdrawal", "have"),)
    key = "whole" if fortune.is_whole else "part"
    if fortune.dispute is not None:
        key = "dispute" if fortune.dispute == "open" else f"dispute_{fortune.dispute}"
    return (_words(locale, "payment", "payment", "back", key),)


@lru_cache
def _words(locale: str, file: str, *key: str) -> str:
    """The text's longest piece without a blank to fill."""
    found: Json = tomllib.loads((ROOT / "bot" / "texts" / locale / f"{file}.toml").read_text("utf-8"))
    for part in key:
        found = found[part]
    text = found["other"] if isinstance(found, dict) else found
    return text.partition("{")[0] if text.index("{") > 20 else max(text.replace("}", "{").split("{"), key=len)


def _named(fortune: Fortune | None, what: str) -> str:
    return what if fortune is None else f"{fortune.kind}, {fortune.notify}, {fortune.customer.person.method}: {what}"
