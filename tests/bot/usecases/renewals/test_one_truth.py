"""The property *renewal*: whatever has happened to a term, all that is said of it agrees with what is done.

Random histories on a store with a movable clock: add-ons, ways kept, the switch, terms bought ahead, prices, declined
charges. What the outlook says just before a day is what that day does; nothing is charged and nothing ends unannounced.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.checking.losses import losses
from bot.conversation import codec
from bot.profile.load import load
from bot.usecases.billing.collection import RenewalCollection
from bot.usecases.renewals.quotes import Quotes
from bot.usecases.renewals.renewals import Renewals
from dialogs.kit import Event
from dialogs.messages import renewal as told
from dialogs.renewal.notices import RenewalSetRight, TermEnding, WayExpiring
from services.jobs.port import StoredJob
from services.orders import discounts, orders
from services.orders.pricing import Item, PricingDiscount, price
from services.payments import attempts, book, methods, money, record
from services.seller.rows import SUBSCRIPTION
from services.store import timer_rows
from services.store.tables.base import canonical
from services.store.tables.schema import metadata
from services.subscriptions import renewals, subscriptions
from tests.kit.narrow import present
from tests.services.domain.people import KEY, NOW, company, customer
from values.payment import StoredMethod
from values.renewal import Outlook
from values.seller import Seller
from values.term import A_YEAR

CERTIFIED = load(Path("profiles/certified_platform")).seller
DAY = timedelta(days=1)


class History(Struct, frozen=True):
    """A customer's acts; days count from the first payment."""

    users: int
    renews: bool
    kept: date | None  # the last day of the card that is kept, None without one
    ahead: int | None  # the day on which the base alone is bought ahead
    switched: tuple[int, bool] | None
    dearer: int | None  # the day from which the base costs more
    declined: int  # so many charges are declined


DAYS = st.sampled_from([20, 200, 333, 336, 350, 359, 362])  # before and between all that the desk does by itself
HISTORIES = st.builds(
    History,
    users=st.integers(0, 2),
    renews=st.booleans(),
    kept=st.sampled_from([None, date(2030, 1, 31), date(2027, 11, 10), date(2027, 11, 16)]),
    ahead=st.none() | DAYS,
    switched=st.none() | st.tuples(DAYS, st.booleans()),
    dearer=st.none() | DAYS,
    declined=st.integers(0, 5),
)


