"""What the desk says and does about money: commands about payments and ways to pay, what each answers and books.

Of itself: a way that is gone, a dispute, a deadline, an unproven address. Money that is with its payer again: who hears
of it, what ends by it, and when providers are asked."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.conversation import codec
from bot.usecases.billing import commands, unproven
from bot.usecases.billing.money_back import PaymentOwner
from bot.usecases.billing.notices import ProviderNotices
from bot.usecases.seller.events import list_money_events
from dialogs.messages import payment as messages
from services.jobs.port import Done, GaveUp, StoredJob
from services.keyed_hash import derived_id
from services.orders import order_record, orders
from services.payments import deadlines, methods, notices, questions, record
from services.payments import money as money_of_orders
from services.payments import unproven as first_money
from services.payments.providers.base import Notice
from services.seller.events_out import SellerEvent
from services.store import timer_rows
from services.store.tables.accounts import contact
from services.store.tables.core import conversation as talks
from services.store.tables.orders import payment as payments
from services.subscriptions import subscription_record, subscriptions
from services.support import tickets
from tests.bot.usecases.commanding import SELLER, deps, turn
from tests.kit.clock import ManualClock
from tests.kit.narrow import a, present
from tests.kit.rows import each_row
from tests.services.domain.people import NOW, buyer, conversation, later, placed, to_pay
from tests.services.domain.test_payments import GROSS, opened, paid
from tests.table import table
from values.money import Money
from values.payment import StoredMethod
from values.seller import Seller

VISA = StoredMethod("pm_1", "cus_1", "Visa …4242", date(2030, 1, 31))
WAITS = replace(SELLER, sign_up=replace(SELLER.sign_up, email="after_payment"))


class Turn:
    """A transaction of the desk's own at a moment, and what it told and left."""

    def __init__(self, connection: sa.Connection, now: datetime = NOW) -> None:
        self.connection, self.now = connection, now
        self.told, self.left = list[tuple[str, Any]](), list[StoredJob]()

    def tell(self, owner: str, event: Any) -> None:
        self.told.append((owner, event))

    def leave(self, _connection: sa.Connection, job: StoredJob) -> None:
        self.left.append(job)


def bought(connection: sa.Connection, method: str = "blik") -> None:
    buyer(connection)
    placed(connection)
    to_pay(connection, method=method)


def is_paid(connection: sa.Connection) -> None:
    bought(connection)
    opened(connection)
    assert paid(connection)


def kept_card(connection: sa.Connection, stored: StoredMethod = VISA, **changed: Any) -> methods.Method:
    given: dict[str, Any] = {"account_id": "a1", "method": "card", "payment_id": "p1", "now": NOW} | changed
    methods.keep(connection, provider="stripe", stored=stored, **given)
    return present(methods.by_token(connection, "stripe", stored.token))


def news(connection: sa.Connection, kind: Any, ref: str, **facts: str) -> Turn:
    turn = Turn(connection)
    notice = Notice("", ref, 4900, None, kind, f"evt-{kind}", facts)
    told = ProviderNotices(SELLER, turn)  # type: ignore[arg-type]
    if kind == "detached":
        told.detached(turn, "stripe", notice)  # type: ignore[arg-type]
    else:
        told.disputed(turn, "stripe", notice, None)  # type: ignore[arg-type]
    return turn


def test_a_way_that_is_gone_is_told_once_where_a_renewal_would_have_charged_it(connection: sa.Connection) -> None:
    is_paid(connection)
    way = kept_card(connection)
    subscriptions.set_auto_renewal(connection, account_id="a1", on=True)
    assert news(connection, "detached", "pm_1").told == [("talk-a1", messages.StoredWayGone("Visa …4242"))]
    assert present(methods.get(connection, way.id)).gone_at == NOW
    assert news(connection, "detached", "pm_1").told == []
    assert news(connection, "detached", "pm_9").told == [], "nobody's"


