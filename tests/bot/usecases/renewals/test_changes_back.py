"""Changes whose money is back while others stay: any of many, in any order, against a stack of what was bought."""

import random
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from bot.usecases.emails.informational import find_facts
from bot.usecases.renewals.changes import ChangeQuote, WantedChange
from dialogs.messages import zone
from dialogs.messages.letters import SendNote
from dialogs.messages.payment import MoneyBack
from dialogs.messages.renewal import ChargeComing, RenewalToPay
from services.orders import contract_over, order_record
from services.orders.order_record import OrderRecord
from services.payments import record
from services.payments.providers.base import Attempt, Dispute, Returned
from services.subscriptions import changes
from tests.bot.usecases.renewals.buyer import BEGINS, MONTH, NETS, Buyer, buyer, seller
from tests.kit.narrow import a, present
from tests.table import table
from values.rules import NOTE_MONEY_BACK, RefundRules

DAY = timedelta(days=1)
SEATS = {plan.id: (plan.seats.min, plan.seats.max) if plan.seats else (1, 1) for plan in seller().plans}
WORDS: Any = SimpleNamespace(seller=seller())
WISHES = (("pro", None), ("team", None), ("team", 9), (None, 2), (None, 4), (None, 7), (None, 10), ("solo", None))


class Bought(Struct):
    """A paid change: what ran then, and what with it."""

    order: OrderRecord
    before: tuple[str, int]
    after: tuple[str, int]
    back: bool = False

    @property
    def plan(self) -> bool:
        return self.before[0] != self.after[0]


def unstacked(stack: list[Bought]) -> list[Bought]:
    """Return what stays: what is back goes from the top, seats from between seats, too."""
    left = list(stack)
    for one in reversed(stack):
        above = left[left.index(one) + 1 :]
        if one.back and not (above and one.plan) and not any(other.plan for other in above):
            left.remove(one)
    return left


def runs_by(sold: tuple[str, int], stack: list[Bought]) -> tuple[str, int]:
    plan, number = sold
    for one in stack:
        plan, number = one.after if one.plan else (plan, number + one.after[1] - one.before[1])
    return plan, number


def goes_back(one: Buyer, order: OrderRecord) -> None:
    for of in record.of_order(one.connection, order.id):
        record.set_back(one.connection, of.id, refunded=of.amount, disputed=None, at=one.desk.now)
    contract_over.end_contract(
        one.connection, present(order_record.get(one.connection, order.id)), one.desk.now, by_refund=True
    )


@table(("seed",), range(20))
def test_what_stays_is_what_was_bought_and_never_out_of_its_plan_s_bounds(seed: int) -> None:
    chance = random.Random(seed)
    plan, number = chance.choice((("solo", 1), ("pro", 2), ("pro", 3), ("team", 3)))
    with buyer(plan=plan, seats=number) as one:
        stack: list[Bought] = []
        sold = (one.of.product, one.of.quantity)
        for _ in range(9):
            one.passes(chance.randint(1, 20))
            paid = [each for each in stack if not each.back]
            if paid and chance.random() < 0.4:
                gone = chance.choice(paid)
                gone.back = True
                goes_back(one, gone.order)
                stack = unstacked(stack)
            else:
                bought(one, chance, stack)
            least, most = SEATS[one.of.product]
            assert least <= one.of.quantity <= most
            assert (one.of.product, one.of.quantity) == runs_by(sold, stack)
        one.passes(400 - (one.desk.now.date() - present(one.of.starts_at).date()).days)
        renewed = order_record.of_account(one.connection, "a1")[-1].items[0]
        assert (renewed.id, renewed.quantity, renewed.unit_net) == (*runs_by(sold, stack), NETS[renewed.id][0])


