"""The state of a conversation: one slots class per dialog. A slot that is `None` isn't known yet.

What isn't known yet isn't stored (`versions.py`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal

from msgspec import field
from msgspec.structs import asdict, replace

from dialogs.kit.messages import Context, NamedValue, ReceiptOnPage
from dialogs.kit.talk import Slots, StateBase, TalkState, Wish
from values import phone, sdi_code, tax_number
from values.account_view import AccountView, CompanyCheck, CompanyView, Line, PaymentStatus
from values.consent import Acceptance
from values.money import Vat
from values.offer import Unsure
from values.order import Price
from values.private import HiddenStruct, Private

YesNo = Literal["yes", "no"]


Became = Literal["accepted", "refused", "lapsed", "superseded", "withdrawn"]
"""The end of a proposal: by the customer, by its age, by a newer answer, or by the agent."""


class Proposal(Slots, frozen=True):
    """An address that an agent typed for the answer of `step`, kept in `slot`: `old` holds until the customer agrees.

    `number` counts a conversation's proposals, so that no button of an earlier one answers a later one.
    """

    step: str
    slot: str
    new: str
    at: datetime
    number: int = 1
    old: str | None = None
    account: str | None = None  # whose it is; None before there is an account
    by: str | None = None  # the agent's name
    told: bool = False  # the old address has been written to
    became: Became | None = None  # None while it waits for the customer


class Handoff(Slots, frozen=True):
    """The hand-off to a person: `mode` is bot, waiting (a person was asked for) or agent."""

    mode: Literal["bot", "waiting", "agent"] = "bot"
    email: str | None = None  # where the answer is to go, if the account has no e-mail yet
    asked_at: datetime | None = None
    agent: str | None = None  # id of the person who has the talk
    name: str | None = None  # by which the customer knows them
    unanswered: bool = False  # the customer has said something since that person's last word
    invited: str | None = None  # why a person was asked to look without the customer's wish
    wished: bool = False  # the customer waits for one, asked to look or not
    told: bool = False  # the seller's support has been written to
    erasure: bool = False  # … and knows that the customer wants to be deleted
    passed: bool = False  # passed on to that person, who hasn't come yet
    owed_since: datetime | None = None  # since when the customer waits for that person's word
    proposals: tuple[Proposal, ...] = ()  # addresses that an agent typed, the oldest first
    unopened: str | None = None  # the kind of the last message, if it was one that the person can't open


class Feedback(Slots, frozen=True):
    """The question whether an answer helped. `about` is its last subject: "faq:ENTRY", or "end:DIALOG"."""

    about: str | None = None
    asked: tuple[str, ...] = ()  # of what it was asked in this conversation
    kept: str | None = None  # id of the "no" whose reason may come
    unasked: str | None = None  # what isn't asked of: a payment the desk took by itself, a dialog that came to nothing


class LogIn(Slots, frozen=True):
    """The account that was made here or logged in to."""

    id: str
    inside: bool = False  # logged in, not only signed up
    since: datetime | None = None  # when it was made or logged in to here
    idle: bool = False  # the customer has come back after a silence and hasn't given the password since
    stays: bool = False  # they keep the device to themselves, so that no silence asks for the password
    told_by: str | None = None  # the site's key, or "start_link", by which they are known; None: by the password


class Account(Slots, frozen=True):
    """The customer's account, made here or logged in to."""

    entry: str | None = None  # start:*
    has_one: str | None = None  # account:*
    name: str | None = None  # first and last, where the seller asks for it; until the account is made
    email: str | None = None  # … as long
    page: str | None = None  # id of the open one-time page
    page_at: datetime | None = None  # since when it is open
    credential: str | None = None  # id of the password that was set on the page
    ticked: tuple[str, ...] = ()  # consents ticked so far
    consents: tuple[str, ...] | None = None  # consents given
    accepted: tuple[Acceptance, ...] = ()  # the same, with their words
    login: LogIn | None = None
    domain_asked: tuple[str, ...] = ()  # e-mails whose domain looks like a slip, once the customer has said
    next_email: str | None = None  # one that the account is to change to, while there is a question about it
    asked_email: str | None = None  # the account changes to it once its mailbox has confirmed
    reset_email: str | None = None  # for a forgotten password
    reset_mail: str | None = None  # "sent" once the letter with the link has left
    reset_at: datetime | None = None  # when it did
    letter_at: datetime | None = None  # when the link that confirms the e-mail was made
    letter_late: bool = False  # the last try to send a letter failed
    username_email: str | None = None  # for a forgotten user name
    pec_ordinary: YesNo | None = None  # where the e-mail is a certified one: whether it takes ordinary mail

    @property
    def id(self) -> str | None:
        """The id of the account; None until one is made or logged in to."""
        return None if self.login is None else self.login.id


