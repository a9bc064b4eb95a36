"""Calls that write to customers: a link to follow, a note, a notice of an invoice, a farewell."""

from bot.usecases.billing.emails import Instructions
from bot.usecases.command_deps import HELD_BACK
from bot.usecases.einvoices.commands import line_of
from bot.usecases.emails import informational, rendering
from bot.usecases.job_deps import JobDeps
from dialogs.kit import Event
from dialogs.messages.einvoice import InvoiceNoticed, SendInvoiceNotice
from dialogs.messages.letters import LetterFailed, LetterSent, NoteFailed, NoteSent, SendLetter, SendNote
from dialogs.messages.own_data import Farewelled, SendFarewell
from services.accounts import one_time_links
from services.einvoicing import issued_invoices
from services.jobs.port import StoredJob
from values.rules import NOTE_INSTRUCTIONS


async def send_letter(tools: JobDeps, call: SendLetter, stored: StoredJob) -> Event:
    """One with a link; to an address that nobody has one without."""
    if call.link_id == HELD_BACK:
        return LetterFailed("too_many")
    if not call.to:
        return LetterSent()  # nobody has that user name: nothing is sent, and nothing told of it
    now = tools.clock.now()
    link = await tools.store.read(lambda connection: one_time_links.get(connection, link_id=call.link_id, now=now))
    if link is None:
        return LetterFailed("unavailable")
    known = link.data.get("known", True)
    purpose = link.told_as if known else "no_account"
    way = f"s/{one_time_links.token_of(tools.server_key, link.id)}" if known else "chat"
    href = f"{tools.public_url}/{way}"
    letter = rendering.with_link(tools.renderer, purpose, call.to, href, link.expires_at, await tools.locale(stored))
    return await tools.post(letter, stored.key, LetterSent(), LetterFailed)


async def send_invoice_notice(tools: JobDeps, call: SendInvoiceNotice, stored: StoredJob) -> Event:
    """Send the notice of an issued invoice."""
    invoice = await tools.store.read(lambda connection: issued_invoices.get(connection, call.invoice_id))
    if invoice is None:
        return InvoiceNoticed(sent=False)
    href = invoice.issued.url or f"{tools.public_url}/chat"
    letter = rendering.invoice_notice(tools.renderer, call.to, line_of(invoice), href, await tools.locale(stored))
    return await tools.post(
        letter,
        stored.key,
        InvoiceNoticed(sent=True),
        lambda _r: InvoiceNoticed(sent=False),
    )


async def send_note(tools: JobDeps, call: SendNote, stored: StoredJob) -> Event:
    """Send a note as the books stand when it goes out."""
    told = await tools.store.read(lambda connection: informational.facts(connection, call, tools.renderer.seller))
    if told is None and call.note == NOTE_INSTRUCTIONS:
        return NoteSent(call.note)  # nothing is to be carried to a bank any more: nobody waits for it
    if told is None:
        return NoteFailed(call.note, "unavailable")
    locale = await tools.locale(stored)
    letter = informational.letter(tools.renderer, call, told, locale)
    if call.note == NOTE_INSTRUCTIONS:
        office = Instructions(tools.renderer, tools.server_key, tools.public_url, tools.pay_to)
        letter = await tools.store.read(lambda c: office.with_code(c, letter, call.about, locale))
    sent, name = NoteSent(call.note), call.note
    return await tools.post(letter, stored.key, sent, lambda reason: NoteFailed(name, reason))


async def send_farewell(tools: JobDeps, call: SendFarewell, stored: StoredJob) -> Event:
    """To whoever was erased: what stays, and why."""
    stays = {"ordered": call.ordered, "on_file": call.on_file}
    letter = rendering.farewell(tools.renderer, call.to, stays, call.locale)
    return await tools.post(letter, stored.key, Farewelled(), lambda _r: Farewelled())
