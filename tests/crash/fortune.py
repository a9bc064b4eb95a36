"""Fates of paid contracts: money goes back at the provider, or its customer withdraws in words."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

import httpx

from tests.crash.chatter import Chatter
from tests.crash.customers import Traveller, withdraw
from tests.crash.doors import Visitor
from tests.crash.office import Helped, Office
from tests.crash.plan import Plan

AtTheProvider = Literal["refunded", "in_part", "in_parts", "disputed", "dispute_won", "dispute_lost", "unnoticed"]
Asked = Literal["asked", "asked_in_part"]
MoneyBack = AtTheProvider | Asked
Withdrawn = Literal["accepted", "refused", "accepted_late", "refused_late"]
Kind = MoneyBack | Withdrawn
MONEY_BACK: tuple[MoneyBack, ...] = (*get_args(AtTheProvider), *get_args(Asked))
#: The first two are decided at once, the others while the renewal falls due. A seventh of all, above a ninth: methods,
#: languages and channels come round by other numbers.
WITHDRAWN: tuple[Withdrawn, ...] = (
    "accepted",
    "refused_late",
    "accepted_late",
    "refused",
    "accepted_late",
    "refused_late",
    "refused",
)
PART, OTHER_PART = 10_000, 5_000
_AT_THE_PROVIDER: dict[Kind, tuple[tuple[str, int | None], ...]] = {
    "refunded": (("refunded", None),),
    "in_part": (("refunded", PART),),
    "in_parts": (("refunded", PART), ("refunded", OTHER_PART), ("refunded", None)),
    "disputed": (("disputed", None),),
    "dispute_won": (("disputed", None), ("dispute_won", None)),
    "dispute_lost": (("disputed", None), ("dispute_lost", None)),
    "unnoticed": (("refunded", None),),
}
#: Przelewy24 tells of no disputes.
DISPUTABLE = ("card", "paypal")
#: What the seller charges without the customer.
CHARGED = DISPUTABLE
NOTICES = ("once", "twice", "late", "once", "none")
WORDS = {"pl": "Odstępuję od umowy.", "it": "Recedo dal contratto.", "en": "I withdraw from the contract."}
Customer = Traveller | Chatter


@dataclass
class Fortune:
    """One customer's. `talk` and `stated` are of a withdrawal, `helped` of its decision."""

    customer: Customer
    kind: Kind
    notify: str
    number: int
    stated: datetime | None = None
    helped: Helped | None = field(default=None, repr=False)

    @property
    def withdraws(self) -> bool:
        return self.kind in WITHDRAWN

    @property
    def is_late(self) -> bool:
        """Return whether agents decide while the renewal falls due."""
        return self.kind.endswith("_late")

    @property
    def is_whole(self) -> bool:
        """Whether all the money is back in the end."""
        return self.kind in ("refunded", "unnoticed", "in_parts", "dispute_lost", "asked")

    @property
    def dispute(self) -> str | None:
        return {"disputed": "open", "dispute_won": "won", "dispute_lost": "lost"}.get(self.kind)

    @property
    def renews(self) -> bool:
        """Whether the term is followed by another in the end."""
        return self.kind in ("in_part", "refused", "refused_late", "asked_in_part")

    async def befall(self, visitor: Visitor, office: Office) -> None:
        """Until the provider has given it back, the desk is asked to, or the statement waits, or is decided."""
        if self.kind in get_args(Asked):
            await ask_back(visitor, self.customer.email, None if self.is_whole else PART)
            return
        if self.kind in _AT_THE_PROVIDER:
            card = await card_of(visitor, self.customer.email)
            path = f"/sandbox/api/payments/{card['payments'][0]['id']}"
            for outcome, amount in _AT_THE_PROVIDER[self.kind]:
                said = {"outcome": outcome, "notify": self.notify} | ({"amount": amount} if amount else {})
                answer = await visitor.request("POST", path, json=said)
                assert answer.status_code == 200, (path, said, answer.status_code, answer.text)
            return
        words, one = WORDS[self.customer.person.locale], self.customer
        await (one.states(words) if isinstance(one, Chatter) else withdraw(one, words))
        if not self.is_late:
            await self.is_decided(office)

    async def is_decided(self, office: Office) -> None:
        """An agent takes the talk, decides, and gives it back."""
        accepted = self.kind.startswith("accepted")
        self.helped = Helped(self.customer.talk, self.number, accepts=accepted)
        await office.decide(self.helped)


def fortune_of(customer: Customer, number: int, plan: Plan) -> Fortune | None:
    """The one of that number; who asks for a person has none."""
    nth = place_of(number, plan) - plan.helped
    if 0 <= nth < plan.withdrawn:
        return Fortune(customer, WITHDRAWN[nth % len(WITHDRAWN)], "once", number)
    if 0 <= (nth := nth - plan.withdrawn) < plan.money_back:
        kind = MONEY_BACK[nth % len(MONEY_BACK)]
        if kind.startswith("dispute") and customer.person.method not in DISPUTABLE:
            kind = "refunded"
        return Fortune(customer, kind, "none" if kind == "unnoticed" else NOTICES[nth % len(NOTICES)], number)
    return None


def place_of(number: int, plan: Plan) -> int:
    """Mixes the numbers: those of one kind aren't neighbours."""
    return (7 * number + 3) % plan.journeys


async def ask_back(visitor: httpx.AsyncClient, email: str, amount: int | None) -> None:
    """The seller's system asks, again and again under the same key."""
    number = (await card_of(visitor, email))["orders"][0]["number"]
    said = {"reason": "asked"} | ({"amount": amount} if amount else {})
    headers = {"authorization": "Bearer sandbox-money", "idempotency-key": f"refund-{number}"}
    answer = await visitor.request("POST", f"/api/v1/orders/{number}/refunds", json=said, headers=headers)
    assert answer.status_code == 201, (number, answer.status_code, answer.text)


async def card_of(visitor: httpx.AsyncClient, email: str) -> dict[str, list[dict[str, object]]]:
    """The customer as the seller's system sees them."""
    bearer = {"authorization": "Bearer sandbox"}
    answer = await visitor.request("GET", "/api/v1/customers", params={"email": email}, headers=bearer)
    assert answer.status_code == 200, (email, answer.status_code)
    return answer.json()
