"""Letters: their words by text key, as plain text and as a page in the seller's look. A link stands first and acts."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from bot.conversation.render import Renderer
from bot.conversation.stored import StoredCause
from bot.usecases.agents.line_words import find_attachment_kind, word_line
from bot.usecases.agents.masking import ContactMasks
from bot.web.letter_page import LetterLink, LetterPage
from dialogs.kit import Params, Word
from services.messaging.mail import Mail
from services.store.journal import CUSTOMER, JournalEntry
from services.support.tickets import Ticket
from values.account_view import InvoiceLine
from values.channel import Channel
from values.meaning import Expects
from values.private import Private, PrivateStruct

Quoted = Sequence[tuple[str, str]]
"""A talk's lines, each with who said it."""


def write_link_letter(
    renderer: Renderer,
    purpose: str,
    to: str,
    href: str,
    expires_at: datetime,
    locale: str,
    more: Params | None = None,
    foot: str = "mail.foot",
    code: str | None = None,
) -> Mail:
    """Return a letter that leads to one page of ours.

    A button and the same link plain. `more` is what its words need, `foot` the key of the line that says why it was
    sent. `code` does as well as the link: it stands in the first line, which mailboxes and phones show unopened.
    """
    seller = renderer.seller
    offered: Params = {"sign_up": "sign_up" in seller.entries, "coded": code is not None, "code": code}
    params = {**offered, **(more or {}), "seller": seller.name, "expires_at": expires_at, "email": to}
    page = _leading(renderer, purpose, href, params, foot, locale)
    return write_letter(renderer, to, replace(page, code=renderer.words("mail.code", params, locale) if code else ""))


def write_invoice_notice(renderer: Renderer, to: str, invoice: InvoiceLine, href: str, locale: str) -> Mail:
    """Return the notice of an invoice; the link leads to the document, or to the chat where it is listed."""
    params: Params = {
        "seller": renderer.seller.name,
        "number": invoice.number,
        "gross": invoice.gross,
        "issued": invoice.issued,
        "due": invoice.due,
        "kind": invoice.told_as,
        "correction": invoice.told_as == "correction",
    }
    return write_letter(renderer, to, _leading(renderer, "invoice_issued", href, params, "mail.foot_notice", locale))


def write_reminder(renderer: Renderer, to: str, href: str, leave: str, params: Params, locale: str) -> Mail:
    """Return the reminder that a subscription ends."""
    return _stoppable(renderer, "renewal", to, href, leave, params, "mail.foot_reminder", locale)


def write_unfinished(renderer: Renderer, to: str, href: str, leave: str, params: Params, locale: str) -> Mail:
    """Return the reminder of what was left unfinished in the chat."""
    return _stoppable(renderer, "unfinished", to, href, leave, params, "mail.foot_unfinished", locale)


def write_answer_letter(renderer: Renderer, to: str, href: str, reply_to: str, said: Quoted, locale: str) -> Mail:
    """Return the letter about an agent's unread answer; `said` are the agents' names with their words.

    Without any it says that an answer waits, no more: nobody has proven the address. A person wrote it, not a machine.
    """
    name = "answer" if said else "answer_waits"
    leave, foot = f"{href}/stop", "mail.foot_answer"
    earlier: Params = {"by": said[-1][0] if said else "", "words": ""}  # places of sellers' own texts: words are quoted
    stop = "mail.stop_answers"
    letter = _stoppable(renderer, name, to, href, leave, earlier, foot, locale, stop_key=stop, quoted=said)
    return replace(letter, reply_to=reply_to, personal=True)


def _stoppable(
    renderer: Renderer,
    name: str,
    to: str,
    href: str,
    leave: str,
    params: Params,
    foot: str,
    locale: str,
    stop_key: str = "mail.stop_reminders",
    quoted: Quoted = (),
) -> Mail:
    """Return a letter with how to stop such e-mails, as mail programs offer it."""
    told = {**params, "seller": renderer.seller.name, "email": to}
    stop = LetterLink(renderer.words(stop_key, told, locale), leave)
    page = replace(_leading(renderer, name, href, told, foot, locale), quoted=tuple(quoted), stop=stop)
    return replace(write_letter(renderer, to, page), leave=leave)


class WaitingNotice(PrivateStruct):
    """The notice of a customer who waits for a person.

    It names the place, the language, and the address for the answer. `why` as in `MailSupport`; `reason`: that of the
    request; `until`: the time by which a wish for deletion needs an answer.
    """

    href: str
    channel: str
    locale: str
    why: str
    until: datetime
    reply_to: Private[str | None]
    reason: str = "asked"


MOST_LINES = 5
_LONGEST_LINE = 400


