"""What customers and the seller do after an order is paid: more acts of the random lives, and what they come to."""

from datetime import timedelta
from typing import Any, Literal

import sqlalchemy as sa
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from bot.usecases.orders import cancelling
from bot.usecases.renewals.changes import ChangeQuote, WantedChange
from dialogs.messages import order as ordering
from dialogs.messages import zone
from dialogs.messages.renewal import RenewalToPay
from services.payments import methods, record, refunds
from services.subscriptions import subscription_record
from tests.bot.usecases.lives import life
from tests.bot.usecases.lives.desk import VISA
from tests.bot.usecases.lives.ledger import Service
from tests.bot.usecases.lives.life import AFTER, BUYS, DAYS, HOURS, NTH, YES, Life, Story
from tests.kit.narrow import present

SOON = timedelta(minutes=1)
"""A command of a chat is done so much later than it is asked for."""


class Refunds(Struct, frozen=True):
    """Money of the `n`th of the last orders that may be given back is asked for by the API.

    `answers`: the provider's, one by one; `panel`: in the same second as much of it goes back in the provider's panel.
    """

    n: int
    part: Literal["whole", "third", "too_much"]
    answers: tuple[str, ...] = ()
    panel: bool = False


class Changes(Struct, frozen=True):
    """So `many` of the `n`th service more, or fewer; in its chat, or by the API; `pays`: at once, where it costs.

    `swaps`: the other plan in its place, and so many of it; `by_card`: by the kept card, where one is offered.
    """

    n: int
    many: int
    start: Literal["now", "next_term"]
    by_chat: bool = True
    pays: bool = True
    swaps: bool = False
    by_card: bool = False


class Ends(Struct, frozen=True):
    """All ends with its term, as its customer says; or the `n`th service, as the seller does."""

    n: int | None


class Cancels(Struct, frozen=True):
    """The last unpaid order, by the API or by its customer."""

    by_api: bool


class Leaves(Struct, frozen=True):
    """The page of a payment, which is open from now on."""


PARTS = st.sampled_from(["whole", "third", "third", "too_much"])
ANSWERS = st.lists(st.sampled_from("lost down pending refused works".split()), max_size=3).map(tuple)
CHANGES = (
    st.builds(Changes, NTH, st.sampled_from(many), st.just(start), YES, YES, swaps, YES)
    for many, start, swaps in (
        *(((1, 2, 5, 50, -1), "now", st.just(False)), ((0, 2, 5), "now", st.booleans())),
        ((0, 2, -2, -1, 1, 3), "next_term", st.booleans()),
    )
)
ACTS = st.one_of(
    life.ACTS,
    st.builds(Refunds, NTH, PARTS, ANSWERS, st.sampled_from([False, False, True])),
    *CHANGES,
    st.builds(Ends, st.sampled_from([None, 0, 1])),
    st.builds(Cancels, st.booleans()),
    st.just(Leaves()),
)
STORIES = st.builds(
    Story,
    st.sampled_from(["Europe/Warsaw", "America/New_York", "Australia/Lord_Howe"]),
    st.builds("{} {}".format, DAYS, HOURS),
    BUYS,
    st.lists(st.tuples(AFTER, ACTS), min_size=3, max_size=9),
    st.sampled_from(["keep", "keep", "end"]),
)


