"""The books of an account, for the dialogs: read part by part, where they look."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from operator import attrgetter
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from msgspec.structs import replace

from services.accounts import account_view, accounts, consents
from services.companies import companies
from services.contacts import contacts
from services.directory import directory
from services.einvoicing import einvoices, issued_invoices
from services.orders import order_record, trials
from services.payments import methods
from services.questions import own_answers
from services.store import account_revisions, conversations
from services.subscriptions import reminders, renewals, subscription_record
from values.account_view import (
    NO_BOOKS,
    AccountView,
    BooksUnread,
    CompanyView,
    InvoiceLine,
    OrdererDetails,
    OrderView,
    Reversal,
    WaitingRenewal,
)
from values.consent import Acceptance
from values.patterns import cached_property
from values.payment import StoredWay
from values.question import Answers
from values.renewal import Outlook, Owned

T = TypeVar("T")
OutlooksOf = Callable[[sa.Connection, str], tuple[Outlook, ...]]
"""Tells how the running terms of an account go on."""


class AccountBooks:
    """An account as `AccountView` has it, each part read when it is first looked at, and then known.

    What dialogs don't look at costs no statement. What is known holds while the account's `revision` stands.
    """

    def __init__(self, account_id: str, reader: "BooksReader") -> None:
        self.id = account_id
        self._reader = reader

    @property
    def _read(self) -> sa.Connection:
        """The connection. Raises BooksUnread where nothing can be read at once."""
        return self._reader.connection

    @cached_property
    def revision(self) -> int:
        return account_revisions.read_revision(self._read, self.id)

    @cached_property
    def _mine(self) -> accounts.AccountRecord:
        if (mine := accounts.get(self._read, self.id)) is None:
            raise LookupError("no such account")
        return mine

    email = property(attrgetter("_mine.email"))
    person_name = property(attrgetter("_mine.person_name"))
    user_name = property(attrgetter("_mine.user_name"))
    status = property(attrgetter("_mine.status"))
    taken = property(attrgetter("_mine.taken"))
    locale = property(attrgetter("_mine.locale"))

    @cached_property
    def own_answers(self) -> Answers:
        return own_answers.values(self._mine.own_answers)

    @cached_property
    def _on_file(self) -> directory.CustomerOnFile | None:
        return directory.of_account(self._read, self.id)

    @property
    def on_file(self) -> bool:
        return self._on_file is not None

    @property
    def legal_form(self) -> str | None:
        return self._mine.legal_form or (self._on_file.legal_form if self._on_file is not None else None)

    @cached_property
    def _contacts(self) -> list[contacts.ContactRecord]:
        return contacts.of_account(self._read, self.id)

    @cached_property
    def _phone(self) -> contacts.ContactRecord | None:
        return account_view.choose_best_contact(self._contacts, "phone")

    @property
    def phone(self) -> str | None:
        return None if self._phone is None else self._phone.value

    @property
    def phone_verified(self) -> bool:
        return self._phone is not None and self._phone.verified_at is not None

    @property
    def email_verified(self) -> bool:
        key = self._mine.email_key
        return any(c.kind == "email" and c.key == key and c.verified_at is not None for c in self._contacts)

    @cached_property
    def company(self) -> CompanyView | None:
        return account_view.company_view(companies.find_latest_company(self._read, self.id))

    @cached_property
    def companies(self) -> tuple[CompanyView, ...]:
        known = companies.of_account(self._read, self.id)
        return tuple(view for company in known if (view := account_view.company_view(company)))

    @cached_property
    def orders(self) -> tuple[OrderView, ...]:
        return account_view.orders(self._read, self.id)

    @cached_property
    def ordered(self) -> bool:
        return bool(order_record.of_account(self._read, self.id))

    @cached_property
    def orderer(self) -> OrdererDetails | None:
        return order_record.last_orderer(self._read, self.id)

    @property
    def log_ins(self) -> int:
        return len(conversations.of_account(self._read, self.id))

    @cached_property
    def trial_granted(self) -> bool:
        return trials.is_granted(self._read, self.id)

    order, paid, waiting = AccountView.order, AccountView.paid, AccountView.waiting

    @cached_property
    def _bought(self) -> list[subscription_record.Subscription]:
        return subscription_record.of_account(self._read, self.id)

    @cached_property
    def _running(self) -> tuple[Owned, ...]:
        return subscription_record.list_owned(self._read, self.id, self._bought)

    @cached_property
    def owned(self) -> tuple[Owned, ...]:
        if not self._running:
            return ()
        whole = {order_id for order_id, found in self._reversals.items() if found.whole}
        return tuple(replace(o, undone="refunded") if o.order_id in whole else o for o in self._running)

    @cached_property
    def lapsed(self) -> tuple[Owned, ...]:
        return subscription_record.list_lapsed(self._bought)

    @cached_property
    def outlooks(self) -> tuple[Outlook, ...]:
        return self._reader.outlooks(self._read, self.id) if self._running else ()

    @cached_property
    def _reversals(self) -> dict[str | None, Reversal]:
        if self.paid is None:
            return {}
        return account_view.reversals(self._read, self.id, {self.paid.id, *(o.order_id for o in self._running)})

    @property
    def reversals(self) -> tuple[Reversal, ...]:
        return tuple(self._reversals.values())

    @cached_property
    def waits(self) -> WaitingRenewal | None:
        waits = renewals.find_waiting(self._read, self.id) if self._bought else None
        return None if waits is None else WaitingRenewal(tuple(waits.documents or ()), waits.period_end)

    @cached_property
    def reminders_stopped(self) -> bool:
        return reminders.has_stopped_reminders(self._read, self.id)

    @cached_property
    def _einvoice(self) -> einvoices.EInvoiceRecord:
        return einvoices.of_account(self._read, self.id)

    einvoice_status = property(attrgetter("_einvoice.status"))
    einvoice_email = property(attrgetter("_einvoice.email"))

    @cached_property
    def invoices(self) -> tuple[InvoiceLine, ...]:
        return tuple(map(account_view.invoice_line, issued_invoices.of_account(self._read, self.id)))

    @cached_property
    def consents_given(self) -> tuple[Acceptance, ...]:
        return consents.list_given_consents(self._read, self.id)

    @cached_property
    def _methods(self) -> list[methods.Method]:
        return methods.of_account(self._read, self.id)

    @property
    def default_method(self) -> str | None:
        return next((method.method for method in self._methods if method.is_default), None)

    @property
    def ways(self) -> tuple[StoredWay, ...]:
        return account_view.stored_of(self._methods)


_LASTING = {name for name, part in vars(AccountBooks).items() if isinstance(part, cached_property)} - {"outlooks"}
"""The parts of an account that are known at a later moment, too."""


class BooksReader:
    """Reads what the books have of the accounts that a message, a turn or a view is about.

    Within `reading` it reads at once, on that connection; else a part that isn't known raises `BooksUnread`.
    """

    def __init__(self, outlooks: OutlooksOf, account_id: str | None = None, revision: int = 0) -> None:
        """`outlooks` tells how running terms go on as of now; `revision` is that of this account, as just read."""
        self.outlooks = outlooks
        self.has_written = False
        self._revision = account_id, revision
        self._connection: sa.Connection | None = None
        self._known: dict[str, AccountBooks] = {}

    @property
    def connection(self) -> sa.Connection:
        """The connection to read on. Raises BooksUnread where nothing can be read at once."""
        if self._connection is None:
            raise BooksUnread
        return self._connection

    @contextmanager
    def reading(self, connection: sa.Connection) -> Generator[None]:
        """Read on this connection. What a transaction has read after its own changes is forgotten in the next one."""
        if self.has_written:
            self._known, self.has_written = {}, False
        before, self._connection = self._connection, connection
        try:
            yield
        finally:
            self._connection = before

    def of(self, account_id: str | None) -> AccountView:
        """Return the account's books; `NO_BOOKS` of none."""
        if account_id is None:
            return NO_BOOKS
        if (known := self._known.get(account_id)) is None:
            known = self._known[account_id] = AccountBooks(account_id, self)
            if account_id == self._revision[0] and not self.has_written:
                known.revision = self._revision[1]
        return cast("AccountView", known)

    def look(self, connection: sa.Connection, account_id: str | None, work: Callable[[], T]) -> T:
        """Do the work, reading on this connection, and know of which revision the account's books are."""
        with self.reading(connection):
            _ = self.of(account_id).revision
            return work()

    def forget(self) -> None:
        """Read anew from now on: a command has written."""
        self._known, self.has_written = {}, True

    def lasting(self, account_id: str | None) -> Mapping[str, Any] | None:
        """Return what stays known of the account after the transaction; None after one that wrote."""
        if (known := self._known.get(account_id or "")) is None or self.has_written:
            return None
        return {name: value for name, value in vars(known).items() if name in _LASTING}

    def take(self, account_id: str, lasting: Mapping[str, Any]) -> None:
        """Take over what stayed known of an account."""
        known = self._known[account_id] = AccountBooks(account_id, self)
        vars(known).update(lasting)


def known_revision(books: AccountView) -> int | None:
    """Return the revision of what was read of an account; None where nothing was."""
    return vars(books).get("revision") if isinstance(books, AccountBooks) else None


def read_view(
    connection: sa.Connection, account_id: str, outlooks: OutlooksOf = lambda _connection, _account_id: ()
) -> AccountView | None:
    """Return the whole account as it is now, by default without outlooks; None if there is no such account."""
    if accounts.get(connection, account_id) is None:
        return None
    reader = BooksReader(outlooks)
    with reader.reading(connection):
        books = reader.of(account_id)
        return AccountView(**{name: getattr(books, name) for name in AccountView.__struct_fields__})