class Desk:
    """One store, the use cases of renewals on it, and a record of all that was said and done, with its moment."""

    def __init__(self, connection: sa.Connection, declined: int) -> None:
        self.connection, self.now, self.declined = connection, NOW, declined
        self.seller, self.said, self.charged = CERTIFIED, list[Any](), list[Any]()
        self.mailed = list[Any]()
        self.before: tuple[Outlook, ...] = ()

    @property
    def quotes(self) -> Quotes:
        return Quotes(self.seller, lambda _method: "stripe", lambda _method: True)

    def tell(self, _owner: str, event: Any) -> None:
        self.said.append((self.now, event))

    def publish(self, event: Any) -> None:
        """Send nothing to anyone."""

    def put(self, _connection: sa.Connection, _job: StoredJob) -> bool:
        return True

    def leave(self, connection: sa.Connection, job: StoredJob) -> None:
        """What nobody waits for isn't needed here."""

    def outlooks(self) -> tuple[Outlook, ...]:
        return self.quotes.outlooks(self.connection, "a1", self.now)

    def fire(self, timer: Any) -> None:
        self.now = max(self.now, timer.due_at - timedelta(seconds=1))
        self.before = self.outlooks()
        self.now = max(self.now, timer.due_at)
        use_cases = self.use_cases()
        for stored in use_cases.fire(self, timer):  # type: ignore[arg-type]
            self._run(use_cases, stored)

    def use_cases(self) -> Renewals:
        return Renewals(self.seller, self, KEY, RenewalCollection(self.quotes, KEY))  # type: ignore[arg-type]

    def heard(self, kinds: tuple[type, ...]) -> list[Any]:
        """Return what was said of these kinds, in order."""
        return [said for _at, said in self.said if isinstance(said, kinds)]

    def written(self, kind: type[Event]) -> list[Any]:
        """Return the notices of this kind that were sent by letter, in order."""
        return [said for _at, said in self.mailed if isinstance(said, kind)]

    def _run(self, use_cases: Renewals, stored: StoredJob) -> None:
        job = codec.call_from(stored.kind, stored.payload)
        if isinstance(job, told.MailNotice):
            self.mailed.append((self.now, codec.event_from(job.notice, job.facts)))
            return
        if not isinstance(job, told.ChargeStored):
            return
        owed = present(record.get(self.connection, job.payment_id))
        self.charged.append((self.now, owed.amount, self.before))
        state = "failed" if self.declined else "paid"
        self.declined = max(0, self.declined - 1)
        why = "declined" if state == "failed" else None
        answer = told.ChargeAnswered(owed.id, job.attempt, state, owed.amount, owed.currency, why, "ref")
        for more in use_cases.answered(self, job.subscription_id, answer):  # type: ignore[arg-type]
            self._run(use_cases, more)

    def until(self, day: float) -> None:
        """Do all that is due until that day."""
        last = NOW + DAY * day
        while due := sorted(timer_rows.due(self.connection, last), key=lambda timer: timer.due_at):
            self.fire(due[0])
        self.now = last

    def buys(self, items: list[Item], n: int, *, renews: bool, code: PricingDiscount | None = None) -> None:
        """An order of these lines, paid by transfer or card."""
        total = price(items, code, "EUR")
        wanted = orders.WantedOrder(
            id=f"o{n}",
            account_id="a1",
            company_id="f1",
            items=tuple(items),
            discount=code,
            price=total,
            method="card",
            auto_renewal=renews,
            series="T/2026",
            conversation_id="talk-a1",
        )
        assert isinstance(orders.place(self.connection, wanted, self.now), orders.Placed)
        opened = book.open_payment(
            self.connection,
            payment_id=f"p{n}",
            order_id=f"o{n}",
            method="card",
            provider="stripe",
            server_key=KEY,
            expires_at=self.now + DAY,
            now=self.now,
        )
        assert isinstance(opened, book.Opened)
        attempts.open_attempt(self.connection, payment_id=f"p{n}", good_for=DAY, now=self.now)
        money.book_paid(
            self.connection, payment_id=f"p{n}", attempt=1, amount=total.gross.minor, currency="EUR", now=self.now
        )

    def keeps_card(self, last: date) -> None:
        of = {"account_id": "a1", "method": "card", "provider": "stripe", "payment_id": "p1"}
        methods.keep(self.connection, stored=StoredMethod("pm_1", "cus_1", "Visa …4242", last), now=NOW, **of)


@contextmanager
def desk(declined: int) -> Iterator[Desk]:
    engine = sa.create_engine("sqlite://", json_serializer=canonical)
    metadata.create_all(engine)
    with engine.begin() as connection:
        customer(connection)
        company(connection)
        yield Desk(connection, declined)
    engine.dispose()


def item(seller: Seller, product: str, quantity: int = 1) -> Item:
    net = present(seller.net_of(product, A_YEAR))
    return Item(product, quantity, A_YEAR, net, 22)


def lived(here: Desk, history: History) -> None:
    """Live through the history, to the end of the days of grace of the first term."""
    lines = [item(CERTIFIED, "base"), *([item(CERTIFIED, "users", history.users)] if history.users else [])]
    here.buys(lines, 1, renews=history.renews)
    if history.kept is not None:
        here.keeps_card(history.kept)
    days = sorted(day for day in (history.ahead, history.switched and history.switched[0], history.dearer) if day)
    for day in days:
        here.until(day)
        if day == history.ahead and orders.open_of(here.connection, "a1", here.now) is None:
            here.buys([item(here.seller, "base")], 2, renews=False)
        if history.switched is not None and day == history.switched[0]:
            subscriptions.set_auto_renewal(here.connection, account_id="a1", on=history.switched[1])
        if day == history.dearer:
            plans = tuple(replace(plan, net=plan.net + 1000) for plan in here.seller.plans)
            here.seller = replace(here.seller, plans=plans)
        agrees(here)
    here.until(365 + 16)


def agrees(here: Desk) -> None:
    """Zone, card and API read the same: the view's outlooks are the quotes', and renewal is on where they renew."""
    view = here.quotes.view(here.connection, "a1", here.now)
    rows = {row["id"]: row for row in map(SUBSCRIPTION.row, subscriptions.of_account(here.connection, "a1"))}
    assert view is not None
    assert view.outlooks == here.outlooks()
    for outlook in view.outlooks:
        for id in outlook.ids:
            assert not outlook.renews or rows[id]["auto_renewal"]
            assert outlook.kind != "ends" or not rows[id]["auto_renewal"], "nothing has left the offer"


