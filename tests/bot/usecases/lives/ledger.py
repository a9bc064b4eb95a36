"""A ledger of one customer's terms, kept by the rule alone: it counts in exact fractions and by the calendar.

Nothing of the product's own sums, ends or choices is used here: what it reads of the desk are the facts outside
(money taken and given back, what was said, what the API shows), to be judged by its own few lines.
"""

from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from math import ceil, floor
from zoneinfo import ZoneInfo

from msgspec import Struct, field
from msgspec.structs import replace

DAY = timedelta(days=1)
Nets = dict[tuple[str, int], int]
"""The price list: minor units by product and months; 0 months for what is sold once."""


GRACE, CHARGED, SHORT = (14, 3), (7, 4), 6
"""Days of a year, and the least of a shorter term: of grace, and before the end until the first charge. The months up
to which a receipt announces the next charge."""


def days_of(rule: tuple[int, int], months: int) -> int:
    """The share of a year's days that a term has."""
    return min(rule[0], max(ceil(Fraction(rule[0] * months, 12)), rule[1]))


def half_up(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


def months_on(anchor: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The anchor's day and hour on the seller's wall, so many months on; the month's last where it has no such day."""
    wall = anchor.astimezone(zone)
    year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    day = min(wall.day, monthrange(year, month + 1)[1])
    return datetime(year, month + 1, day, wall.hour, wall.minute, wall.second, tzinfo=zone).astimezone(UTC)


def days_on(begins: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same hour on the seller's wall, so many days on."""
    wall = begins.astimezone(zone)
    return datetime.combine(wall.date() + days * DAY, wall.time(), zone).astimezone(UTC)


def by_day(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment, or seven o'clock where it lies in the night: from ten in the evening."""
    wall = moment.astimezone(zone)
    if 7 <= wall.hour < 22:
        return moment
    return datetime.combine(wall.date() + DAY if wall.hour >= 22 else wall.date(), time(7), zone).astimezone(UTC)


class Paid(Struct, frozen=True):
    """A term of a service: by which order, of what, for how many months and how much of it; when it begins.

    `free`: the days of the trial that it is; the months are those of the term behind it.
    """

    order: str
    product: str
    months: int
    quantity: int
    begins: datetime
    anchor: datetime
    since: int  # months from the anchor to where it begins
    free: int = 0

    def ends(self, zone: ZoneInfo) -> datetime:
        known = self.free, self.since + self.months
        return days_on(self.begins, known[0], zone) if self.free else months_on(self.anchor, known[1], zone)


class Service(Struct):
    """A service, and the terms paid for it, those called off left out; `given`: every order that gave it one.

    `enlarged`: those of them that only added to one. `stopped`: its money went back, so that only another term lets it
    renew; `lapsed`: it has run out unpaid; `over`: ended before its time. `added`: by order, to which of the terms it
    has added how many, or so many of which plan it has put in its place; `next` and `next_plan`: so many of that are
    wanted from the next one on.
    """

    terms: list[Paid]
    given: list[str]
    renews: bool
    enlarged: list[str] = field(default_factory=list[str])
    stopped: bool = False
    grace: bool = False
    lapsed: bool = False
    over: datetime | None = None
    added: dict[str, tuple[int, int, str | None]] = field(default_factory=dict[str, tuple[int, int, str | None]])
    next: int | None = None
    next_plan: str | None = None
    plan: str | None = None  # of an add-on: the service that it was bought with

    @property
    def has(self) -> tuple[str, int]:
        """What runs, and how many."""
        product, count = self.terms[-1].product, self.terms[-1].quantity
        for n, more, plan in self.added.values():
            if n == len(self.terms):
                product, count = (product, count + more) if plan is None else (plan, more)
        return product, count

    def paid_for(self, back: set[str]) -> tuple[str, int]:
        """What is left without the changes whose money is back: from the last on, what stands on none that stays."""
        left = [one for one, (n, *_) in self.added.items() if n == len(self.terms)]
        for one in reversed(left[:]):
            above = left[left.index(one) + 1 :]
            if one in back and not any(self.added[one][2] or self.added[other][2] for other in above):
                left.remove(one)
        product, count = self.terms[-1].product, self.terms[-1].quantity
        for _, more, plan in (self.added[one] for one in left):
            product, count = (product, count + more) if plan is None else (plan, more)
        return product, count

    @property
    def product(self) -> str:
        return self.has[0]

    @property
    def quantity(self) -> int:
        return self.has[1]

    @property
    def renewed(self) -> tuple[str, int]:
        return self.next_plan or self.product, self.quantity if self.next is None else self.next

    @property
    def begins(self) -> datetime:
        return self.terms[0].begins

    def ends(self, zone: ZoneInfo) -> datetime:
        return self.over or self.terms[-1].ends(zone)

    @property
    def in_trial(self) -> bool:
        return self.terms[-1].free > 0


class Line(Struct, frozen=True):
    """So much of a product for so many months (0: sold once); `of` is the service that it makes go on.

    `free`: the days of a trial before them. `until`: it adds to that service until then, which had so many `before`, or
    takes the place of the plan that ran then, `instead`.
    """

    product: str
    months: int
    count: int
    of: str | None = None
    free: int = 0
    until: datetime | None = None
    before: int | None = None
    instead: str | None = None


class Code(Struct, frozen=True):
    """By how much a code lowers an order's net sum, and of how many terms, this one among them."""

    percent: int = 0
    amount: int = 0
    terms: int = 1


class Ordered(Struct):
    """An order as the rule has it; `renews`: what it gives renews itself, as it was said last before its money came.

    `each`: what of its net sum each of its lines costs, by product, unrounded; it was placed `at` that moment.
    """

    lines: list[Line]
    sums: tuple[int, int, int]
    renews: bool
    code: Code = Code()
    paid_at: datetime | None = None
    back: int = 0
    statement: str | None = None  # a withdrawal from it: waits, accepted or refused
    held: int = 0  # asked by the seller to be given back
    each: dict[str, Fraction] = field(default_factory=dict[str, Fraction])
    at: datetime | None = None

    @property
    def left(self) -> int:
        """What may still be given back."""
        return self.sums[2] - max(self.back, self.held) if self.paid_at else 0

    @property
    def is_back(self) -> bool:
        return 0 < self.sums[2] <= self.back

    @property
    def stays(self) -> Fraction:
        """The part of its sum that hasn't come back."""
        return 1 - Fraction(self.back, self.sums[2] or 1)


class Trials:
    """Who has had a trial: an account, its proven contacts, its company; each by the order that holds it.

    `gone`: the orders that were cancelled, or ran out of time, and gave it back. `granted`: the order that took the one
    more which an agent has granted the account `of`; empty while none has.
    """

    def __init__(self, of: str) -> None:
        self.of = of
        self.held, self.gone = dict[str, str](), set[str]()
        self.granted: str | None = None

    @property
    def is_granted(self) -> bool:
        return self.granted is not None and (not self.granted or self.granted in self.gone)

    def grants(self) -> bool:
        """Grant one more, unless one waits already."""
        waits, self.granted = self.is_granted, "" if not self.is_granted else self.granted
        return not waits

    def takes(self, order: str, by: set[str], *, had: bool) -> bool:
        """Whether an order by these may begin with a trial, which it holds from now on."""
        taken = {one for one in by if self.held.get(one, order) not in {order, *self.gone}}
        if (taken or had) and not (self.is_granted and self.of in by):
            return False
        self.granted = order if taken or had else self.granted
        lost = {self.held[one] for one in by & self.held.keys() - taken}
        self.held = {one: of for one, of in self.held.items() if of not in lost}
        self.held |= dict.fromkeys(by - taken, order)
        return True

    def keeps(self, order: str) -> bool:
        """Whether an order hasn't given its trial back, or nobody has had it since."""
        return order not in self.gone or order in {self.granted, *self.held.values()}


class Ledger:
    """All services of one customer, by the id that the API calls them by."""

    def __init__(self, nets: Nets, vat: int, zone: ZoneInfo, *, refund_ends: bool) -> None:
        self.nets, self.vat, self.zone, self.refund_ends = nets, vat, zone, refund_ends
        self.orders, self.services, self.trials = dict[str, Ordered](), dict[str, Service](), Trials("a1")
        self.plans = {product for product, months in nets if months == 1}

    def net(self, product: str, months: int) -> int:
        """The list's price; else its share of the year's."""
        known = self.nets.get((product, months))
        return half_up(Fraction(self.nets[product, 12] * months, 12)) if known is None else known

    def order(self, id_: str, lines: list[Line], *, code: Code, renews: bool = True) -> None:
        """Enter an order at today's prices."""
        self.orders[id_] = Ordered(lines, self.sums(lines, code), renews, code, each=self.each(lines, code))

    def each(self, lines: list[Line], code: Code) -> dict[str, Fraction]:
        """The lines' net, less their share of what the code takes off."""
        full = {one.product: Fraction(self.net(one.product, one.months) * one.count) for one in lines if not one.free}
        off = Fraction(code.percent, 100) + Fraction(min(code.amount, sum(full.values())), sum(full.values()) or 1)
        return {product: net * (1 - off) for product, net in full.items()}

    def sums(self, lines: Iterable[Line], code: Code) -> tuple[int, int, int]:
        paid = [line for line in lines if not line.free]
        full = sum((Fraction(self.net(line.product, line.months)) * line.count for line in paid), Fraction(0))
        return self.taxed(full - min(full, half_up(full * code.percent / 100) + code.amount))

    def taxed(self, net: Fraction) -> tuple[int, int, int]:
        vat = half_up(net * self.vat / 100)
        return int(net), vat, int(net) + vat

    def renewal(self, id_: str, lines: list[Line]) -> None:
        """Enter an order of the desk's own: the code of the term before goes on as long as it was promised.

        That of a trial is for the terms behind it.
        """
        self.order(id_, lines, code=self.code_of_next(str(lines[0].of)))

    def code_of_next(self, of: str) -> Code:
        last = self.services[of].terms[-1]
        code = self.orders[last.order].code
        left = code.terms - (0 if last.free else 1)
        return Code(code.percent, code.amount, left) if left else Code()

    # --- another number within the term ---

    def adds(self, of: str, more: int, now: datetime) -> tuple[Line, tuple[int, int, int]]:
        """So many more for the days that are left: each at its share of today's price, less what the term's code says.

        In a term that hasn't begun yet all days are left; where one is paid ahead, those until its end.
        """
        known, ends = self.services[of], self.ends(of)
        last = known.terms[-1]
        whole, left = self.days(last.begins, ends), self.days(max(now, known.begins), ends)
        percent = self.orders[last.order].code.percent
        each = half_up(Fraction(self.net(known.product, last.months) * left * (100 - percent), 100 * whole))
        line = Line(known.product, last.months, more, of, until=ends, before=known.quantity)
        return line, self.taxed(Fraction(each * more))

    def swaps(self, of: str, plan: str, number: int, now: datetime) -> tuple[Line, tuple[int, int, int] | None]:
        """Another plan for the days that are left, less what was paid for them and stayed; no sums if that is more."""
        known, ends = self.services[of], self.ends(of)
        last, now = known.terms[-1], max(now, known.begins)
        sold = self.orders[last.order]
        paid = [(last.begins, sold.each[last.product] * sold.stays)]
        for id_ in (one for one, (n, *_) in known.added.items() if n == len(known.terms)):
            by = self.orders[id_]
            paid.append((max(by.at or last.begins, last.begins), by.sums[0] * by.stays))
        left = self.days(now, ends)
        unused = sum((net * left / self.days(since, ends) for since, net in paid), Fraction(0))
        price = Fraction(self.net(plan, last.months) * number * left, self.days(last.begins, ends))
        each = half_up((price * (100 - sold.code.percent) / 100 - unused) / number)
        line = Line(plan, last.months, number, of, until=ends, before=known.quantity, instead=known.product)
        return line, self.taxed(Fraction(each * number)) if each >= 0 else None

    def days(self, start: datetime, end: datetime) -> int:
        first, last = (moment.astimezone(self.zone).date() for moment in (start, end))
        return (last - first).days

    def sums_of_next(self, of: str, plan: str, number: int) -> tuple[int, int, int] | None:
        """What the next term costs with so many of that; None where nothing follows."""
        lines = [replace(one, product=plan, count=number) if one.of == of else one for one in self.renewal_of(of)]
        return self.sums(lines, self.code_of_next(of)) if lines else None

    def takes_off(self, id_: str) -> None:
        """Take off what an order has added to a term that runs; a wish for the next term is never none.

        Seats that another plan came instead of, and a plan that more was added to, wait until that is off, too.
        """
        for known in (one for one in self.services.values() if one.added.get(id_, (0, 0))[0] == len(one.terms)):
            ids = [one for one, (n, *_) in known.added.items() if n == len(known.terms)]
            on_it = ids[ids.index(id_) :]
            if len(on_it) > 1 and any(known.added[one][2] for one in on_it):
                continue
            _, more, plan = known.added.pop(id_)
            if plan is not None:
                known.next = known.next_plan = None
            elif known.next is not None and known.next > more:
                known.next -= more
            for beside in reversed([one for one in ids if one != id_]):
                order = self.orders[beside]
                if order.is_back and (self.refund_ends or order.statement == "accepted"):
                    self.takes_off(beside)

    def last_to_add(self, of: str) -> datetime:
        """Until when more can be ordered: its renewal's money is asked for on the last day before the end."""
        end = self.ends(of)
        morning = datetime.combine(end.astimezone(self.zone).date() - DAY, time(7), self.zone).astimezone(UTC)
        return morning if self.services[of].renews else end

    def ends(self, of: str) -> datetime:
        return self.services[of].ends(self.zone)

    def runs(self, of: str) -> bool:
        """Whether it goes on, or is to begin."""
        return self.services[of].over is None and not self.services[of].lapsed

    def pays(self, id_: str, now: datetime, named: dict[str, str]) -> None:
        """The money of an order is here: its services begin, or go on. `named`: what the API calls them, by product."""
        order, running = self.orders[id_], [one for one in self.services if self.runs(one)]
        assert self.trials.keeps(id_) or not any(line.free for line in order.lines), "a second trial"
        self.trials.gone.discard(id_)
        order.paid_at = now
        plans = {line.product for line in order.lines} & self.plans
        after = [self.ends(one) for one in running if self.services[one].product in self.plans]
        for line in order.lines:
            if line.of is not None and line.until is not None:
                known = self.services[line.of]
                assert (self.runs(line.of), self.ends(line.of)) == (True, line.until), "added to a term that is over"
                assert known.has == (line.instead or line.product, line.before), "it had been changed since"
                known.added[id_] = len(known.terms), line.count, line.product if line.instead else None
                known.next = known.next_plan = None
                known.given.append(id_)
                known.enlarged.append(id_)
            elif line.of is not None:
                self.goes_on(line.of, id_, line, now)
            elif line.months:
                begins = max([now, *after]) if plans else now
                paid = Paid(id_, line.product, line.months, line.count, begins, begins, 0, line.free)
                by = None if line.product in self.plans else next((named[one] for one in plans), None)
                self.services[named[line.product]] = Service([paid], [id_], order.renews, plan=by)

    def goes_on(self, of: str, id_: str, line: Line, now: datetime) -> None:
        known, ends = self.services[of], self.ends(of)
        last = known.terms[-1]
        since, anchor = (0, ends) if last.free else (last.since + last.months, last.anchor)
        if not self.runs(of):
            same = [one for one in self.services if self.services[one].product == known.product and one != of]
            ends = anchor = max([now, *(self.ends(one) for one in same if self.runs(one))])
            since, known.lapsed, known.over = 0, False, None
        known.grace = False
        known.terms.append(Paid(id_, line.product, line.months, line.count, ends, anchor, since))
        known.given.append(id_)
        known.renews, known.stopped, known.next = self.orders[id_].renews, False, None
        known.next_plan = None

    def switches(self, on: bool) -> None:
        for order in (one for one in self.orders.values() if one.paid_at is None):
            order.renews = on
        for known in (one for one in self.services.values() if not one.stopped and not one.lapsed and not one.over):
            known.renews = on
        self.drops_left_behind()

    def lines(self, of: str) -> list[str]:
        """What an act on a service is about: a plan's add-ons with it, also those of one that is over."""
        if self.services[of].plan is not None:
            return [of]
        mine = {one for one in self.services if one == of or (self.kind(one) == "plan" and not self.runs(one))}
        return [of, *(one for one in self.services if self.runs(one) and self.services[one].plan in mine)]

    def is_left_behind(self, of: str) -> bool:
        """Whether an add-on has no plan that renews, or is paid for beyond its end."""
        plans = [one for one in self.services if self.runs(one) and self.kind(one) == "plan"]
        going = (one for one in plans if self.services[one].renews or self.ends(one) > self.ends(of))
        return self.services[of].plan is not None and next(going, None) is None

    def drops_left_behind(self) -> None:
        for of in [one for one in self.services if self.runs(one) and self.is_left_behind(one)]:
            self.services[of].renews = False

    def renews_what_is_paid(self, id_: str) -> None:
        """Renew no seats, and no plan, whose money is back; another wish for the next term stays."""
        back = {one for one, order in self.orders.items() if order.is_back}
        for of, known in self.services.items():
            if not self.runs(of) or known.added.get(id_, (0, 0))[0] != len(known.terms):
                continue
            was, now, wished = known.paid_for(back - {id_}), known.paid_for(back), known.renewed
            if wished == was or (wished[0] == now[0] and now[1] < wished[1] <= known.quantity):
                known.next = None if now[1] == known.quantity else now[1]
                known.next_plan = None if now[0] == known.product else now[0]

    def gives_back(self, id_: str, amount: int, now: datetime) -> None:
        """A whole sum that is back stops its term; what hasn't begun by it never does."""
        order = self.orders[id_]
        order.back += amount
        if order.back < order.sums[2]:
            return
        ends = self.refund_ends or order.statement == "accepted"
        if ends:
            self.takes_off(id_)
        self.renews_what_is_paid(id_)
        for of, known in [(of, one) for of, one in self.services.items() if self.runs(of)]:
            if known.terms[-1].order != id_:
                continue
            known.renews, known.stopped = False, True
            if ends and known.terms[-1].begins <= now:
                known.over = min(now, known.ends(self.zone))  # its charge may be due some hours after its end
            elif known.terms[-1].begins > now:
                self._calls_off(of)
        self.drops_left_behind()

    def _calls_off(self, of: str) -> None:
        known = self.services[of]
        begins = known.terms[-1].begins
        if len(known.terms) > 1:
            known.added = {id_: one for id_, one in known.added.items() if one[0] < len(known.terms)}
            known.terms.pop()
            return
        same = [one for one in self.services if one != of and self.runs(one) and self.kind(one) == self.kind(of)]
        if any(self.services[one].terms[0].begins == self.ends(of) for one in same):
            return
        known.over = begins
        for before in (self.services[one] for one in same if self.ends(one) == begins):
            before.renews, before.stopped = False, True

    def states(self, id_: str, decision: str, now: datetime) -> None:
        """A withdrawal from an order is stated, or decided."""
        order = self.orders[id_]
        order.statement = decision
        if decision == "accepted":
            for known in (one for one in self.services.values() if id_ in one.given and id_ not in one.enlarged):
                known.renews = False
            if order.back >= order.sums[2]:
                order.back, back = 0, order.back
                self.gives_back(id_, back, now)
            self.drops_left_behind()

    def may_renew(self, of: str) -> bool:
        """Whether another term may be charged: it renews, and no word or money says otherwise."""
        known = self.services[of]
        if not known.renews or known.stopped or not self.runs(of) or self.is_left_behind(of):
            return False
        last = self.orders[known.terms[-1].order]
        given = {one for id_ in self.together(of) for one in self.services[id_].given}
        waits = any(self.orders[one].statement == "waits" for one in given)
        return not waits and last.statement != "accepted" and not last.is_back

    def renewal_of(self, of: str) -> set[Line]:
        """What is ordered to renew this and all that goes on with it: of the same order, with the same end.

        Behind a trial with what is sold once and was ordered with it.
        """
        last, free = self.services[of].terms[-1].order, self.services[of].in_trial
        once = {Line(line.product, 0, line.count) for line in self.orders[last].lines if free and not line.months}
        return once | {
            Line(one.renewed[0], one.terms[-1].months, one.renewed[1], id_)
            for id_, one in self.services.items()
            if id_ in self.together(of) and self.may_renew(id_) and not self.followed(id_)
        }

    def together(self, of: str) -> list[str]:
        """What goes on with it: of the same order, with the same end."""
        last = self.services[of].terms[-1].order, self.ends(of)
        return [id_ for id_, one in self.services.items() if (one.terms[-1].order, self.ends(id_)) == last]

    def followed(self, of: str) -> bool:
        """Whether another of the same, or another plan, begins with its end or later."""
        kind, end = self.kind(of), self.ends(of)
        others = (one for one in self.services if one != of and self.runs(one) and self.kind(one) == kind)
        return any(self.services[one].terms[0].begins >= end for one in others)

    def kind(self, of: str) -> str:
        """A company has one plan at a time."""
        product = self.services[of].product
        return "plan" if product in self.plans else product

    def grace_ends(self, of: str) -> datetime:
        days = days_of(GRACE, self.services[of].terms[-1].months)
        day = self.ends(of).astimezone(self.zone).date() + days * DAY
        return by_day(datetime.combine(day, time(23, 59, 59), self.zone).astimezone(UTC), self.zone)

    def passes(self, now: datetime, awaited: set[str]) -> list[str]:
        """Return what has just run out; what is `awaited` at its end has its days of grace, a trial one day."""
        gone = list[str]()
        for of in [one for one in self.services if self.runs(one)]:
            known = self.services[of]
            over = by_day(self.ends(of), self.zone)
            if known.in_trial:
                known.lapsed = now >= over and (of not in awaited or now >= over + DAY)
            elif now >= over and not known.grace:
                known.grace = known.renews and of in awaited
                known.lapsed = not known.grace
            known.lapsed |= known.grace and now >= self.grace_ends(of)
            gone += [of] if known.lapsed else []
        if gone:
            self.drops_left_behind()
        return gone
