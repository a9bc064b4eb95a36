"""Nothing is charged for a contract between the statement of a withdrawal from it and a person's decision.

Nobody ends another's contract: only what its own account stands behind is decided, and stops a charge.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
from bot.usecases.orders import withdrawals as commands
from bot.usecases.renewals.notifications import HolderEnding
from bot.usecases.renewals.quotes import Quotes
from dialogs.kit import Event
from dialogs.messages import withdrawal as messages
from services.orders import orders, withdrawals
from services.store import conversations
from services.store.sqlite_files import prepare, writer
from services.store.tables.schema import metadata
from services.subscriptions import subscription_record, subscriptions
from tests.kit.narrow import a, present
from tests.services.domain.people import buyer, company, conversation, later, prove, sign_up, to_pay, try_to_place
from tests.services.domain.test_payments import OTHER_COMPANY, opened, paid
from tests.shipped import profile

SELLER = profile("fakturasmart").seller
QUOTES = Quotes(SELLER, lambda _method: "stripe", lambda _method: True)
DEPS = CommandDeps(SELLER, None, b"", False, None, lambda _method: "stripe")  # type: ignore[arg-type]  # nothing is rendered
ACCOUNT = "a1"
TALK, UNPROVEN = f"talk-{ACCOUNT}", "stranger"
OTHERS, NOBODYS = "b1", "FS/2026/000999"
"""A contract of another account's, and a number that no contract has."""


class Desk:
    """The books of a customer with so many contracts, and two conversations: logged in, and not yet.

    Another account has a contract, too.
    """

    def __init__(self, connection: sa.Connection, contracts: int) -> None:
        self.connection, self.n = connection, 0
        buyer(connection)
        company(connection, id="f2", billing=OTHER_COMPANY)
        sign_up(connection, "a2", "bruno@example.com", demanded=("email",))
        prove(connection, "a2", "email", "bruno@example.com")
        company(connection, "a2", id="f3")
        conversation(connection, UNPROVEN)
        self.numbers: dict[str, str] = {}
        for n in range(1, contracts + 1):
            self.numbers[f"o{n}"] = self.buys(f"o{n}", f"f{n}", ACCOUNT)
        self.others = self.buys(OTHERS, "f3", "a2")
        for account_id in (ACCOUNT, "a2"):
            subscriptions.set_auto_renewal(connection, account_id=account_id, on=True)

    def buys(self, order_id: str, company_id: str, account_id: str) -> str:
        """A contract, paid; its number."""
        bought = a(orders.Placed, try_to_place(self.connection, order_id, account_id, company_id=company_id))
        to_pay(self.connection, f"p-{order_id}", order_id)
        opened(self.connection, f"p-{order_id}")
        assert paid(self.connection, f"p-{order_id}")
        return bought.order.number

    def number(self, contract: str | None) -> str:
        """Its number; nobody's for one that isn't there."""
        return "" if contract is None else {**self.numbers, OTHERS: self.others}.get(contract, NOBODYS)

    def does(self, command: Callable[..., Event], asked: Any, *, here: str = TALK, killed: bool) -> Event:
        """A command in its turn's transaction; killed before its commit it leaves nothing, and is done again."""
        self.n += 1
        if killed:
            with self.connection.begin_nested() as turn:
                self._runs(command, asked, here)
                turn.rollback()
        return self._runs(command, asked, here)

    def _runs(self, command: Callable[..., Event], asked: Any, here: str) -> Event:
        known = present(conversations.load(self.connection, here, lock=False))
        return command(DEPS, asked, CommandContext(self.connection, later(hours=self.n), f"c{self.n}", known, "pl"))

    def charged(self, order_id: str) -> bool:
        """Whether the renewal of this contract is charged now."""
        [of] = subscription_record.of_order(self.connection, order_id)
        assert of.ends_at is not None
        return bool(QUOTES.renewing(self.connection, HolderEnding((of,), of.ends_at)))


class Stated(Struct):
    """A statement. `by`: the account that stands behind it; `about`: those contracts that may be meant."""

    here: str
    by: str | None
    about: set[str]
    named: str | None = None
    decision: str | None = None

    @property
    def waits(self) -> bool:
        return self.decision is None


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """A file opened as the desk opens it."""
    path = tmp_path_factory.mktemp("withdrawals") / "desk.db"
    prepare(path)
    made = writer(path)
    metadata.create_all(made)
    yield made
    made.dispose()