@settings(max_examples=15, deadline=None)
@given(HISTORIES)
def test_what_is_said_of_a_term_is_what_is_done(history: History) -> None:
    with desk(history.declined) as here:
        lived(here, history)
        nothing_is_charged_unannounced(here)
        nothing_ends_unannounced(here)
        receipts = here.heard((told.RenewalCharged,))
        assert here.written(told.RenewalCharged) == receipts
        assert len(receipts) == max(0, len(here.charged) - history.declined)


def nothing_is_charged_unannounced(here: Desk) -> None:
    first: set[str] = set()
    for at, amount, before in here.charged:
        for heard in (here.said, here.mailed):  # the chat was left long ago: letters say it, too
            announced = [when for when, said in heard if isinstance(said, told.ChargeComing) and said.gross >= amount]
            assert announced
            assert min(announced) < at, "a charge is announced before its day"
        outlook = next(o for o in before if o.kind == "charged" or o.kind == "link")
        assert outlook.gross == amount
        if outlook.ids[0] not in first:
            assert (outlook.kind, outlook.label) == ("charged", "Visa …4242")
        first.add(outlook.ids[0])


def nothing_ends_unannounced(here: Desk) -> None:
    for of in subscriptions.of_account(here.connection, "a1"):
        if of.status != "ended" or of.ends_at is None or subscriptions.goes_on(here.connection, of):
            continue
        for heard in (here.said, here.mailed):
            ends = [
                said for when, said in heard if isinstance(said, TermEnding | told.RenewalToPay) and when < of.ends_at
            ]
            assert ends, (of.product, "the chat was left long ago: a letter says it, too")
        assert of.end_reason in ("term", "cancelled")


RENEWED = History(1, renews=True, kept=date(2030, 1, 31), ahead=None, switched=None, dearer=None, declined=0)
LEFT = replace(RENEWED, renews=False, kept=None)


def without(here: Desk, *kinds: type) -> None:
    here.said = [(at, said) for at, said in here.said if not isinstance(said, kinds)]


def without_letters(here: Desk) -> None:
    here.mailed.clear()


def sums_differ(here: Desk) -> None:
    here.charged = [(at, amount + 1, before) for at, amount, before in here.charged]


def another_way(here: Desk) -> None:
    wrong = [(at, amount, tuple(replace(o, label="Visa …1111") for o in before)) for at, amount, before in here.charged]
    here.charged = wrong


BROKEN = [
    (RENEWED, sums_differ, nothing_is_charged_unannounced),
    (RENEWED, another_way, nothing_is_charged_unannounced),
    (RENEWED, lambda here: without(here, told.ChargeComing), nothing_is_charged_unannounced),
    (LEFT, lambda here: without(here, TermEnding), nothing_ends_unannounced),
    (LEFT, without_letters, nothing_ends_unannounced),
]


@pytest.mark.parametrize(("history", "breaks", "rule"), BROKEN)
def test_each_rule_fails_where_what_it_compares_is_wrong(
    history: History, breaks: Callable[[Desk], None], rule: Callable[[Desk], None]
) -> None:
    with desk(history.declined) as here:
        lived(here, history)
        rule(here)
        breaks(here)
        with pytest.raises(AssertionError):
            rule(here)


def test_readers_that_disagree_are_found() -> None:
    with desk(0) as here:
        here.buys([item(CERTIFIED, "base")], 1, renews=False)
        agrees(here)
        right = here.outlooks()
        here.outlooks = lambda: tuple(replace(o, kind="charged") for o in right)  # type: ignore[method-assign]
        with pytest.raises(AssertionError):
            agrees(here)


@pytest.mark.parametrize("seller", ["certified_platform", "fakturasmart"])
def test_an_end_is_announced_thirty_and_seven_days_before_in_chat_and_by_letter(seller: str) -> None:
    with desk(0) as here:
        here.seller = load(Path(f"profiles/{seller}")).seller
        here.buys([item(here.seller, here.seller.plans[0].id)], 1, renews=False)
        here.until(366)
        for said in (here.heard((TermEnding,)), here.written(TermEnding)):
            assert [notice.days for notice in said] == [30, 7]


def test_a_card_that_expires_before_the_renewal_is_told_once_in_time() -> None:
    with desk(0) as here:
        lived(here, replace(RENEWED, kept=date(2027, 11, 10)))
        [(at, chat)] = [(at, said) for at, said in here.said if isinstance(said, WayExpiring)]
        assert here.written(WayExpiring) == [chat]
        assert (chat.way, chat.last, chat.outlook.kind) == ("Visa …4242", "11/2027", "link")
        on = present(chat.outlook.on)
        assert on.date() - at.date() == 30 * DAY
        assert not here.charged
    with desk(0) as here:
        lived(here, RENEWED)
        assert not [*here.heard((WayExpiring,)), *here.written(WayExpiring)]


