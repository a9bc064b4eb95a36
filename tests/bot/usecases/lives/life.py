"""A customer's life with a seller of terms: a story of acts, lived at the desk, entered in the ledger, judged by it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from dialogs.messages import order as ordering
from dialogs.messages import payment as paying
from dialogs.messages import renewal as told
from dialogs.messages import withdrawal as withdrawing
from dialogs.messages import zone
from dialogs.renewal import notices
from services.contacts import contacts
from services.orders import discounts, order_record, trials
from services.payments import methods, record
from services.seller.rows import ORDER, PAYMENT, SUBSCRIPTION
from services.subscriptions import subscription_record
from tests.bot.usecases.lives.desk import VISA, Desk, Receipt
from tests.bot.usecases.lives.ledger import CHARGED, DAY, SHORT, Code, Ledger, Line, Nets, Ordered, days_of
from tests.services.domain.people import BURSZTYN, company, prove, sign_up
from values.money import Money
from values.offer import Addon, DiscountCode
from values.order import CartLine, Price
from values.payment import NO_METHOD
from values.renewal import Outlook, RenewalRules
from values.rules import RefundRules
from values.seller import Plan, Seats, Seller
from values.term import term_of_months

ENDS = (told.RenewalToPay, notices.TermEnding, notices.NoLongerSold)
VAT, CURRENCY, PHONE = 23, "PLN", "+48600700800"
FREE, REFUSED = Price(*[Money(0, CURRENCY)] * 3), ordering.OrderRefused("trial_taken")
TERMS = {1: 4933, 3: 13999, 12: 49033, 24: 93001}
NETS: Nets = {("base", n): net for n, net in TERMS.items()} | {("pro", n): 2 * net + 1 for n, net in TERMS.items()}
NETS |= {("users", 12): 1207, ("setup", 0): 30001}
CODES = {"": Code(), "HALF": Code(50), "SEVENTH": Code(14, terms=3), "TENNER": Code(0, 1000, 2)}


def seller(zone_name: str, nets: Nets) -> Seller:
    """Who sells these at these prices."""
    terms = {n: term_of_months(n) for n in TERMS}
    return Seller(
        *("terms", "Terms", "PL", CURRENCY, VAT),
        plans=tuple(
            Plan(
                of, nets[of, 12], tuple(terms.values()), tuple((term, nets[of, n]) for n, term in terms.items()), seats
            )
            for of, seats in (("base", None), ("pro", Seats(1, 50)))
        ),
        addons=(Addon("users", nets["users", 12]), Addon("setup", nets["setup", 0], once=True)),
        dialogs=("order", "payment"),
        methods=("card",),
        chargeable=("card",),
        auto_renewal="offer",
        time_zone=zone_name,
        renewal=RenewalRules(announce_days=31),
        discounts=tuple(
            DiscountCode(of, code.percent, amount=code.amount, uses_per_customer=None, terms=code.terms)
            for of, code in CODES.items()
        ),
    )


class Buys(Struct, frozen=True):
    """`seats` of a plan that is sold by them; `pays`: at once, or not so far.

    `free`: the days of a trial before, with a card that is kept where it `renews`.
    """

    plan: str
    months: int
    seats: int = 1
    users: int = 0
    setup: bool = False
    code: str = ""
    renews: bool = True
    pays: bool = True
    free: int = 0


class TriesElse(Struct, frozen=True):
    """Another account begins a trial, whose company or phone may be the `same`."""

    same: str


class Grants(Struct, frozen=True):
    """An agent grants one more trial."""


class PaysByLink(Struct, frozen=True):
    """For the `n`th of the last payments whose money isn't there."""

    n: int = 0


class Switches(Struct, frozen=True):
    on: bool


class Reprices(Struct, frozen=True):
    by: int


class TheBankSays(Struct, frozen=True):
    words: tuple[str, ...]


class ForgetsTheCard(Struct, frozen=True):
    pass


class GetsBack(Struct, frozen=True):
    """The money of the `n`th of the last paid orders, or a third of it."""

    n: int
    whole: bool


class Withdraws(Struct, frozen=True):
    """From the `n`th of the last paid orders; a person decides so many days later."""

    n: int
    accepted: bool
    after: int