def write_waiting_notice(
    renderer: Renderer, to: str, lines: Sequence[JournalEntry], waits: WaitingNotice, masks: ContactMasks
) -> Mail:
    """For the seller's support, in the seller's first language: who waits where and why, and what was said last."""
    locale = renderer.seller.locales[0]
    params: Params = {
        "why": waits.why,
        "reason": waits.reason,
        "until": waits.until,
        "channel": Word(Channel(waits.channel).title_key),
        "language": Word(f"language.{renderer.spoken(waits.locale)}"),
        "email": masks.mask_answer(Expects.email, waits.reply_to or "") or "—",
    }
    text, subject, button = (
        renderer.words(f"mail.support.{part}", params, locale) for part in ("text", "subject", "button")
    )
    last = tuple(_line(renderer, line, lines, masks, locale) for line in lines[-MOST_LINES:])
    page = LetterPage(locale=locale, title=subject, text=text, quoted=last, button=LetterLink(button, waits.href))
    return Mail(to, subject, _plain(page), page.html(renderer.look), waits.reply_to)


def _line(
    renderer: Renderer, line: JournalEntry, lines: Sequence[JournalEntry], masks: ContactMasks, locale: str
) -> tuple[str, str]:
    who, other = "customer" if line.kind == CUSTOMER else "desk", find_attachment_kind(line)
    came = renderer.words(f"other_kind.{other}", {}, locale) if other is not None else ""
    words = "\n".join(filter(None, (came, word_line(line, lines))))
    shown = masks.mask_line(words, line.kind, StoredCause.from_json(line.data).step)
    cut = shown if len(shown) <= _LONGEST_LINE else f"{shown[:_LONGEST_LINE].rstrip()} …"
    return f"{line.at:%Y-%m-%d %H:%M} UTC  {renderer.words(f'mail.support.{who}', {}, locale)}", cut


# Whichever order the database gives them back in.
_LABELS = {
    "tax_number": "label.tax_number",
    "name": "label.company_name",
    "street": "label.street",
    "postal_code": "label.postal_code",
    "city": "label.city",
}


def write_ticket(
    renderer: Renderer, to: str, reported: Ticket, reply_to: str | None, locale: str, masks: ContactMasks
) -> Mail:
    """For the seller's support: what a customer says is wrong, in their words, with what it is about."""
    email, told = masks.mask_answer(Expects.email, reply_to or "") or "—", masks.mask_said(reported.words)
    params = {"number": reported.number, "email": email, "conversation": reported.conversation_id}
    text, subject, stated, known = (
        renderer.words(f"mail.ticket.{part}", params, locale)
        for part in (reported.subject, "subject", "stated", "known")
    )
    labelled = {k: renderer.words(label, {}, locale) for k, label in _LABELS.items() if k in reported.about}
    rest = (str(value) for name, value in reported.about.items() if name not in labelled)
    lines = [*(f"{label}: {reported.about[name]}" for name, label in labelled.items()), *rest]
    about = "\n".join([known, *lines] if labelled else lines)
    said = ((stated.removesuffix(":"), told),) if told else ()
    page = LetterPage(locale=locale, title=subject, text=f"{text}\n\n{about}", quoted=said)
    return Mail(to, subject, _plain(page), page.html(renderer.look), reply_to)


def write_farewell(renderer: Renderer, to: str, stays: Params, locale: str) -> Mail:
    """Return the last letter: the account is gone, and what `stays` of it (`ordered`, `on_file`)."""
    params: Params = {**stays, "seller": renderer.seller.name}
    parts = ("subject", "text", "foot")
    subject, text, foot = (renderer.words(f"mail.erased.{part}", params, locale) for part in parts)
    return write_letter(renderer, to, LetterPage(locale=locale, title=subject, text=text, foot=foot))


def write_account_letter(renderer: Renderer, name: str, to: str, href: str, params: Params, locale: str) -> Mail:
    """Return a letter about something that happened to the account, unasked."""
    told = {**params, "seller": renderer.seller.name, "email": to}
    return write_letter(renderer, to, _leading(renderer, name, href, told, "mail.foot_log_in", locale))


def _leading(renderer: Renderer, name: str, href: str, params: Params, foot_key: str, locale: str) -> LetterPage:
    told = {**params, "link": href}
    parts = (f"mail.{name}.subject", f"mail.{name}.text", f"mail.{name}.button", foot_key)
    subject, text, button, foot = (renderer.words(key, told, locale) for key in parts)
    return LetterPage(locale=locale, title=subject, text=text, foot=foot, button=LetterLink(button, href))


def write_letter(renderer: Renderer, to: str, page: LetterPage) -> Mail:
    """Return a letter to a customer: what they answer to it reaches the seller's support."""
    return Mail(to, page.title, _plain(page), page.html(renderer.look), reply_to=renderer.facts.get("support"))


def _plain(page: LetterPage) -> str:
    """Return the letter for whoever reads no HTML: links are written out, the acting one first."""
    quoted = (f"{by}:\n{said}" for by, said in page.quoted)
    before, links = page.enclosed or ("", ())
    enclosed = "\n".join((before, *(f"{link.words}: {link.href}" for link in links)))
    button, stop = (f"{link.words}:\n{link.href}" if link is not None else "" for link in (page.button, page.stop))
    parts = (page.code, page.text, *quoted, button, enclosed, page.foot, stop)
    return "\n\n".join(filter(None, parts)) + "\n"
