"""Plays a dialog as a customer would: every act has its ordinary outcome unless the test says otherwise."""

from collections.abc import Callable
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from typing import Any, ParamSpec, Self

from msgspec.structs import replace

from dialogs import kit
from dialogs.explorer.fates import results, usual
from dialogs.journey import journey_of
from dialogs.lost import fit_case
from dialogs.messages import account, contact, payment
from dialogs.order.in_books import order_here
from dialogs.state import Company, CompanyData, ConversationState, Ctx
from dialogs.testing.happenings import update_books
from dialogs.testing.stand_in import Books
from dialogs.versions import dump, load
from values.account_view import NO_BOOKS, AccountView, CompanyView, OrderStatus, OrderView, PaymentStatus
from values.consent import Consent
from values.meaning import Answer, Correction, Intent, Meaning, NavigationCommand, Press
from values.offer import DiscountCode
from values.rules import SignUp
from values.seller import Manners, Plan, Seller

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
BURSZTYN = CompanyData("Pracownia Bursztyn sp. z o.o.", "ul. Długa 12/4", "80-831", "Gdańsk")
SELLER = Seller(
    id="sample",
    name="Sample",
    country="PL",
    currency="PLN",
    vat_percent=23,
    plans=(Plan("standard", 29900),),
    manners=Manners(ask_at_end=True),
    dialogs=("account", "contact", "company", "order", "payment", "einvoice"),
    consents=(Consent("privacy", "1"), Consent("marketing", "1", obligatory=False)),
    documents=(Consent("terms", "1"), Consent("clauses", "1"), Consent("einvoice", "1")),
    methods=("card", "paypal", "przelewy24", "blik"),
    order_prefix="FS",
    discounts=(DiscountCode("START20", 20), DiscountCode("STARY", 50, NOW - timedelta(days=1))),
)
# Customers are on file and register by their number; nothing is sold.
BY_NUMBER = replace(
    SELLER,
    id="by_number",
    plans=(),
    methods=(),
    discounts=(),
    consents=(),
    entries=("sign_up", "log_in", "forgot_password"),
    dialogs=("account", "on_file", "lost_password", "contact", "einvoice"),
    sign_up=SignUp(by="customer_number", enumeration="seed"),
)
EMPTY = Books(SELLER, NOW, NO_BOOKS)
# Outcomes that differ from the ordinary one of `dialogs/explorer/outcomes.py`.
OUTCOMES: dict[type[kit.Command], Callable[[Any], kit.Event]] = {
    account.StartReset: lambda _a: account.ResetStarted("letter-3"),
    contact.CheckCode: lambda a: contact.CodeRight(a.phone) if a.typed == "123456" else contact.CodeWrong(4),
}
RESULTS: dict[type[kit.Job], Callable[[Any], kit.Event]] = {
    payment.AskPayment: lambda c: payment.PaymentChecked(c.payment_id, "pending"),
    payment.AskReturned: lambda c: payment.PaymentChecked(c.payment_id, "failed", 1),
    payment.PollPayment: lambda c: payment.PaymentChecked(c.payment_id, "pending"),
}

P = ParamSpec("P")


class BesideBooks:
    """A conversation of tests, and the stand-in's books of its account."""

    case: ConversationState
    stand_in: Books

    def _context(self, case: ConversationState) -> Ctx:
        raise NotImplementedError

    @property
    def books(self) -> AccountView:
        """The account as the books have it."""
        return self.stand_in.view

    @property
    def placed(self) -> OrderView:
        """The order placed here, with its payment, as the books have it."""
        return kit.need_slot(order_here(self._context(self.case)))

    def read_books(self, books: AccountView) -> Self:
        """From now on the books say this of the account, and have the orders that they had besides."""
        self.stand_in = self.stand_in.read(replace(books, id=self.case.account.id or books.id))
        return self

    @property
    def firm(self) -> Company:
        """The company as it stands."""
        return self.case.company.read_current(self._context(self.case).books)


