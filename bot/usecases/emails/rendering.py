"""Letters: their words by text key, as plain text and as the same words in HTML. A link stands first and acts."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from msgspec.structs import replace

from bot.conversation.render import Renderer
from bot.conversation.stored import StoredCause
from bot.usecases.agents.line_words import beside_words, said
from bot.usecases.agents.masking import ContactMasks
from dialogs.kit import Params, Word
from services.messaging.mail import Mail
from services.store.journal import CUSTOMER, JournalEntry
from services.support.tickets import Ticket
from values.account_view import InvoiceLine
from values.channel import Channel
from values.consent import document_blocks
from values.meaning import Expects
from values.private import Private, PrivateStruct


def with_link(
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
    letter = _leading(renderer, purpose, to, href, params, foot, locale)
    return letter if code is None else _headed(letter, renderer.words("mail.code", params, locale))


def _headed(letter: Mail, line: str) -> Mail:
    """Put a line above everything else."""
    shown = f'sans-serif"><p style="font-size:24px;font-weight:600">{escape(line)}</p>'
    return replace(letter, text=f"{line}\n\n{letter.text}", html=letter.html.replace('sans-serif">', shown, 1))


def invoice_notice(renderer: Renderer, to: str, invoice: InvoiceLine, href: str, locale: str) -> Mail:
    """Return the notice of an invoice; the link leads to the document, or to the chat where it is listed."""
    params: Params = {
        "seller": renderer.seller.name,
        "number": invoice.number,
        "gross": invoice.gross,
        "issued": invoice.issued,
        "due": invoice.due,
        "correction": invoice.gross.minor < 0,
    }
    return _leading(renderer, "invoice_issued", to, href, params, "mail.foot_notice", locale)


def reminder(renderer: Renderer, to: str, href: str, leave: str, params: Params, locale: str) -> Mail:
    """Return the reminder that a subscription ends."""
    return _stoppable(renderer, "renewal", to, href, leave, params, "mail.foot_reminder", locale)


def unfinished(renderer: Renderer, to: str, href: str, leave: str, params: Params, locale: str) -> Mail:
    """Return the reminder of what was left unfinished in the chat."""
    return _stoppable(renderer, "unfinished", to, href, leave, params, "mail.foot_unfinished", locale)


def answer(renderer: Renderer, to: str, href: str, reply_to: str, said: Sequence[tuple[str, str]], locale: str) -> Mail:
    """Return the letter about an agent's unread answer; `said` are the agents' names with their words.

    Without any it says that an answer waits, no more: nobody has proven the address. A person wrote it, not a machine.
    """
    params: Params = {"by": said[-1][0] if said else "", "words": "\n\n".join(f"{by}: {words}" for by, words in said)}
    name = "answer" if said else "answer_waits"
    leave, foot = f"{href}/stop", "mail.foot_answer"
    letter = _stoppable(renderer, name, to, href, leave, params, foot, locale, stop_key="mail.stop_answers")
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
) -> Mail:
    """Add how to stop such e-mails, as mail programs offer it."""
    told = {**params, "seller": renderer.seller.name, "email": to}
    letter = _leading(renderer, name, to, href, told, foot, locale)
    stop = renderer.words(stop_key, told, locale)
    link = pale(f'<a href="{escape(leave, quote=True)}">{escape(stop)}</a>')
    html = letter.html.replace("</body>", f"{link}</body>")
    return replace(letter, text=f"{letter.text}\n{stop}:\n{leave}\n", html=html, leave=leave)


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


def waiting(
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
    last = "\n\n".join(_line(renderer, line, lines, masks, locale) for line in lines[-MOST_LINES:])
    told = (escape(part).replace("\n", "<br>") for part in (text, last))
    html = framed(locale, subject, leading(waits.href, button).join(f"<p>{part}</p>" for part in told))
    return Mail(to, subject, f"{text}\n\n{button}:\n{waits.href}\n\n{last}\n", html, waits.reply_to)


def _line(
    renderer: Renderer, line: JournalEntry, lines: Sequence[JournalEntry], masks: ContactMasks, locale: str
) -> str:
    who, other = "customer" if line.kind == CUSTOMER else "desk", beside_words(line)
    came = renderer.words(f"other_kind.{other}", {}, locale) if other is not None else ""
    words = "\n".join(filter(None, (came, said(line, lines))))
    shown = masks.mask_line(words, line.kind, StoredCause.from_json(line.data).step)
    cut = shown if len(shown) <= _LONGEST_LINE else f"{shown[:_LONGEST_LINE].rstrip()} …"
    return f"{line.at:%Y-%m-%d %H:%M} UTC  {renderer.words(f'mail.support.{who}', {}, locale)}:\n{cut}"


# Whichever order the database gives them back in.
_LABELS = {
    "tax_number": "label.tax_number",
    "name": "label.company_name",
    "street": "label.street",
    "postal_code": "label.postal_code",
    "city": "label.city",
}


def ticket(
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
    said = f"<p>{escape(stated)}</p><blockquote>{escape(told)}</blockquote>" if told else ""
    html = framed(locale, subject, f"<p>{escape(text)}</p>{said}<pre>{escape(about)}</pre>")
    words = f"{stated}\n{told}" if told else ""
    parts = filter(None, (text, words, about))
    return Mail(to, subject, "\n\n".join(parts) + "\n", html, reply_to)


def farewell(renderer: Renderer, to: str, stays: Params, locale: str) -> Mail:
    """Return the last letter: the account is gone, and what `stays` of it (`ordered`, `on_file`)."""
    params: Params = {**stays, "seller": renderer.seller.name}
    parts = ("subject", "text", "foot")
    subject, text, foot = (renderer.words(f"mail.erased.{part}", params, locale) for part in parts)
    return to_customer(renderer, to, subject, f"{text}\n\n{foot}\n", page(locale, subject, text, foot))


def about_account(renderer: Renderer, name: str, to: str, href: str, params: Params, locale: str) -> Mail:
    """Return a letter about something that happened to the account, unasked."""
    told = {**params, "seller": renderer.seller.name, "email": to}
    return _leading(renderer, name, to, href, told, "mail.foot_log_in", locale)


def _leading(renderer: Renderer, name: str, to: str, href: str, params: Params, foot_key: str, locale: str) -> Mail:
    text, button = (renderer.words(f"mail.{name}.{part}", params, locale) for part in ("text", "button"))
    foot = renderer.words(foot_key, params, locale)
    subject = renderer.words(f"mail.{name}.subject", params, locale)
    html = page(locale, subject, text, foot, button=leading(href, button))
    return to_customer(renderer, to, subject, f"{text}\n\n{button}:\n{href}\n\n{foot}\n", html)


def to_customer(renderer: Renderer, to: str, subject: str, text: str, html: str) -> Mail:
    """Return a letter to a customer: what they answer to it reaches the seller's support."""
    return Mail(to, subject, text, html, reply_to=renderer.facts.get("support"))


