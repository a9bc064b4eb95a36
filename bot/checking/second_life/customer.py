"""A customer who searches the dialogs by trying, from one place of a conversation to a goal."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import count

from msgspec import Struct, structs

from bot.checking.second_life.expected_books import LifeBooks
from dialogs.explorer.fates import results, usual
from dialogs.explorer.samples import REACH, WAYS, typed_samples
from dialogs.explorer.watch import Walk
from dialogs.journey import journey_of
from dialogs.kit import Command, Context, Event, Job, Journey, Outcome, Question, ResultOf, Said, Say, decide
from dialogs.kit.journey import AnyStep
from dialogs.messages.account import LoggedIn, PasswordSet
from dialogs.messages.contact import EmailProven
from dialogs.messages.payment import PaymentChecked, PaymentNoticed, PollPayment
from dialogs.order.in_books import find_order
from dialogs.state import ConversationState
from dialogs.testing.happenings import update_books
from values.meaning import Answer, Press
from values.payment import StoredMethod
from values.seller import Seller

MOST_TURNS = 400
"""Turns after which a customer gives up."""


class NoWayOn(Exception):
    """Nothing that can be done leads there."""


class LifePlace(Struct, frozen=True):
    """The conversation's status, the books, and the last words and question."""

    case: ConversationState
    books: LifeBooks
    says: tuple[Say, ...] = ()
    question: Question | None = None


Goal = Callable[[LifePlace], bool]


class LifeCustomer:
    """A customer of one conversation, in the ordinary course of things; the texts are noted in `heard`."""

    def __init__(self, seller: Seller, heard: Walk | None = None) -> None:
        self.journey: Journey = journey_of(seller)
        self.heard = heard or Walk(self.journey, frozenset())
        self._keys = count(1)

    def context(self, place: LifePlace) -> Context[ConversationState]:
        """Return the context of the dialogs there."""
        return _context(place.case, place.books)

    def at(self, place: LifePlace) -> AnyStep:
        return self.journey.position(place.case, self.context(place))

    def happen(self, place: LifePlace, event: Event) -> LifePlace:
        """Return the place after the event and all that follows by itself."""
        books, says, todo = place.books, list[Say](), [event]
        case, question = place.case, place.question
        while todo:
            played, books = self._decide(case, books, todo.pop(0))
            case, question = played.case, played.question or question
            says += played.says
            awaited = set(case.talk.awaiting.values())
            todo += [ResultOf(i.key, _result(i.job, books)) for i in played.jobs if i.key in awaited]
            self.heard.listen(played)
        return LifePlace(case, books, tuple(says), question)

    def reach(self, place: LifePlace, goal: Goal, wishes: Sequence[str]) -> LifePlace:
        """Return the place where the goal holds. `wishes` are payloads, the dearest first. Raises NoWayOn."""
        seen, tried, furthest = {self._mark(place)}, 0, place
        ahead: list[tuple[LifePlace, Iterator[Event], list[Event]]] = [(place, self._ways(place, wishes), [])]
        while ahead and not goal(ahead[-1][0]):
            here, ways, taken = ahead[-1]
            way = next(ways, None)
            if way is None or tried >= MOST_TURNS:
                ahead.pop()
                continue
            if way in taken:  # an add-on is put into the cart once
                continue
            after, tried = self.happen(here, way), tried + 1
            if (mark := self._mark(after)) not in seen:
                seen.add(mark)
                furthest = after
                chosen = [way] if self.at(here).path == "cart.addons" else []
                ahead.append((after, self._ways(after, wishes), [*taken, *chosen]))
        if ahead:
            return ahead[-1][0]
        refused = f" ({furthest.books.refused})" if furthest.books.refused else ""
        raise NoWayOn(f"{self.at(place).path}, tried as far as {self.at(furthest).path}{refused}")

    def logged_in(self, place: LifePlace) -> LifePlace:
        """Return the same place, logged in to again where the log-in has ended by its age."""
        asked = self.happen(place, Said(Press("zone:home")))
        left = asked.case.own_data.left
        if left is None:
            return place
        known = asked.books.view
        view = structs.replace(known, legal_form=known.legal_form or left.company.legal_form)
        return self.happen(asked, LoggedIn(view))

    def _decide(
        self, case: ConversationState, books: LifeBooks, event: Event
    ) -> tuple[Outcome[ConversationState], LifeBooks]:
        kept = [update_books(books, event)]

        def perform(act: Command, _key: str) -> Event:
            after, outcome = usual(kept[-1], act)
            kept.append(after)
            return outcome

        self.heard.turns += 1
        played = decide(
            self.journey,
            case,
            event,
            context=lambda now: _context(now, kept[-1]),
            perform=perform,
            new_key=lambda: f"key-{next(self._keys)}",
        )
        return played, kept[-1]

    def _mark(self, place: LifePlace) -> Hashable:
        # What waits for a log-in is out of sight, and holds what can't be hashed.
        seen = structs.replace(place.case, own_data=structs.replace(place.case.own_data, left=None, wish=None))
        known = tuple(getattr(seen, name) for name in self.journey.dialogs)
        return self.at(place).path, place.case.talk.revising, place.case.talk.shown, known

    def _ways(self, place: LifePlace, wishes: Sequence[str]) -> Iterator[Event]:
        """Return the possible next actions, likeliest first: events elsewhere, wishes, other answers."""
        step = self.at(place)
        yield from _elsewhere(place)
        options = self.journey.offered(step, self.context(place))
        offered = [option.payload for option in options if not option.ticked]
        yield from (Said(Press(payload)) for payload in wishes if payload in offered)
        if step.parse is not None:
            yield from (Said(Answer(text)) for text in typed_samples(step, place.books.seller)[:1])
        others = (payload for payload in offered if payload.startswith(f"{step.name}:") and payload not in wishes)
        yield from (Said(Press(payload)) for payload in others if not payload.startswith("zone:"))
        if step.optional:
            yield Said(Press(f"{step.name}:skip"))


def _context(case: ConversationState, books: LifeBooks) -> Context[ConversationState]:
    return Context(case, books.now, "rest", books.seller, REACH, books=books.seen_in(case))


def _elsewhere(place: LifePlace) -> Iterator[Event]:
    """Return the actions on pages, in the mailbox and at the bank."""
    case = place.case
    if case.account.page is not None:
        known = case.account.page == "page-log_in"
        yield LoggedIn(place.books.view) if known else PasswordSet(case.account.page, "credential-1")
    if case.account.id is not None and not place.books.view.email_verified:
        yield EmailProven(place.books.view.email, place.books.now)
    order = find_order(place.books.view, case.order.id)
    if order is not None and order.payment_id is not None and order.money == "pending":
        yield PaymentNoticed(order.payment_id, 1, {})


def _result(call: Job, books: LifeBooks) -> Event:
    event = results(books, call)[0]
    if not isinstance(event, PaymentChecked):
        return event
    if isinstance(call, PollPayment):
        return structs.replace(event, state="pending")
    method = books.last.view.payment_method
    ways = (way for way in WAYS if way.method == method and way.method in books.seller.chargeable)
    kept = next((StoredMethod(way.id, "", way.label, way.expires_on) for way in ways), None)
    return structs.replace(event, kept=kept)