class HeldLogIn(Slots, frozen=True):
    """A log-in on a page that doesn't hold this chat, until its two digits are typed here."""

    held: str | None = None


class OnFile(Slots, frozen=True):
    """A customer whom the seller knows by number, on the way to the account."""

    number: str | None = None
    told: str | None = None  # of the number given last: found, or why it leads no further (registered, no_contact)
    asked: str | None = None  # the number for which the seller's own system was asked
    page: str | None = None  # id of the open one-time page
    page_at: datetime | None = None
    credential: str | None = None  # id of the password that was set on it


class LostPassword(Slots, frozen=True):
    """A customer on file who has forgotten the password."""

    login: str | None = None  # customer number, user name or e-mail
    sent: bool = False  # the letter or the code has left
    challenge: str | None = None  # the code's id
    page: str | None = None  # id of the page for the new password, once the code was right
    sent_at: datetime | None = None  # when the letter or the code left
    page_at: datetime | None = None


class PhoneCode(Slots, frozen=True):
    """The code that is on its way to the number or awaited from the customer."""

    challenge: str  # its id: the code itself is never here
    sent_at: datetime | None = None  # once the operator has taken the message
    phone: str | None = None  # where it went: it may still be typed while another number is asked for
    again_at: datetime | None = None  # from when on another one is to be had


class Contact(Slots, frozen=True):
    """The customer's addresses as they are given and proven before the account's books have them.

    With customers on file a `channel` is chosen, and what is given must equal the contact on file (`matched`).
    """

    channel: Literal["sms", "email"] | None = None
    phone: str | None = None
    email: str | None = None
    matched: str | None = None
    proven: str | None = None
    code: PhoneCode | None = None
    letter: str | None = None  # id of the link that was mailed
    letter_sent: bool = False
    letter_at: datetime | None = None
    email_proven_at: datetime | None = None
    told_proven: str | None = None  # the account's e-mail, once it was told that it is proven


class Offer(Slots, frozen=True):
    """A subscription of which the desk said that it ends: the program, and when."""

    product: str
    ends_at: datetime
    serial: str | None = None


class ChangedTerms(Slots, frozen=True):
    """Documents that a renewal waits for: whether they are asked for just now."""

    open: bool = False


class Reminder(Slots, frozen=True):
    """A reminder by which the desk wrote first, and the customer's answer."""

    offer: Offer | None = None
    answer: Literal["now", "later"] | None = None
    reminded: bool = False  # the desk has written first, once or more
    past: datetime | None = None  # the end of the last offer that was closed


class Renewal(Slots, frozen=True):
    """Which of the programs owned are renewed, or extended."""

    begun: bool = False
    seen: tuple[tuple[str, datetime], ...] = ()  # subscriptions with their ends as the books had them at the beginning
    suggested: str | None = None  # the product that the reminder was about, or that ends first
    picked: tuple[str, ...] | None = None  # products put into the cart; None: as suggested
    cart: str | None = None  # "confirm" once the cart is right
    service: str | None = None  # subscription, extension


class Orderer(Slots, frozen=True):
    """The person who orders for the company, and the address for its invoices."""

    invoice_email: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    as_before: bool = False  # whoever ordered last does, as far as nothing else was said


class CompanyData(HiddenStruct):
    """A company as a register knows it. `country` (ISO code) is that of a seat where the number isn't from."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str = ""


class Registered(Slots, frozen=True):
    """A company's data in a register, and which register that was."""

    source: str
    data: CompanyData


class CompanySeen(HiddenStruct):
    """A company's data as this conversation was shown them before it changed something."""

    data: CompanyData
    email: str | None
    delivery: str | None