@dataclass
class Driver(BesideBooks):
    """A conversation in memory; its state goes through JSON after every turn. A call's result comes at once; that of a
    held one, when `answer` says."""

    seller: Seller = SELLER
    case: ConversationState = field(default_factory=ConversationState)
    now: datetime = NOW
    channel: str = "rest"
    came_at: datetime | None = None
    stand_in: Books = EMPTY
    outcomes: dict[type[kit.Command], Callable[[Any], kit.Event]] = field(default_factory=lambda: dict(OUTCOMES))
    results: dict[type[kit.Job], Callable[[Any], kit.Event]] = field(default_factory=lambda: dict(RESULTS))
    acts: list[kit.Command] = field(default_factory=list[kit.Command])
    calls: list[kit.Job] = field(default_factory=list[kit.Job])
    said: list[str] = field(default_factory=list[str])
    reply: list[kit.Say] = field(default_factory=list[kit.Say])
    timers: dict[str, datetime] = field(default_factory=dict[str, datetime])
    held: list[kit.IssuedJob] = field(default_factory=list[kit.IssuedJob])
    hold: set[type[kit.Job]] = field(default_factory=set[type[kit.Job]])
    elsewhere: Callable[[Books], Books] = field(default=lambda books: books)
    asked: bool = False
    dropped: bool = False
    keys: int = 0

    def __post_init__(self) -> None:
        self.journey, self.stand_in = journey_of(self.seller), replace(self.stand_in, seller=self.seller)
        self.outcomes.setdefault(contact.CheckCodes, self._codes)

    def copied(self) -> "Driver":
        """Return a conversation of its own that stands where this one does."""
        lists: dict[str, Any] = {name: [*getattr(self, name)] for name in ("acts", "calls", "said", "reply", "held")}
        told = {act: outcome for act, outcome in self.outcomes.items() if outcome != self._codes}
        results, timers, hold = dict(self.results), dict(self.timers), set(self.hold)
        return replaced(self, outcomes=told, results=results, timers=timers, hold=hold, **lists)

    def _codes(self, act: contact.CheckCodes) -> kit.Event:
        """Return the outcome of the SMS's code typed alone; the letter's is 654321."""
        by_sms = [contact.CheckCode(act.challenge, typed, act.account_id, act.phone) for typed in act.sms[:1]]
        self.acts += by_sms
        by_letter = contact.EmailProven(self.books.email, self.now) if "654321" in act.letter else None
        told = next((self.outcomes[contact.CheckCode](one) for one in by_sms), None)
        one = act.sms == act.letter
        wrong = one and by_letter is None and isinstance(told, contact.CodeWrong)
        return contact.CodesChecked(None if by_letter and one else told, by_letter, either=wrong)

    def context(self, case: ConversationState) -> Ctx:
        books = self.stand_in.seen_in(case)
        return kit.Context(case, self.now, self.channel, self.seller, came_at=self.came_at, books=books)

    _context = context

    def _perform(self, act: kit.Command, _key: str) -> kit.Event:
        """Do it on the books, unless this test says otherwise."""
        today = replace(self.stand_in, seller=self.seller, now=self.now)
        now, self.elsewhere = self.elsewhere(today), lambda books: books
        if type(act) in self.outcomes:
            outcome = self.outcomes[type(act)](act)
            self.stand_in = update_books(now, outcome, act)
        else:
            self.stand_in, outcome = usual(now, act)
        return outcome

    def key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    # --- what happens ---

    def decide(self, event: kit.Event, *, ask: bool = True) -> kit.Outcome[ConversationState]:
        """What the dialogs make of an event; nothing is kept of it."""
        self.case = fit_case(self.case, self.seller, lambda _key: True)
        return kit.decide(
            self.journey, self.case, event, context=self.context, perform=self._perform, new_key=self.key, ask=ask
        )

    def play(self, event: kit.Event) -> kit.Outcome[ConversationState]:
        """One event, and the results of the calls it caused."""
        self.stand_in = update_books(self.stand_in, event)
        played = self.decide(event)
        self.case = load(dump(played.case))
        assert self.case == played.case
        self._note(played)
        for issued in played.jobs:
            self.calls.append(issued.job)
            if type(issued.job) in self.hold:
                self.held.append(issued)
            else:
                played = self.play(kit.ResultOf(issued.key, self._result(issued.job)))
        return played

    def _result(self, job: kit.Job) -> kit.Event:
        """The result that this test names, else the ordinary one."""
        return self.results[type(job)](job) if type(job) in self.results else results(self.stand_in, job)[0]

    def _note(self, played: kit.Outcome[ConversationState]) -> None:
        self.acts += played.commands
        self.said += [say.key for say in played.says if say.key]
        self.reply += played.says
        self.asked |= played.question is not None
        self.dropped = played.dropped
        for timer in played.timers:
            if isinstance(timer, kit.SetTimer):
                self.timers[timer.kind] = timer.at
            else:
                self.timers.pop(timer.kind, None)

    def hear(self, event: kit.Event) -> "Driver":
        """Something that happens; `reply` and `buttons` are of what follows from it."""
        self.reply, self.asked = [], False
        self.play(event)
        return self

    happen = hear

    def say(self, meaning: Meaning, *, edited: bool = False, stale: bool = False) -> "Driver":
        return self.hear(kit.Said(meaning, edited=edited, stale=stale))

    def press(self, *payloads: str) -> "Driver":
        for payload in payloads:
            self.say(Press(payload))
        return self

    def write(self, *texts: str) -> "Driver":
        for text in texts:
            self.say(Answer(text))
        return self

    def edit(self, text: str) -> "Driver":
        return self.say(Answer(text), edited=True)

    def want(self, intent: str) -> "Driver":
        return self.say(Intent(intent, 0.9))

    def correct(self, what: str, text: str | None = None) -> "Driver":
        return self.say(Correction(what, text))

    def command(self, name: Any, argument: str | None = None) -> "Driver":
        return self.say(NavigationCommand(name, argument))

    def prove_email(self) -> "Driver":
        """The link of the confirmation letter is followed."""
        return self.hear(contact.EmailProven(self.books.email, self.now))

    def silent(self, time: timedelta, channel: str = "rest") -> "Driver":
        """The customer's next message comes after this time."""
        self.came_at, self.now, self.channel = self.now, self.now + time, channel
        return self

    def timer(self, kind: str) -> "Driver":
        self.now = max(self.now, self.timers.pop(kind, self.now))
        return self.hear(kit.TimerDue(kind))

    # --- what the world does ---

    def given(self, effect: type[kit.Command] | type[kit.Job], event: kit.Event) -> "Driver":
        """From now on this act or call comes to `event`."""
        table: dict[Any, Any] = self.results if issubclass(effect, kit.Job) else self.outcomes
        table[effect] = lambda _effect: event
        return self

    def once(self, act: type[kit.Command], event: kit.Event) -> "Driver":
        """The next such act comes to `event`, the others after it to what is usual."""

        def told(_act: kit.Command) -> kit.Event:
            del self.outcomes[act]
            return event

        self.outcomes[act] = told
        return self

    def meanwhile(self, change: Callable[[Books], Books]) -> "Driver":
        """The next act finds the books changed by another conversation, unseen by this one."""
        self.elsewhere = change
        return self

    def holding(self, *calls: type[kit.Job]) -> "Driver":
        """From now on these calls' results come when `answer` says."""
        self.hold |= set(calls)
        return self

    def answer(self, call: type[kit.Job], event: kit.Event) -> "Driver":
        """The oldest held call of this kind gets its result."""
        issued = next(i for i in self.held if isinstance(i.job, call))
        self.held.remove(issued)
        return self.hear(kit.ResultOf(issued.key, event))

    # --- what is seen of it ---

    @property
    def step(self) -> kit.Step[Any]:
        return self.journey.position(self.case, self.context(self.case))

    @property
    def email(self) -> str | None:
        """The account's e-mail, or the one given for it."""
        return self.case.find_email(self.books)

    @property
    def _seen(self) -> tuple[Any, Ctx]:
        ctx = self.context(self.case)
        return kit.read_slots(self.case, self.step.dialog, ctx), ctx

    @property
    def at(self) -> str:
        """Where the conversation stands: "dialog.step"."""
        return self.step.path

    @property
    def offers(self) -> list[str]:
        """The open step's quick replies."""
        return [o.payload for o in self.step.options(*self._seen)]

    @property
    def offered(self) -> list[str]:
        """The open step's quick replies, and those of the other rows of its card."""
        return [o.payload for o in self.journey.offered(self.step, self.context(self.case)) if not o.hidden]

    @property
    def card(self) -> kit.CardContent | None:
        """The open step's card."""
        return self.journey.card(self.step, self.context(self.case))

    @property
    def buttons(self) -> list[str]:
        """All quick replies of the last reply."""
        return [option.payload for say in self.reply for option in say.options] + self.offers

    @property
    def heard(self) -> list[str]:
        """The keys of what was said in the last reply."""
        return [say.key for say in self.reply if say.key]

    @property
    def shown(self) -> kit.Params:
        """What the open step's question shows."""
        return self.step.params(
            kit.read_slots(self.case, self.step.dialog, self.context(self.case)), self.context(self.case)
        )

    def done(self, act: type[kit.Command]) -> int:
        """How often this act was done."""
        return sum(isinstance(a, act) for a in self.acts)

    def called(self, call: type[kit.Job]) -> int:
        """How often this call was begun."""
        return sum(isinstance(c, call) for c in self.calls)