_BODY = "font:16px/1.5 system-ui,sans-serif"
_PALE = "opacity:.75"
_BUTTON = "display:inline-block;padding:12px 20px;background:#1b2a4a;color:#fff;border-radius:8px;text-decoration:none"


def page(locale: str, title: str, text: str, foot: str, *, button: str = "", has_documents: bool = False) -> str:
    """Return the whole letter; `button` is HTML already (`leading`).

    With `has_documents` headings and rules of documents in the text are shown as the page of a document shows them.
    """
    shown = _blocks(text) if has_documents else "".join(_paragraph(part) for part in text.split("\n\n"))
    return framed(locale, title, f"{shown}{button}{pale(escape(foot))}")


def framed(locale: str, title: str, body: str) -> str:
    """Return the letter around this HTML."""
    return (
        f'<!doctype html><html lang="{escape(locale, quote=True)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f'<title>{escape(title)}</title></head><body style="{_BODY}">{body}</body></html>'
    )


def pale(said: str) -> str:
    """Return a paragraph that stands back; `said` is HTML already."""
    return f'<p style="{_PALE}">{said}</p>'


def leading(href: str, said: str) -> str:
    """Return a button, and the same link plain for whoever can't press it."""
    link = escape(href, quote=True)
    return (
        f'<p><a href="{link}" style="{_BUTTON}">{escape(said)}</a></p>'
        f'<p style="word-break:break-all"><a href="{link}">{link}</a></p>'
    )


def plain(text: str) -> str:
    """Return a text with documents in it for the plain part: headings are underlined, no sign of their markup stays."""
    parts: list[str] = []
    for block in document_blocks(text):
        words = "\n".join(block.lines)
        rule = {1: "=", 2: "-"}.get(block.level)
        parts.append(f"{words}\n{rule * min(len(words), 72)}" if rule else words or "* * *")
    return "\n\n".join(parts)


def _blocks(text: str) -> str:
    parts: list[str] = []
    for block in document_blocks(text):
        words = "<br>".join(escape(line) for line in block.lines)
        # The letter's own words stand above: a document in it begins a level lower.
        tag = {1: "h2", 2: "h3"}.get(block.level)
        parts.append(f"<{tag}>{words}</{tag}>" if tag else f"<p>{words}</p>" if words else "<hr>")
    return "".join(parts)


def _paragraph(part: str) -> str:
    return f"<p>{escape(part).replace(chr(10), '<br>')}</p>"