class Company(Slots, frozen=True):
    """The choice of a company for the invoices, and what was said of it that isn't saved yet.

    `of` is the account's company that this is about, or the one that counts if another is given up. `over`: what isn't
    said here is as that company has it, but for what is asked `anew`.
    """

    over_books: ClassVar[bool] = True

    product: str | None = None  # what it is added for
    program_ready: bool = False  # registered from inside its program, where that is the only way
    legal_form: str | None = None
    tax_number: str | None = None  # empty: it has none, and says so
    country: str | None = None  # by ISO code, of a company without a number, or with a seat where its number isn't from
    named: str | None = None  # the number of another company, named before the log-in: for the next order
    lookup: Literal["found", "not_found", "unavailable", "known", "none"] | None = None
    source: str | None = None  # mf, gus, customer
    check: CompanyCheck | None = None
    vat_checked_at: datetime | None = None  # when VIES confirmed the number
    vat_check_id: str | None = None  # VIES's own number for that check
    name: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    found: Registered | None = None  # what a register said, once the customer has changed something of it
    offered: CompanyData | None = None  # what a late register answer says, where it differs
    confirmed: str | None = None
    statement: str | None = None
    accepted: tuple[Acceptance, ...] = ()  # the statement, with its words
    reporting: bool = False  # the customer is about to say what is wrong with data that the seller puts right
    report: str | None = None  # what they have said of it already
    holder_email: str | None = None  # an ordinary mailbox
    pec_ordinary: YesNo | None = None  # where it is a certified one: whether it takes ordinary mail
    delivery: str | None = None  # of e-invoices in Italy: Codice destinatario or PEC
    id: str | None = None  # the saved company, while nothing of it is being changed
    of: str | None = None
    over: bool = False
    anew: tuple[str, ...] = ()
    seen: CompanySeen | None = None  # what `of` was when its change began
    choosing: bool = False  # it is to be said which of the account's companies an order is for
    again: bool = False  # of an earlier order: it stands on the order's card, and ordering confirms it

    @property
    def kept(self) -> "Company | None":
        """The company as it is saved: what counts if a change is given up."""
        return None

    def data(self) -> CompanyData:
        """Return the data in a register's form."""
        seated = self.country if self.tax_number else None
        return CompanyData(self.name or "", self.street or "", self.postal_code or "", self.city or "", seated or "")

    def read_current(self, books: AccountView) -> "Company":
        """Return the company as it stands: what was said here over what the books have."""
        row = next((one for one in books.companies if one.id == self.of), None) if self.of is not None else None
        if row is None:
            return self
        kept, said = read_saved(row), asdict(self)
        if self.over:
            said |= {name: getattr(kept, name) for name in _KEPT if said[name] is None and name not in self.anew}
        statement = self.statement or ("anew" if "statement" in self.anew else None)
        return CompanyNow(**said, kept=replace(kept, statement=statement) if statement is not None else kept)


class CompanyNow(Company, frozen=True):
    """A company as it stands: what was said here over what the books have. Never stored."""

    kept: Company | None = None  # pyright: ignore[reportIncompatibleMethodOverride]

    def read_current(self, books: AccountView) -> Company:
        return self

    def make_draft(self) -> Company:
        """Return what is stored of it: what was said here alone, and what the books had where it is being changed."""
        kept = self.kept
        said: dict[str, Any] = {name: getattr(self, name) for name in Company.__struct_fields__}
        if kept is None:
            return Company(**said)
        anew = [name for name in ("statement",) if getattr(kept, name) is not None and getattr(self, name) is None]
        if self.over:
            anew += [name for name in _KEPT if said[name] is None and getattr(kept, name) is not None]
            said |= {name: None for name in _KEPT if said[name] == getattr(kept, name)}
        seen = None
        if self.id is None and self.tax_number == kept.tax_number:
            seen = self.seen or CompanySeen(kept.data(), kept.holder_email, kept.delivery)
        said |= {"of": kept.id, "anew": tuple(anew), "seen": seen}
        return Company(**said)


_ALIKE = ("name", "street", "postal_code", "city", "source", "check", "vat_checked_at", "vat_check_id")
_KEPT = ("tax_number", *_ALIKE, "country", "holder_email", "pec_ordinary", "delivery")
"""The slots of what is saved with a company."""


def take_saved(view: CompanyView) -> CompanyNow:
    """Return a company of the account as it stands, with nothing said of it."""
    known = read_saved(view)
    return CompanyNow(**asdict(known), kept=known)


def read_saved(view: CompanyView) -> Company:
    """Return a company of the account, as it was confirmed."""
    said = {name: getattr(view, name) for name in ("id", "tax_number", *_ALIKE)}
    kept = {"holder_email": view.email, "delivery": sdi_code.of_fields(view.sdi_code, view.pec), "of": view.id}
    seated = None if view.country == tax_number.nation_of(view.tax_number) else view.country
    asked: dict[str, Any] = {"lookup": "known", "confirmed": "yes", "pec_ordinary": "yes" if view.email else None}
    return Company(**said, **kept, **asked, country=seated, over=True)


class Cart(Slots, frozen=True):
    """The choice before the order: a plan with its seats, and packs of add-ons in the order of their taking."""

    plan: str | None = None
    seats: int | None = None
    addon: str | None = None  # the one whose quantity is asked just now
    unsure: Unsure | None = None  # a number that is said back before it counts
    wanted: tuple[str, ...] = ()  # named with it: asked for next, as ADDON or ADDON:AMOUNT
    extra: tuple[Line, ...] = ()
    closed: str | None = None  # "none": nothing more is wanted
    withdrawn: bool = False  # a plan chosen isn't sold any more: another is asked for, even if only one is left


