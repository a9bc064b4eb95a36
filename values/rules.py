"""The rules of a seller's profile: sign-up, company, desk, privacy, e-mails."""

from calendar import monthrange
from datetime import datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from values.hours import ALWAYS, OfficeHours

Entry = Literal["buy", "sign_up", "log_in", "forgot_password", "forgot_username"]
ENTRIES: tuple[Entry, ...] = ("buy", "sign_up", "log_in", "forgot_password")
"""Ways to begin, `start:*`, in the order in which they are offered."""

GO_ON = "go_on"
LOG_INS = "log_ins"
WISHES = ("renewal", GO_ON, LOG_INS)
"""What a link of an e-mail may lead to once the customer has logged in."""

By = Literal["email", "customer_number"]
Enumeration = Literal["strict", "seed"]
LegalForm = Literal["company", "sole_trader", "natural_person"]
EmailProof = Literal["before_order", "after_payment"]


class UserNames(Struct, frozen=True):
    """User names that the desk makes by itself, numbered: `pattern` holds `{number}`, the first one is `first`."""

    pattern: str
    first: int = 1

    def of(self, number: int) -> str:
        """Return the user name with this number, counted from zero."""
        return self.pattern.replace("{number}", str(self.first + number))


class SignUp(Struct, frozen=True):
    """The rules of sign-up: a field is a name under `[sign_up]` of a profile (docs/reference/profile.md).

    `by`: people with an e-mail sign up, or customers on file by their number. `enumeration`: whether the desk says
    at once what stands under a number ("seed"), or only to someone who has proven a contact on file ("strict").
    `person_name`: the holder's first and last name are asked. `confirm_first`: the link in the activation e-mail
    must be followed, and the customer log in, before anything else. `ordinary_mail`: an e-mail that looks certified
    (PEC) is asked whether it takes ordinary mail. `user_names`: the desk makes the user name; else the e-mail is
    it. `code_line`: a text message's last line lets the browser enter the code. `own_contact`: a number needs no code
    where the customer's messenger says that it is theirs. `email`: when the address must be proven; "after_payment",
    where a number was proven in the same conversation.
    """

    by: By = "email"
    enumeration: Enumeration = "strict"
    person_name: bool = False
    confirm_first: bool = False
    ordinary_mail: bool = False
    user_names: UserNames | None = None
    code_line: bool = True
    own_contact: bool = False
    email: EmailProof = "before_order"

    @property
    def letter_waits(self) -> bool:
        """Return whether a proven number is enough for an order."""
        return self.email == "after_payment"


BY_EMAIL = SignUp()
"""An e-mail and a password, confirmed when it is convenient."""


class CompanyRules(Struct, frozen=True):
    """The rules for a company's data: a field is a name under `[company]` of a profile (docs/reference/profile.md).

    `vatin`: besides the seller's own country any VAT number of the European Union is taken. `number_optional`: a
    company may say that it has no tax number, where the law lets it be invoiced without one. `products`: what it is
    added for, asked first; those of `from_program` can be registered from inside the program only. `statement`: the
    document of that name is accepted. `several`: an account may have more than one. `edit`: who puts right what
    a register or the seller's books say: the customer, or ("report") the seller's support, to whom the customer
    reports it. `confirm`: by itself, or ("order") with the order, on whose card a register's unchanged data stand.
    `legal_forms` are asked where there are any; `buyers` are those of them that may buy. `holder_email`: an
    ordinary mailbox of the company is asked; `sdi`: an Italian address of delivery. `registers`: those that are asked
    first, in this order.
    """

    vatin: bool = False
    number_optional: bool = False
    products: tuple[str, ...] = ()
    from_program: tuple[str, ...] = ()
    statement: bool = False
    several: bool = False
    edit: Literal["customer", "report"] = "customer"
    confirm: Literal["itself", "order"] = "itself"
    legal_forms: tuple[LegalForm, ...] = ()
    buyers: tuple[LegalForm, ...] = ("company", "sole_trader")
    holder_email: bool = False
    sdi: bool = False
    registers: tuple[Literal["mf", "gus", "vies"], ...] = ()


PLAIN_COMPANY = CompanyRules()
"""A number of the seller's own country, and one company."""


GIVE_UP = "give_up"
"""The timer by which a request for a person ends that nobody ends: each open one has it."""


class DeskRules(Struct, frozen=True):
    """When a conversation goes to a person, and how long it may wait there.

    `answer_within`: an agent who leaves the customer unanswered for so long loses the conversation to the queue.
    `above`: an order of more than this net sum, in minor units, is worth a person's attention. `vip`: so are
    customers with these e-mail addresses (lower case), or with an address at such a domain ("@firm.pl"). `give_up`:
    a request for a person ends when neither side has written for so long. `mail_replies_after`: an answer of an agent
    that its customer hasn't read for so long is mailed; None: never. `transcribe_recordings`: what a customer says to
    an agent is written down for the agent, where the desk has a recogniser.
    """

    hours: OfficeHours = ALWAYS
    answer_within: timedelta = timedelta(minutes=10)
    above: int | None = None
    vip: tuple[str, ...] = ()
    give_up: timedelta = timedelta(days=7)
    mail_replies_after: timedelta | None = timedelta(minutes=3)
    transcribe_recordings: bool = False

    def is_vip(self, email: str | None) -> bool:
        """Return whether the address, or its domain, is on the list."""
        if not email:
            return False
        key = email.casefold()
        return key in self.vip or key[key.rfind("@") :] in self.vip


