"""The stand-in of the books beside the real ones: whatever commands come, both answer the same and say the same then.

BOOKS_EXAMPLES in the environment makes it longer.
"""

from collections.abc import Iterator
from datetime import timedelta
from os import environ
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import asdict, replace

from bot.checking.second_life.expected_books import price_by_desk
from bot.usecases.commands import HANDLERS
from bot.usecases.orders.commands import items
from dialogs.kit import Command, Event
from dialogs.messages import company, contact, einvoice, order, payment, questions, renewal, zone
from dialogs.state import CompanyData
from dialogs.testing.sales import Sale
from dialogs.testing.stand_in import Books
from services.accounts.account_books import read_view
from services.einvoicing import einvoices
from services.keyed_hash import derived_id
from services.orders import pricing
from services.payments import attempts
from services.store.tables.base import canonical
from services.subscriptions import renewals, subscription_record, subscriptions
from tests.bot.usecases.commanding import deps, turn
from tests.kit.narrow import present
from tests.nightly import BY_DAY
from tests.services.databases import create_schema
from tests.services.domain.people import NOW, customer
from tests.shipped import profile
from values.account_view import AccountView, OrdererDetails, WaitingRenewal
from values.consent import Acceptance
from values.offer import Addon
from values.order import CartLine
from values.payment import StoredMethod, StoredWay
from values.renewal import Owned
from values.term import A_YEAR, TWO_YEARS, Term

SELLERS = {name: profile(name).seller for name in ("fakturasmart", "certified_platform", "r2platnik")}
SETUP = Addon("setup", 30000, once=True)
SELLERS["certified_platform"] = replace(
    SELLERS["certified_platform"], addons=(SETUP, *SELLERS["certified_platform"].addons)
)
UNCLAIMED = frozenset({"revision", "outlooks", "reversals", "invoices"})
"""Parts that the stand-in leaves to others: how terms go on, money that went back, invoices, which only events tell."""
OWN = (Owned, StoredWay, payment.MethodForgotten)
"""Structs that each names by ids of its own."""
STREETS = st.sampled_from(["ul. Nowa 1", "ul. Nowa 2"])
MAILS = st.sampled_from(["anna@example.com", "faktury@example.com", None])
NUMBERS = st.sampled_from(["1234563218", "5260250274"])
ACTS = st.one_of(
    st.builds(contact.TakeVouched, st.just("a1"), st.sampled_from(["+48512000111", "+48512000222"])),
    st.builds(einvoice.ActivateEInvoice, st.just("a1"), MAILS, seen=MAILS),
    st.builds(einvoice.ChangeInvoiceEmail, st.just("a1"), MAILS.filter(bool), MAILS),
    st.sampled_from([einvoice.WithdrawEInvoice("a1"), renewal.StopReminders("a1"), renewal.ResumeReminders("a1")]),
    st.builds(zone.TakeBackConsents, st.just("a1"), st.just(("marketing_email",)), st.just("word")),
    st.just(zone.SetConsents("a1", (), (), "button")),
)
ORDERER = OrdererDetails("Anna", "+48512000111", "anna@example.com", "faktury@example.com")
YES = st.sampled_from([True, True, True, False])
TERMS = st.sampled_from([A_YEAR, TWO_YEARS])
NUMBER = st.integers(0, 9)


