"""Profiles change under open conversations, unpaid orders and old customers.

Nobody is stuck, nobody is asked twice, and no answer is lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from dialogs.journey import journey_of
from dialogs.kit import Event, Said
from dialogs.messages.account import LoggedIn, PasswordSet
from dialogs.messages.contact import EmailProven
from dialogs.messages.payment import PaymentNoticed
from dialogs.messages.questions import KeepAnswers
from dialogs.own.conditions import answer_of
from tests.dialogs.driver import NOW, SELLER, Driver, known_account, known_company
from values.meaning import Answer, Press
from values.question import Answers, OwnQuestion
from values.seller import Seller

POOL: tuple[OwnQuestion, ...] = (
    OwnQuestion("source", "choice", "account", "account", options=("friend", "search", "fair")),
    OwnQuestion("news", "yes_no", "contact", "account"),
    OwnQuestion("size", "number", "company", "company", min=1, max=500),
    OwnQuestion("tools", "several", "company", "account", options=("till", "shop", "bank")),
    OwnQuestion("shop_name", "text", "company", "company", when=(("tools", ("shop",)),)),
    OwnQuestion("branch", "choice", "pay", "order", options=("north", "south")),
    OwnQuestion("note", "text", "pay", "order"),
    OwnQuestion("start_day", "date", "order", "order"),
)
TYPED = {"number": "12", "text": "Kwiatki Anny", "date": "2027-05-03"}
EMAIL = "jan@example.com"
WAY: Mapping[str, Event] = {
    "account.start": Said(Press("start:buy")),
    "account.account": Said(Press("account:new")),
    "account.email": Said(Answer(EMAIL)),
    "account.secure_page": PasswordSet("page-set_password", "credential-1"),
    "account.consents": Said(Press("consents:required")),
    "contact.phone": Said(Answer("512 000 999")),
    "contact.contact_code": Said(Answer("123456")),
    "company.tax_number": Said(Answer("1234563218")),
    "company.confirm": Said(Press("confirm:yes")),
    "order.auto_renewal": Said(Press("auto_renewal:yes")),
    "order.method": Said(Press("method:blik")),
    "order.terms": Said(Press("terms:accept")),
    "order.clauses": Said(Press("clauses:accept")),
    "order.pay": Said(Press("pay:now")),
    "order.email_link": EmailProven(EMAIL, NOW),
    "einvoice.einvoice": Said(Press("einvoice:later")),
}
LONGEST = 120
"""Turns in which anybody gets to the zone."""


@dataclass
class Shop:
    """A seller whose questions change, and what is kept of one customer's answers."""

    dice: Random
    seller: Seller = SELLER
    kept: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict[tuple[str, str], dict[str, Any]])
    noted: int = 0

    def change(self, customer: Driver) -> None:
        """The profile is changed and the desk started again; the customer's conversation goes on."""
        own = list(self.seller.own_questions)
        n = self.dice.randrange(len(own)) if own else 0
        match self.dice.choice(("add", "add", "drop", "shuffle", "options", "required")):
            case "add":
                left = [one for one in POOL if one.id not in {known.id for known in own}]
                own += self.dice.sample(left, min(len(left), 2))
            case "shuffle":
                self.dice.shuffle(own)
            case "drop" if own:
                own.pop(n)
            case "options" if own and own[n].kind in ("choice", "several"):
                fewer = own[n].options[1:] if len(own[n].options) > 2 else (*own[n].options, "more")
                own[n] = replace(own[n], options=fewer)
            case "required" if own:
                own[n] = replace(own[n], required=not own[n].required)
            case _:
                pass
        self.seller = replace(self.seller, own_questions=tuple(own))
        self.serve(customer)

    def serve(self, customer: Driver) -> Driver:
        customer.seller, customer.journey = self.seller, journey_of(self.seller)
        customer.stand_in = replace(customer.stand_in, seller=self.seller)
        return customer

    def note(self, customer: Driver) -> None:
        """Keep what the commands say, as the desk does."""
        for act in customer.acts[self.noted :]:
            if isinstance(act, KeepAnswers):
                self.kept.setdefault((act.keep, act.holder), {}).update(act.answers)
        self.noted = len(customer.acts)

    def answers(self, keep: str, holder: str) -> Answers:
        return dict(self.kept.get((keep, holder), {}))

    def returned(self) -> Driver:
        """The customer in another chat, logged in."""
        self.noted = 0
        self.kept = {of: given for of, given in self.kept.items() if of[0] != "order"}
        company = replace(known_company(), id="company-1", own_answers=self.answers("company", "company-1"))
        view = known_account(id="account-1", company=company, companies=(company,), own_answers=self.own)
        return self.serve(Driver(self.seller)).press("start:buy", "account:existing").happen(LoggedIn(view))

    @property
    def own(self) -> Answers:
        return self.answers("account", "account-1")


def asked_before(customer: Driver, shop: Shop) -> bool:
    """Whether the open question has an answer that is kept with what it is about."""
    question = next(one for one in shop.seller.own_questions if one.id == customer.step.name)
    case = customer.case
    holder = {"account": case.account.id, "company": case.company.id, "order": case.order.id}[question.keep]
    known = shop.answers(question.keep, holder or "")
    return question.id in known and (known[question.id] is not None or not question.required)


def next_event(customer: Driver, dice: Random) -> Event:
    """The customer's next deed at the open step: answers, passes over, or goes on."""
    step = customer.step
    if step.dialog != "own":
        if step.path == "payment.payment":
            return PaymentNoticed(customer.placed.payment_id or "", 1, {})
        return WAY[step.path]
    question = next(one for one in customer.seller.own_questions if one.id == step.name)
    offered = [payload for payload in customer.offers if payload.startswith(f"{step.name}:")]
    if question.kind in TYPED and dice.random() < 0.7:
        return Said(Answer(TYPED[question.kind]))
    if question.kind == "several" and dice.random() < 0.5:
        return Said(Press(f"{step.name}:{question.options[0]}"))
    if not offered:
        return Said(Answer(TYPED[question.kind]))
    return Said(Press(dice.choice([one for one in offered if not one.endswith(":done")] or offered)))


@pytest.mark.parametrize("seed", range(120))
def test_nobody_is_stuck_asked_twice_or_robbed_of_an_answer(seed: int) -> None:
    dice = Random(seed)
    shop = Shop(dice)
    customer = shop.serve(Driver())
    for _ in range(dice.randrange(4)):
        shop.change(customer)
    for life in range(3):
        before: dict[tuple[str, str], set[str]] = {holder: set(known) for holder, known in shop.kept.items()}
        for _turn in range(LONGEST):
            if customer.at.startswith("zone."):
                break
            if dice.random() < 0.15:
                shop.change(customer)
            if customer.step.dialog == "own":
                assert not asked_before(customer, shop), f"{customer.at} is asked twice"
            customer.hear(next_event(customer, dice))
            shop.note(customer)
        else:
            pytest.fail(f"stuck at {customer.at}, life {life}")
        for holder, known in before.items():
            assert known <= set(shop.kept[holder]), "an answer is lost"
        for question in shop.seller.own_questions:
            if question.keep == "account" and answer_of(customer.case.own, question, customer.context(customer.case)):
                assert question.id in shop.own, f"{question.id} was answered and isn't kept"
        customer = shop.returned()
