"""Calls that write to customers: a link to follow, a note, a notice of an invoice, a farewell."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

import sqlalchemy as sa
from msgspec.structs import replace

from bot.conversation.identity import marked_id
from bot.conversation.render import Renderer
from bot.usecases.accounts import own_statement
from bot.usecases.accounts.log_ins import GATHERED, LETTER_OF
from bot.usecases.billing import unproven
from bot.usecases.command_deps import HELD_BACK, LETTERS
from bot.usecases.emails import informational, rendering
from bot.usecases.job_deps import JobDeps, does
from bot.web.letter_page import LetterLink, LetterPage
from dialogs.kit import Event, Params, Word
from dialogs.messages import letters
from dialogs.messages.einvoice import InvoiceNoticed, SendInvoiceNotice
from dialogs.messages.own_data import Farewelled, SendFarewell
from dialogs.messages.withdrawal import MailProof, ProofMailed
from services import limits
from services.accounts import account_view, accounts, one_time_links, start_links
from services.accounts.consents import ConsentStatus
from services.contacts import codes, contacts
from services.einvoicing import issued_invoices
from services.jobs.port import StoredJob
from services.keyed_hash import is_keyed_hex
from services.messaging import qr_codes
from services.messaging.mail import Enclosure, Mail, Picture
from services.orders import order_record
from services.payments import book, record
from values import email as emails
from values import rules
from values.channel import Channel
from values.consent import document_heading, fingerprint, is_document

PICTURE = "transfer-qr"
#: Notes to whom the seller's panel is open, or will be.
_INTO_PANEL = (rules.NOTE_WELCOME, rules.NOTE_ORDER, rules.NOTE_ACTIVATED)
# Only what anybody may ask for in the chat is to be ignored by whoever didn't.
_FEET = {
    rules.NOTE_USER_NAME: "mail.foot",
    rules.NOTE_EMAIL_REPLACED: "mail.foot_account",
    rules.NOTE_ADDRESS_PROPOSED: "mail.foot_account",
    rules.NOTE_ADDRESS_REPLACED: "mail.foot_account",
    rules.NOTE_INVOICE_EMAIL: "mail.foot_account",
    rules.NOTE_PASSWORD_REPLACED: "mail.foot_account",
}
SHOWN_FOR = timedelta(days=7)
"""How long the link to the list of log-ins leads there."""


@does(letters.SendLetter, tries=8, given_up=lambda _: letters.LetterFailed("unavailable"), writes=True)
async def send_letter(deps: JobDeps, job: letters.SendLetter, stored: StoredJob) -> Event:
    """One with a link; to an address that nobody has one without."""
    if job.link_id == HELD_BACK:
        return letters.LetterFailed("too_many")
    if not job.to:
        return letters.LetterSent()  # nobody has that user name: nothing is sent, and nothing told of it
    now = deps.clock.now()

    def find(connection: sa.Connection) -> tuple[one_time_links.OneTimeLink | None, bool]:
        until = codes.good_until(connection, job.link_id)
        return one_time_links.get(connection, link_id=job.link_id, now=now), until is not None and now < until

    link, good = await deps.store.read(find)
    if link is None:
        return letters.LetterFailed("unavailable")
    # To an address that is taken goes none. Made anew at each try: a letter sent again after a crash holds the same.
    code = codes.derive(deps.server_key, link.id) if good and link.purpose == "confirm_email" else None
    known = link.data.get("known", True)
    purpose = link.told_as if known else "no_account"
    way = f"s/{one_time_links.token_of(deps.server_key, link.id)}" if known else "chat"
    href = f"{deps.public_url}/{way}"
    locale = await deps.locale(stored)
    letter = rendering.write_link_letter(deps.renderer, purpose, job.to, href, link.expires_at, locale, code=code)
    return await deps.post(letter, stored.key, letters.LetterSent(), letters.LetterFailed)


@does(SendInvoiceNotice, tries=12, given_up=lambda _: InvoiceNoticed(sent=False), writes=True)
async def send_invoice_notice(deps: JobDeps, job: SendInvoiceNotice, stored: StoredJob) -> Event:
    """Send the notice of an issued invoice, unless it is held: then the invoice stands in the zone all the same."""

    def find(connection: sa.Connection) -> issued_invoices.Invoice | None:
        known = issued_invoices.get(connection, job.invoice_id)
        of, seller = known.account_id if known is not None else None, deps.renderer.seller
        held = unproven.holds_notice(connection, account_id=of, to=job.to, seller=seller, clock=deps.clock)
        return None if held else known

    invoice = await deps.store.read(find)
    if invoice is None:
        return InvoiceNoticed(sent=False)
    way = issued_invoices.path_of(deps.server_key, invoice.id) if invoice.has_pdf else "chat"
    href = invoice.issued.url or f"{deps.public_url}/{way}"
    line, locale = account_view.invoice_line(invoice), await deps.locale(stored)
    letter = rendering.write_invoice_notice(deps.renderer, job.to, line, href, locale)
    return await deps.post(letter, stored.key, InvoiceNoticed(sent=True), lambda _r: InvoiceNoticed(sent=False))


@does(letters.SendNote, tries=8, given_up=lambda job: letters.NoteFailed(job.note, "unavailable"), writes=True)
async def send_note(deps: JobDeps, job: letters.SendNote, stored: StoredJob) -> Event:
    """Send a note as the books stand when it goes out."""
    locale = await deps.locale(stored)
    told = await deps.store.read(lambda connection: informational.find_facts(connection, job, deps.renderer, locale))
    if told is None and job.note in informational.TO_PAY:
        return letters.NoteSent(job.note)  # nothing is to be carried to a bank any more: nobody waits for it
    if told is None or (informational.is_to_stranger(job, told) and not await _may_write(deps, stored, told.to)):
        return letters.NoteFailed(job.note, "unavailable")
    href, picture = await deps.store.read(lambda c: _to_copy(deps, c, job))
    page = LetterLink(deps.renderer.words("note.by_hand.page", {}, locale), href) if href else None
    letter = note_letter(deps.renderer, job, told, locale, deps.public_url, page, picture)
    sent, name = letters.NoteSent(job.note), job.note
    return await deps.post(letter, stored.key, sent, lambda reason: letters.NoteFailed(name, reason))


async def _may_write(deps: JobDeps, stored: StoredJob, to: str) -> bool:
    """Return whether one more letter may go to an address that anybody may have typed, and count it."""
    of_conversation, of_network, *of_mailbox = LETTERS
    return await deps.has_room(stored, of_conversation, of_network, *((one, emails.mailbox(to)) for one in of_mailbox))


def _to_copy(deps: JobDeps, connection: sa.Connection, job: letters.SendNote) -> tuple[str, Picture | None]:
    """Return the page to copy the details of a transfer from, and a QR code where there is one; else nothing."""
    order = order_record.get(connection, job.about) if job.note in informational.TO_PAY else None
    waiting = (p for p in record.of_order(connection, order.id) if p.status == "pending") if order is not None else ()
    pending = next(iter(waiting), None)
    if order is None or pending is None:
        return "", None
    code = deps.pay_to.code(order)
    png = qr_codes.png(code.text, code.level) if code is not None else None
    href = f"{deps.public_url}/p/{book.public_token(deps.server_key, pending.id)}"
    return href, Picture(PICTURE, png) if png is not None else None


def note_letter(
    renderer: Renderer,
    job: letters.SendNote,
    told: informational.NoteFacts,
    locale: str,
    public_url: str,
    to_copy: LetterLink | None = None,
    picture: Picture | None = None,
) -> Mail:
    """Return the letter in words, with the accepted documents: attached for good, and linked to.

    `to_copy` is the page with what a bank's form wants, `picture` the same as a QR code.
    """
    params = {"seller": renderer.seller.name, **told.params}
    name = f"note.{job.note}_{told.kind}" if told.kind else f"note.{job.note}"
    keys = (f"{name}.subject", f"{name}.text", _FEET.get(job.note, "mail.foot_order"))
    subject, text, foot = (renderer.words(key, params, locale) for key in keys)
    total, qr, before, panel = (renderer.words(key, {}, locale) for key in _AROUND)
    into_panel = LetterLink(panel, renderer.facts["panel_link"]) if job.note in _INTO_PANEL else None
    page = LetterPage(
        locale=locale,
        title=subject,
        text=text,
        foot=foot,
        total=total,
        button=to_copy or into_panel,
        picture=(picture.name, qr) if picture is not None else None,
        enclosed=(before, links) if (links := tuple(_links(told.accepted, public_url))) else None,
    )
    documents = tuple(_enclosure(renderer, one) for one in told.accepted)
    return replace(rendering.write_letter(renderer, told.to, page), picture=picture, enclosed=documents)


_AROUND = ("label.total", "note.by_hand.qr", "note.enclosed", "note.panel")


def _links(accepted: Iterable[ConsentStatus], public_url: str) -> Iterator[LetterLink]:
    for words in (one.words or "" for one in accepted):
        if is_document(words):
            yield LetterLink(document_heading(words), f"{public_url}/documents/{fingerprint(words)}")


def _enclosure(renderer: Renderer, accepted: ConsentStatus) -> Enclosure:
    """Return the words as they were accepted, to be kept."""
    words, id_, locale = accepted.words or "", accepted.consent_id, accepted.locale
    title = document_heading(words) if is_document(words) else renderer.words(f"label.{id_}", {}, locale)
    page = LetterPage(locale=locale, title=title, text=words, foot=f"{renderer.seller.name} · {accepted.version}")
    return Enclosure(f"{id_}-{accepted.version}-{locale}.html", page.document(renderer.look))


@does(SendFarewell, tries=12, given_up=lambda _: Farewelled(), writes=True)
async def send_farewell(deps: JobDeps, job: SendFarewell, stored: StoredJob) -> Event:
    """To whoever was erased: what stays, and why."""
    stays = {"ordered": job.ordered, "on_file": job.on_file}
    letter = rendering.write_farewell(deps.renderer, job.to, stays, job.locale)
    return await deps.post(letter, stored.key, Farewelled(), lambda _r: Farewelled())


@does(letters.MailLogIn, tries=12, given_up=lambda _: letters.LogInTold(), writes=True)
async def mail_log_in(deps: JobDeps, job: letters.MailLogIn, stored: StoredJob) -> Event:
    """To the account's holder, in the account's language: the chat that logged in may be a stranger's.

    An address given since gets none: the letter's link sets a new password.
    """
    now = deps.clock.now()

    def read(connection: sa.Connection) -> tuple[accounts.AccountRecord | None, one_time_links.OneTimeLink | None]:
        mine = accounts.get(connection, job.account_id)
        return mine, one_time_links.get(connection, link_id=job.link_id, now=now)

    mine, link = await deps.store.read(read)
    if mine is None or link is None or link.account_id != mine.id or not mine.email:
        return letters.LogInTold()
    if not is_keyed_hex(deps.server_key, str(link.data.get("mailbox", "")), LETTER_OF, mine.email_key):
        return letters.LogInTold()
    href = f"{deps.public_url}/s/{one_time_links.token_of(deps.server_key, link.id)}"
    params: Params = {
        "end": job.end,
        "channel": Word(Channel(job.channel).title_key),
        "began_lately": job.at,
        "until_lately": link.expires_at,
    }
    letter = rendering.write_account_letter(deps.renderer, "log_in_told", mine.email, href, params, mine.locale)
    return await deps.post(letter, stored.key, letters.LogInTold(), lambda _r: letters.LogInTold())


@does(MailProof, tries=12, given_up=lambda _: ProofMailed(), writes=True)
async def mail_proof(deps: JobDeps, job: MailProof, stored: StoredJob) -> Event:
    """Ask the contract's account, in its language; who made the statement, and in which words, isn't told."""
    now = deps.clock.now()

    def read(connection: sa.Connection) -> tuple[accounts.AccountRecord, Params, one_time_links.OneTimeLink] | None:
        link = one_time_links.get(connection, link_id=job.link_id, now=now)
        if link is None or link.state != "open":
            return None
        about = own_statement.find_owner(connection, link, deps.renderer.seller)
        if about is None or contacts.prover_of(connection, about[0].email_key) != about[0].id:
            return None
        return *about, link

    found = await deps.store.read(read)
    if found is None:
        return ProofMailed()
    owner, said, link = found
    href, foot = f"{deps.public_url}/s/{one_time_links.token_of(deps.server_key, link.id)}", "mail.foot_order"
    of = (owner.email, href, link.expires_at, owner.locale)
    letter = rendering.write_link_letter(deps.renderer, link.purpose, *of, said, foot)
    return await deps.post(letter, stored.key, ProofMailed(), lambda _r: ProofMailed())


@does(letters.MailLogIns, tries=12, given_up=lambda _: letters.LogInTold(), writes=True)
async def mail_log_ins(deps: JobDeps, job: letters.MailLogIns, stored: StoredJob) -> Event:
    """Tell of a day's other log-ins in one letter; its link leads to the list, by way of a log-in."""
    now = deps.clock.now()
    until = now + SHOWN_FOR

    def prepare(connection: sa.Connection) -> tuple[accounts.AccountRecord | None, int]:
        mine = accounts.get(connection, job.account_id)
        n = limits.count(connection, GATHERED, job.subject, server_key=deps.server_key, now=now)
        if mine is not None and n:
            token = start_links.token_of(deps.server_key, marked_id(deps.server_key, stored.key))
            if start_links.get(connection, token=token) is None:
                start_links.create(
                    connection, token=token, expires_at=until, now=now, account_id=mine.id, entry=rules.LOG_INS
                )
        return mine, n

    mine, n = await deps.store.write(prepare)
    if mine is None or not mine.email or not n:
        return letters.LogInTold()
    token = start_links.token_of(deps.server_key, marked_id(deps.server_key, stored.key))
    params: Params = {"n": n, "since_lately": job.since}
    href = f"{deps.public_url}/chat?start={token}"
    letter = rendering.write_account_letter(deps.renderer, "log_ins_told", mine.email, href, params, mine.locale)
    return await deps.post(letter, stored.key, letters.LogInTold(), lambda _r: letters.LogInTold())
