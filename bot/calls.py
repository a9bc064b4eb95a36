"""Calls: all that a conversation can cause outside, each with the service that does it. The second half of the contents
page; the first is `bot/acts/`.

A call runs after its turn's commit, under a key that is the same when it is tried again, and gives an event for its
dialog. What is given up gives an event, too: never a dead end.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from bot import codec, letters, notes, on_file_record
from bot.acts.service import line_of
from bot.acts.tools import HELD_BACK
from bot.by_hand import PayTo
from bot.charge_calls import ChargeCalls, state_told
from bot.event_sender import EventSender
from bot.instructions import Instructions
from bot.render import Renderer
from bot.renewal_letters import RenewalLetters
from dialogs import company, contact, handoff, payment
from dialogs.case import CompanyData
from dialogs.kit import Call, Event
from dialogs.words import account, charge, methods, note, on_file, own_data, renewal
from dialogs.words import einvoice as einvoicing
from services import accounts, codes, directory, events_out, issued_invoices, links, tickets
from services.clock import Clock
from services.directory_lookup import DirectoryLookup
from services.engine.port import Call as StoredCall
from services.engine.port import Done, GaveUp, Outcome, TryLater
from services.errors import Conflict, Misconfigured, Refused, Unavailable
from services.messaging.mail import Mail
from services.messaging.smsapi import SmsApi
from services.messaging.smtp import SmtpMailer
from services.payments import record
from services.payments.providers.base import Attempt, PaymentProvider, State
from services.registers.company import Found, Register
from services.registers.lookup import look_up
from services.store import conversations, journal
from services.store.database import Store
from values import notes as values_notes
from values.stored_way import KeptWay

_log = structlog.get_logger(__name__)

# A customer waits so long for a register, then types; in the background it may take longer.
LOOKUP_BUDGET_S = 8.0
LATER_BUDGET_S = 30.0
# How often a call of a kind is begun before it is given up.
TRIES: Mapping[str, int] = {
    "SendCode": 3,
    "SendLetter": 8,
    "LookUpCompany": 1,
    "LookUpCompanyLater": 12,
    "ConfirmPayment": 12,
    "AskPayment": 2,
    "AskReturned": 4,
    "PollPayment": 2,
    "RefundPayment": 12,
    # Less than three hours: for longer no provider is sure to know a charge by its name.
    "ChargeStored": 9,
    "AskCharge": 60,
    "ForgetStored": 24,
    "ForgetPayer": 24,
    "SendNote": 8,
    "MailSupport": 12,
    "MailTicket": 12,
    "MailReminder": 12,
    "MailToPay": 12,
    "MailLapse": 12,
    "MailCharge": 12,
    "LookUpOnFile": 1,
    # Given up by its age, not by a count (`bot/event_sender.py`).
    events_out.SEND: 1_000_000,
    "SendInvoiceNotice": 12,
    "SendFarewell": 12,
}


@dataclass(frozen=True)
class DeskCalls:
    """Does calls for one seller through the providers it was made with."""

    store: Store
    clock: Clock
    renderer: Renderer
    server_key: bytes
    public_url: str
    support_email: str
    sms: SmsApi
    mail: SmtpMailer
    registers: Sequence[Register]
    vies: Register
    providers: Mapping[str, PaymentProvider]
    events: EventSender
    directory: DirectoryLookup | None
    pay_to: PayTo

    async def execute(self, stored: StoredCall) -> Outcome:
        """Does the call. Errors of services become "later" or an event; anything else is a bug and raises."""
        if stored.kind == events_out.SEND:  # the only one that concerns no conversation
            return await self.events.send(stored)
        call = codec.call_from(stored.kind, stored.payload)
        try:
            event = await _TABLE[type(call)](self, call, stored)
        except Unavailable as error:
            return TryLater(error.retry_after, error.reason)
        except Misconfigured as error:
            _log.error("misconfigured", alarm=True, call=stored.kind, reason=error.reason, origin=error.origin)
            return TryLater(timedelta(minutes=1), error.reason)
        return Done({"event": codec.name_of(event), "fields": codec.to_json(event)})

    # --- messages ---

    async def send_code(self, call: contact.SendCode, stored: StoredCall) -> Event:
        locale = await self._locale(stored)
        code = codes.derive(self.server_key, call.challenge)
        text = self.renderer.words("sms.code", {"code": code}, locale)
        try:
            await self.sms.send(call.phone, text, stored.key)
        except Refused as error:
            await self.store.write(lambda connection: codes.not_sent(connection, call.challenge))
            return contact.CodeNotSent(error.reason)
        return contact.CodeSent(self.clock.now())

    async def send_letter(self, call: account.SendLetter, stored: StoredCall) -> Event:
        if call.link_id == HELD_BACK:
            return account.LetterFailed("too_many")
        if not call.to:
            return account.LetterSent()  # nobody has that user name: nothing is sent, and nothing told of it
        now = self.clock.now()
        link = await self.store.read(lambda connection: links.get(connection, link_id=call.link_id, now=now))
        if link is None:
            return account.LetterFailed("unavailable")
        known = link.data.get("known", True)
        purpose = link.purpose if known else "no_account"
        way = f"s/{links.token_of(self.server_key, link.id)}" if known else "chat"
        href = f"{self.public_url}/{way}"
        letter = letters.with_link(self.renderer, purpose, call.to, href, link.expires_at, await self._locale(stored))
        return await self._mail(letter, stored.key, account.LetterSent(), account.LetterFailed)

    async def send_invoice_notice(self, call: einvoicing.SendInvoiceNotice, stored: StoredCall) -> Event:
        invoice = await self.store.read(lambda connection: issued_invoices.get(connection, call.invoice_id))
        if invoice is None:
            return einvoicing.InvoiceNoticed(sent=False)
        href = invoice.issued.url or f"{self.public_url}/chat"
        letter = letters.invoice_notice(self.renderer, call.to, line_of(invoice), href, await self._locale(stored))
        return await self._mail(
            letter,
            stored.key,
            einvoicing.InvoiceNoticed(sent=True),
            lambda _r: einvoicing.InvoiceNoticed(sent=False),
        )

    async def send_note(self, call: note.SendNote, stored: StoredCall) -> Event:
        packs = {addon.id: addon.pack for addon in self.renderer.seller.addons}
        told = await self.store.read(lambda connection: notes.facts(connection, call, packs))
        if told is None and call.note == values_notes.INSTRUCTIONS:
            return note.NoteSent(call.note)  # nothing is to be carried to a bank any more: nobody waits for it
        if told is None:
            return note.NoteFailed(call.note, "unavailable")
        locale = await self._locale(stored)
        letter = notes.letter(self.renderer, call, told, locale)
        if call.note == values_notes.INSTRUCTIONS:
            office = Instructions(self.renderer, self.server_key, self.public_url, self.pay_to)
            letter = await self.store.read(lambda c: office.with_code(c, letter, call.about, locale))
        sent, name = note.NoteSent(call.note), call.note
        return await self._mail(letter, stored.key, sent, lambda reason: note.NoteFailed(name, reason))

    async def send_farewell(self, call: own_data.SendFarewell, stored: StoredCall) -> Event:
        stays = {"ordered": call.ordered, "on_file": call.on_file}
        letter = letters.farewell(self.renderer, call.to, stays, call.locale)
        return await self._mail(letter, stored.key, own_data.Farewelled(), lambda _r: own_data.Farewelled())

    async def mail_support(self, call: handoff.MailSupport, stored: StoredCall) -> Event:
        lines = await self.store.read(
            lambda connection: journal.messages(connection, stored.conversation_id, with_customer=True)
        )
        letter = letters.transcript(
            self.renderer, self.support_email, lines, call.reply_to, stored.conversation_id, await self._locale(stored)
        )
        return await self._mail(letter, stored.key, handoff.SupportMailed(), lambda _r: handoff.SupportNotMailed())

    async def mail_ticket(self, call: renewal.MailTicket, stored: StoredCall) -> Event:
        ticket = await self.store.read(lambda connection: tickets.get(connection, call.ticket_id))
        if ticket is None:
            return renewal.TicketNotMailed()
        whose = ticket.account_id
        holder = await self.store.read(lambda c: accounts.get(c, whose)) if whose is not None else None
        reply_to = holder.email if holder is not None else None
        letter = letters.ticket(self.renderer, self.support_email, ticket, reply_to, await self._locale(stored))
        return await self._mail(letter, stored.key, renewal.TicketMailed(), lambda _r: renewal.TicketNotMailed())

    async def mail_reminder(self, call: renewal.MailReminder, stored: StoredCall) -> Event:
        """To whoever has no conversation: the link begins one."""
        return await self._renewal_letter(lambda of, c: of.reminder(c, call), stored)

    async def mail_lapse(self, call: renewal.MailLapse, stored: StoredCall) -> Event:
        return await self._renewal_letter(lambda of, c: of.lapse(c, call), stored)

    async def _renewal_letter(self, write: Callable[[RenewalLetters, Any], Mail | None], stored: StoredCall) -> Event:
        office = RenewalLetters(self.renderer, self.server_key, self.public_url)
        letter = await self.store.read(lambda connection: write(office, connection))
        if letter is None:
            return renewal.RenewalNotMailed()
        return await self._mail(letter, stored.key, renewal.RenewalMailed(), lambda _r: renewal.RenewalNotMailed())

    async def mail_to_pay(self, call: renewal.MailToPay, stored: StoredCall) -> Event:
        return await self._renewal_letter(lambda of, c: of.to_pay(c, call), stored)

    async def mail_charge(self, call: charge.MailCharge, stored: StoredCall) -> Event:
        return await self._renewal_letter(lambda of, c: of.charge(c, call), stored)

    async def _mail(self, letter: Mail, key: str, sent: Event, refused: Callable[[str], Event]) -> Event:
        try:
            await self.mail.send(letter, key)
        except Refused as error:
            return refused(error.reason)
        return sent

    async def _locale(self, stored: StoredCall) -> str:
        found = await self.store.read(
            lambda connection: conversations.load(connection, stored.conversation_id, lock=False)
        )
        return found.locale if found is not None else self.renderer.seller.locales[0]

    # --- registers ---

    async def look_up_company(self, call: company.LookUpCompany, _stored: StoredCall) -> Event:
        return await self._look_up(call, LOOKUP_BUDGET_S)

    async def look_up_later(self, call: company.LookUpCompanyLater, _stored: StoredCall) -> Event:
        return await self._look_up(call, LATER_BUDGET_S)

    async def _look_up(self, call: company.LookUpCompany | company.LookUpCompanyLater, budget: float) -> Event:
        asked = (self.vies,) if call.trade else self.registers
        try:
            answer = await look_up(asked, call.tax_number, country=call.country, budget=budget)
        except Refused:
            return company.CompanyUnknown()
        if not isinstance(answer, Found):
            return company.CompanyUnknown()
        known, proof = answer.company, answer.evidence
        data = CompanyData(known.name, known.street, known.postal_code, known.city)
        return company.CompanyFound(data, answer.source, proof.at, proof.request_id)

    # --- the seller's own system ---

    async def look_up_on_file(self, call: on_file.LookUpOnFile, _stored: StoredCall) -> Event:
        """Whoever it knows by this number is put on file. It is asked once: a customer waits."""
        try:
            told = await self.directory.by_number(call.number) if self.directory is not None else None
        except (Unavailable, Misconfigured) as error:
            _log.error("directory_silent", alarm=True, reason=error.reason, origin=error.origin)
            return on_file.OnFileLookedUp(answered=False)
        record = on_file_record.looked_up(self.renderer.seller, told, call.number) if told is not None else None
        if record is not None:
            await self.store.write(lambda connection: directory.put(connection, record, self.clock.now()))
        return on_file.OnFileLookedUp(answered=True)

    # --- payments ---

    async def confirm_payment(self, call: payment.ConfirmPayment, _stored: StoredCall) -> Event:
        attempt = await self.store.read(lambda c: record.attempt(c, call.payment_id, call.attempt))
        if attempt is None:
            return payment.PaymentChecked(call.payment_id, "unknown")
        provider = self.providers[attempt.provider]
        return await self._checked(attempt, lambda known: provider.confirm(known, call.facts))

    async def ask_payment(self, call: payment.AskPayment | payment.PollPayment, _stored: StoredCall) -> Event:
        return await self._ask(call.payment_id)

    async def ask_returned(self, call: payment.AskReturned, _stored: StoredCall) -> Event:
        checked = await self._ask(call.payment_id)
        if checked.state == "pending" and checked.attempt:
            return payment.PaymentChecked(call.payment_id, "failed", checked.attempt)
        return checked

    async def refund_payment(self, call: payment.RefundPayment, stored: StoredCall) -> Event:
        """Under the call's key: a repeat after a lost answer gives nothing back twice."""
        attempt = await self.store.read(lambda c: record.attempt(c, call.payment_id, call.attempt))
        if attempt is None:
            return payment.RefundAnswered(call.payment_id, call.attempt, taken_on=False)
        provider = self.providers[attempt.provider]
        owed = Attempt(attempt.reference, attempt.provider_ref, call.amount, call.currency)
        notify_url = f"{self.public_url}/webhooks/payments/{attempt.provider}"
        try:
            await provider.refund(owed, amount=call.amount, key=stored.key, reason="paid twice", notify_url=notify_url)
        except (Refused, Conflict) as error:
            _log.error("refund_refused", alarm=True, payment=call.payment_id, reason=error.reason)
            return payment.RefundAnswered(call.payment_id, call.attempt, taken_on=False)
        return payment.RefundAnswered(call.payment_id, call.attempt, taken_on=True)

    @property
    def _charging(self) -> ChargeCalls:
        return ChargeCalls(self.store, self.clock, self.renderer.seller.name, self.providers)

    async def charge_stored(self, call: charge.ChargeStored, stored: StoredCall) -> Event:
        return await self._charging.charge(call, stored)

    async def ask_charge(self, call: charge.AskCharge, _stored: StoredCall) -> Event:
        return await self._charging.ask(call)

    async def forget_stored(self, call: methods.ForgetStored, _stored: StoredCall) -> Event:
        return await self._charging.forget(call)

    async def forget_payer(self, call: methods.ForgetPayer, _stored: StoredCall) -> Event:
        return await self._charging.forget_payer(call)

    async def _ask(self, payment_id: str) -> payment.PaymentChecked:
        """Money in any attempt counts; else the newest attempt says how the payment stands."""
        known = await self.store.read(lambda connection: record.attempts_of(connection, payment_id))
        latest = payment.PaymentChecked(payment_id, "pending")
        for attempt in known:
            if attempt.status == "paid":  # booked already, as another conversation of the customer may not know
                booked = (attempt.received or 0, attempt.received_currency or "")
                return payment.PaymentChecked(payment_id, "paid", attempt.n, *booked)
            if attempt.stored_id is not None or attempt.status not in ("created", "pending", "failed"):
                continue  # what the desk charges by itself it asks after by itself
            latest = await self._checked(attempt, self.providers[attempt.provider].ask)
            if latest.state == "paid":
                return latest
        return latest

    async def _checked(
        self, attempt: record.Attempt, question: Callable[[Attempt], Awaitable[State]]
    ) -> payment.PaymentChecked:
        owed = await self.store.read(lambda connection: record.get(connection, attempt.payment_id))
        if owed is None:
            return payment.PaymentChecked(attempt.payment_id, "unknown")
        try:
            state = await question(Attempt(attempt.reference, attempt.provider_ref, owed.amount, owed.currency))
        except (Refused, Conflict) as error:
            _log.error("payment_refused", alarm=True, payment=attempt.payment_id, reason=error.reason)
            return payment.PaymentChecked(attempt.payment_id, "unknown", attempt.n)
        return payment.PaymentChecked(
            attempt.payment_id, state_told(state), attempt.n, state.amount, state.currency.upper(), _kept(state)
        )