class PlacedOrder(Slots, frozen=True):
    """An order in the books."""

    id: str


class Order(Slots, frozen=True):
    """The order: what is bought, how it is paid, and whether it is placed."""

    plan: str | None = None
    years: int | None = None
    term: str | None = None
    auto_renewal: bool | None = None
    method: str | None = None  # "other" while it is chosen from the other ways
    instrument: str | None = None  # of card or PayPal: new, saved, another
    way: str | None = None  # id of the stored one that is used
    terms: str | None = None
    clauses: str | None = None
    accepted: tuple[Acceptance, ...] = ()  # terms, clauses, the consent to renewal: with their words
    discount: str | None = None
    # While VIES hasn't confirmed the buyer's number: wait for it, or charge as it is now.
    vat: Literal["wait", "charge"] | None = None
    price: Price | None = None  # what was agreed to
    tax: Vat | None = None  # the same of the VAT
    pay: str | None = None
    trial: str | None = None  # "start": its act
    trial_refused: str | None = None  # for which plan and company: another answer doesn't bring it back
    untried: bool = False  # the trial is declined in words, which no changed answer takes back
    placed: PlacedOrder | None = None
    cancelled: str | None = None  # number of the order withdrawn last: its money may come all the same
    leaving: bool = False  # start again was asked for: whether the unpaid order is to be cancelled is the question
    behind: "Order | None" = None  # by its id the paid one before it: what counts if this one is given up

    @property
    def id(self) -> str | None:
        """The id in the books; None until the order is placed."""
        return None if self.placed is None else self.placed.id


class Payment(Slots, frozen=True):
    """The payment of the placed order, as far as it was spoken of; the books know how it stands."""

    told: PaymentStatus | None = field(default=None, name="status")  # as it was told here last
    wanted: str | None = None  # the method by which a lapsed order is to be ordered again
    aside: bool = False  # a renewal's: the customer has left it for the zone
    code: int | None = None  # the attempt whose code is at the bank; 0: no code is taken here, the page is the way


class Purchases(Slots, frozen=True):
    """Questions about the account's purchases; the books know what it has bought."""

    open: str | None = None  # id of an order to be paid or withdrawn before another one is placed


class EInvoice(Slots, frozen=True):
    """The customer's word on electronic invoices in this conversation."""

    choice: str | None = None  # activate (to be confirmed), agreed, later
    confirmed: str | None = None  # where the address is confirmed first
    typed: str | None = None  # their address, before there is an account
    accepted: tuple[Acceptance, ...] = ()  # the consent to them, with its words


class Personal(Slots, frozen=True):
    """The page of their own settings that the account holder has open."""

    page: str | None = None
    given: tuple[str, ...] = ()  # voluntary consents ticked here, and not saved yet
    withdrawn: tuple[str, ...] = ()  # those unticked
    for_log_ins: bool = False  # came by the letter that leads to the list of log-ins


class OwnData(Slots, frozen=True):
    """The account holder wants all that is known of them, or that it is deleted."""

    page: str | None = None  # export, erase
    sure: Literal["yes"] | None = None  # the first of two steps
    link: str | None = None  # id of the one-time page
    link_at: datetime | None = None
    wanted: bool = False  # deletion was asked for: whoever is asked for next has a legal term for it
    left: "Drafts | None" = None  # what stood open when the log-in ended: for whoever logs in to the same account
    wish: Wish | None = None  # … and what was asked for then
    ends_renewal: bool = False  # the consent without which nothing renews is being taken back
    leaving: Literal["end", "withdraw"] | None = None  # what runs is to end with its term, or is withdrawn from


class Elsewhere(Slots, frozen=True):
    """A link on which the conversation goes on: its id, and to which channels it leads.

    `coming`: the customer has come by such a link of an e-mail, and goes on after the log-in.
    """

    link: str | None = None
    to: tuple[str, ...] = ()
    coming: bool = False


class ChangeOffer(Slots, frozen=True):
    """Prices of another number of a subscription: `now` for the days that are left, `later` with the whole next term.

    `old` and `number` are the numbers, `plan` another one; None of the prices: it isn't possible then. `taxed`: the
    reason of its VAT, if it has one; `way`: the id of the kept method that `now` is charged to, None where by its link.
    """

    id: str
    product: str
    old: int
    number: int
    until: datetime
    days: int
    now: Price | None = None
    later: Price | None = None
    taxed: str | None = None
    plan: str | None = None
    way: str | None = None


