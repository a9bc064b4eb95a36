"""What comes of a term whose money doesn't: days of grace, the end after them, and a renewal that is called off."""

from datetime import date

from msgspec.structs import replace

from dialogs.messages import renewal as told
from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.payments.providers.base import Charge, Charged
from services.subscriptions import subscriptions
from services.subscriptions.subscriptions import Subscription
from tests.bot.usecases.renewals.test_one_truth import CERTIFIED, DAY, Here, desk, item
from tests.kit.narrow import present
from tests.services.domain.people import NOW
from values.renewal import last_moment
from values.term import A_YEAR

YEAR = 365


def terms(here: Here) -> tuple[Subscription, ...]:
    return tuple(subscriptions.of_account(here.connection, "a1"))


def renewals_of(here: Here) -> list[OrderRecord]:
    """The orders that the desk has placed by itself."""
    known = order_record.of_account(here.connection, "a1")
    return [order for order in known if any(item.renews is not None for item in order.items)]


def test_an_unpaid_renewal_has_days_of_grace_then_ends_and_its_order_is_cancelled_once() -> None:
    with desk() as here:
        here.buys(item("base"), item("users"))
        here.comes(YEAR + 1)
        grace = last_moment(
            CERTIFIED.renewal_rules.of_term(A_YEAR), NOW.replace(year=NOW.year + 1), here.quotes.seller.zone
        )
        assert [of.status for of in terms(here)] == ["grace", "grace"]
        last = (NOW + (YEAR + 14) * DAY).date()
        assert (CERTIFIED.renewal_rules.grace_days, grace.astimezone(here.quotes.seller.zone).date()) == (14, last)
        assert [(said.grace_until, said.number) for said in here.heard(told.SubscriptionLapsed)] == [(grace, None)]
        [order] = renewals_of(here)
        here.comes((grace - NOW) / DAY - 0.01)
        assert [of.status for of in terms(here)] == ["grace", "grace"], "the last day counts whole"
        here.comes(YEAR + 16)
        assert [of.status for of in terms(here)] == ["ended", "ended"]
        [_, ended] = here.heard(told.SubscriptionLapsed)
        assert (ended.grace_until, ended.order_id, ended.number) == (None, order.id, order.number)
        assert [letter.grace_until for letter in here.written(told.SubscriptionLapsed)] == [grace, None]
        assert [order.status for order in renewals_of(here)] == ["cancelled"]


def test_only_what_its_money_is_awaited_for_has_days_of_grace() -> None:
    with desk() as here:
        here.buys(item("base"), item("users"))
        here.seller = replace(CERTIFIED, addons=tuple(one for one in CERTIFIED.addons if one.id != "users"))
        here.comes(YEAR + 1)
        assert {of.product: of.status for of in terms(here)} == {"base": "grace", "users": "ended"}
        heard = here.heard(told.SubscriptionLapsed)
        assert [(said.lines[0][0], said.grace_until is None) for said in heard] == [("base", False), ("users", True)]


def test_a_desk_that_stood_still_on_the_days_of_the_charge_orders_at_the_end_and_asks_for_the_money() -> None:
    with desk() as here:
        here.buys(item("base"))
        here.comes(YEAR - 40)
        here.now = NOW + (YEAR + 1) * DAY
        here.comes(YEAR + 1)
        assert [(order.status, order.placed_at) for order in renewals_of(here)] == [("placed", here.now)]
        assert [of.status for of in terms(here)] == ["grace"]
        assert here.heard(told.RenewalToPay)


def test_what_isn_t_renewed_has_no_days_of_grace() -> None:
    with desk() as here:
        here.buys(item("base"), renews=False)
        here.comes(YEAR + 1)
        [ended] = here.heard(told.SubscriptionLapsed)
        assert (ended.grace_until, ended.order_id, [of.status for of in terms(here)]) == (None, None, ["ended"])


def test_a_charge_declined_after_the_renewal_was_switched_off_is_not_tried_again() -> None:
    with desk() as here:
        here.buys(item("base"), card=date(2030, 1, 31))
        charge, here.bank.next = here.bank.charge, ["declined"]

        async def switched_off(wanted: Charge) -> Charged:
            subscriptions.set_auto_renewal(here.connection, account_id="a1", on=False)
            return await charge(wanted)

        here.bank.charge = switched_off  # type: ignore[method-assign]
        here.comes(YEAR + 16)
        assert [of.end_reason for of in terms(here)] == ["cancelled"]
        assert here.bank.refused_at
        assert here.heard(told.RenewalToPay) == here.written(told.RenewalToPay) == []
        [order] = renewals_of(here)
        assert order.status == "cancelled"
        assert present(order.cancelled_at) < NOW + (YEAR - 6) * DAY, "at once, not when the term is over"