@pytest.mark.parametrize("why", ["not renewed", "ended", "not the default", "forgotten"])
def test_a_way_that_nothing_is_charged_to_goes_in_silence(connection: sa.Connection, why: str) -> None:
    is_paid(connection)
    way = kept_card(connection)
    subscriptions.set_auto_renewal(connection, account_id="a1", on=why != "not renewed")
    if why == "ended":
        [of] = subscription_record.of_account(connection, "a1")
        subscriptions.set_ended(connection, of.id)
    if why == "not the default":
        methods.save_default(connection, account_id="a1", method="blik", now=NOW)
    if why == "forgotten":
        methods.forget(connection, account_id="a1", method_id=way.id, now=NOW)
    assert news(connection, "detached", "pm_1").told == []
    assert present(methods.get(connection, way.id)).gone_at == (None if why == "forgotten" else NOW)


def test_a_dispute_is_known_by_what_earlier_notices_told_and_is_one_ticket(connection: sa.Connection) -> None:
    is_paid(connection)
    facts = {"capture_id": "ch_1"}
    notices.store(connection, provider="stripe", dedup_key="1", payment_ref="p1-1", facts=facts, now=NOW)
    for left in (1, 0):
        turn = news(connection, "disputed", "dp_1", capture_id="ch_1", case="D-1")
        assert turn.told == [(questions.owner_of("p1"), messages.BackAsked("p1", 1))]
        assert len(turn.left) == left
    ticket = present(tickets.get(connection, derived_id("dispute", "stripe", "D-1")))
    assert (ticket.subject, ticket.about["case"], ticket.about["amount"]) == ("dispute", "D-1", "49.00 PLN")


def test_a_dispute_of_nobody_is_an_alarm(connection: sa.Connection) -> None:
    with capture_logs() as logs:
        turn = news(connection, "disputed", "dp_9")
    assert (turn.told, turn.left) == ([], [])
    assert [line["event"] for line in logs if line.get("alarm")] == ["dispute_of_nobody"]


def due(connection: sa.Connection) -> timer_rows.Timer:
    [timer] = timer_rows.list_due(connection, later(days=99))
    return timer


def told(connection: sa.Connection, now: datetime, seller: Seller = SELLER) -> tuple[Turn, StoredJob | None]:
    turn = Turn(connection, now)
    return turn, PaymentOwner(seller, turn).tell_deadline(turn, due(connection))  # type: ignore[arg-type]


def test_who_pays_by_transfer_is_told_three_days_before_in_chat_and_by_letter(connection: sa.Connection) -> None:
    bought(connection, "transfer")
    turn, letter = told(connection, later(days=4))
    gross = Money(GROSS, "PLN")
    assert turn.told == [("talk-a1", messages.PaymentDue("p1", "FS/2026/000001", gross, later(days=7)))]
    assert present(letter).key == "deadline:p1"
    assert timer_rows.list_due(connection, later(days=99)) == ()


def test_at_night_it_waits_for_the_morning(connection: sa.Connection) -> None:
    bought(connection, "transfer")
    night = later(days=4, hours=11)
    turn, letter = told(connection, night)
    assert (turn.told, letter) == ([], None)
    assert night < due(connection).due_at <= night + timedelta(hours=10)
    turn, letter = told(connection, due(connection).due_at)
    assert (len(turn.told), letter is not None) == (1, True)


@table("why", ["paid", "cancelled", "too late", "closed"])
def test_nothing_is_told_of_what_is_not_awaited_any_more(connection: sa.Connection, why: str) -> None:
    with connection.begin_nested() as this:
        bought(connection, "transfer")
        if why == "paid":
            record.set_status(connection, "p1", "paid", NOW)
        if why == "cancelled":
            orders.cancel(connection, order_id="o1", now=NOW)
        if why == "closed":
            connection.execute(sa.text("update account set status = 'closed'"))
        deadlines.postpone_notice(connection, "p1", NOW)
        turn, letter = told(connection, later(days=7 if why == "too late" else 4))
        assert (turn.told, letter, timer_rows.list_due(connection, later(days=99))) == ([], None, ())
        this.rollback()


def unproven_buyer(connection: sa.Connection) -> None:
    bought(connection)
    connection.execute(sa.update(contact).where(contact.c.kind == "email").values(verified_at=None))
    opened(connection)
    assert paid(connection)