@table(
    ("how", "seats", "charged"), [("keep", 7, 5), ("end", 5, 5), ("disputed", 7, 5), ("part", 7, 7), ("wished", 7, 6)]
)
def test_added_seats_whose_money_is_back_are_not_charged_with_the_next_term(how: str, seats: int, charged: int) -> None:
    """At once where a whole refund ends the service; another wish for the next term stays, but for what is back."""
    with buyer(plan="pro", seats=5, term=MONTH) as one:
        one.passes(9)
        one.changes(None, "now", 7)
        by, order = [*one.desk.bank.taken][-1], order_record.of_account(one.connection, "a1")[-1]
        if how == "wished":
            one.changes(None, "next_term", 6)
            one.changes(None, "next_term", 4)
            charged = 4
        if how == "end":
            one.desk.seller = replace(one.desk.seller, refund=RefundRules("end"))
        left = one.desk.bank.left(by)
        claims(one, by) if how == "disputed" else one.desk.gives_back(by, left // 2 if how == "part" else left)
        assert (one.of.quantity, one.of.renewed_quantity) == (seats, charged)
        told = [said.event for said in one.desk.said if isinstance(said.event, MoneyBack)][-1]
        since = None if how == "end" else one.of.ends_at
        assert told.left == (None if how == "part" else ("pro", charged, since))
        facts = present(find_facts(one.connection, SendNote(NOTE_MONEY_BACK, order.id, kind="whole"), WORDS, "pl"))
        assert facts.params["left_from"] == (None if how == "part" else since)
        one.passes(40)
        renewed = order_record.of_account(one.connection, "a1")[-1]
        assert (renewed.status, [item.quantity for item in renewed.items]) == ("paid", [charged])
        assert one.desk.compared(BEGINS).is_clean or how == "disputed"


def claims(one: Buyer, by: str, said: Dispute = "open") -> None:
    async def claimed(of: Attempt) -> Returned:
        return Returned(0, said if of.payment_ref == by else None)

    one.desk.bank.returned = claimed  # type: ignore[method-assign]
    one.desk.gives_back(by, 0)


def test_added_seats_are_renewed_again_once_their_dispute_is_won() -> None:
    with buyer(plan="pro", seats=5, term=MONTH) as one:
        one.changes(None, "now", 7)
        for said, renewed in (("open", 5), ("won", 7)):
            claims(one, [*one.desk.bank.taken][-1], said)  # type: ignore[arg-type]
            assert one.of.renewed_quantity == renewed


def test_a_plan_whose_money_is_back_is_not_the_next_term_s() -> None:
    with buyer(plan="solo", seats=1, term=MONTH) as one:
        one.changes("pro", "now")
        one.desk.gives_back(by := [*one.desk.bank.taken][-1], one.desk.bank.left(by))
        assert (one.of.product, one.of.renewed_product) == ("pro", "solo")
        one.passes(40)
        assert [item.id for item in order_record.of_account(one.connection, "a1")[-1].items] == ["solo"]


def test_seats_that_a_release_before_renewed_though_they_were_paid_back_are_listed() -> None:
    with buyer(plan="pro", seats=5, term=MONTH) as one:
        one.passes(9)
        one.changes(None, "now", 7)
        one.desk.gives_back(by := [*one.desk.bank.taken][-1], one.desk.bank.left(by))
        changes.set_next(one.connection, one.of, "pro", 7)
        for _term in range(2):
            [row] = one.desk.compared(BEGINS).rows
            assert (row.kind, row.ours, row.theirs) == ("seats_refunded", "renews", "refunded")
            assert f"PATCH /subscriptions/{one.of.id}" in row.remedy
            one.passes(30)
            assert one.of.quantity == 7
        assert one.desk.changed(one.of.id, WantedChange("next_term", 5))
        assert one.desk.compared(BEGINS).is_clean


@pytest.mark.parametrize(("renewed", "listed"), [(7, True), (5, False), (3, False)])
def test_of_two_additions_the_seats_that_stay_paid_are_no_row(renewed: int, listed: bool) -> None:
    """Three seats and twice two more, of which the first two are paid back."""
    with buyer(plan="pro", seats=3, term=MONTH) as one:
        one.passes(9)
        one.changes(None, "now", 5)
        first = [*one.desk.bank.taken][-1]
        one.changes(None, "now", 7)
        one.desk.gives_back(first, one.desk.bank.left(first))
        assert (one.of.quantity, one.of.renewed_quantity) == (7, 5)
        changes.set_next(one.connection, one.of, "pro", renewed)
        one.passes(30)
        assert one.of.quantity == renewed
        assert [row.kind for row in one.desk.compared(BEGINS).rows] == ["seats_refunded"] * listed


def bought(one: Buyer, chance: random.Random, stack: list[Bought]) -> None:
    plan, number = chance.choice(WISHES)
    quoted, before = one.quote(plan, "now", number), (one.of.product, one.of.quantity)
    if isinstance(quoted, ChangeQuote) and not quoted.is_free:
        one.changes(plan, "now", number)
        order = order_record.of_account(one.connection, "a1")[-1]
        stack.append(Bought(order, before, (one.of.product, one.of.quantity)))


def test_what_went_back_is_not_counted_as_paid_for_the_next_change() -> None:
    """A plan that seats hold was paid back: another one costs as if its days had been paid for with the first."""
    with buyer(plan="solo", seats=1) as one, buyer(plan="solo", seats=1) as other:
        for each in (one, other):
            each.passes(40)
            each.changes("pro", "now")
            each.passes(1)
            each.changes(None, "now", 3)
        goes_back(one, order_record.of_account(one.connection, "a1")[1])
        assert (one.of.product, one.of.quantity) == ("pro", 3), "its seats were paid for"
        prices = [a(ChangeQuote, each.quote("team", "now", None)).price.net.minor for each in (one, other)]
        given = order_record.of_account(other.connection, "a1")[1].price.net.minor
        assert 0 < prices[0] - prices[1] <= given


def test_what_went_back_while_its_renewal_waits_is_not_charged_for() -> None:
    with buyer(seats=3) as one:
        ends = present(one.of.ends_at)
        one.desk.until(ends - 12 * DAY)
        one.changes(None, "now", 5)
        change = order_record.of_account(one.connection, "a1")[-1]
        one.desk.bank.next = ["declined"]
        one.desk.until(ends - 7 * DAY)
        waits = order_record.of_account(one.connection, "a1")[-1]
        assert (waits.status, [item.quantity for item in waits.items]) == ("placed", [5])
        goes_back(one, change)
        one.desk.until(ends + DAY)
        waits, last = order_record.of_account(one.connection, "a1")[-2:]
        assert (waits.status, last.status, [item.quantity for item in last.items]) == ("cancelled", "paid", [3])
        assert [sum_ for _, _, sum_, _ in one.desk.bank.charges] == [last.price.gross.minor]
        assert one.of.quantity == 3


def test_seats_whose_money_goes_and_comes_back_while_their_renewal_waits_are_renewed() -> None:
    """As by a transfer whose booking is taken back and made again."""
    with buyer(seats=5) as one:
        ends = present(one.of.ends_at)
        one.desk.bank.next = ["declined", "declined"]
        one.desk.until(ends - 7 * DAY)
        changes.set_now(one.connection, one.of, one.of.product, 3)
        while renewed_seats(one) != [("cancelled", 5), ("placed", 3)]:
            one.passes(1)
        changes.set_now(one.connection, one.of, one.of.product, 5)
        one.desk.until(ends + 9 * DAY)
        assert renewed_seats(one) == [("cancelled", 5), ("cancelled", 3), ("paid", 5)]
        assert (one.of.quantity, one.of.status) == (5, "active")


def renewed_seats(one: Buyer) -> list[tuple[str, int]]:
    """Return how each order that renews stands, and its seats."""
    orders = order_record.of_account(one.connection, "a1")
    return [(order.status, item.quantity) for order in orders for item in order.items if item.renews is not None]


def test_what_is_added_by_late_money_while_the_renewal_waits_is_announced_and_renewed_too() -> None:
    with buyer(seats=3) as one:
        ends = present(one.of.ends_at)
        one.desk.until(ends - 9 * DAY)
        gross = one.quote(None, "now", 5).price.gross.minor
        made = a(RenewalToPay, one.desk.does(zone.MakeChange("a1", one.of.id, 5, "now", gross, None)))
        one.desk.opens(made.payment_id)
        one.desk.bank.next = ["declined"]
        one.desk.until(ends - 6 * DAY)
        assert one.desk.pays(made.payment_id), "its page stood open"
        one.desk.until(ends + DAY)
        told = [said.event for said in one.desk.said if isinstance(said.event, ChargeComing)][-1]
        last = order_record.of_account(one.connection, "a1")[-1]
        assert (last.status, [item.quantity for item in last.items]) == ("paid", [5])
        assert (
            [sum_ for _, _, sum_, _ in one.desk.bank.charges] == [last.price.gross.minor] == [present(told.bill).gross]
        )
        assert (one.of.quantity, one.of.status) == (5, "active")