class Zone(Slots, frozen=True):
    """The page of the customer zone that is open, and the change that is offered there."""

    page: str | None = None
    offer: ChangeOffer | None = None
    of: str | None = None  # the subscription that is to change, of several
    lapsed_at: datetime | None = None  # when it was told last that something bought has run out
    charging: str | None = None  # the order of a change whose money is being taken


class Withdrawal(Slots, frozen=True):
    """The customer's last statement of withdrawal, while nobody has decided.

    `bound`: an account stands behind it, as was told; `unsent`: it waits for an address; `among`: orders whose
    contracts may be meant; `receipt`: of one made on a page, until it is acknowledged.
    """

    id: str | None = None
    bound: bool = True
    unsent: bool = False
    among: tuple[PlacedOrder, ...] = ()
    receipt: ReceiptOnPage | None = None


class Voice(Slots, frozen=True):
    """A recording that waits or is being heard (`since`), and spoken values that wait for a yes.

    `informed`: in which words the customer was told who hears. `second_hand`: it is somebody else's, passed on.
    """

    note: str | None = None
    place: Private[str | None] = None
    second_hand: bool = False
    since: datetime | None = None
    informed: Acceptance | None = None
    asked: str | None = None  # the fingerprint of the consent's words, while it is asked for
    agreed: Acceptance | None = None  # the consent given, or taken back, here before there is an account
    values: tuple[NamedValue, ...] = ()


class Offered(Slots, frozen=True):
    """A value that isn't taken yet, while its button may be pressed.

    The customer named it as somebody else's, old or denied, or in words (`said`) that may say something else.
    """

    value: NamedValue | None = None
    said: str = ""


class OwnAnswers(Slots, frozen=True):
    """Answers to the seller's own questions, by their ids, that wait for the account, company or order to be kept with.

    `ticked` are the boxes ticked so far of several. `ordered` is the order that the customer placed here last.
    """

    answers: Mapping[str, str] = {}
    ticked: Mapping[str, str] = {}
    ordered: str | None = None

    def __hash__(self) -> int:
        """Return a hash: a mapping has none of its own."""
        return hash(tuple(frozenset(held.items()) for held in (self.answers, self.ticked)))


class Drafts(StateBase, frozen=True):
    """The account holder's words and choices that the books don't have: they go on wherever the holder logs in."""

    feedback: Feedback = Feedback()
    voice: Voice = Voice()
    offered: Offered = Offered()
    purchases: Purchases = Purchases()
    reminder: Reminder = Reminder()
    account: Account = Account()
    contact: Contact = Contact()
    renewal: Renewal = Renewal()
    company: Company = Company()
    orderer: Orderer = Orderer()
    cart: Cart = Cart()
    order: Order = Order()
    payment: Payment = Payment()
    einvoice: EInvoice = EInvoice()
    changed_terms: ChangedTerms = ChangedTerms()
    own: OwnAnswers = OwnAnswers()


class ConversationState(Drafts, frozen=True):
    """The whole conversation, typed. Field names are dialog names."""

    handoff: Handoff = Handoff()
    withdrawal: Withdrawal = Withdrawal()
    log_in: HeldLogIn = HeldLogIn()
    own_data: OwnData = OwnData()
    elsewhere: Elsewhere = Elsewhere()
    on_file: OnFile = OnFile()
    lost_password: LostPassword = LostPassword()
    personal: Personal = Personal()
    zone: Zone = Zone()

    @property
    def drafts(self) -> Drafts:
        """The drafts that another conversation of the holder can go on with; no page is open there."""
        held: dict[str, Any] = {name: getattr(self, name) for name in Drafts.__struct_fields__}
        talk = TalkState(locale=self.talk.locale, answered=self.talk.answered)
        return replace(Drafts(**held), talk=talk, account=replace(self.account, page=None))

    @property
    def muted(self) -> bool:
        """While a person speaks the dialogs are silent."""
        return self.handoff.mode == "agent"

    def find_email(self, books: AccountView) -> str | None:
        """Return the account's e-mail; before there is an account, the one given for it."""
        return self.account.email if self.account.id is None else books.email or None

    def find_name(self, books: AccountView) -> str | None:
        """Return the name of the account's holder, in the same way."""
        return self.account.name if self.account.id is None else books.person_name

    def find_country(self, books: AccountView) -> str | None:
        """Return the country of the customer's phone, else that of the company."""
        if (number := books.phone or self.contact.proven or self.contact.phone) is not None:
            return phone.region(number)
        return tax_number.country_of(self.company.read_current(books).tax_number)


Ctx = Context[ConversationState]