@pytest.mark.parametrize(("seller", "alarms"), [(WAITS, ["email_unproven"]), (SELLER, [])], ids=["waits", "at once"])
def test_an_address_unproven_a_week_after_the_money_is_an_alarm_where_the_letter_may_wait(
    connection: sa.Connection, seller: Seller, alarms: list[str]
) -> None:
    unproven_buyer(connection)
    [timer] = [one for one in timer_rows.list_due(connection, later(days=7)) if one.kind == first_money.KIND]
    with capture_logs() as logs:
        unproven.alarm(Turn(connection, later(days=7)), timer, seller)  # type: ignore[arg-type]
        unproven.alarm(Turn(connection, later(days=7)), timer, seller)  # type: ignore[arg-type]
    assert [line["event"] for line in logs if line.get("alarm")] == alarms, "once an account"


def test_notices_of_invoices_to_it_are_held_until_it_is_proven(connection: sa.Connection) -> None:
    unproven_buyer(connection)

    def holds(
        to: str = "Anna@Example.com", seller: Seller = WAITS, account_id: str | None = "a1", day: int = 7
    ) -> bool:
        clock = ManualClock(later(days=day))
        return unproven.holds_notice(connection, account_id=account_id, to=to, seller=seller, clock=clock)

    assert holds()
    assert [holds(day=6), holds("other@example.com"), holds(seller=SELLER), holds(account_id=None)] == [False] * 4
    connection.execute(sa.update(contact).where(contact.c.kind == "email").values(verified_at=NOW))
    assert not holds()


NUMBER = "FS/2026/000001"


def owed(connection: sa.Connection) -> None:
    """A payment under way, and another conversation of its customer's."""
    buyer(connection)
    placed(connection)
    to_pay(connection)
    opened(connection)
    other = conversation(connection, "other")
    connection.execute(sa.update(talks).where(talks.c.id == other).values(account_id="a1"))


def booked(status: str, *, news: bool, replaced: str | None = None) -> messages.PaymentBooked:
    return messages.PaymentBooked("p1", "o1", NUMBER, status, Money(GROSS, "PLN"), news, replaced)


def test_money_is_booked_once_told_everywhere_and_too_much_is_to_go_back(connection: sa.Connection) -> None:
    owed(connection)
    report, context = messages.BookPayment("p1", 1, "paid", GROSS, "PLN"), turn(connection)
    assert commands.book_payment(deps(), report, context) == booked("paid", news=True)
    assert [event.conversation_id for event in context.told] == ["other"]
    again = turn(connection)
    assert commands.book_payment(deps(), report, again) == booked("paid", news=False)
    assert again.told == []


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (messages.BookPayment("p1", 1, "failed", 0, ""), booked("failed", news=True)),
        (messages.BookPayment("p1", 7, "failed", 0, ""), booked("pending", news=False)),
        (messages.BookPayment("p1", 1, "paid", GROSS - 1, "PLN"), booked("pending", news=False)),
    ],
    ids=["failed", "of no attempt", "another sum"],
)
def test_what_is_no_money_leaves_the_order_unpaid(
    connection: sa.Connection, report: messages.BookPayment, told: messages.PaymentBooked
) -> None:
    owed(connection)
    assert commands.book_payment(deps(), report, turn(connection)) == told


def test_money_for_what_is_paid_in_another_way_is_to_go_back(connection: sa.Connection) -> None:
    owed(connection)
    to_pay(connection, "p3", method="card")
    opened(connection, "p3")
    commands.book_payment(deps(), messages.BookPayment("p3", 1, "paid", GROSS, "PLN"), turn(connection))
    told = commands.book_payment(deps(), messages.BookPayment("p1", 1, "paid", GROSS, "PLN"), turn(connection))
    assert told == messages.RefundDue("p1", NUMBER, 1, GROSS, "PLN")
    refund = messages.BookRefund("p1", 1)
    assert commands.book_refund(deps(), refund, turn(connection)) == messages.RefundBooked(NUMBER, news=True)
    assert commands.book_refund(deps(), refund, turn(connection)) == messages.RefundBooked(NUMBER, news=False)
    found = commands.book_refund(deps(), messages.BookRefund("p9", 1), turn(connection))
    assert found == messages.RefundBooked("", news=False)


