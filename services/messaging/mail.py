"""A letter, and how it is written down for the post (RFC 5322).

An address is never read anew on its way: it stands in the header as it stands in the envelope, byte for byte, or the
letter isn't written.
"""

import re
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import parseaddr

import structlog

from services.errors import ProviderRefused, describe
from values.private import HiddenStruct

_log = structlog.get_logger(__name__)

#: Nothing that could make two addresses or another header of it; quoted names are not taken.
_ONE_ADDRESS = re.compile(r"""[^\s@<>,;:"()\[\]\\\x00-\x1f]+@[^\s@<>,;:"()\[\]\\\x00-\x1f]+""")
_ENCODED_WORD = "=?"
_PLAIN = re.compile(r"[A-Za-z0-9_-]")


class Picture(HiddenStruct):
    """A PNG that stands in the letter's HTML as `<img src="cid:NAME">`."""

    name: str
    png: bytes


class Enclosure(HiddenStruct):
    """A page of HTML that is kept with the letter, under the name of its file."""

    name: str
    html: str


class Mail(HiddenStruct):
    """A letter to one person: the same words as plain text and as HTML. `reply_to` is where a person reads answers.

    `leave` is the page on which the recipient says that no more of these are wanted; a POST to it alone does it
    (RFC 8058), so that a mail program can offer a button of its own. `personal`: a person has written it, so it isn't
    declared as made by a machine (RFC 3834).
    """

    to: str
    subject: str
    text: str
    html: str
    reply_to: str | None = None
    leave: str | None = None
    picture: Picture | None = None
    personal: bool = False
    enclosed: tuple[Enclosure, ...] = ()


def compose(mail: Mail, *, sender: str, key: str, at: datetime) -> EmailMessage:
    """Return the letter as sent by `sender` ("Name <address>") at the moment `at`, its Message-ID made from `key`.

    Raises ProviderRefused("recipient_refused") for an address that can't stand in a header, and for whatever else
    about the letter can't be written down: another try would end alike.
    """
    try:
        return _composed(mail, sender, key, at)
    except ProviderRefused:
        raise
    except Exception as error:
        _log.error("letter_not_composed", alarm=True, **describe(error))
        raise ProviderRefused("recipient_refused", origin=type(error).__name__) from None


def _composed(mail: Mail, sender: str, key: str, at: datetime) -> EmailMessage:
    ascii_only = mail.to.isascii() and sender.isascii() and (mail.reply_to or "").isascii()
    letter = EmailMessage(policy=SMTP if ascii_only else SMTPUTF8)
    letter["From"] = sender
    if not _stands_in(letter, "To", mail.to):
        raise ProviderRefused("recipient_refused", origin="address form")
    # A line break would end the header and begin another one, also one that Python decodes from an encoded word.
    subject = " ".join(mail.subject.split()).replace(_ENCODED_WORD, "= ?")
    # Folded here: what Python folds from a long subject gains and loses spaces beside encoded words.
    letter.set_raw("Subject", Header(subject, None if subject.isascii() else "utf-8", header_name="Subject").encode())
    letter["Date"] = at
    letter["Message-ID"] = message_id(key, sender)
    if not mail.personal:
        letter["Auto-Submitted"] = "auto-generated"
    if mail.reply_to and not _stands_in(letter, "Reply-To", mail.reply_to):
        del letter["Reply-To"]  # the letter is somebody else's, and matters more than where its answers go
    if mail.leave:
        letter["List-Unsubscribe"] = f"<{mail.leave}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if any("\r" in value or "\n" in value for value in letter.values()):
        raise ValueError("a header of several lines")
    letter.set_content(mail.text)
    letter.add_alternative(mail.html, subtype="html")
    if mail.picture is not None:
        _add_picture(letter, mail.picture)
    for one in mail.enclosed:
        letter.add_attachment(one.html, subtype="html", filename=one.name)
    return letter


def _stands_in(letter: EmailMessage, header: str, address: str) -> bool:
    """Add the header; return whether it is written with just this address, as it is given to the server, too.

    Python's headers decode encoded words (`=?utf-8?q?…?=`), even into line breaks.
    """
    if not _ONE_ADDRESS.fullmatch(address) or _ENCODED_WORD in address:
        return False
    local, _, domain = address.rpartition("@")
    letter[header] = Address(username=local, domain=domain)
    written = letter[header].fold(policy=letter.policy).removeprefix(f"{header}:").strip()
    return written == address == parseaddr(address)[1]


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
