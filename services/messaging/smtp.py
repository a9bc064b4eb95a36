"""Letters by SMTP (aiosmtplib): one connection per letter, TLS as set, refusals sorted by who can mend them.

"Accepted" is not "delivered": bounces come later to the envelope sender. A letter whose acceptance got lost may be sent
again; it carries the same Message-ID.
"""

import re
import ssl
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import stamina

from services.clients.provider_client import Breaker
from services.clock import Clock
from services.crash import crash_point
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from services.messaging.mail import Mail, address_of, compose

#: Greylisting (450): the server wants to see us again, but not at once.
GREYLIST_WAIT = timedelta(minutes=5)
#: The subject of an enhanced status (RFC 3463): 1 and 2 are the recipient's, 3 the mail system's, 7 policy.
_SUBJECT = re.compile(r"\b[45]\.(\d)\.\d")
#: Refusals of the sender or of this desk's server, which many servers keep back until the recipient is named.
_OURS = re.compile(
    r"\b[45]\.1\.[78]\b|\b5\.7\.(?![12]\b)\d|\bsender (?:address |verif\w* )?(?:rejected|denied|refused|blocked|failed)"
    r"|\b(?:client host|helo command|relay\w*|authenticat\w*|spf|dkim|dmarc)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\S*@\S*")


class SmtpMailer:
    """Client of one mail relay.

    `sender` is "Name <address>"; `use_tls` is TLS from the start (465), `start_tls` demands the upgrade (587); neither
    is for loopback. `timeout` in seconds for each step of the talk.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        sender: str,
        clock: Clock,
        breaker: Breaker,
        username: str | None = None,
        password: str | None = None,
        start_tls: bool = True,
        use_tls: bool = False,
        timeout: float = 10.0,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        if start_tls and use_tls:
            raise ValueError("start_tls and use_tls exclude each other")
        self._sender = sender
        self._clock = clock
        self._breaker = breaker
        self._timeout = timeout
        self._relay: dict[str, Any] = {
            "sender": address_of(sender),
            "hostname": host,
            "port": port,
            "username": username,
            "password": password,
            "start_tls": start_tls,
            "use_tls": use_tls,
            "timeout": timeout,
            "tls_context": tls_context,
        }

    async def send(self, mail: Mail, key: str) -> None:
        """Hand the letter to the relay under the Message-ID made from `key`.

        Raises ProviderRefused ("recipient_refused": another address may work, "message_refused"),
        ProviderUnavailable, Misconfigured.
        """
        letter = compose(mail, sender=self._sender, key=key, at=self._clock.now())
        async with self._breaker.guard(subject=mail.to):
            # Only what certainly did not arrive is tried again at once; the rest is left to the stored call.
            async for attempt in stamina.retry_context(
                on=_never_left, attempts=2, timeout=self._timeout, wait_initial=0.2, wait_max=1.0, wait_jitter=0.2
            ).with_name(self._breaker.name, (), {}):
                with attempt:
                    await self._send_once(letter, mail.to)

    async def _send_once(self, letter: EmailMessage, recipient: str) -> None:
        crash_point("before sending a letter")
        try:
            await aiosmtplib.send(letter, recipients=[recipient], **self._relay)
        except (aiosmtplib.SMTPException, OSError, UnicodeError) as error:
            # The server's words often quote the address: only codes go on.
            raise _meaning(error) from None
        crash_point("after sending a letter")


def _never_left(error: Exception) -> bool:
    return isinstance(error, ProviderUnavailable) and not error.uncertain and error.retry_after is None


def _meaning(error: Exception) -> ServiceError:
    kind = type(error).__name__
    if isinstance(error, ssl.SSLCertVerificationError) or isinstance(error.__cause__, ssl.SSLCertVerificationError):
        return Misconfigured("mail_certificate")
    match error:
        case aiosmtplib.SMTPRecipientsRefused():
            return _of_letter(error.recipients[0], "recipient_refused")
        case aiosmtplib.SMTPDataError():
            return _of_letter(error, "message_refused")
        case aiosmtplib.SMTPResponseException() if error.code >= 500:
            return Misconfigured("mail_server", origin=f"smtp {error.code}")  # log-in, sender, greeting: about us
        case aiosmtplib.SMTPConnectError():
            return ProviderUnavailable("unreachable", origin=kind)
        case aiosmtplib.SMTPResponseException():
            return _later(error, of_one=False)
        case aiosmtplib.SMTPNotSupported() | UnicodeError():
            return ProviderRefused(
                "recipient_refused", origin="SMTPUTF8"
            )  # letters in the address that the server can't carry
        case aiosmtplib.SMTPServerDisconnected() | aiosmtplib.SMTPTimeoutError() | OSError():
            return ProviderUnavailable("no_answer", origin=kind, uncertain=True)
        case _:
            return Misconfigured("mail_server", origin=kind)  # no STARTTLS, no way to log in


def _of_letter(error: aiosmtplib.SMTPResponseException, refusal: str) -> ServiceError:
    """Return what the server's answer to a recipient or to the letter itself means, by whose affair it is."""
    ours = error.code == 530 or _OURS.search(_ADDRESS.sub("", error.message)) is not None
    found = _SUBJECT.search(error.message)
    about = found[1] if found is not None else ""
    if error.code < 500:
        # At the recipient anything is theirs but trouble of the mail system; of the letter what is said to be.
        of_one = about != "3" if refusal == "recipient_refused" else about in ("1", "2", "7")
        return _later(error, of_one=of_one and not ours and error.code != 421)
    origin = f"smtp {error.code}"
    if ours:
        return Misconfigured("mail_policy", origin=origin)
    return ProviderRefused("recipient_refused" if about in ("1", "2") else refusal, origin=origin)


def _later(error: aiosmtplib.SMTPResponseException, *, of_one: bool) -> ServiceError:
    origin = f"smtp {error.code}"
    if not 400 <= error.code < 500:
        return ProviderUnavailable("garbage", origin=origin, uncertain=True)
    wait = GREYLIST_WAIT if error.code == 450 else None
    return ProviderUnavailable("later", origin=origin, retry_after=wait, of_one=of_one)
