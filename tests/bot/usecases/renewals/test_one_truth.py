"""What is told of one term, and when: its end, a card that expires before, a promise set right, a code that goes on.

What comes of a term whose money doesn't: days of grace, the end after them, and a renewal that is called off."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.checking.losses import losses
from bot.profile.load import load
from dialogs.kit import Event
from dialogs.messages import renewal as told
from dialogs.messages.payment import OpenPayment
from dialogs.messages.zone import SetAutoRenewal
from dialogs.renewal.notices import RenewalSetRight, TermEnding, WayExpiring
from services.orders import discounts, order_record, orders
from services.orders.pricing import Item, PricingDiscount, price
from services.payments.providers.base import Charge, Charged
from services.subscriptions import renewals, subscription_record, subscriptions
from tests.bot.usecases.lives.desk import VISA, Desk, books, customer_of
from tests.kit.narrow import a, present
from tests.services.domain.people import NOW, WANTED
from values.renewal import last_moment
from values.seller import Seller
from values.term import A_YEAR

CERTIFIED = load(Path("profiles/certified_platform")).seller
DAY = timedelta(days=1)


class Here(Desk):
    """A desk whose days count from the first payment."""

    def comes(self, day: float) -> None:
        self.until(NOW + DAY * day)

    def heard(self, *kinds: type) -> list[Any]:
        """Return what was said of these kinds in the chat, in order."""
        return [said.event for said in self.said if not said.by_letter and isinstance(said.event, kinds)]

    def written(self, kind: type[Event]) -> list[Any]:
        return [said.event for said in self.said if said.by_letter and isinstance(said.event, kind)]

    def buys(
        self, *items: Item, renews: bool = True, code: PricingDiscount | None = None, card: date | None = None
    ) -> None:
        """An order of these lines, paid; a card that is good until then is kept."""
        named = {"id": f"o{self.count}", "method": "card", "series": "T/2026", "auto_renewal": renews}
        wanted = replace(WANTED, items=items, discount=code, price=price(items, code, "EUR"), **named)
        a(orders.Placed, orders.place(self.connection, wanted, self.now))
        opened = self.does(OpenPayment(wanted.id, "card", None))
        self.pays(opened.payment_id, replace(VISA, expires=card) if card is not None else None)


@contextmanager
def desk(seller: Seller = CERTIFIED) -> Iterator[Here]:
    with books() as engine, customer_of(engine) as connection:
        yield Here(connection, seller, NOW)


def item(product: str, seller: Seller = CERTIFIED) -> Item:
    return Item(product, 1, A_YEAR, present(seller.net_of(product, A_YEAR)), 22)


@pytest.mark.parametrize("seller", ["certified_platform", "fakturasmart"])
def test_an_end_is_announced_thirty_and_seven_days_before_in_chat_and_by_letter(seller: str) -> None:
    with desk(load(Path(f"profiles/{seller}")).seller) as here:
        here.buys(item(here.seller.plans[0].id, here.seller), renews=False)
        here.comes(366)
        for said in (here.heard(TermEnding), here.written(TermEnding)):
            assert [notice.days for notice in said] == [30, 7]


def test_a_card_that_expires_before_the_renewal_is_told_once_in_time() -> None:
    with desk() as here:
        here.buys(item("base"), card=date(2027, 11, 10))
        here.comes(366)
        [(at, chat)] = [
            (one.at, one.event) for one in here.said if isinstance(one.event, WayExpiring) and not one.by_letter
        ]
        assert here.written(WayExpiring) == [chat]
        assert (chat.way, chat.last, chat.outlook.kind) == ("Visa …4242", "11/2027", "link")
        assert present(chat.outlook.on).date() - at.date() == 30 * DAY
        assert not here.bank.charges
    with desk() as here:
        here.buys(item("base"), card=date(2030, 1, 31))
        here.comes(366)
        assert not [*here.heard(WayExpiring), *here.written(WayExpiring)]


def test_a_charge_whose_notice_nobody_heard_is_announced_anew() -> None:
    with desk() as here:
        here.buys(item("base"), card=date(2030, 1, 31))
        here.comes(350)
        before = len(here.heard(told.ChargeComing))
        assert before
        [of] = subscription_record.of_account(here.connection, "a1")
        with capture_logs() as logs:
            lost = told.RenewalNotMailed(alone=True, announced=True, what="ChargeComing")
            here.renewals.answered(here, of.id, lost)  # type: ignore[arg-type]
        [alarm] = logs
        assert (alarm["event"], alarm["alarm"], alarm["letter"]) == ("renewal_notice_unheard", True, "ChargeComing")
        here.comes(365)
        assert len(here.heard(told.ChargeComing)) > before
        again = [said.at for said in here.said if isinstance(said.event, told.ChargeComing)][-1]
        assert here.bank.charges
        assert all(at > again for at, *_ in here.bank.charges)


def test_who_was_promised_a_renewal_that_there_wont_be_is_told_once() -> None:
    with desk() as here:
        here.buys(item("base"), renews=False)
        [of] = subscription_record.of_account(here.connection, "a1")
        stands = renewals.progress(here.connection, of, NOW)
        renewals.advance(here.connection, stands, (of.id,), NOW, corrects=True)
        renewals.plan(here.connection, of.id, here.seller.renewal_rules, here.quotes.seller.zone, NOW)
        here.comes(300)
        for said in (here.heard(RenewalSetRight), here.written(RenewalSetRight)):
            assert [notice.outlook.kind for notice in said] == ["ends"]


def test_a_term_whose_renewal_was_switched_off_ends_as_cancelled() -> None:
    with desk() as here:
        here.buys(item("base"), item("users"))
        here.does(SetAutoRenewal("a1", on=False, accepted=(), seen=False))
        here.comes(381)
        assert {of.end_reason for of in subscription_record.of_account(here.connection, "a1")} == {"cancelled"}


THRICE = (PricingDiscount("TRZY", 20, terms=3), PricingDiscount("MINUS", amount=10000, terms=3))
ALL = PricingDiscount("ALLES", amount=40000, terms=3)


@pytest.mark.parametrize("code", [*THRICE, ALL], ids=["percent", "amount", "all of a renewal"])
def test_a_code_of_several_terms_lowers_so_many_and_then_the_change_is_told(code: PricingDiscount) -> None:
    """What is promised with the order stands, whatever the profile has; what is sold once was lowered with it alone."""
    with desk() as here:
        assert here.seller.discount(code.code) is None
        once = Item("setup", 1, A_YEAR, 30000, 22, then="once")
        full = item("base"), replace(item("users"), lowered=code is ALL)
        here.buys(*full, once, code=code, card=date(2032, 1, 31))
        here.comes(3 * 365 + 16)
        sums = [price(full, one, "EUR").gross.minor for one in (code, code, None)]
        assert [amount for _at, _of, amount, _label in here.bank.charges] == [one for one in sums if one]
        assert [present(said.bill).gross for said in here.heard(told.RenewalCharged)] == sums
        bills = [present(said.bill) for said in here.heard(told.ChargeComing)]
        kept = (code.code, None, None, False)
        told_so = [(bill.kept, bill.was, bill.code, bill.over) for bill in bills]
        assert told_so == [kept, kept, (None, sums[1], code.code, True)]
        assert discounts.find_spent(here.connection, code.code, discounts.Limits(uses=2), "a1") is None, "one use of it"
        assert discounts.find_spent(here.connection, code.code, discounts.Limits(uses=1), "a1") == "used_up"


def test_an_add_on_that_renews_and_is_sold_once_now_is_told_by_the_check() -> None:
    with desk() as here:
        for renews in (True, False):
            here.buys(item("base"), item("users"), renews=renews)
        assert losses(here.connection, CERTIFIED) == ()
        once = replace(CERTIFIED, addons=tuple(replace(addon, once=True) for addon in CERTIFIED.addons))
        told = "renewal of users: the profile lacks it, and it is in use (subscriptions: 1)"
        assert [str(lost) for lost in losses(here.connection, once)] == [told]


YEAR = 365


def terms(here: Here) -> tuple[subscription_record.Subscription, ...]:
    return tuple(subscription_record.of_account(here.connection, "a1"))


def renewals_of(here: Here) -> list[order_record.OrderRecord]:
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