class Alike(RuleBasedStateMachine):
    """One account in both: each command is done by the use case of the turn, and by the stand-in."""

    engine: ClassVar[sa.Engine]

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.engine.connect()
        self.transaction = self.connection.begin()
        self.now, self.keys, self.moved = NOW, 0, 0
        customer(self.connection)

    def teardown(self) -> None:
        self.transaction.rollback()
        self.connection.close()

    @initialize(name=st.sampled_from([*SELLERS]), number=NUMBERS, bought=YES, way=NUMBER)
    def open(self, name: str, number: str, bought: bool, way: int) -> None:
        self.seller, self.deps = SELLERS[name], deps(SELLERS[name])
        self.books = Books(self.seller, self.now, self.real(), cost=price_by_desk)
        self.saves_a_company(number, "ul. Nowa 1", None, stale=False)
        if bought:
            self.orders(plan=way, term=A_YEAR, addon=0, way=way % 9, code=9, right=True, pays=True)

    def real(self) -> AccountView:
        return present(read_view(self.connection, "a1"))

    def does(self, command: Command) -> Event:
        """Both do it; their answers are alike."""
        self.keys += 1
        self.now += timedelta(minutes=1)
        self.books, key = replace(self.books, now=self.now), f"c{self.keys}"
        done = present(self.books.done(command, key))
        self.books, answered = done
        real = HANDLERS[type(command)](self.deps, real_ids(command), turn(self.connection, self.now, key, "talk-a1"))
        assert plain(real) == plain(answered), (command, real, answered)
        return answered

    @invariant()
    def says_the_same(self) -> None:
        if hasattr(self, "books"):
            known, told = self.real(), self.books.view
            claimed = {*AccountView.__struct_fields__} - UNCLAIMED
            both = {name: (plain(getattr(known, name)), plain(getattr(told, name))) for name in claimed}
            differs = {name: pair for name, pair in both.items() if pair[0] != pair[1]}
            assert not differs, differs

    def of(self, number: int) -> Sale | None:
        """One of the orders, counted from the last, if there are any."""
        return self.books.sales[-1 - number % len(self.books.sales)] if self.books.sales else None

    @rule(days=st.sampled_from([0, 3, 8, 15, 300, 400]))
    def waits(self, days: int) -> None:
        self.now += timedelta(days=days)

    # --- the account ---

    @rule(number=NUMBERS, street=STREETS, mail=MAILS, stale=st.booleans())
    def saves_a_company(self, number: str, street: str, mail: str | None, stale: bool) -> None:
        known = next((c for c in self.books.account.companies if c.tax_number == number), None)
        data = CompanyData("Firma", street, "80-831", "Gdańsk")
        seen = known and company.CompanySeen(
            replace(data, street="ul. Dawna 1" if stale else known.street), known.email, None
        )
        self.does(company.SaveCompany("a1", "PL", number, data, "mf", "verified", mail, seen=seen))

    @rule(keep=st.sampled_from(["account", "company", "order"]), value=st.sampled_from(["yes", None]), n=NUMBER)
    def answers(self, keep: Any, value: str | None, n: int) -> None:
        companies, sale = self.books.account.companies, self.of(n)
        of = {"account": "a1", "company": companies[n % len(companies)].id, "order": sale.order.id if sale else ""}
        if of[keep]:
            self.does(questions.KeepAnswers("a1", keep, of[keep], {"source": value}))

    @rule(act=ACTS, given=st.sets(st.integers(0, 1)), gone=st.sets(st.integers(0, 1)))
    def says_something_of_itself(self, act: Command, given: set[int], gone: set[int]) -> None:
        voluntary = self.seller.voluntary
        if isinstance(act, zone.SetConsents):
            yes = tuple(one.accepted("pl", self.now, "button") for n, one in enumerate(voluntary) if n in given)
            act = replace(act, given=yes, withdrawn=tuple(one.id for n, one in enumerate(voluntary) if n in gone))
        if isinstance(act, einvoice.ActivateEInvoice | einvoice.ChangeInvoiceEmail) and given:
            act = replace(act, seen=self.books.account.einvoice_email)
        if not isinstance(act, einvoice.WithdrawEInvoice) or self.seller.accepts("einvoice"):
            self.does(act)

    # --- orders and their money ---

    @rule(plan=NUMBER, term=TERMS, addon=NUMBER, way=NUMBER, code=NUMBER, right=YES, pays=st.booleans())
    def orders(self, plan: int, term: Term, addon: int, way: int, code: int, right: bool, pays: bool) -> None:
        seller, method = self.seller, self.seller.methods[way % len(self.seller.methods)]
        lines = [CartLine(seller.plans[plan % len(seller.plans)].id, term)]
        lines += [CartLine(of.id, term, 2, once=of.once) for n, of in enumerate(seller.addons) if n == addon]
        documents = tuple(one for one in seller.documents if one.id in ("terms", "clauses"))
        accepted = tuple(one.accepted("pl", self.now, "button") for one in documents)
        codes = {n: one.code for n, one in enumerate(seller.discounts)}
        of = self.books.account.companies[plan % len(self.books.account.companies)]
        nothing = pricing.price(items(seller, lines, None, self.books.tax), None, seller.currency)
        act = order.PlaceOrder(
            *("a1", of.id, tuple(lines), method, plan % 3 > 0, codes.get(code), nothing),
            documents=tuple(one.id for one in documents),
            accepted=accepted if right else tuple(replace(one, version="before") for one in accepted),
            orderer=ORDERER if term == TWO_YEARS else None,
        )
        self.pays(self.does(act if way == 9 else self.priced(act)), way, wanted=pays)

    def pays(self, placed: Event, way: int, *, wanted: bool) -> None:
        if wanted and isinstance(placed, order.OrderPlaced):
            self.opens_a_payment(0, way, 0)
            self.hears_of_money(0, "paid", right=True, kept=way, again=False)

    def priced(self, act: order.PlaceOrder) -> order.PlaceOrder:
        code = next((d for d in self.seller.discounts if d.code == act.discount and d.good_at(self.now)), None)
        return replace(act, price=price_by_desk(self.books, act, code))

    @precondition(lambda self: self.books.terms)
    @rule(n=NUMBER, way=NUMBER, renews=st.booleans(), pays=st.booleans())
    def renews_what_was_bought(self, n: int, way: int, renews: bool, pays: bool) -> None:
        of = self.books.terms[n % len(self.books.terms)]
        line = CartLine(self.seller.renewed_by(of.product), A_YEAR, of.quantity, of.id)
        method, by = self.seller.methods[way % len(self.seller.methods)], self.books.account.companies[0]
        nothing = pricing.price(items(self.seller, [line], None, self.books.tax), None, self.seller.currency)
        placed = self.does(order.PlaceOrder("a1", by.id, (line,), method, renews, None, nothing, ()))
        self.pays(placed, way, wanted=pays)

    @rule(n=NUMBER, way=NUMBER, stored=NUMBER)
    def opens_a_payment(self, n: int, way: int, stored: int) -> None:
        ways = {k: one.id for k, one in enumerate(self.books.account.ways)}
        if (sale := self.of(n)) is not None and not self.lapsed(sale):
            method = self.seller.methods[way % len(self.seller.methods)]
            self.does(payment.OpenPayment(sale.order.id, method, ways.get(stored)))

    def lapsed(self, sale: Sale) -> bool:
        """Return whether it has run out, so that it is ordered anew under the terms that the profile has then."""
        return sale.order.status == "placed" and not sale.stands

    def paid_by(self, n: int) -> str | None:
        sale = self.of(n // 2)
        return sale.payments[-1 - n % len(sale.payments)].id if sale is not None and sale.payments else None

    @rule(n=NUMBER, state=st.sampled_from(["paid", "paid", "failed"]), right=YES, kept=NUMBER, again=st.booleans())
    def hears_of_money(self, n: int, state: str, right: bool, kept: int, again: bool) -> None:
        if (id := self.paid_by(n)) is None:
            return
        earlier = attempts.record.attempts_of(self.connection, id)
        if not (again and earlier):
            self.does(payment.ReopenPayment(id))  # as its link does
            attempts.open_attempt(self.connection, payment_id=id, good_for=timedelta(0), now=self.now)
        made = attempts.record.attempts_of(self.connection, id)
        if made:
            owed = attempts.record.get(self.connection, id)
            stored = StoredMethod(f"t{kept}", "c", f"Visa {kept}", None) if kept % 3 == 0 else None
            assert owed is not None
            sum_ = owed.amount if right else 1
            self.does(payment.BookPayment(id, made[-1].n, state, sum_, owed.currency, stored))

    @rule(n=NUMBER, how=st.sampled_from([payment.ReopenPayment, payment.ExpirePayment]))
    def comes_to_its_payment(self, n: int, how: Any) -> None:
        if (id := self.paid_by(n)) is not None:
            self.does(how(id))

    @rule(n=NUMBER)
    def cancels(self, n: int) -> None:
        if (sale := self.of(n)) is not None:
            self.does(order.CancelOrder(sale.order.id))

    @rule(plan=NUMBER, way=st.integers(0, 8))
    def orders_another_in_its_place(self, plan: int, way: int) -> None:
        """The money of the first comes late."""
        for pays in (False, True):
            self.orders(plan=plan, term=A_YEAR, addon=0, way=way, code=9, right=True, pays=pays)
            if not pays:
                self.opens_a_payment(0, way, 0)
                self.hears_of_money(0, "failed", right=True, kept=1, again=False)
                self.cancels(0)
        self.hears_of_money(2, "paid", right=True, kept=1, again=True)

    @rule(n=NUMBER, way=NUMBER, forget=st.booleans())
    def says_how_to_pay(self, n: int, way: int, forget: bool) -> None:
        ways = {k: one.id for k, one in enumerate(self.books.account.ways)}
        by = payment.SetDefaultMethod("a1", self.seller.methods[way % len(self.seller.methods)], ways.get(n))
        self.does(payment.ForgetMethod("a1", ways[n]) if forget and n in ways else by)

    # --- terms ---

    @rule(on=st.booleans(), seen=st.booleans())
    def switches_the_renewal(self, on: bool, seen: bool) -> None:
        words = [one for one in self.seller.documents if one.id == "auto_renewal"]
        accepted = tuple(one.accepted("pl", self.now, "button") for one in words)
        self.does(zone.SetAutoRenewal("a1", on, accepted, seen=seen))

    @rule()
    def begins_a_renewal(self) -> None:
        sold = (*(one.product for one in self.seller.programs), *(plan.id for plan in self.seller.plans))
        before = self.books
        self.does(renewal.BeginRenewal("a1", None, sold))
        assert self.books == replace(before, now=self.now), "it only looks"

    @precondition(lambda self: self.books.view.owned and not self.books.view.waits)
    @rule()
    def waits_for_its_holder(self) -> None:
        """As the desk leaves a renewal (`bot/usecases/renewals/renewals.py`) whose terms have other words."""
        at, known = self.books.view.owned[0].ends_at, subscription_record.of_account(self.connection, "a1")
        ids = [one.id for one in self.seller.documents]
        for of in known:
            if of.ends_at == at:
                stands = renewals.progress(self.connection, of, self.now)
                renewals.advance(self.connection, stands, (of.id,), self.now, documents=ids)
        self.books = self.books.told(waits=WaitingRenewal(tuple(ids), at))

    @rule(n=NUMBER, right=YES)
    def accepts_a_document(self, n: int, right: bool) -> None:
        of = self.seller.documents[n % len(self.seller.documents)].accepted("pl", self.now, "button")
        self.does(renewal.AcceptDocument("a1", of if right else replace(of, version="before")))

    @precondition(lambda self: self.books.terms)
    @rule(grace=st.booleans())
    def runs_out(self, grace: bool) -> None:
        """As the desk ends it (`bot/usecases/renewals/notices.py`)."""
        self.books = self.books.ran_out(grace=grace)
        for of in subscription_record.list_owned(self.connection, "a1"):
            (subscriptions.set_grace if grace else subscriptions.set_ended)(self.connection, of.id)
        if not grace:
            einvoices.end_with_service(self.connection, "a1")


def real_ids(command: Command) -> Any:
    """The command with the ids of the desk's own for what the stand-in calls otherwise."""
    match command:
        case order.PlaceOrder():
            lines = (replace(one, renews=one.renews and _of_term(one.renews)) for one in command.lines)
            return replace(command, lines=tuple(lines))
        case payment.OpenPayment(stored=str(way)):
            return replace(command, stored=_of_way(way))
        case payment.SetDefaultMethod(way_id=str(way)) | payment.ForgetMethod(way_id=way):
            return replace(command, way_id=_of_way(way))
        case _:
            return command


def _of_term(id: str) -> str:
    order_id, _, line = id.rpartition("-")
    return derived_id(order_id, "subscription", line)


def _of_way(id: str) -> str:
    _, method, label = id.split(" ", 2)
    return derived_id("a1", "method", method, label)


def plain(value: Any) -> Any:
    """The value without the ids that each has of its own; rows that end together in an order of their own."""
    if isinstance(value, tuple):
        told = [plain(one) for one in value]
        ends = [one.ends_at for one in value if isinstance(one, Owned)]
        return (ends, sorted(told, key=repr)) if value and isinstance(value[0], (*OWN, Acceptance)) else told
    if not hasattr(value, "__struct_fields__"):
        return value
    known = {name: plain(of) for name, of in asdict(value).items() if name not in (*UNCLAIMED, "view")}
    return {name: of for name, of in known.items() if not (name in ("id", "way_id") and isinstance(value, OWN))}


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres")
    one = sa.create_engine(url, json_serializer=canonical, poolclass=sa.pool.StaticPool)
    create_schema(one)
    yield one
    one.dispose()


def test_the_stand_in_says_what_the_books_say(engine: sa.Engine) -> None:
    Alike.engine = engine
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    by_day = BY_DAY in environ
    examples = int(environ.get("BOOKS_EXAMPLES", "30" if by_day else "300"))
    bounds = settings(max_examples=examples, stateful_step_count=50, suppress_health_check=slow)
    rules = settings(bounds, derandomize=by_day)  # by day the same histories
    run_state_machine_as_test(Alike, settings=rules)
