"""Whatever happens to a conversation, in any order: it never raises, never gets stuck, never loses what was done.

STORM_EXAMPLES in the environment makes it longer: 2000 is a good evening.
"""

import json
from collections.abc import Callable
from os import environ

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec import structs

from dialogs.contact.conditions import phone_proven
from dialogs.explorer.fates import fates as possible_fates
from dialogs.explorer.fates import results
from dialogs.explorer.samples import MOMENT
from dialogs.journey import journey
from dialogs.kit import Command, Context, Event, IssuedJob, Job, Outcome, ResultOf, Said, decide, read_slots
from dialogs.kit.journey import AnyStep
from dialogs.messages import account, company, order
from dialogs.messages.elsewhere import CarriedOver
from dialogs.messages.own_data import LogInOver
from dialogs.messages.zone import LoggedOut
from dialogs.order.in_books import is_paid
from dialogs.state import ConversationState, Ctx
from dialogs.testing.happenings import update_books
from dialogs.versions import dump, load
from tests.dialogs import driver as drivers
from tests.dialogs.storm import MOVES, SAID, fitting, happenings, second_thoughts
from values.meaning import Expects

STAGES: tuple[Callable[[], drivers.Driver], ...] = (
    drivers.Driver,
    drivers.Driver,
    drivers.Driver,
    drivers.signed_up,
    drivers.contact_proven,
    drivers.card_filled,
    drivers.ordered,
    drivers.paid,
)
MARK = "ul. Rejestrowa "
# Which of an act's outcomes comes, the ordinary one most often; without more numbers, the ordinary one.
FATES = st.lists(st.sampled_from((*(0,) * 9, 1, 1, 1, 2, 2, 3, 4, 5, 6, 7)), max_size=4)


