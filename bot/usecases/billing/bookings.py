"""Transfers and postal slips, booked or kept, and told: to the customers, the seller and the seller's other systems."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

import structlog
from msgspec import Struct

from bot.conversation import codec
from bot.conversation.identity import marked_id
from bot.conversation.port import UnitOfWork
from bot.usecases.billing import money_back, refunds
from bot.usecases.renewals.quotes import Quotes
from bot.usecases.seller.events import list_money_events
from dialogs.messages.letters import SendNote
from dialogs.messages.payment import PaymentBooked, TransferNotBooked
from services.accounts import accounts
from services.jobs.port import Outbox
from services.orders.order_record import OrderRecord
from services.payments import matching, questions, record, slips, transfers
from services.payments.bank_files import Entry
from services.payments.matching import KeptBooked, MatchedBy, NotMoved
from services.payments.slips import BookingTakenBack, NotSplit, NotTakenBack, TransferSplit
from services.payments.transfers import ListedTransfer, ReferenceTaken, TransferBooked, TransferKept
from services.seller import seller_events
from values.money import Money
from values.rules import NOTE_ACTIVATED, NOTE_INSTRUCTIONS

_log = structlog.get_logger(__name__)


class EntryRead(Struct, frozen=True):
    """The outcome of a statement's entry. `name`: its reference in the books; `reason`: why it is kept, or nobody's."""

    name: str
    status: Literal["booked", "kept", "known", "unmatched"]
    order_number: str | None = None
    matched_by: MatchedBy | None = None
    reason: str | None = None


class Bookings(Struct, frozen=True):
    """Of one desk."""

    quotes: Quotes
    server_key: bytes
    outbox: Outbox

    def book(
        self,
        tx: UnitOfWork,
        number: str,
        sum_: Money,
        reference: str,
        *,
        digest: str | None = None,
        keeps: bool = False,
    ) -> TransferBooked | TransferKept | ReferenceTaken | None:
        """Book money for an order, or keep it, and tell it; None if there is no such order.

        `digest`, `keeps`: as `transfers.book_transfer` takes them.
        """
        about: dict[str, Any] = {"order_number": number, "reference": reference}
        about |= {"amount": sum_.minor, "currency": sum_.currency} | self._opening(tx, number, reference)
        outcome = transfers.book_transfer(tx.connection, **about, digest=digest, keeps=keeps)
        if isinstance(outcome, TransferBooked):
            self._tell(tx, outcome)
        elif isinstance(outcome, TransferKept) and outcome.first_time:
            _tell_kept(tx, outcome, sum_, reference)
        return outcome

    def book_kept(
        self, tx: UnitOfWork, transfer_id: str, order: OrderRecord, reason: str
    ) -> KeptBooked | NotMoved | None:
        """Book a kept transfer for the order that it was meant for, and tell both customers.

        Return why it stays as it is otherwise, None if there is no such transfer.
        """
        moved = matching.book_kept(tx.connection, transfer_id, order, **self._opening(tx, order.number, transfer_id))
        if isinstance(moved, KeptBooked) and moved.booked is not None and moved.was is not None:
            self._tell(tx, moved.booked)
            tx.publish(seller_events.transfer_matched(moved.booked, moved.now, "person", tx.now, reason))
            if moved.told_for.id != order.id and moved.was.receipt.status != "reference_taken":
                refunds.tell_payer(self.outbox, tx, moved.told_for, moved.was, "moved")
        return moved

    def take_back(self, tx: UnitOfWork, transfer_id: str, reason: str) -> BookingTakenBack | NotTakenBack | None:
        """Take a booking back that was a slip, and tell both customers; return why it stays, None if it is unknown."""
        seller = self.quotes.seller
        until, ends = tx.now + seller.manners.transfer_ttl, seller.refund.full == "end"
        methods = seller.methods
        taken = slips.unbook_transfer(tx.connection, transfer_id, tx.now, until=until, methods=methods, whole_ends=ends)
        if not isinstance(taken, BookingTakenBack):
            return taken
        order = taken.back.order
        money_back.publish_returned_money(tx, taken.back)
        tx.publish(seller_events.transfer_unbooked(order, taken.was, taken.now, tx.now, reason))
        ended = any(one.status == "ended" for one in taken.back.stopped)
        refunds.tell_payer(self.outbox, tx, order, taken.was, "unbooked_ended" if ended else "unbooked")
        if taken.back.payment.method in methods:
            note, owner = SendNote(NOTE_INSTRUCTIONS, order.id), questions.owner_of(taken.back.payment.id)
            letter = codec.stored_job(f"{NOTE_INSTRUCTIONS}:{transfer_id}:{tx.now.isoformat()}", owner, note, tx.now)
            self.outbox.leave(tx.connection, letter)
        if taken.told_for.id != order.id:
            refunds.tell_payer(self.outbox, tx, taken.told_for, taken.now, "looked_at")
        return taken

    def split(
        self, tx: UnitOfWork, transfer_id: str, orders: Sequence[OrderRecord], reason: str
    ) -> TransferSplit | NotSplit | None:
        """Pay several orders out of a kept transfer, keep the rest, and tell it; return why not, None if unknown."""
        made = slips.split_transfer(
            tx.connection, transfer_id, orders, lambda of, name: self._opening(tx, of, name), tx.now
        )
        if not isinstance(made, TransferSplit):
            return made
        for part in made.parts:
            self._tell(tx, part.booked)
            tx.publish(seller_events.transfer_matched(part.booked, part.now, "person", tx.now, reason))
        if made.was.receipt.status != "reference_taken":
            refunds.tell_payer(self.outbox, tx, made.told_for, made.was, "split")
        if (left := made.rest) is not None:
            told = left.receipt
            kept: dict[str, Any] = {"reference": told.reference, "amount": told.amount, "currency": told.currency}
            tx.publish(seller_events.transfer_kept(made.told_for, now=tx.now, reason="rest", **kept))
            refunds.tell_payer(self.outbox, tx, made.told_for, left, "split_rest")
        return made

    def enter(self, tx: UnitOfWork, entry: Entry) -> EntryRead:
        """Book a statement's entry; what is booked is known to the next import, whatever ends this one."""
        prefix = self.quotes.seller.order_prefix
        known = matching.find_entry(tx.connection, entry, prefix)
        if isinstance(known, ListedTransfer):
            return EntryRead(known.receipt.reference, "known", known.order_number)
        name, taken_by = known.reference, known.taken_by
        found = matching.find_order(tx.connection, entry, prefix)
        if isinstance(found, str) and taken_by is None:
            return EntryRead(name, "unmatched", reason=found)
        if isinstance(found, str):
            _tell_taken(None, taken_by)
            return EntryRead(name, "unmatched", reason="reference_taken")
        sum_, keeps = Money(entry.amount, entry.currency), taken_by is not None
        outcome = self.book(tx, found.number, sum_, name, digest=entry.digest, keeps=keeps)
        if isinstance(outcome, TransferKept):
            if keeps:
                _tell_taken(found.number, taken_by)
            return EntryRead(name, "kept", found.number, found.by, outcome.reason)
        if isinstance(outcome, ReferenceTaken):  # a person has told another sum under the name that it was shown by
            _tell_taken(None, outcome.order_number)
            return EntryRead(name, "unmatched", reason="reference_taken")
        assert outcome is not None, "the order was found just now"
        tx.publish(seller_events.transfer_matched(outcome, outcome.transfer, found.by, tx.now))
        return EntryRead(name, "booked", found.number, found.by)

    def _opening(self, tx: UnitOfWork, number: str, reference: str) -> dict[str, Any]:
        """Return what a payment is opened with, where the order has none that awaits a transfer."""
        id = marked_id(self.server_key, f"transfer:{number}:{reference}")
        until = tx.now + self.quotes.seller.manners.payment_ttl
        return {"payment_id": id, "server_key": self.server_key, "expires_at": until, "now": tx.now}

    def _tell(self, tx: UnitOfWork, booked: TransferBooked) -> None:
        """Notify the conversation that ordered, else the account's current one, and the seller's other systems.

        Whoever is told there is also told of the next charge of a short term, by the receipt; who has none gets a
        letter.
        """
        order, payment = booked.order, booked.payment
        gross = Money(payment.amount, payment.currency)
        event = PaymentBooked(payment.id, order.id, order.number, payment.status, gross, news=True)
        mine = accounts.get(tx.connection, order.account_id)
        whose = order.conversation_id or (mine.conversation_id if mine is not None else None)
        if whose is not None:
            tx.tell(whose, event)
            self.quotes.note_receipt(tx.connection, order.id, tx.now)
        elif mine is not None and mine.status != "closed":
            note, owner = SendNote(NOTE_ACTIVATED, order.id), questions.owner_of(payment.id)
            self.outbox.leave(tx.connection, codec.stored_job(f"{NOTE_ACTIVATED}:{payment.id}", owner, note, tx.now))
        self.quotes.announce_changed(tx.connection, order.id, tx.now)
        for told in list_money_events(tx.connection, order, payment, tx.now):
            tx.publish(told)


def _tell_taken(order_number: str | None, taken_by: str | None) -> None:
    _log.error("reference_taken", alarm=True, order=order_number, taken_by=taken_by)


def _tell_kept(tx: UnitOfWork, kept: TransferKept, sum_: Money, reference: str) -> None:
    """Wake the seller, and tell the seller's other systems and the customer.

    Of money that may be told twice the customer reads nothing before a person has decided.
    """
    order = kept.order
    told = partial(seller_events.transfer_kept, order, reference=reference, reason=kept.reason, now=tx.now)
    tx.publish(told(amount=sum_.minor, currency=sum_.currency))
    if kept.reason == "reference_taken":
        return
    _log.error("transfer_kept", alarm=True, order=order.number, reason=kept.reason)
    for payment in record.of_order(tx.connection, order.id)[-1:]:
        event = TransferNotBooked(order.id, order.number, sum_, order.price.gross, kept.reason)
        tx.tell(questions.owner_of(payment.id), event)