DEFAULT_DESK = DeskRules()


def erasure_due(asked_at: datetime) -> datetime:
    """Return when a request for deletion is to be answered: within a month (GDPR, art. 12(3))."""
    year, month = asked_at.year + asked_at.month // 12, asked_at.month % 12 + 1
    return asked_at.replace(year=year, month=month, day=min(asked_at.day, monthrange(year, month)[1]))


class PrivacyRules(Struct, frozen=True):
    """Retention periods, and what is kept of an erased person.

    `conversations_days`: the age at which messages are deleted; `unfinished_days`: how long after its last message
    a conversation without an account goes. Of an erased person orders are kept for `keep_invoices_years` after the
    order, and the proof of consents for `keep_consents_years` after the erasure. `audit_days`: how long the audit
    log of the agents' desk is kept. `recordings_days`: how long an agent may play what a customer said to them, at
    most for as long as messages are kept. `directory`: whether the seller's own record of an erased customer on file is
    kept or forgotten ("keep", "forget"). `trial_months`: for so long a hash of an erased person refuses a second trial.
    """

    conversations_days: Annotated[int, Meta(ge=7, le=3650)] = 180
    unfinished_days: Annotated[int, Meta(ge=7, le=3650)] = 30
    keep_invoices_years: Annotated[int, Meta(ge=0, le=30)] = 5
    keep_consents_years: Annotated[int, Meta(ge=0, le=30)] = 6
    directory: Literal["keep", "forget"] = "keep"
    audit_days: Annotated[int, Meta(ge=30, le=3650)] = 730
    recordings_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    trial_months: Annotated[int, Meta(ge=0, le=120)] = 24


DEFAULT_PRIVACY = PrivacyRules()


class RefundRules(Struct, frozen=True):
    """Refunds without a withdrawal. `full`: what a whole one does to the service: "end" it at once, or "keep" its term.

    It isn't renewed either way. `a_day`: the most, in minor units, that may be asked for within a day of the seller's
    calendar, `a_day_each` by one agent; None: as much as was paid. What an agent asks for above `second_above`, all of
    a payment counted, waits until another one confirms it.
    """

    full: Literal["end", "keep"] = "keep"
    a_day: int | None = None
    a_day_each: int | None = None
    second_above: int | None = None


class WithdrawalRules(Struct, frozen=True):
    """The zone's button of withdrawal. `forms`: whom it is for; whose legal form isn't known has it, too.

    `days`: for so long after the payment; 0: there is none. `early`: the document in which the customer asks to begin
    before that; only by it is anything kept back for what was used.
    """

    forms: tuple[LegalForm, ...] = ("natural_person", "sole_trader")
    days: int = 14
    early: str | None = None


class InvoiceRules(Struct, frozen=True):
    """Invoices, which the seller issues. `within_days`: after the payment, as customers are told; None: not told."""

    within_days: Annotated[int, Meta(ge=0, le=90)] | None = None


NOTE_WELCOME = "welcome"  # the user name, when the first order is concluded
NOTE_ORDER = "order_confirmed"
NOTE_ACTIVATED = "activated"  # the service runs
NOTE_INSTRUCTIONS = "instructions"  # how to pay by transfer or postal slip; always
NOTE_DEADLINE = "deadline"  # a transfer or a postal slip is due in a few days; always
NOTE_MONEY_BACK = "money_back"  # money of a paid order went back to its payer, or is claimed; always
NOTE_KEPT = "transfer_kept"  # a transfer came that pays nothing; always
NOTE_USER_NAME = "user_name"  # a forgotten user name; always
NOTE_EMAIL_REPLACED = "email_replaced"  # to the address that an account no longer has; always
NOTE_ADDRESS_PROPOSED = "address_proposed"  # to the address that holds, while its owner hasn't answered; always
NOTE_ADDRESS_REPLACED = "address_replaced"  # to the address before, once its owner has agreed; always
NOTE_INVOICE_EMAIL = "invoice_email"  # to the address that an account's invoices no longer go to; always
NOTE_PASSWORD_REPLACED = "password_replaced"  # to the address on file; always
NOTE_ENDING = "contract_ends"  # its customer has ended a contract with its term; always
NOTE_WITHDRAWAL = "withdrawal"  # a statement of withdrawal came; always
NOTE_WITHDRAWAL_DECIDED = "withdrawal_decided"  # always
OPTIONAL_NOTES = (NOTE_WELCOME, NOTE_ORDER, NOTE_ACTIVATED)
ORDER_NOTES = (*OPTIONAL_NOTES, NOTE_INSTRUCTIONS)


CODE_LIFETIME = timedelta(minutes=10)
PAGE_LIFETIME = timedelta(minutes=30)
"""A one-time page, also one that an e-mail leads to for a forgotten password."""
