"""The second factor: codes of an authenticator app (TOTP, RFC 6238), each taken once.

The secret is stored encrypted. A code is good for its half minute and one before and after it, since clocks differ.
"""

from base64 import b32encode
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from pyotp.exceptions import OTPVerificationError
from pyotp.totp import TOTP

from services.agents import recovery_codes
from services.agents.sealing import seal, unseal
from services.keyed_hash import keyed
from services.store.tables.agents import agent as table
from values.parsing import fold_digits

_PURPOSE = "agent second factor"
_OFFER = "agent second factor offered"
_SECRET_BYTES = 20
_WINDOW = 1
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret that isn't asked for yet: the agent shows it to the app and sends a first code back."""

    secret: str = field(repr=False)

    def address(self, login: str, issuer: str) -> str:
        """What the app reads from the QR code (`otpauth://…`)."""
        return TOTP(self.secret).provisioning_uri(name=login, issuer_name=issuer)

    @property
    def groups(self) -> str:
        """The secret to be typed, in groups of four."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


def offered(server_key: bytes, session_token: str) -> Enrolment:
    """What this session is offered: the same as often as it looks, and another one to every other session.

    Else somebody who knows the password could look at it first, and know the codes of whoever enrols later.
    """
    return Enrolment(b32encode(keyed(server_key, _OFFER, session_token)[:_SECRET_BYTES]).decode("ascii"))


def enrol(
    connection: sa.Connection, *, agent_id: str, enrolment: Enrolment, code: str, server_key: bytes, now: datetime
) -> bool:
    """From now on it is asked at every log-in; False, and nothing changes, if the code is wrong or there is one."""
    step = _step(enrolment.secret, code, now)
    if step is None:
        return False
    values = {
        "totp_secret": seal(server_key, _PURPOSE, agent_id, enrolment.secret),
        "totp_since": now,
        "totp_step": step,
    }
    first = sa.update(table).where(table.c.id == agent_id, table.c.totp_since.is_(None))
    return connection.execute(first.values(values).returning(table.c.id)).first() is not None


def check(connection: sa.Connection, *, agent_id: str, code: str, server_key: bytes, now: datetime) -> bool:
    """Whether it is a code of the agent's app that wasn't used yet, or one of the recovery codes; it is used up."""
    if _matches(connection, agent_id, code, server_key, now):
        return True
    return recovery_codes.use(connection, agent_id=agent_id, code=code, server_key=server_key)


def reseal(connection: sa.Connection, server_key: bytes) -> int:
    """Seal each secret with the key in use that only one of those that it replaces opens; return how many."""
    sealed = sa.select(table.c.id, table.c.totp_secret).where(table.c.totp_secret.is_not(None))
    done = 0
    for agent_id, before in connection.execute(sealed).all():
        plain = unseal(server_key, _PURPOSE, agent_id, before)
        if plain is None or unseal(bytes(server_key), _PURPOSE, agent_id, before) is not None:
            continue
        same = sa.update(table).where(table.c.id == agent_id, table.c.totp_secret == before)
        connection.execute(same.values(totp_secret=seal(server_key, _PURPOSE, agent_id, plain)))
        done += 1
    return done


def remove(connection: sa.Connection, agent_id: str) -> None:
    """No second factor any more, and no recovery codes: the next log-in begins with a new one, where one is asked."""
    nothing = {"totp_secret": None, "totp_since": None, "totp_step": None}
    connection.execute(sa.update(table).where(table.c.id == agent_id).values(nothing))
    recovery_codes.forget(connection, agent_id)


def _matches(connection: sa.Connection, agent_id: str, code: str, server_key: bytes, now: datetime) -> bool:
    wanted = sa.select(table.c.totp_secret).where(table.c.id == agent_id, table.c.totp_since.is_not(None))
    sealed = connection.execute(wanted).scalar()
    secret = unseal(server_key, _PURPOSE, agent_id, sealed) if sealed is not None else None
    step = _step(secret, code, now) if secret is not None else None
    return step is not None and _first(connection, agent_id, step)


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The half minute that the code belongs to; None if it is none of these."""
    digits = _digits(code)
    if digits is None:
        return None
    try:
        return TOTP(secret).verify_and_get_timecode(digits, for_time=now, valid_window=_WINDOW)
    except OTPVerificationError:
        return None


def _first(connection: sa.Connection, agent_id: str, step: int) -> bool:
    """A code is taken once, and none that is older than one that was taken: of two at once one wins."""
    newer = sa.or_(table.c.totp_step.is_(None), table.c.totp_step < step)
    taken = sa.update(table).where(table.c.id == agent_id, newer).values(totp_step=step).returning(table.c.id)
    return connection.execute(taken).first() is not None


def _digits(code: str) -> str | None:
    folded = "".join(fold_digits(code[:40]).split()).replace("-", "")
    return folded if len(folded) == DIGITS and folded.isascii() and folded.isdecimal() else None