def stage(reached: Callable[P, Driver]) -> Callable[P, Driver]:
    """Go to the stage once for each seller; whoever begins there has a copy."""
    kept = cache(reached)

    @wraps(reached)
    def begun(*args: P.args, **kwargs: P.kwargs) -> Driver:
        return kept(*args, **kwargs).copied()

    return begun


@stage
def signed_up(seller: Seller = SELLER) -> Driver:
    """A new customer whose account is made and whose phone is asked for."""
    customer = Driver(seller).press("start:buy", "account:new").write("jan@example.com")
    customer.happen(account.PasswordSet("page-set_password", "credential-1"))
    return customer.press("consents:required")


@stage
def phone_proven(seller: Seller = SELLER) -> Driver:
    """… and whose phone is proven; the tax number is asked for, the letter's link not followed yet."""
    return signed_up(seller).write("512 000 999", "123456")


@stage
def at_the_link(seller: Seller = SELLER) -> Driver:
    """… and whose company is confirmed; nothing is ordered before the address is proven."""
    return phone_proven(seller).write("1234563218").press("confirm:yes")


@stage
def contact_proven(seller: Seller = SELLER) -> Driver:
    """… and whose phone and e-mail are proven; the tax number is asked for."""
    return phone_proven(seller).prove_email()