def _kept(state: State) -> KeptWay | None:
    kept = state.stored
    return None if kept is None else KeptWay(kept.token, kept.customer, kept.label, kept.expires)


def given_up(stored: StoredCall, outcome: GaveUp) -> Event:
    """What a dialog is told when a call was tried as often as makes sense."""
    call = codec.call_from(stored.kind, stored.payload)
    match call:
        case contact.SendCode():
            return contact.CodeNotSent("unavailable")
        case account.SendLetter():
            return account.LetterFailed("unavailable")
        case on_file.LookUpOnFile():
            return on_file.OnFileLookedUp(answered=False)
        case company.LookUpCompany() | company.LookUpCompanyLater():
            return company.RegisterSilent()
        case handoff.MailSupport():
            return handoff.SupportNotMailed()
        case renewal.MailTicket():
            return renewal.TicketNotMailed()
        case renewal.MailReminder() | renewal.MailToPay() | renewal.MailLapse() | charge.MailCharge():
            return renewal.RenewalNotMailed()
        case charge.ChargeStored(payment_id=payment_id, attempt=n) | charge.AskCharge(payment_id=payment_id, attempt=n):
            return charge.ChargeAnswered(payment_id, n, "unknown")
        case methods.ForgetStored() | methods.ForgetPayer():
            return methods.StoredNotForgotten()
        case einvoicing.SendInvoiceNotice():
            return einvoicing.InvoiceNoticed(sent=False)
        case note.SendNote(note=name):
            return note.NoteFailed(name, "unavailable")
        case own_data.SendFarewell():
            return own_data.Farewelled()
        case payment.RefundPayment(payment_id=payment_id, attempt=attempt):
            return payment.RefundAnswered(payment_id, attempt, taken_on=False)
        case _:
            return payment.PaymentChecked(stored.payload["payment_id"], "unknown")