class Storm(drivers.BesideBooks, RuleBasedStateMachine):
    """One conversation in bad weather. The desk's books are kept beside it, to compare."""

    def __init__(self) -> None:
        super().__init__()
        self.journey = journey(drivers.SELLER.dialogs)
        self.case = ConversationState()
        self.under_way: dict[str, Job] = {}
        self.delivered: list[tuple[str, Event]] = []
        self.keys = 0
        self.orders_open = 0
        self.stand_in = drivers.EMPTY

    @initialize(stage=st.sampled_from(STAGES))
    def begin(self, stage: Callable[[], drivers.Driver]) -> None:
        driver = stage()
        self.case, self.stand_in = driver.case, driver.stand_in
        self.under_way = {issued.key: issued.job for issued in driver.held}
        self.keys = 1000
        self.orders_open = int(self.case.order.id is not None)

    def context(self, case: ConversationState) -> Ctx:
        return Context(case, MOMENT, "rest", drivers.SELLER, books=self.stand_in.seen_in(case))

    _context = context

    # --- what happens ---

    @rule(data=st.data(), turns=st.integers(1, 8), fates=FATES)
    def goes_on(self, data: st.DataObject, turns: int, fates: list[int]) -> None:
        """The customer wants to get there, and what is asked outside is answered."""
        for _ in range(turns):
            here = self.journey.position(self.case, self.context(self.case)).path
            due = [key for label, key in self.case.talk.awaiting.items() if label.startswith(here)]
            if due and data.draw(st.integers(0, 5)):
                self._deliver(due[0], data.draw(st.sampled_from((0, 0, 0, 1, 2, 3))), fates)
            else:
                self.play(data.draw(fitting(self.journey, self.case, self.context(self.case))), fates)
            self.all_is_well()

    @rule(data=st.data(), fates=FATES)
    def changes_mind(self, data: st.DataObject, fates: list[int]) -> None:
        self.play(data.draw(second_thoughts(self.journey, self.case, self.context(self.case))), fates)

    @rule(said=MOVES, fates=FATES)
    def moves(self, said: Said, fates: list[int]) -> None:
        self.play(said, fates)

    @rule(said=SAID, fates=FATES)
    def anything_said(self, said: Said, fates: list[int]) -> None:
        self.play(said, fates)

    @rule(data=st.data(), fates=FATES)
    def something_happens(self, data: st.DataObject, fates: list[int]) -> None:
        self.play(data.draw(happenings(self.context(self.case))), fates)

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), fate=st.integers(0, 3), fates=FATES)
    def result(self, data: st.DataObject, fate: int, fates: list[int]) -> None:
        self._deliver(data.draw(st.sampled_from(sorted(self.under_way))), fate, fates)

    def _deliver(self, key: str, fate: int, fates: list[int]) -> None:
        call = self.under_way.pop(key)
        possible = results(self.stand_in, call)
        outcome = _about(call, possible[fate % len(possible)])
        self.delivered.append((key, outcome))
        self.play(ResultOf(key, outcome), fates)

    @precondition(lambda self: self.delivered)
    @rule(data=st.data(), fates=FATES)
    def result_once_more(self, data: st.DataObject, fates: list[int]) -> None:
        key, outcome = data.draw(st.sampled_from(self.delivered[-5:]))
        self.play(ResultOf(key, outcome), fates)

    @precondition(lambda self: self.delivered)
    @rule(data=st.data(), fates=FATES)
    def result_of_nobody(self, data: st.DataObject, fates: list[int]) -> None:
        _, outcome = data.draw(st.sampled_from(self.delivered[-5:]))
        self.play(ResultOf("nobody's", outcome), fates)

    # --- the turn ---

    def play(self, event: Event, fates: list[int]) -> None:
        """One turn; its acts take their fates from the front of the list, each kind of act one."""
        fate: dict[type[Command], int] = {}
        before = self.case
        self.stand_in = update_books(self.stand_in, event)
        done: list[tuple[Command, Event]] = []

        def perform(act: Command, _key: str) -> Event:
            possible = tuple(possible_fates(self.stand_in, act))
            if type(act) not in fate:
                fate[type(act)] = fates.pop(0) if fates else 0
            self.stand_in, outcome = possible[fate[type(act)] % len(possible)]
            done.append((act, outcome))
            return outcome

        played = decide(self.journey, before, event, context=self.context, perform=perform, new_key=self._key)
        self.case = load(json.loads(json.dumps(dump(played.case))))
        assert self.case == played.case, "the state went through JSON changed"
        self.under_way |= {issued.key: issued.job for issued in played.jobs}
        for act, outcome in done:
            self._book(act, outcome, played)
        self._compare(before, event, played, [outcome for _, outcome in done])

    def _key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    def _book(self, act: Command, outcome: Event, played: Outcome[ConversationState]) -> None:
        assert not _blanks(act), f"{act} has an empty field"
        match act, outcome:
            case account.CreateAccount(consents=consents), _:
                assert {given.id for given in consents} >= {c.id for c in drivers.SELLER.consents if c.obligatory}
            case company.SaveCompany(data=data), _:
                assert all((data.name, data.street, data.postal_code, data.city))
            case order.PlaceOrder(method=method), order.OrderPlaced():
                assert method in drivers.SELLER.methods
                assert (self.books.phone_verified, self.books.email_verified) == (True, True)
                self.orders_open += 1
                assert self.orders_open == 1, "an order was placed twice"
            case _, order.OrderCancelled():
                self.orders_open = 0
            case _:
                pass

    def _compare(
        self, before: ConversationState, event: Event, played: Outcome[ConversationState], happened: list[Event]
    ) -> None:
        now = played.case
        logged_in = isinstance(event, account.LoggedIn) or any(isinstance(e, CarriedOver) for e in happened)
        left = any(isinstance(e, LoggedOut) for e in happened)
        over = any(isinstance(e, LogInOver) for e in happened)
        if logged_in or left or over:
            self.orders_open = int(now.order.id is not None)
        elif _begins_again(before, now):
            self.orders_open = 0
        elif now.order.id is not None and before.order.id is None:
            self.orders_open = 1
        if isinstance(event, Said):
            waits = self.journey.position(now, self.context(now)).awaits_machine
            assert played.says or played.question is not None or waits, "a message was left without an answer"
        if played.dropped:
            assert (now.order, now.account, now.payment) == (before.order, before.account, before.payment)
        if left:
            anew = ConversationState(talk=now.talk)
            person = now.handoff if now.handoff.mode != "bot" else anew.handoff
            assert now == structs.replace(anew, handoff=person), "whoever writes next begins anew"
        elif over:
            aside = now.own_data.left
            kept = ConversationState(talk=now.talk, handoff=now.handoff, withdrawal=now.withdrawal)
            assert now == structs.replace(kept, own_data=now.own_data), "it is in sight"
            assert aside is not None
            self._nothing_is_lost(before, ConversationState(**structs.asdict(aside), handoff=now.handoff), happened)
        elif not logged_in:
            self._nothing_is_lost(before, now, happened)
        if isinstance(event, ResultOf) and before.company.confirmed and now.company.confirmed:
            assert _data(now) == _data(before), "what was confirmed changed by itself"
        for issued in played.jobs:
            self._is_whole(issued)

    def _nothing_is_lost(self, before: ConversationState, now: ConversationState, happened: list[Event]) -> None:
        if before.account.id is not None:
            assert now.account.id == before.account.id
        resumed = before.purchases.open is not None and now.order.id == before.purchases.open
        if resumed or _begins_again(before, now):
            return  # the books say which order is the account's last
        if is_paid(self.context(before)):
            assert now.order.id in (before.order.id, self.books.paid and self.books.paid.id)
        if before.order.id is not None and now.order.id is None:
            assert any(isinstance(e, order.OrderCancelled) for e in happened)
        if before.company.of is not None:
            assert now.company.of is not None
        if before.handoff.mode == "waiting":
            assert now.handoff.mode == "waiting"

    def _is_whole(self, issued: IssuedJob) -> None:
        assert not _blanks(issued.job), f"{issued.job} has an empty field"

    # --- what always holds ---

    @invariant()
    def all_is_well(self) -> None:
        ctx = self.context(self.case)
        step = self.journey.position(self.case, ctx)
        self._there_is_a_way_on(step, ctx)
        self._nothing_answered_is_asked(step, ctx)
        self._what_is_awaited_is_under_way()
        self._answers_make_sense()
        self._dialogs_come_in_order(step, ctx)
        done, of = self.journey.progress(self.case, ctx)
        assert 0 <= done <= of

    def _there_is_a_way_on(self, step: AnyStep, ctx: Ctx) -> None:
        if step.awaits_machine:
            labels = [k for k in self.case.talk.awaiting if k.startswith(step.path + "/")]
            assert any(self.case.talk.awaiting[label] in self.under_way for label in labels), f"stuck at {step.path}"
        else:
            options = step.options(read_slots(self.case, step.dialog, ctx), ctx)
            assert step.expects is not Expects.wait
            assert step.parse is not None or options, f"no way on from {step.path}"

    def _nothing_answered_is_asked(self, step: AnyStep, ctx: Ctx) -> None:
        revising = self.case.talk.revising
        assert revising in (None, step.path), "something is reopened but not asked"
        assert revising or not step.done(read_slots(self.case, step.dialog, ctx), ctx), f"{step.path} is answered"

    def _what_is_awaited_is_under_way(self) -> None:
        keys = list(self.case.talk.awaiting.values())
        assert len(set(keys)) == len(keys)
        assert set(keys) <= set(self.under_way), "a result is awaited that won't come"

    def _answers_make_sense(self) -> None:
        own = self.case.company.read_current(self.books)
        assert own.make_draft() == self.case.company, "a slot says what the books have"
        for street in (own.street, own.offered.street if own.offered else None):
            assert street is None or not street.startswith(MARK) or street == f"{MARK}{own.tax_number}"
        assert self.case.order.discount in (None, "START20")
        assert self.case.handoff.email is None or self.case.handoff.email == "" or "@" in self.case.handoff.email
        assert self.case.order.price is None or self.case.order.price.gross.minor in (36777, 29422)

    def _dialogs_come_in_order(self, step: AnyStep, ctx: Ctx) -> None:
        if step.dialog not in ("handoff", "account") and not step.anytime:
            assert self.case.account.id is not None, f"{step.path} without an account"
        # An order that was placed before is settled first, whatever else the account lacks.
        anywhere = ("handoff", "own_data", "elsewhere", "account", "contact", "purchases")
        if step.dialog not in anywhere and not step.anytime and not self.case.talk.revising:
            assert phone_proven(self.case.contact, self.context(self.case)), "a number nobody proved"
        if step.dialog == "payment":
            assert self.case.order.id is not None
        if step.dialog == "zone" and step.expects is Expects.nothing:
            assert is_paid(ctx)


def _blanks(about: Command | Job) -> list[str]:
    """Return the empty fields that needn't be: a number that was sent a code elsewhere has no challenge here."""
    empty = [f.name for f in structs.fields(about) if getattr(about, f.name) == "" != f.default]
    return [name for name in empty if name != "challenge"]


def _begins_again(before: ConversationState, now: ConversationState) -> bool:
    """Return whether another order was begun after a drivers.paid one."""
    return before.order.id is not None and now.order.id is None and now.order.behind is not None


def _about(call: Job, outcome: Event) -> Event:
    """What a register says bears the number it was asked about, so that a mix-up shows."""
    if not isinstance(outcome, company.CompanyFound):
        return outcome
    assert isinstance(call, company.LookUpCompany | company.LookUpCompanyLater)
    return structs.replace(outcome, data=structs.replace(outcome.data, street=f"{MARK}{call.tax_number}"))


def _data(case: ConversationState) -> tuple[str | None, ...]:
    own = case.company
    return own.tax_number, own.name, own.street, own.postal_code, own.city


TestStorm = Storm.TestCase
TestStorm.settings = settings(
    max_examples=int(environ.get("STORM_EXAMPLES", "30")),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