class Story(Struct, frozen=True):
    """Where the seller is, when it begins, and all acts, each after so many days.

    `full`: what a refund of the whole sum does to the service.
    """

    zone: str
    begins: str
    first: Buys
    acts: list[tuple[int, Any]]
    full: Literal["keep", "end"] = "keep"


NTH, YES = st.integers(0, 2), st.sampled_from([True, True, True, False])
BUYS = st.builds(
    Buys,
    st.sampled_from(["base", "base", "pro"]),
    st.sampled_from([*TERMS]),
    st.integers(1, 3),
    st.integers(0, 3),
    st.booleans(),
    st.sampled_from(["", *CODES]),
    YES,
    YES,
    st.sampled_from([0, 0, 3, 7, 14, 30]),
)
ACTS = st.one_of(
    BUYS,
    st.builds(TriesElse, st.sampled_from(["company", "phone", ""])),
    st.just(Grants()),
    st.builds(PaysByLink, NTH),
    st.builds(Switches, st.booleans()),
    st.builds(Reprices, st.sampled_from([-700, 1, 333])),
    st.builds(
        TheBankSays,
        st.lists(st.sampled_from("declined needs_payer gone lost down works".split()), max_size=5).map(tuple),
    ),
    st.just(ForgetsTheCard()),
    st.builds(GetsBack, NTH, YES),
    st.builds(Withdraws, NTH, YES, st.sampled_from([0, 3, 20, 90])),
)
AFTER = st.sampled_from([0, 1, 5, 9, 14, 25, 30, 31, 60, 180, 330, 340, 358, 361, 366, 380])
DAYS = st.sampled_from(
    "2027-01-31 2027-01-30 2027-01-29 2028-02-29 2027-02-28 2027-03-28 2027-10-31 2027-02-14 2027-03-14 2027-11-07"
    " 2027-04-04 2027-09-03 2027-10-03 2027-08-31 2027-12-31 2028-01-31 2027-06-15".split()
)
HOURS = st.sampled_from("00:10 01:30 02:15 02:45 06:59 12:00 21:59 23:58".split())


def months(term: str) -> int:
    return int(term[1:-1]) * (12 if term.endswith("Y") else 1)


def holds(lines: tuple[tuple[str, int], ...], bought: set[tuple[str, int]]) -> bool:
    """Whether what was announced is what is charged, or more of it."""
    told = dict(lines)
    return all(count <= told.get(product, 0) for product, count in bought)