def test_a_way_that_was_kept_with_the_money_is_on_file(connection: sa.Connection) -> None:
    owed(connection)
    report = messages.BookPayment("p1", 1, "paid", GROSS, "PLN", VISA)
    assert a(messages.PaymentBooked, commands.book_payment(deps(), report, turn(connection))).replaced is None
    [way] = methods.of_account(connection, "a1")
    assert (way.label, way.is_default) == (VISA.label, True)


def test_an_offer_runs_out_and_a_failed_one_is_opened_again(connection: sa.Connection) -> None:
    owed(connection)
    reopen, expire = messages.ReopenPayment("p1"), messages.ExpirePayment("p1")
    assert commands.expire_payment(deps(), expire, turn(connection)) == booked("pending", news=False)
    assert commands.reopen_payment(deps(), reopen, turn(connection)) == messages.PaymentOpened("p1", later(days=7))
    assert commands.expire_payment(deps(), expire, turn(connection, later(days=7))) == booked("expired", news=True)
    found = commands.reopen_payment(deps(), reopen, turn(connection, later(days=7)))
    assert found == messages.PaymentNotChanged("expired")
    with pytest.raises(LookupError, match="no such payment"):
        commands.expire_payment(deps(), messages.ExpirePayment("p9"), turn(connection))


@each_row
def test_another_method_changes_how_an_order_renews(
    connection: sa.Connection, renewal: str, chargeable: tuple[str, ...], method: str, renews: bool | None
) -> None:
    buyer(connection)
    placed(connection)
    seller: Seller = replace(SELLER, auto_renewal=renewal, chargeable=chargeable)
    told = a(
        messages.PaymentOpened,
        commands.open_payment(deps(seller), messages.OpenPayment("o1", method), turn(connection)),
    )
    assert (told.renews, told.expires_at) == (renews, NOW + SELLER.manners.payment_ttl)
    [of] = subscription_record.of_order(connection, "o1")
    assert of.auto_renewal is (True if renews is None else renews)