class Afterwards(Life):
    """A life with these acts."""

    def __init__(self, connection: sa.Connection, story: Story) -> None:
        super().__init__(connection, story)
        self.back, self.made = dict[str, int](), 0

    def lives(self, story: Story) -> None:
        super().lives(story)
        for id_, order in self.ledger.orders.items():
            asked = refunds.of_order(self.desk.connection, id_)
            assert sum(one.amount for one in asked if one.status == "done") == self.back.get(id_, 0), "asked otherwise"
            assert not any(one.status == "requested" for one in asked), "a refund is under way still"
            assert order.back <= order.sums[2], "more back than was paid"
        assert len(self.desk.bank.refunds) == self.made, "given back twice, or not at all"

    def Refunds(self, act: Refunds) -> None:
        paid = [of for of, order in self.ledger.orders.items() if order.paid_at]
        if not paid:
            return
        id_, bank = paid[-1 - act.n % len(paid)], self.desk.bank
        order = self.ledger.orders[id_]
        left = order.left
        amount = {"whole": left, "third": -(-left // 3), "too_much": left + 1}[act.part]
        taken_on = 0 < amount <= left
        bank.answers = [*act.answers]
        panel = act.panel and taken_on
        is_made = taken_on and not panel and next((a for a in act.answers if a != "down"), "works") != "refused"
        if panel:
            by = self.paid_by(id_)
            bank.back[by] = bank.back.get(by, 0) + amount
        if is_made:
            order.held = max(order.held, 0) + amount
            self.back[id_], self.made = self.back.get(id_, 0) + amount, self.made + 1
        asked = self.desk.asked_back(id_, None if act.part == "whole" else amount)
        assert asked == taken_on, f"{amount} of {left} asked back: {asked}"
        self.notes(f"{amount} of {left} asked back: {'made' if is_made else 'failed' if taken_on else 'refused'}")
        self.desk.settle()

    def Changes(self, act: Changes) -> None:
        known = sorted(
            filter(self.ledger.runs, self.ledger.services), key=lambda of: self.service(of).product != "base"
        )
        if not known:
            return
        of, at = known[-1 - act.n % len(known)], self.desk.now + (2 * SOON if act.by_chat else timedelta(0))
        wanted, then = self.wanted(of, act)
        way = None
        line, sums = self.costs(of, then, act.start, at - SOON if act.by_chat else at)
        if act.by_chat:
            way = self.quoted_in_chat(of, wanted, sums)
            line, sums = self.costs(of, then, act.start, at) if sums is not None else (None, None)
            if sums is None:
                return
        else:
            quote = self.desk.seats.quote(self.desk.connection, self.row(of), wanted, at)
            shown = quote.price if isinstance(quote, ChangeQuote) else None
            assert (shown and (shown.net.minor, shown.vat.minor, shown.gross.minor)) == sums, f"offered {quote}"
        self.adding = (line, sums) if line is not None and sums is not None else None
        if sums is not None and line is None:
            self.sets(of, then, act.start)
            self.wished[of] = self.ledger.ends(of), then, sums[2]
        way = way if act.by_card else None
        self.charging = way is not None
        if act.by_chat:
            gross = present(sums)[2]
            made = self.desk.does(zone.MakeChange("a1", of, wanted.number, act.start, gross, wanted.plan, way))
        else:
            made = self.desk.changed(of, wanted)
            self.desk.settle()
        refused = isinstance(made, str | zone.ChangeNotMade)
        assert (self.adding, refused) == (None, sums is None), f"{sums} wanted, {made} done"
        if sums is not None:
            self.hinders()
        if isinstance(made, RenewalToPay):
            assert made.charging == (way is not None)
        if isinstance(made, RenewalToPay) and not made.charging:
            self.desk.opens(made.payment_id)
            if act.pays:
                self.desk.pays(made.payment_id, VISA)

    def Ends(self, act: Ends) -> None:
        known = [of for of in self.ledger.services if self.ledger.runs(of)]
        if act.n is None:
            self.ledger.switches(on=False)
            self.left = self.desk.now
            self.desk.does(zone.EndContract("a1"))
        elif act.n < len(known):
            of = known[-1 - act.n]
            self.left = self.desk.now
            for one in self.ledger.lines(of):
                self.service(one).renews = False
            assert cancelling.stop_renewal(self.desk, self.row(of), "asked")  # type: ignore[arg-type]
            self.desk.settle()

    def Cancels(self, act: Cancels) -> None:
        for open_ in [one for one in self.orders() if one.status == "placed"][-1:]:
            self.hinders()
            self.ledger.trials.gone.add(open_.id)
            if act.by_api:
                assert cancelling.cancel(self.desk, open_, "asked") is None  # type: ignore[arg-type]
                self.desk.settle()
            else:
                self.desk.does(ordering.CancelOrder(open_.id))

    def Leaves(self, _act: Leaves) -> None:
        for order in [one for one in self.orders() if one.status == "placed"][-1:]:
            self.hinders()
            for of in record.of_order(self.desk.connection, order.id)[-1:]:
                self.desk.opens(of.id)

    # --- what a change comes to, by the rule ---

    def wanted(self, of: str, act: Any) -> tuple[WantedChange, tuple[str, int]]:
        """What is asked for, and what is then."""
        known = self.service(of)
        product, count = known.has if act.start == "now" else known.renewed
        if not act.swaps or product not in self.ledger.plans:
            return WantedChange(act.start, count + act.many), (product, count + act.many)
        plan = "base" if product == "pro" else "pro"
        number = act.many if act.many > 0 and plan == "pro" else None
        return WantedChange(act.start, number, plan), (plan, number or (count if plan == "pro" else 1))

    def may_change(self, of: str, then: tuple[str, int], start: str, at: Any) -> bool:
        known, ledger = self.service(of), self.ledger
        before, swaps = (known.has if start == "now" else known.renewed), then[0] != known.product
        least, most = {"pro": (1, 50), "users": (1, 999), "base": (1, 1 if then[0] != before[0] else 0)}[then[0]]
        if not ledger.runs(of) or known.grace or not least <= then[1] <= most or then == before:
            return False
        if start == "next_term":
            possible = known.renews
        else:
            possible = not known.in_trial if swaps else then[1] > known.quantity or known.in_trial
        waits = any((one, ledger.ends(of)) in self.asked for one in ledger.together(of)) or self.is_being_paid(at)
        if waits or not possible:
            return False
        if start == "next_term":
            return ledger.sums_of_next(of, *then) is not None
        return known.in_trial or (at < ledger.last_to_add(of) and ledger.days(at, ledger.ends(of)) > 0)

    def is_being_paid(self, at: Any) -> bool:
        """Whether an order's link leads to a payment."""
        placed = [one for one in self.orders() if one.status == "placed"]
        made = (of for one in placed for of in record.of_order(self.desk.connection, one.id))
        return any(of.status == "pending" and of.expires_at > at for of in made)

    def costs(self, of: str, then: tuple[str, int], start: str, at: Any) -> tuple[Any, Any]:
        """The line that is to be paid, where one is, and the sums that are shown; None of both where it can't be."""
        known = self.service(of)
        if not self.may_change(of, then, start, at):
            return None, None
        if start == "next_term":
            return None, self.ledger.sums_of_next(of, *then)
        if known.in_trial:
            return None, (0, 0, 0)
        if then[0] == known.product:
            return self.ledger.adds(of, then[1] - known.quantity, at)
        line, sums = self.ledger.swaps(of, *then, at)
        return (line if sums and sums[2] else None), sums

    def sets(self, of: str, then: tuple[str, int], start: str) -> None:
        """It costs nothing now."""
        known, (plan, number) = self.service(of), then
        if start == "now":
            known.terms[-1] = replace(known.terms[-1], product=plan, quantity=number)
        known.next = number if start == "next_term" and number != known.quantity else None
        known.next_plan = plan if start == "next_term" and plan != known.product else None

    def quoted_in_chat(self, of: str, wanted: WantedChange, sums: Any) -> str | None:
        """The card says these sums, and which method is charged: the default one, where it is kept and good."""
        said = self.desk.does(zone.QuoteChange("a1", of, wanted.number, wanted.plan))
        offer = said.offer if isinstance(said, zone.ChangeQuoted) else None
        shown = None if offer is None else offer.now if wanted.start == "now" else offer.later
        assert (shown and (shown.net.minor, shown.vat.minor, shown.gross.minor)) == sums, f"offered {said}, not {sums}"
        if offer is None or offer.now is None or not offer.now.gross.minor:
            return None
        kept = (one for one in methods.of_account(self.desk.connection, "a1") if one.is_default and one.is_stored)
        assert offer.way == next((one.id for one in kept if one.gone_at is None), None), "another method"
        return offer.way if wanted.start == "now" else None

    def service(self, of: str) -> Service:
        return self.ledger.services[of]

    def row(self, of: str) -> subscription_record.Subscription:
        return present(subscription_record.get(self.desk.connection, of))
