"""Another plan within the term, or from the next on: its price against a little model in fractions, and what runs."""

from fractions import Fraction
from typing import Any

from bot.usecases.renewals.changes import ChangeQuote
from dialogs.messages import zone
from dialogs.messages.renewal import RenewalToPay
from services.orders import contract_over, order_record, withdrawals
from services.payments import record
from services.subscriptions import subscription_record
from tests.bot.usecases.renewals.buyer import BEGINS, MONTH, NETS, buyer, half_up, seller
from tests.kit.narrow import a
from tests.table import table
from values.term import A_YEAR


@table(
    ("bought", "rise", "plan", "number", "seats", "percent"),
    [
        ({}, 0, "team", None, 3, 0),
        ({}, 0, "team", 7, 7, 0),
        ({"plan": "solo", "seats": 1}, 0, "pro", None, 1, 0),
        ({"plan": "solo", "seats": 1}, 0, "team", None, 3, 0),
        ({"term": MONTH}, 0, "team", None, 3, 0),
        ({}, 7001, "team", None, 3, 0),
        ({"code": "SEVENTH"}, 0, "team", None, 3, 14),
        ({"code": "SEVENTH"}, 7001, "team", 4, 4, 14),
        ({"code": "PRO"}, 0, "team", None, 3, 0),
        ({"code": "TENNER"}, 0, "team", None, 3, 0),
        ({"vat": 0}, 0, "team", None, 3, 0),
        ({"plan": "team"}, 0, "pro", 5, 5, 0),
    ],
)
def test_another_plan_now_costs_what_its_days_cost_more_than_those_paid_for(
    bought: dict[str, Any], rise: int, plan: str, number: int | None, seats: int, percent: int
) -> None:
    with buyer(**bought) as one:
        one.passes(11 if one.of.term == MONTH else 100)
        one.desk.seller = seller(rise)
        net = NETS[plan][one.of.term == MONTH] + rise
        expected = one.model.change(net, seats, percent, one.desk.now)
        found = a(ChangeQuote, one.quote(plan, "now", number))
        assert (found.price.net.minor, found.price.gross.minor, found.plan, found.number) == (*expected, plan, seats)
        one.changes(plan, "now", number)
        assert (one.of.product, one.of.quantity, one.of.ends_at) == (plan, seats, one.model.ends)
        one.passes(340)
        assert [(o.product, o.quantity) for o in subscription_record.of_account(one.connection, "a1")] == [
            (plan, seats)
        ]
        renewed = order_record.of_account(one.connection, "a1")[-1]
        assert [(item.id, item.unit_net, item.renews) for item in renewed.items] == [(plan, net, one.of.id)]


def test_what_was_added_or_changed_before_counts_as_paid_and_goes_with_its_money() -> None:
    with buyer(plan="solo", seats=1) as one:
        for after, plan, number in ((40, "pro", None), (60, None, 4), (33, "team", 5)):
            one.passes(after)
            now, known = one.desk.now, one.quote(plan, "now", number)
            unit = half_up(NETS["pro"][0] * one.model.share(BEGINS, now))
            seats = one.model.taxed(unit * 3) if plan is None else None
            expected = seats or one.model.change(NETS[plan or "pro"][0], known.number, 0, now)
            assert (known.price.net.minor, known.price.gross.minor) == expected
            one.changes(plan, "now", number)
            one.model.paid += ((now, Fraction(known.price.net.minor)),)
        paid = order_record.of_account(one.connection, "a1")
        assert [item.names for order in paid for item in order.items if not item.names] == []
        ran = {}
        for order in reversed(paid[1:]):
            for of in record.of_order(one.connection, order.id):
                record.set_back(one.connection, of.id, refunded=of.amount, disputed=None, at=one.desk.now)
            ran[order.items[0].id] = (one.of.product, one.of.quantity)
            contract_over.end_contract(one.connection, order, one.desk.now, by_refund=True)
        assert (one.of.product, one.of.quantity) == ("solo", 1)
        assert ran == {"team": ("team", 5), "pro": ("pro", 1)}


def test_withdrawn_from_what_was_added_only_that_is_taken_off_and_the_rest_renews() -> None:
    with buyer() as one:
        one.passes(100)
        one.changes(None, "now", 5)
        one.passes(5)
        added = order_record.of_account(one.connection, "a1")[-1]
        stated = withdrawals.WithdrawalRecord("w1", "talk", "a1", added.id, "odstępuję", one.desk.now)
        withdrawals.keep(one.connection, stated)
        withdrawals.decide(one.connection, "w1", "accepted", order=added, reason=None, now=one.desk.now)
        assert (one.of.quantity, one.of.auto_renewal) == (5, True), "the money isn't back yet"
        for of in record.of_order(one.connection, added.id):
            record.set_back(one.connection, of.id, refunded=of.amount, disputed=None, at=one.desk.now)
        contract_over.end_contract(one.connection, added, one.desk.now)
        assert (one.of.status, one.of.quantity, one.of.auto_renewal) == ("active", 3, True)
        one.passes(340)
        due = one.model.taxed(NETS["pro"][0] * 3)[1]
        assert (one.of.quantity, [charged for _, _, charged, _ in one.desk.bank.charges]) == (3, [due])