def outcome_event(stored: StoredCall, outcome: Done | GaveUp) -> Event:
    """The event that a finished call is to its conversation."""
    if isinstance(outcome, GaveUp):
        return given_up(stored, outcome)
    return codec.event_from(outcome.result["event"], outcome.result["fields"])


_TABLE: dict[type[Call], Callable[[DeskCalls, Any, StoredCall], Awaitable[Event]]] = {
    account.SendLetter: DeskCalls.send_letter,
    contact.SendCode: DeskCalls.send_code,
    on_file.LookUpOnFile: DeskCalls.look_up_on_file,
    company.LookUpCompany: DeskCalls.look_up_company,
    company.LookUpCompanyLater: DeskCalls.look_up_later,
    payment.ConfirmPayment: DeskCalls.confirm_payment,
    payment.AskPayment: DeskCalls.ask_payment,
    payment.AskReturned: DeskCalls.ask_returned,
    payment.PollPayment: DeskCalls.ask_payment,
    payment.RefundPayment: DeskCalls.refund_payment,
    handoff.MailSupport: DeskCalls.mail_support,
    renewal.MailTicket: DeskCalls.mail_ticket,
    renewal.MailReminder: DeskCalls.mail_reminder,
    renewal.MailToPay: DeskCalls.mail_to_pay,
    renewal.MailLapse: DeskCalls.mail_lapse,
    charge.MailCharge: DeskCalls.mail_charge,
    charge.ChargeStored: DeskCalls.charge_stored,
    charge.AskCharge: DeskCalls.ask_charge,
    methods.ForgetStored: DeskCalls.forget_stored,
    methods.ForgetPayer: DeskCalls.forget_payer,
    einvoicing.SendInvoiceNotice: DeskCalls.send_invoice_notice,
    note.SendNote: DeskCalls.send_note,
    own_data.SendFarewell: DeskCalls.send_farewell,
}