def test_a_transfer_has_its_own_time_and_what_is_cancelled_is_not_paid(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    wanted = messages.OpenPayment("o1", "transfer")
    told = a(messages.PaymentOpened, commands.open_payment(deps(), wanted, turn(connection)))
    assert told.expires_at == NOW + SELLER.manners.transfer_ttl
    orders.cancel(connection, order_id="o1", now=NOW)
    assert isinstance(commands.open_payment(deps(), wanted, turn(connection, id="p3")), messages.PaymentNotChanged)


@pytest.mark.parametrize("whose", ["theirs", "expired", "another method", "another's"])
def test_a_stored_way_is_used_if_it_is_the_buyers_and_good(connection: sa.Connection, whose: str) -> None:
    buyer(connection)
    placed(connection)
    stored = replace(VISA, expires=date(2026, 11, 1)) if whose == "expired" else VISA
    other = {"another's": {"account_id": "a2"}, "another method": {"method": "paypal"}}
    way = kept_card(connection, stored, **other.get(whose, {}))
    commands.open_payment(deps(), messages.OpenPayment("o1", "card", way.id), turn(connection))
    assert present(record.get(connection, "p2")).stored_id == (way.id if whose == "theirs" else None)


def test_a_default_is_set_by_its_way_or_its_kind_and_a_way_forgotten_once(connection: sa.Connection) -> None:
    owed(connection)
    for n, label in enumerate(("Visa …4242", "Visa …1111"), 1):
        kept_card(connection, replace(VISA, token=f"pm_{n}", label=label), now=later(hours=n))
    first = present(methods.by_token(connection, "stripe", "pm_1"))

    def told(*wanted: str) -> tuple[str, str | None]:
        set_ = commands.set_default_method(deps(), messages.SetDefaultMethod("a1", *wanted), turn(connection))
        return a(messages.DefaultMethodSet, set_).method, a(messages.DefaultMethodSet, set_).label

    assert told("card", first.id) == ("card", "Visa …4242")
    assert told("card", "m9") == ("card", "Visa …1111"), "gone meanwhile: the one of its kind that was stored last"
    assert told("blik") == ("blik", None)
    forget = messages.ForgetMethod("a1", first.id)
    gone = a(messages.MethodForgotten, commands.forget_method(deps(), forget, turn(connection)))
    assert (gone.way_id, gone.label, gone.was_default) == (first.id, "Visa …4242", False)
    assert commands.forget_method(deps(), forget, turn(connection)) == messages.MethodForgotten(None)


OWNER = questions.owner_of("p1")


class Books(Turn):
    """A transaction that keeps what is published and put."""

    def __init__(self, connection: sa.Connection, now: datetime = NOW) -> None:
        super().__init__(connection, now)
        self.published, self.jobs = list[str](), list[StoredJob]()

    def publish(self, event: SellerEvent) -> None:
        self.published.append(event.type)

    def put(self, _connection: sa.Connection, job: StoredJob) -> bool:
        self.jobs.append(job)
        return True


def owner(books: Books) -> PaymentOwner:
    return PaymentOwner(SELLER, books)  # type: ignore[arg-type]


def heard(connection: sa.Connection, now: datetime = NOW, attempt: int = 1, **back: Any) -> Books:
    """The provider's answer about the money."""
    books, event = Books(connection, now), messages.BackAsked("p1", attempt, now, **back)
    result = {"event": codec.name_of(event), "fields": codec.stored_event("e", OWNER, event, now).payload}
    job = codec.stored_job("k", OWNER, messages.AskBack("p1", 1), now)
    for each in owner(books).finished(books, job, Done(result)):  # type: ignore[arg-type]
        assert each in books.jobs
    return books


def money(amount: int) -> Money:
    return Money(amount, "PLN")


def test_a_part_and_then_the_whole_are_told_once_each_and_the_term_renews_no_more(connection: sa.Connection) -> None:
    is_paid(connection)
    part = heard(connection, later(hours=1), refunded=100)
    assert part.told == [("talk-a1", messages.MoneyBack("part", NUMBER, money(100), money(100)))]
    assert part.published == ["payment.refunded"]
    assert heard(connection, later(hours=2), refunded=100).told == [], "nothing new"
    [of] = subscription_record.of_account(connection, "a1")
    assert of.auto_renewal
    [(_, told)] = heard(connection, later(hours=3), refunded=GROSS).told
    assert (told.kind, told.back, told.total) == ("whole", money(GROSS - 100), money(GROSS))
    [of] = subscription_record.of_account(connection, "a1")
    assert not of.auto_renewal


@pytest.mark.parametrize(("state", "kind"), [("open", "dispute"), ("won", "dispute_won"), ("lost", "dispute_lost")])
def test_a_dispute_is_told_and_is_the_sellers_to_answer_while_it_is_open(
    connection: sa.Connection, state: str, kind: str
) -> None:
    is_paid(connection)
    refunded = GROSS if state == "lost" else 0
    books = heard(connection, disputed=state, case="D-1", disputed_amount=GROSS, refunded=refunded)
    assert [event.kind for _, event in books.told] == [kind]
    assert len(books.left) == (1 if state in ("open", "lost") else 0)
    if state != "won":
        assert "payment.disputed" in books.published
        after = heard(connection, later(hours=1), disputed="won", case="D-1", disputed_amount=GROSS)
        assert after.left == [], "no second ticket"


def test_money_that_was_gone_before_it_was_booked_pays_nothing_and_is_told(connection: sa.Connection) -> None:
    bought(connection)
    opened(connection)
    books = heard(connection, refunded=GROSS)
    gone = messages.PaymentBooked("p1", "o1", NUMBER, "refunded", money(GROSS), news=True)
    assert (books.told, books.published) == ([("talk-a1", gone)], ["payment.refunded"])


def test_money_that_was_to_go_back_is_told_as_gone(connection: sa.Connection) -> None:
    bought(connection)
    opened(connection)
    assert opened(connection, now=later(hours=9)).attempt.n == 2
    assert paid(connection)
    assert isinstance(paid(connection, n=2), money_of_orders.Overpaid)
    assert heard(connection, attempt=2, refunded=GROSS).told == [("talk-a1", messages.RefundBooked(NUMBER, news=True))]
    again = heard(connection, later(hours=1), attempt=2, refunded=GROSS)
    assert (again.told, again.published) == ([], []), "the order's own money is where it was"
    [of] = subscription_record.of_account(connection, "a1")
    assert of.auto_renewal
    assert present(questions.find_paying_attempt(connection, "p1")).n == 1


def test_money_of_an_earlier_try_that_went_back_is_never_asked_about_as_the_orders(connection: sa.Connection) -> None:
    bought(connection)
    opened(connection)
    assert opened(connection, now=later(hours=9)).attempt.n == 2
    assert paid(connection, n=2)
    assert isinstance(paid(connection), money_of_orders.Overpaid)
    money_of_orders.book_refund(connection, payment_id="p1", attempt=1, now=NOW)
    assert present(questions.find_paying_attempt(connection, "p1")).n == 2
    assert heard(connection, attempt=1, refunded=GROSS).told == []


def test_an_answer_that_is_none_and_one_about_nothing_change_nothing(connection: sa.Connection) -> None:
    is_paid(connection)
    books, job = Books(connection), codec.stored_job("k", OWNER, messages.AskBack("p1", 1), NOW)
    assert owner(books).finished(books, job, GaveUp("away")) == ()  # type: ignore[arg-type]
    assert heard(connection, attempt=9, refunded=GROSS).told == []
    assert (books.told, books.published) == ([], [])


def test_a_payment_of_zero_is_no_money_that_could_go_back(connection: sa.Connection) -> None:
    owed(connection)
    connection.execute(sa.update(payments).values(amount=0, method="card"))
    assert heard(connection).told == []
    assert present(record.get(connection, "p1")).status == "pending", "zero of zero isn't all of it"
    told = commands.book_payment(deps(), messages.BookPayment("p1", 1, "paid", 0, "PLN", VISA), turn(connection))
    assert a(messages.PaymentBooked, told).status == "paid"
    assert [way.label for way in methods.of_account(connection, "a1")] == [VISA.label]
    books = heard(connection, later(hours=1), refunded=GROSS, disputed="open", case="D-1", disputed_amount=GROSS)
    assert (books.told, books.published) == ([], [])
    free, order = present(record.get(connection, "p1")), present(order_record.get(connection, "o1"))
    assert (free.all_back, record.is_all_money_back(connection, "o1")) == (False, False)
    assert list(list_money_events(connection, order, free, NOW)) == []
    assert [one for one in timer_rows.list_due(connection, later(days=9)) if one.kind == questions.KIND] == []


def test_providers_are_asked_by_timers_and_after_notices(connection: sa.Connection) -> None:
    is_paid(connection)
    [timer] = [one for one in timer_rows.list_due(connection, later(days=2)) if one.kind == questions.KIND]
    books = Books(connection, timer.due_at)
    [job] = owner(books).due(books, timer)  # type: ignore[arg-type]
    assert codec.call_from(job.kind, job.payload) == messages.AskBack("p1", 1)
    assert owner(books).due(books, timer) == (), "taken once"  # type: ignore[arg-type]
    [after] = [one for one in timer_rows.list_due(connection, later(days=9)) if one.kind == questions.KIND]
    assert after.due_at > timer.due_at
    event = codec.stored_event("e1", OWNER, messages.BackAsked("p1", 1), NOW)
    [job] = owner(books).told(books, event)  # type: ignore[arg-type]
    assert (job.key, codec.call_from(job.kind, job.payload)) == ("back:p1-1:e1", messages.AskBack("p1", 1))
    other = codec.stored_event("e2", OWNER, messages.RefundBooked(NUMBER, news=True), NOW)
    assert owner(books).told(books, other) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("closed", [False, True])
def test_a_transfer_that_pays_nothing_is_told_in_chat_and_by_letter(connection: sa.Connection, *, closed: bool) -> None:
    bought(connection)
    if closed:
        connection.execute(sa.text("update account set status = 'closed'"))
    books = Books(connection)
    kept = messages.TransferNotBooked("o1", NUMBER, money(1), money(GROSS), "wrong_amount")
    jobs = owner(books).told(books, codec.stored_event("e1", OWNER, kept, NOW))  # type: ignore[arg-type]
    assert (len(jobs), books.told) == ((0, []) if closed else (1, [("talk-a1", kept)]))
    nobodys = messages.TransferNotBooked("o9", NUMBER, money(1), money(GROSS), "wrong_amount")
    assert owner(books).told(books, codec.stored_event("e2", OWNER, nobodys, NOW)) == ()  # type: ignore[arg-type]
