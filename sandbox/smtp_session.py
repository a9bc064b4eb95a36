"""One connection of the mail relay, from the greeting on."""

import asyncio
import email
import hmac
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from msgspec import Struct

from sandbox.credentials import SMTP_PASSWORD, SMTP_USERNAME
from sandbox.faults import SLOW_S, TIMEOUT_S
from sandbox.message_texts import links_in
from sandbox.world import World

TAKEN = "250 2.0.0 OK: queued"
PUT_OFF = "451 4.3.0 Temporary failure, try again later"


def session(world: World) -> SMTP:
    """Return the protocol of a new connection. Log-in is optional; wrong credentials are refused."""
    return SMTP(
        Letters(world),
        hostname="sandbox.localhost",
        ident="Okienko sandbox, TEST",
        enable_SMTPUTF8=True,
        auth_require_tls=False,
        authenticator=_authenticate,
        loop=asyncio.get_running_loop(),
    )


class Letters(Struct):
    """Takes letters, or fails as told; aiosmtpd calls its methods by their names."""

    world: World

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Turn down the addresses that are listed to be."""
        code = self.world.people.refusal_of_email(address)
        if code is not None:
            self._note("RCPT", str(code))
            return f"{code} {code // 100}.1.1 Sandbox: recipient refused"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the letter, or fail as told."""
        mode = self.world.faults.take("smtp")
        self._note("DATA", mode or "served")
        match mode:
            case "error" | "down" | "too_many":
                return PUT_OFF
            case "garbage":
                return "%%%&&& this is no answer"
            case "timeout":
                await self.world.sleep(TIMEOUT_S)
                _cut(server)
            case "reset":
                _cut(server)
            case "slow":
                await self.world.sleep(SLOW_S)
                self._keep(envelope)
            case "lost":
                self._keep(envelope)
                _cut(server)
            case None:
                self._keep(envelope)
        return TAKEN

    def _keep(self, envelope: Envelope) -> None:
        raw = envelope.original_content or b""
        letter = email.message_from_bytes(raw, policy=default)
        text, html = _body(letter, "plain"), _body(letter, "html")
        kept = [(part.get_filename() or "", part.get_content()) for part in letter.iter_attachments()]
        with self.world.ledger.write():
            for recipient in envelope.rcpt_tos:
                self.world.ledger.store_message(
                    "email",
                    recipient.lower(),
                    text or "",
                    self.world.clock.now(),
                    subject=str(letter.get("Subject", "")),
                    html=html,
                    links=links_in(text or "", html),
                    key=str(letter.get("Message-ID", "")).strip() or None,
                    attachments=[(name, page) for name, page in kept if isinstance(page, str)],
                )

    def _note(self, what: str, outcome: str) -> None:
        self.world.ledger.note_call("smtp", "in", what, outcome, self.world.clock.now())


def _cut(server: SMTP) -> None:
    """Lose the connection at once."""
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()
    raise asyncio.CancelledError


def _body(letter: EmailMessage, kind: str) -> str | None:
    part = letter.get_body(preferencelist=(kind,))
    return None if part is None else str(part.get_content()).replace("\r\n", "\n")


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    if not isinstance(data, LoginPassword):
        return AuthResult(success=False, handled=False)
    right = hmac.compare_digest(data.login, SMTP_USERNAME.encode()) & hmac.compare_digest(
        data.password, SMTP_PASSWORD.encode()
    )
    return AuthResult(success=right, handled=False)