class Life:
    """A desk and a ledger through one story; `told` is the story as it went, with its dates."""

    def __init__(self, connection: sa.Connection, story: Story) -> None:
        self.nets = dict(NETS)
        of = replace(seller(story.zone, self.nets), refund=RefundRules(story.full))
        begins = datetime.fromisoformat(story.begins).replace(tzinfo=of.zone)
        self.desk = Desk(connection, of, begins.astimezone(UTC))
        self.ledger = Ledger(self.nets, VAT, of.zone, refund_ends=story.full == "end")
        self.desk.before, self.desk.after, self.desk.rests = self.expects, self.look, self.agrees
        self.desk.asks_back, self.began = self.hears_back, self.desk.now
        self.told, self.judged = list[str](), 0
        self.subjects = {"a1": {"a1", PHONE, BURSZTYN.tax_number}}
        self.outlooks: tuple[Outlook, ...] = ()
        self.asked, self.adding = set[tuple[str, datetime]](), None
        self.charging = False
        self.wished = dict[str, tuple[datetime, tuple[str, int], int]]()
        self.stepped: datetime | None = None
        self.hindered, self.paying, self.left = dict[str, datetime](), dict[str, str](), self.desk.now

    def lives(self, story: Story) -> None:
        for after, act in ((0, story.first), *story.acts):
            self.waits(after)
            self.notes(repr(act))
            getattr(self, type(act).__name__)(act)
        self.waits(45)
        assert not self.desk.queue, "nothing is left undone"
        assert self.desk.compared(self.began).is_clean, "the desk's own comparison finds something"

    def waits(self, days: int) -> None:
        self.desk.until(self.desk.now + days * DAY)
        for order in [one for one in self.orders() if one.trial and one.status == "placed"]:
            for of in record.of_order(self.desk.connection, order.id):
                self.desk.does(paying.ExpirePayment(of.id))
            self.ledger.trials.gone |= {order.id} if discounts.has_lapsed(self.desk.connection, order.id) else set()

    def notes(self, what: str) -> None:
        self.told.append(f"{self.desk.now.astimezone(self.ledger.zone):%Y-%m-%d %H:%M} {what}")

    # --- acts ---

    def Buys(self, act: Buys) -> None:
        if act.free and any(self.ledger.runs(of) for of in self.ledger.services if self.ledger.kind(of) == "plan"):
            return  # nobody is offered a trial beside a plan
        for open_ in [one for one in self.orders() if one.status == "placed"]:
            self.hinders()
            self.ledger.trials.gone.add(open_.id)
            if not (open_.trial and discounts.has_lapsed(self.desk.connection, open_.id)):
                self.desk.does(ordering.CancelOrder(open_.id))
        bought = [(act.plan, act.months, act.seats if act.plan == "pro" else 1), ("users", act.months, act.users)]
        bought += [("setup", 0, 1)] if act.setup else []
        lines = [Line(*of, free=act.free) for of in bought if of[2]]
        may = not act.free or self.ledger.trials.takes(self.desk.next_id, self.subjects["a1"], had=self.had)
        self.ledger.order(id_ := self.desk.next_id, lines, code=CODES[act.code], renews=act.renews)
        term, shown = term_of_months(act.months), Price(*(Money(one, CURRENCY) for one in self.ledger.orders[id_].sums))
        cart = tuple(CartLine(one.product, term, one.count, once=not one.months, trial=one.free) for one in lines)
        way = "card" if act.renews or not act.free else NO_METHOD
        placed = self.desk.does(ordering.PlaceOrder("a1", "f1", cart, way, act.renews, act.code or None, shown, ()))
        if not may:
            assert placed == REFUSED, "a second trial"
            del self.ledger.orders[id_]
            return
        assert isinstance(placed, ordering.OrderPlaced), placed
        if way == NO_METHOD:
            return
        opened = self.desk.does(paying.OpenPayment(placed.order_id, "card", None))
        self.desk.opens(opened.payment_id)
        if act.pays:
            self.desk.pays(opened.payment_id, VISA)
        else:
            self.hinders()

    def TriesElse(self, act: TriesElse) -> None:
        of, n, connection = f"a{len(self.subjects) + 1}", len(self.subjects), self.desk.connection
        phone, billing = f"+4860070{n:04}", replace(BURSZTYN, tax_number=f"{n:010}")
        if act.same == "phone":
            phone = PHONE
            for one in self.subjects:
                contacts.release(connection, account_id=one, kind="phone", key=phone)
                self.subjects[one].discard(phone)
        elif act.same == "company":
            billing = BURSZTYN
        sign_up(connection, of, f"{of}@example.com")
        prove(connection, of, "phone", phone)
        prove(connection, of, "email", f"{of}@example.com")
        company(connection, of, f"f{of}", billing)
        self.subjects[of] = {of, phone, billing.tax_number}
        may = self.ledger.trials.takes(self.desk.next_id, self.subjects[of], had=False)
        line = CartLine("base", term_of_months(1), trial=14)
        placed = ordering.PlaceOrder(of, f"f{of}", (line,), NO_METHOD, False, None, FREE, ())
        assert (self.desk.does(placed, f"talk-{of}") != REFUSED) == may, "a second trial, or none"

    def Grants(self, _act: Grants) -> None:
        assert trials.grant(self.desk.connection, "a1", self.desk.now) == self.ledger.trials.grants()

    def PaysByLink(self, act: PaysByLink) -> None:
        known = [(one, order) for order in self.orders() for one in record.of_order(self.desk.connection, order.id)]
        unpaid = [(one.id, order) for one, order in known if one.paid_at is None]
        if act.n < len(unpaid):
            id_, order = unpaid[-1 - act.n]
            lapsed = order.trial and discounts.has_lapsed(self.desk.connection, order.id)
            self.desk.pays(self.ordered_anew(order.id) or id_ if lapsed else id_, VISA)

    def ordered_anew(self, id_: str) -> str | None:
        """The payment of an order whose time was over; None where its trial isn't to be had any more."""
        may = self.ledger.trials.takes(id_, self.subjects["a1"], had=self.had)
        opened = self.desk.does(paying.OpenPayment(id_, "card", None))
        if not may:
            assert opened == ordering.LapsedOrderChanged("trial_taken"), "a second trial, or none"
            return None
        self.ledger.trials.gone.discard(id_)
        return opened.payment_id

    def Switches(self, act: Switches) -> None:
        self.ledger.switches(act.on)
        self.left = self.left if act.on else self.desk.now
        self.desk.does(zone.SetAutoRenewal("a1", act.on, (), seen=False))

    def Reprices(self, act: Reprices) -> None:
        self.nets.update({(of, n): net + act.by for (of, n), net in self.nets.items() if of in self.ledger.plans})
        self.desk.seller = replace(seller(self.desk.seller.time_zone, self.nets), refund=self.desk.seller.refund)
        dearer = [of for of, one in self.ledger.services.items() if one.in_trial and act.by > 0]
        self.hindered.update(dict.fromkeys(dearer, self.desk.now))  # no trial is charged more than was announced

    def TheBankSays(self, act: TheBankSays) -> None:
        self.desk.bank.next = [*act.words]

    def ForgetsTheCard(self, _act: ForgetsTheCard) -> None:
        for way in methods.of_account(self.desk.connection, "a1"):
            self.desk.does(paying.ForgetMethod("a1", way.id))

    def GetsBack(self, act: GetsBack) -> None:
        paid = [of for of, order in self.ledger.orders.items() if order.left]
        if act.n < len(paid):
            id_, left = paid[-1 - act.n], self.ledger.orders[paid[-1 - act.n]].left
            self.desk.gives_back(self.paid_by(id_), left if act.whole else -(-left // 3))

    def Withdraws(self, act: Withdraws) -> None:
        known = [o for o in self.orders() if o.status == "paid" and self.ledger.orders[o.id].statement != "accepted"]
        if act.n < len(known):
            of, soon = known[-1 - act.n], timedelta(minutes=1)
            self.ledger.states(of.id, "waits", self.desk.now + soon)
            kept = self.desk.does(withdrawing.KeepWithdrawal("a1", f"Odstępuję od umowy {of.number}."))
            self.waits(act.after)
            self.ledger.states(of.id, "accepted" if act.accepted else "refused", self.desk.now + soon)
            self.desk.does(withdrawing.DecideWithdrawal(kept.id, act.accepted, of.number, "x"))

    # --- what is read ---

    @property
    def had(self) -> bool:
        """Whether the customer has had a plan."""
        return any(self.ledger.kind(of) == "plan" for of in self.ledger.services)

    def orders(self) -> list[order_record.OrderRecord]:
        return order_record.of_account(self.desk.connection, "a1")

    def order_of(self, reference: str) -> str:
        """The order that an attempt was to pay."""
        id_ = reference.rpartition("-")[0]
        if id_ not in self.paying:
            found = record.get(self.desk.connection, id_)
            self.paying[id_] = found.order_id if found is not None else ""
        return self.paying[id_]

    def paid_by(self, id_: str) -> str:
        """The attempt that has paid an order; money that was for nothing is another's."""
        bank = self.desk.bank
        [by] = [of for of in bank.taken if self.order_of(of) == id_ and of not in bank.unowed]
        return by

    def hears_back(self, of: str) -> None:
        """The desk is told what the provider has given back."""
        order = self.ledger.orders.get(self.order_of(of))
        more = self.desk.bank.back.get(of, 0) - order.back if order is not None and order.paid_at else 0
        if more and of not in self.desk.bank.unowed:
            self.ledger.gives_back(self.order_of(of), more, self.desk.now)

    def hinders(self) -> None:
        """Note that something may speak against another term of any service just now."""
        self.hindered.update(dict.fromkeys(self.ledger.services, self.desk.now))

    def announced(self) -> Iterator[tuple[Any, ...]]:
        """Each charge that was announced: by a letter, or by a short term's receipt."""
        for at, event, by_letter in ((one.at, one.event, one.by_letter) for one in self.desk.said):
            if isinstance(event, told.ChargeComing) and by_letter:
                yield at, event.ends_at, event.bill, event.charge_at, event.label
            if isinstance(event, Receipt) or (isinstance(event, told.RenewalCharged) and by_letter):
                known = [one for one in event.outlooks if one.kind == "charged" and not one.first]
                short = [one for one in known if months(one.term) <= SHORT]
                yield from ((at, one.ends_at, one, one.on, one.label) for one in short)

    # --- around each step: the facts are entered, and what was taken is judged ---

    def expects(self) -> None:
        """Read how it goes on, just before a step: zone, chat and API say that nothing renews that mustn't."""
        self.outlooks = self.desk.quotes.outlooks(self.desk.connection, "a1", self.desk.now - timedelta(seconds=1))
        # Of two steps of one moment the ledger has come to its end before the second.
        first, self.stepped = self.stepped != self.desk.now, self.desk.now
        for of in (of for one in self.outlooks if one.renews and first for of in one.ids):
            assert self.desk.queue or self.ledger.may_renew(of), "an outlook without a wish"

    def look(self) -> None:
        now, found = self.desk.now, self.orders()
        for order in found:
            if order.id not in self.ledger.orders:
                self.is_the_desks(order)
        for charge in self.desk.bank.charges[self.judged :]:
            self.judges(*charge)
        self.judged = len(self.desk.bank.charges)
        if self.desk.bank.refused_at == now:
            self.hinders()
        fresh = [one for one in found if one.status == "paid" and self.ledger.orders[one.id].paid_at is None]
        asked = [order for order in found if order.status == "placed" or order in fresh]
        awaited = {str(item.renews) for order in asked for item in order.items}
        refused = {self.order_of(one) for one in self.desk.bank.refused}
        tried = {of for of, one in self.ledger.services.items() if one.in_trial}
        awaited |= tried if self.desk.is_busy else set()
        awaited -= tried & {str(item.renews) for order in asked if order.id in refused for item in order.items}
        for of in self.ledger.passes(now, awaited):
            self.judges_end(of)
        bought = subscription_record.of_account(self.desk.connection, "a1") if fresh else []
        for order in fresh:
            self.notes(f"{order.number} is paid")
            self.ledger.pays(order.id, now, {one.product: one.id for one in bought if one.order_id == order.id})

    def is_the_desks(self, order: order_record.OrderRecord) -> None:
        """The desk's own order: of what is added; or of all that ends together and renews, at today's prices."""
        lines = [
            Line(
                *(one.id, 0 if one.once else months(one.term), one.quantity, one.of_running, 0, one.until, one.before),
                instead=one.instead[0] if one.adds and one.instead else None,
            )
            for one in order.items
        ]
        if self.adding is not None:
            assert lines == [self.adding[0]], "another line than was to be added"
            self.ledger.orders[order.id] = Ordered(lines, self.adding[1], order.auto_renewal, at=order.placed_at)
            self.adding = None
            return
        self.notes(f"the desk orders {order.number}: {', '.join(f'{one.count} {one.product}' for one in lines)}")
        assert {*lines} == self.ledger.renewal_of(str(lines[0].of)), "not all that renews together, as it was bought"
        self.ledger.renewal(order.id, lines)
        ends_at = self.ledger.ends(str(lines[0].of))
        self.asked |= {(of, ends_at) for of in self.ledger.together(str(lines[0].of))}

    def judges(self, at: datetime, reference: str, amount: int, label: str) -> None:
        self.notes(f"{amount} is charged")
        order = self.ledger.orders[self.order_of(reference)]
        assert (order.paid_at, amount) == (None, order.sums[2]), "charged twice, or another sum"
        if order.lines[0].until is not None:
            assert self.charging, "a change is charged unasked"
            self.charging = False
            return
        renewed = [str(line.of) for line in order.lines if line.months]
        assert all(self.ledger.may_renew(of) for of in renewed), "charged after a stop"
        end, known = self.ledger.ends(renewed[0]), self.ledger.services[renewed[0]]
        day, last = (moment.astimezone(self.ledger.zone).date() for moment in (at, end))
        ahead = 0 if known.in_trial else days_of(CHARGED, order.lines[0].months)
        assert last - ahead * DAY <= day, "charged too early"
        assert at >= end or not known.in_trial, "charged within its trial"
        bought = {(line.product, line.count) for line in order.lines}
        lines = [line for line in order.lines if line.months]
        # A customer who wishes something else for this very term has read its sum on the wish's own card.
        wished = any(self.wished.get(str(one.of)) == (end, (one.product, one.count), amount) for one in lines)
        said = [one for one in self.announced() if one[1] == end and (wished or holds(one[2].lines, bought))]
        free, hindered = known.terms[-1].free, self.hindered.get(renewed[0], end - 99 * DAY)
        told_late = hindered > end - 9 * DAY
        least = 7 if free > 7 and not told_late else 3 if free > 3 and not told_late else 1
        least = 0 if free and hindered > end - 2 * DAY else least  # what changes on its last day is told next morning
        last_told = (last if free else day) - least * DAY
        said = [one for one in said if one[0].astimezone(self.ledger.zone).date() <= last_told]
        assert said, "charged unannounced"
        _, _, bill, on, name = said[-1]
        assert bill.gross >= amount, f"announced {bill.gross}, charged {amount}"
        assert (name, on.astimezone(self.ledger.zone).date() <= day) == (label, True), said[-1]
        shown = next((one for one in self.outlooks if order.lines[0].of in one.ids), None)
        assert shown is None or shown.gross == amount, "the outlook says another sum"

    def judges_end(self, of: str) -> None:
        """What has run out unpaid had a reason to, and it was said before; whoever left in its last week knew."""
        known, end = self.ledger.services[of], self.ledger.ends(of)
        self.notes(f"{known.product} has run out")
        assert self.hindered.get(of, end - 99 * DAY) > end - 41 * DAY, "it should have been renewed"
        if known.stopped or self.ledger.followed(of) or any(self.ledger.orders[one].statement for one in known.given):
            return
        if not known.renews and self.left > end - 8 * DAY:
            return
        for by_letter in (True, False):
            kinds = (*ENDS, told.ChargeComing) if known.in_trial else ENDS
            said = [one for one in self.desk.said if one.by_letter == by_letter and isinstance(one.event, kinds)]
            assert any(one.at < end == one.event.ends_at for one in said), "it ends unannounced"

    # --- when nothing is due: the API shows what the ledger has ---

    def agrees(self) -> None:
        connection, orders, bank = self.desk.connection, self.orders(), self.desk.bank
        bought = subscription_record.of_account(connection, "a1")
        rows = {one.id: SUBSCRIPTION.row(one) for one in bought if one.status != "pending"}
        assert rows.keys() == self.ledger.services.keys(), "other services than were paid"
        ways = [one for one in methods.of_account(connection, "a1") if one.is_default and one.is_stored]
        bad = bank.next or not any(one.gone_at is None for one in ways)
        for of, row in rows.items():
            self.agrees_on(of, row)
            if bad or self.ledger.followed(of) or not self.ledger.may_renew(of):
                self.hindered[of] = self.desk.now
        back, left = record.refunded_of(connection, [one.id for one in orders]), dict[str, int]()
        for of in bank.taken:
            left[self.order_of(of)] = left.get(self.order_of(of), 0) + bank.left(of)
        for order in orders:
            shown, known = ORDER.row(order, refunded_amount=back.get(order.id, 0)), self.ledger.orders[order.id]
            assert (shown["net"], shown["vat"], shown["gross"]) == known.sums, "other sums of an order"
            money = (shown["status"] == "paid", shown["refunded_amount"])
            assert money == (known.paid_at is not None, known.back), "paid or given back otherwise"
            paid = [PAYMENT.row(one) for one in record.of_order(connection, order.id) if one.paid_at is not None]
            due = known.sums[2] if known.paid_at else 0
            assert sum(one["amount"] for one in paid) == due
            assert self.desk.queue or left.get(order.id, 0) == due - known.back, "the provider has another sum"

    def agrees_on(self, of: str, row: dict[str, Any]) -> None:
        known, end, shown = self.ledger.services[of], self.ledger.ends(of), datetime.fromisoformat(row["ends_at"])
        status = "grace" if known.grace else "trial" if known.in_trial else "active"
        assert row["status"] == (status if self.ledger.runs(of) else "ended"), f"without a ground: {row}"
        assert shown == end, f"{known.product} ends {end}, shown {shown}"
        facts = (row["quantity"], row["next_quantity"], months(row["term"]), row["auto_renewal"])
        facts = (row["product"], row["next_plan"], *facts)
        ours = (known.product, known.next_plan, known.quantity, known.next, known.terms[-1].months, known.renews)
        assert row["status"] == "ended" or facts == ours, (
            f"product, next, quantity, next, term, auto_renewal: {facts}, not {ours}"
        )
