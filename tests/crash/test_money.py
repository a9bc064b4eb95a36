"""The judge of money and contracts: right books pass, and each wrong one that is planted is found."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.crash.customers import Traveller
from tests.crash.fortune import PART, Fortune, Kind
from tests.crash.money import Facts, Stage, wrong
from tests.crash.months import untold

Json = Any
GROSS = 36777
LATER = {"id": "p2", "amount": GROSS}
CHARGE = {"status": "paid", "refunded": 0, "amount": GROSS}


def books(
    back: int = 0, *, disputed: str | None = None, goes_on: bool = False, withdrawn: bool = False, asked: bool = False
) -> Facts:
    """Right ones: so much is back, and the next year is charged or isn't."""
    refund = {"type": "payment.refunded", "data": {"refunded": back}}
    taken = {"status": "refunded" if back == GROSS else "paid", "refunded": back, "amount": GROSS}
    first = {"id": "p1", "amount": GROSS, "status": taken["status"], "refunded_amount": back, "disputed": disputed}
    hour = "2026-11-23T10:00:00Z" if withdrawn else None
    order = {"status": "paid", "refunded_amount": back, "withdrawn_at": hour}
    return Facts(
        "card",
        {
            "payments": [first, *([LATER] if goes_on else [])],
            "orders": [order, *([{"status": "paid"}] if goes_on else [])],
            "subscriptions": [{"auto_renewal": goes_on}],
        },
        {"p1": [taken], "p2": [CHARGE] if goes_on else []},
        [
            *([refund] if back else []),
            *([{"type": "refund.done"}] if asked else []),
            *([{"type": "order.withdrawn", "data": {}}] if withdrawn else []),
        ],
    )


def fortune(kind: Kind | None) -> Fortune | None:
    customer: Traveller = None  # type: ignore[assignment]  # told by their books alone
    return None if kind is None else Fortune(customer, kind, "once", 1)


def right() -> dict[Kind | None, Facts]:
    """Right books of each, when all is decided."""
    return {
        None: books(goes_on=True),
        "refunded": books(GROSS),
        "asked": books(GROSS, asked=True),
        "asked_in_part": books(PART, goes_on=True, asked=True),
        "in_part": books(PART, goes_on=True),
        "in_parts": books(GROSS),
        "disputed": books(disputed="open"),
        "dispute_won": books(disputed="won"),
        "dispute_lost": books(GROSS, disputed="lost"),
        "accepted_late": books(GROSS, withdrawn=True, asked=True),
        "refused_late": books(goes_on=True),
    }


@pytest.mark.parametrize("kind", right())
def test_right_books_are_right(kind: Kind | None) -> None:
    assert wrong(right()[kind], fortune(kind), "decided") == []


def charged(facts: Facts) -> None:
    """For the next year."""
    facts.card["payments"].append(LATER)
    facts.attempts["p2"].append(CHARGE)  # type: ignore[attr-defined]


PLANTED: list[tuple[Kind | None, Stage, str, Callable[[Facts], object]]] = [
    ("refunded", "paid", "refunded_amount", lambda f: f.card["payments"][0].update(refunded_amount=0)),
    ("refunded", "paid", "payment", lambda f: f.card["payments"][0].update(status="paid")),
    ("refunded", "paid", "order's refunded_amount", lambda f: f.card["orders"][0].update(refunded_amount=0)),
    ("refunded", "paid", "auto_renewal", lambda f: f.card["subscriptions"][0].update(auto_renewal=True)),
    ("refunded", "paid", "told the seller of refunds", lambda f: f.events.clear()),  # type: ignore[attr-defined]
    ("refunded", "decided", "charged for the next year", charged),
    ("in_part", "paid", "auto_renewal", lambda f: f.card["subscriptions"][0].update(auto_renewal=False)),
    ("disputed", "paid", "disputed", lambda f: f.card["payments"][0].update(disputed=None)),
    ("disputed", "decided", "charged for the next year", charged),
    ("accepted_late", "decided", "withdrawn", lambda f: f.card["orders"][0].update(withdrawn_at=None)),
    ("accepted_late", "decided", "charged for the next year", charged),
    ("refused_late", "due", "charged for the next year", lambda _facts: None),
    (None, "decided", "charged for the next year", charged),
]


@pytest.mark.parametrize(("kind", "stage", "what", "plant"), PLANTED)
def test_a_wrong_book_is_found(kind: Kind | None, stage: Stage, what: str, plant: Callable[[Facts], object]) -> None:
    facts = right()[kind]
    plant(facts)
    found = wrong(facts, fortune(kind), stage)
    assert any(one.startswith(f"{what}: ") for one in found), found


def test_a_charge_that_nothing_announced_is_found() -> None:
    said = ["pobierzemy 60,27 zł", "Pobraliśmy 60,27 zł", "pobierzemy 60,27 zł", "Pobraliśmy 70,00 zł"]
    assert (untold(said[:2]), untold(said)) == ([], ["untold: Pobraliśmy 70,00 zł"])