@stage
def card_filled(seller: Seller = SELLER) -> Driver:
    """… and whose company is confirmed; the order's card lacks nothing but the order."""
    customer = contact_proven(seller).write("1234563218").press("confirm:yes")
    return customer.press("auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept")


@stage
def ordered() -> Driver:
    """… and who has ordered; the payment is awaited."""
    return card_filled().press("pay:now")


@stage
def paid() -> Driver:
    """… and has paid; e-invoices are offered."""
    customer = ordered()
    return customer.happen(payment.PaymentNoticed(customer.placed.payment_id or "", 1, {}))


@stage
def activated() -> Driver:
    """… and has e-invoices: the customer zone."""
    return paid().press("einvoice:activate")


def known_account(**more: Any) -> AccountView:
    """An account of an earlier conversation: contacts proven, nothing bought, no company."""
    nothing: dict[str, Any] = dict.fromkeys(("company", "einvoice_email", "default_method"))
    known: dict[str, Any] = {
        "id": "account-9",
        "email": "owner@example.com",
        "user_name": "owner@example.com",
        "phone": "+48512000333",
        "status": "active",
        "taken": False,
        "email_verified": True,
        "phone_verified": True,
        "locale": "pl",
        "einvoice_status": "off",
    }
    known["companies"] = tuple(filter(None, (more.get("company"),)))
    return AccountView(**(nothing | known | more))


def known_company() -> CompanyView:
    """The company that such an account confirmed."""
    return CompanyView(
        id="company-9",
        country="PL",
        tax_number="5260250274",
        name="Znana sp. z o.o.",
        street="ul. Stara 1",
        postal_code="00-950",
        city="Warszawa",
        source="mf",
        check="verified",
        confirmed_at=NOW,
    )


def with_company(view: AccountView, case: ConversationState) -> AccountView:
    """The account with the company that a conversation, as an earlier release stored it, is about."""
    if case.company.of is None or any(one.id == case.company.of for one in view.companies):
        return view
    company = replace(known_company(), id=case.company.of)
    return replace(view, company=company, companies=(company,))


def known_order(status: OrderStatus, payment_status: PaymentStatus | None, **more: Any) -> OrderView:
    """An order that such an account placed, with a discount."""
    known: dict[str, Any] = {
        "id": "order-9",
        "number": "FS/2026/000009",
        "status": status,
        "net": 23920,
        "vat": 5502,
        "gross": 29422,
        "currency": "PLN",
        "method": "card",
        "auto_renewal": True,
        "placed_at": NOW,
        "payment_id": "payment-9" if payment_status else None,
        "payment_method": "card" if payment_status else None,
        "payment_status": payment_status,
    }
    return OrderView(**(known | more))
