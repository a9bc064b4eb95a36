"""A letter, and how it is written down for the post (RFC 5322)."""

import re
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import parseaddr

from services.errors import ProviderRefused
from values.private import HiddenStruct

#: Nothing that could make two addresses or another header of it; quoted names are not taken.
_ONE_ADDRESS = re.compile(r"""[^\s@<>,;:"()\[\]\\\x00-\x1f]+@[^\s@<>,;:"()\[\]\\\x00-\x1f]+""")
_PLAIN = re.compile(r"[A-Za-z0-9_-]")


class Picture(HiddenStruct):
    """A PNG that stands in the letter's HTML as `<img src="cid:NAME">`."""

    name: str
    png: bytes


class Mail(HiddenStruct):
    """A letter to one person: the same words as plain text and as HTML. `reply_to` is where a person reads answers.

    `leave` is the page on which the recipient says that no more of these are wanted; a POST to it alone does it
    (RFC 8058), so that a mail program can offer a button of its own.
    """

    to: str
    subject: str
    text: str
    html: str
    reply_to: str | None = None
    leave: str | None = None
    picture: Picture | None = None


def compose(mail: Mail, *, sender: str, key: str, at: datetime) -> EmailMessage:
    """Return the letter as sent by `sender` ("Name <address>") at the moment `at`, its Message-ID made from `key`.

    Raises Refused("recipient_refused") for an address that can't stand in a header.
    """
    ascii_only = mail.to.isascii() and sender.isascii() and (mail.reply_to or "").isascii()
    letter = EmailMessage(policy=SMTP if ascii_only else SMTPUTF8)
    letter["From"] = sender
    if not _ONE_ADDRESS.fullmatch(mail.to):
        raise ProviderRefused("recipient_refused", origin="address form")
    letter["To"] = mail.to
    # A line break would end the header and begin another one.
    letter["Subject"] = " ".join(mail.subject.split())
    letter["Date"] = at
    letter["Message-ID"] = message_id(key, sender)
    letter["Auto-Submitted"] = "auto-generated"
    if mail.reply_to:
        letter["Reply-To"] = mail.reply_to
    if mail.leave:
        letter["List-Unsubscribe"] = f"<{mail.leave}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(mail.text)
    letter.add_alternative(mail.html, subtype="html")
    if mail.picture is not None:
        _add_picture(letter, mail.picture)
    return letter


def _add_picture(letter: EmailMessage, picture: Picture) -> None:
    html = letter.get_body(preferencelist=("html",))
    if html is not None:
        cid = f"<{picture.name}>"
        html.add_related(picture.png, "image", "png", cid=cid, filename=f"{picture.name}.png", disposition="inline")


def message_id(key: str, sender: str) -> str:
    """`<key@domain of the sender>`: a letter sent twice has one id. Different keys never give the same id."""
    local = "".join(c if _PLAIN.fullmatch(c) else "".join(f"={b:02X}" for b in c.encode()) for c in key)
    return f"<{local}@{address_of(sender).rpartition('@')[2]}>"


def address_of(sender: str) -> str:
    """Return the bare address in "Name <address>"; ValueError when there is none."""
    address = parseaddr(sender)[1]
    if "@" not in address:
        raise ValueError("the sender of mails needs an address")
    return address