@contextmanager
def desk(engine: sa.Engine, contracts: int) -> Generator[Desk]:
    """Books that are rolled back."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield Desk(connection, contracts)
        transaction.rollback()


CONTRACT = st.sampled_from(["o1", "o2", OTHERS])
NAMED = st.sampled_from([None, "o1", "o2", OTHERS, "nobody's"])
STEP = st.one_of(
    st.tuples(st.just("states"), NAMED),
    st.tuples(st.just("states_unproven"), NAMED),
    st.tuples(st.sampled_from(["logs_in", "proves"]), st.none()),
    st.tuples(st.just("names"), CONTRACT),
    st.tuples(st.sampled_from(["accepts", "refuses"]), CONTRACT),
)


class History:
    """The statements and decisions made, and what follows from it without the books."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.stated: dict[str, Stated] = {}

    def goes_on(self, kind: str, contract: str | None, *, killed: bool) -> None:
        """One step; what can't be done is left out."""
        if contract == "o2" and contract not in self.desk.numbers:
            contract = None
        match kind:
            case "states" | "states_unproven":
                self.states(contract, logged_in=kind == "states", killed=killed)
            case "logs_in":
                self.logs_in(killed=killed)
            case "proves":
                self.proves()
            case "names":
                self.names(contract, killed=killed)
            case _:
                self.decides(contract, accepted=kind == "accepts", killed=killed)

    def states(self, contract: str | None, *, logged_in: bool, killed: bool) -> None:
        words = f"Odstępuję od umowy {self.desk.number(contract)}."
        asked, here = messages.KeepWithdrawal(ACCOUNT if logged_in else None, words), TALK if logged_in else UNPROVEN
        kept = a(messages.WithdrawalKept, self.desk.does(commands.keep_withdrawal, asked, here=here, killed=killed))
        by = ACCOUNT if logged_in and not self.is_anothers(contract) else None
        assert kept.bound is (by is not None), "a number alone binds nobody"
        known = self.stated.get(kept.id)
        if known is None:
            self.stated[kept.id] = Stated(here, by, set[str]() if by is None else self.meant(contract), contract)
        elif by is None:
            known.named = known.named or contract
        elif len(known.about) > 1 and contract is not None:
            known.about = {contract}
        if by is not None:
            told = self.stated[kept.id].about
            assert kept.number == (self.desk.numbers[next(iter(told))] if len(told) == 1 else None)
        else:
            assert kept.number is None, "whether there is such a contract is told to nobody"
        assert kept.left is bool(self.unproven(here))
        assert kept.anothers is (logged_in and kept.left)

    def is_anothers(self, contract: str | None) -> bool:
        return contract is not None and contract not in self.desk.numbers

    def unproven(self, here: str) -> list[tuple[str, Stated]]:
        return [(id, one) for id, one in self.stated.items() if one.here == here and one.by is None and one.waits]

    def meant(self, contract: str | None) -> set[str]:
        if contract is not None:
            return {contract}
        over = {o for one in self.stated.values() if one.decision == "accepted" for o in one.about}
        return {*self.desk.numbers} - over or {*self.desk.numbers}

    def logs_in(self, *, killed: bool) -> None:
        """Whoever stated it without a log-in; it proves nothing about another account's contract."""
        self.desk.does(commands.stand_behind, messages.StandBehindWithdrawal(ACCOUNT), here=UNPROVEN, killed=killed)
        for _, one in self.unproven(UNPROVEN):
            if not self.is_anothers(one.named):
                one.by, one.about = ACCOUNT, self.meant(one.named)

    def proves(self) -> None:
        """The other account's holder follows the link in the letter about the oldest one."""
        for id, one in [*self.unproven(UNPROVEN), *self.unproven(TALK)][:1]:
            assert withdrawals.choose(self.desk.connection, id, OTHERS, by=ACCOUNT, here=one.here) is None, "not theirs"
            assert withdrawals.choose(self.desk.connection, id, OTHERS, by="a2", here="elsewhere") is None
            assert withdrawals.choose(self.desk.connection, id, OTHERS, by="a2", here=one.here) is not None
            one.by, one.about = "a2", {OTHERS}

    def names(self, contract: str | None, *, killed: bool) -> None:
        """A button of the question which contract is meant."""
        several = [(id, one) for id, one in self.stated.items() if one.by and one.waits and len(one.about) > 1]
        waiting = [*several, *self.unproven(TALK)]
        if waiting and contract is not None:
            id, one = waiting[0]
            named = self.desk.does(commands.name_contract, messages.NameContract(id, contract), killed=killed)
            if contract == OTHERS:
                assert named == messages.NothingStated(), "it isn't theirs"
            else:
                one.by, one.about = ACCOUNT, {contract}

    def decides(self, contract: str | None, *, accepted: bool, killed: bool) -> None:
        """An agent, about the oldest statement that waits."""
        waiting = [(id, one) for id, one in self.stated.items() if one.waits]
        if not waiting or contract is None:
            return
        id, one = waiting[0]
        asked = messages.DecideWithdrawal(
            id, accepted, self.desk.number(contract), None if accepted else "Między firmami."
        )
        decided = self.desk.does(commands.decide_withdrawal, asked, killed=killed)
        if one.by != ("a2" if contract == OTHERS else ACCOUNT):
            assert decided == messages.NothingStated(), "nobody whose contract that is stands behind it"
            return
        assert isinstance(decided, messages.WithdrawalDecided)
        assert self.desk.does(commands.decide_withdrawal, asked, killed=False) == messages.NothingStated(), "once"
        one.decision, one.about = "accepted" if accepted else "refused", {contract}

    def may_charge(self, contract: str) -> bool:
        return not any(contract in one.about and one.decision != "refused" for one in self.stated.values())

    def waits_here(self, here: str) -> bool:
        """Return whether the conversation still stands before a person."""
        found = a(
            messages.UndecidedFound,
            self.desk.does(commands.find_undecided, messages.FindUndecided(), here=here, killed=False),
        )
        return found.id is not None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(contracts=st.integers(1, 2), steps=st.lists(st.tuples(STEP, st.booleans()), max_size=9))