def test_a_charge_whose_notice_nobody_heard_is_announced_anew() -> None:
    with desk(0) as here:
        here.buys([item(CERTIFIED, "base")], 1, renews=True)
        here.keeps_card(date(2030, 1, 31))
        here.until(350)
        before = len(here.heard((told.ChargeComing,)))
        assert before
        [of] = subscriptions.of_account(here.connection, "a1")
        with capture_logs() as logs:
            lost = told.RenewalNotMailed(alone=True, announced=True, what="ChargeComing")
            here.use_cases().answered(here, of.id, lost)  # type: ignore[arg-type]
        [alarm] = logs
        assert (alarm["event"], alarm["alarm"], alarm["letter"]) == ("renewal_notice_unheard", True, "ChargeComing")
        here.until(365)
        assert len(here.heard((told.ChargeComing,))) > before
        again = [at for at, said in here.said if isinstance(said, told.ChargeComing)][-1]
        assert [at for at, _amount, _before in here.charged if at > again]
        assert all(at > again for at, _amount, _before in here.charged)


def test_who_was_promised_a_renewal_that_there_wont_be_is_told_once() -> None:
    with desk(0) as here:
        here.buys([item(CERTIFIED, "base")], 1, renews=False)
        [of] = subscriptions.of_account(here.connection, "a1")
        stands = renewals.progress(here.connection, of, NOW)
        renewals.advance(here.connection, stands, (of.id,), NOW, corrects=True)
        renewals.plan(here.connection, of.id, here.seller.renewal_rules, here.quotes.seller.zone, NOW)
        here.until(300)
        for said in (here.heard((RenewalSetRight,)), here.written(RenewalSetRight)):
            assert [notice.outlook.kind for notice in said] == ["ends"]


def test_a_term_whose_renewal_was_switched_off_ends_as_cancelled() -> None:
    with desk(0) as here:
        lived(here, replace(RENEWED, switched=(20, False)))
        assert {of.end_reason for of in subscriptions.of_account(here.connection, "a1")} == {"cancelled"}


THRICE = (PricingDiscount("TRZY", 20, terms=3), PricingDiscount("MINUS", amount=10000, terms=3))


@pytest.mark.parametrize("code", THRICE, ids=["percent", "amount"])
def test_a_code_of_several_terms_lowers_so_many_and_then_the_change_is_told(code: PricingDiscount) -> None:
    """What is promised with the order stands, whatever the profile has; what is sold once was lowered with it alone."""
    with desk(0) as here:
        assert here.seller.discount(code.code) is None
        once = Item("setup", 1, A_YEAR, 30000, 22, then="once")
        here.buys(
            [item(CERTIFIED, "base"), replace(item(CERTIFIED, "users"), lowered=False), once], 1, renews=True, code=code
        )
        here.keeps_card(date(2032, 1, 31))
        here.until(3 * 365 + 16)
        full = [item(CERTIFIED, "base"), replace(item(CERTIFIED, "users"), lowered=False)]
        sums = [price(full, one, "EUR").gross.minor for one in (code, code, None)]
        assert [amount for _at, amount, _before in here.charged] == sums
        nothing_is_charged_unannounced(here)
        bills = [present(said.bill) for said in here.heard((told.ChargeComing,))]
        assert [(bill.kept, bill.was, bill.code) for bill in bills] == [
            (code.code, None, None),
            (code.code, None, None),
            (None, sums[1], code.code),
        ]
        assert discounts.spent(here.connection, code.code, discounts.Limits(uses=2), "a1") is None, "one use of it"
        assert discounts.spent(here.connection, code.code, discounts.Limits(uses=1), "a1") == "used_up"


def test_an_add_on_that_renews_and_is_sold_once_now_is_told_by_the_check() -> None:
    with desk(0) as here:
        for n, renews in ((1, True), (2, False)):
            here.buys([item(CERTIFIED, "base"), item(CERTIFIED, "users")], n, renews=renews)
        assert losses(here.connection, CERTIFIED) == ()
        once = replace(CERTIFIED, addons=tuple(replace(addon, once=True) for addon in CERTIFIED.addons))
        told = "renewal of users: the profile lacks it, and it is in use (subscriptions: 1)"
        assert [str(lost) for lost in losses(here.connection, once)] == [told]