@table(
    ("bought", "after", "rise", "plan", "number", "renewed", "lowered"),
    [
        ({}, 3, 0, "team", None, 3, 0),
        ({}, 3, 7001, "team", 5, 5, 0),
        ({"plan": "team"}, 3, 0, "solo", None, 1, 0),
        ({"plan": "team", "term": MONTH}, 3, 0, "pro", None, 3, 0),
        ({"code": "SEVENTH"}, 3, 0, "team", None, 3, 0),
        ({"vat": 0}, 3, 0, "team", None, 3, 0),
        ({"trial": 14, "term": MONTH}, 3, 0, "team", None, 3, 0),
        ({"trial": 14, "code": "SEVENTH"}, 3, 0, "team", None, 3, 14),
        ({"trial": 14}, 10, 0, "team", None, 3, 0),
        ({}, 341, 0, "team", None, 3, 0),
        ({"trial": 14, "code": "PRO"}, 3, 0, "team", None, 3, 0),
    ],
)
def test_another_plan_from_the_next_term_is_renewed_at_its_whole_price(
    bought: dict[str, Any], after: int, rise: int, plan: str, number: int | None, renewed: int, lowered: int
) -> None:
    with buyer(**bought) as one:
        one.passes(after)
        one.desk.seller = seller(rise)
        net = NETS[plan][one.of.term == MONTH] + rise
        due = one.model.taxed(net * renewed - half_up(Fraction(net * renewed * lowered, 100)))
        before, ends = (one.of.product, one.of.quantity), one.of.ends_at
        found = a(ChangeQuote, one.quote(plan, "next_term", number))
        assert (found.price.net.minor, found.price.gross.minor, found.starts) == (*due, ends)
        one.changes(plan, "next_term", number)
        assert (one.of.product, one.of.quantity, one.of.next_plan) == (*before, plan)
        coming = one.desk.quotes.outlooks(one.connection, "a1", one.desk.now)
        assert [(each.lines, each.gross) for each in coming] == [(((plan, renewed),), due[1])]
        one.passes(400 if one.of.term == A_YEAR else 40)
        assert (one.of.product, one.of.quantity, one.of.next_plan) == (plan, renewed, None)
        charged = [amount for _, _, amount, _ in one.desk.bank.charges]
        assert charged[:1] == [due[1]]


@table(
    ("bought", "after", "plan", "number", "now", "later"),
    [
        ({"plan": "team"}, 100, "pro", None, "cheaper", 3),
        ({}, 100, None, 2, "fewer", 2),
        ({}, 100, None, 3, "same", "same"),
        ({}, 100, "pro", None, "same", "same"),
        ({}, 100, "even", None, 3, 3),
        ({}, 100, "gone", None, "no_plan", "no_plan"),
        ({}, 100, "team", 11, "bounds", "bounds"),
        ({"seats": 11}, 100, "team", None, "bounds", "bounds"),
        ({}, 100, "solo", 2, "not_counted", "not_counted"),
        ({"term": MONTH}, 3, "old", None, "unsold", "unsold"),
        ({"trial": 14}, 3, "team", None, 3, 3),
        ({"trial": 14}, 3, "old", None, "unsold", 1),
        ({}, 360, "team", None, "waits", "waits"),
    ],
)
def test_what_cannot_be_is_refused_by_its_reason_and_what_costs_no_more_is_free(
    bought: dict[str, Any], after: int, plan: str | None, number: int | None, now: str | int, later: str | int
) -> None:
    with buyer(**bought) as one:
        one.desk.bank.next = ["declined"] * 9
        one.passes(after)
        found = [one.quote(plan, start, number) for start in ("now", "next_term")]
        assert [each.number if isinstance(each, ChangeQuote) else each for each in found] == [now, later]
        if isinstance(now, int):
            assert found[0].is_free
            one.changes(plan, "now", number)
            assert (one.of.product, one.of.renewed_product, one.of.quantity) == (plan, plan, now)


def test_what_is_ordered_now_renews_instead_of_what_was_wished_before() -> None:
    with buyer() as one:
        one.passes(100)
        one.changes(None, "next_term", 2)
        assert (one.of.quantity, one.of.next_quantity) == (3, 2)
        shown = a(ChangeQuote, one.quote(None, "next_term", 5)).price.gross.minor
        one.changes(None, "now", 5)
        assert (one.of.quantity, one.of.next_quantity) == (5, None), "the card says what the next term costs"
        one.passes(340)
        assert [charged for _, _, charged, _ in one.desk.bank.charges] == [shown]


def test_money_whose_time_was_over_gives_no_change_beside_a_later_wish() -> None:
    with buyer() as one:
        one.passes(100)
        gross = one.quote(None, "now", 5).price.gross.minor
        made = a(RenewalToPay, one.desk.does(zone.MakeChange("a1", one.of.id, 5, "now", gross, None)))
        one.passes(30)
        one.changes(None, "next_term", 2)
        one.desk.pays(made.payment_id)
        assert (one.of.quantity, one.of.next_quantity) == (3, 2)
        assert [of.status for of in record.of_order(one.connection, made.order_id)] != ["paid"]