@example(contracts=1, steps=[(("states", "o1"), False), (("accepts", OTHERS), False)])
def test_no_charge_of_that_contract_between_statement_and_decision(
    engine: sa.Engine, contracts: int, steps: list[tuple[tuple[str, str | None], bool]]
) -> None:
    """Random histories of statements, log-ins, decisions and kills: the charge follows from them, after each step."""
    with desk(engine, contracts) as books:
        history = History(books)
        for (kind, contract), killed in steps:
            history.goes_on(kind, contract, killed=killed)
            charged = {order: books.charged(order) for order in (*books.numbers, OTHERS)}
            assert charged == {order: history.may_charge(order) for order in charged}, (kind, contract)
        waits = any(one.waits and one.by for one in history.stated.values())
        assert waits == (history.waits_here(TALK) or history.waits_here(UNPROVEN))


def test_the_order_that_is_named_is_meant_and_none_else(engine: sa.Engine) -> None:
    """Neither an unpaid one beside the contract that runs, nor one that is withdrawn from already."""
    with desk(engine, 1) as books:
        unpaid = a(orders.Placed, try_to_place(books.connection, "o2", company_id="f2"))
        to_pay(books.connection, "p2", "o2")

        def states(number: str) -> messages.WithdrawalKept:
            asked = messages.KeepWithdrawal(ACCOUNT, f"Odstępuję od umowy {number}.")
            return a(messages.WithdrawalKept, books.does(commands.keep_withdrawal, asked, killed=True))

        named = states(unpaid.order.number)
        assert (named.unpaid, named.number) == ("o2", unpaid.order.number)
        assert books.charged("o1"), "it is about the other order"
        kept = states(books.numbers["o1"])
        assert (kept.unpaid, kept.number, books.charged("o1")) == (None, books.numbers["o1"], False)
        books.does(commands.decide_withdrawal, messages.DecideWithdrawal(kept.id, True, kept.number), killed=True)
        again = states(books.numbers["o1"])
        assert (again.id, again.first, again.decision) == (kept.id, False, "accepted")
