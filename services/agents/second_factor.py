"""The second factor: codes of an authenticator app (TOTP, RFC 6238), each taken once.

The secret is stored encrypted. A code is good for its half minute and one before and after it, since clocks differ.
"""

import secrets
from base64 import b32encode, b64decode, b64encode
from datetime import datetime

import sqlalchemy as sa
from pyotp.exceptions import OTPVerificationError
from pyotp.totp import TOTP

from services import keyed_hash
from services.keyed_hash import all_keys, hash_with_key, key_of, keyed_hex, mark_id
from services.store.tables.agents import agent as table
from services.store.tables.agents import agent_recovery_code as _codes
from values.parsing import fold_digits
from values.private import Private, PrivateStruct

_FORM = "1:"


def seal(server_key: bytes, purpose: str, owner: str, plain: str) -> str:
    """Return the text as it may be stored. Another one each time."""
    return _FORM + b64encode(keyed_hash.seal(server_key, purpose, owner, plain.encode())).decode("ascii")


def unseal(server_key: bytes, purpose: str, owner: str, sealed: str) -> str | None:
    """Return the text again; None if it was sealed under another key, for another owner, or was changed."""
    if not sealed.startswith(_FORM):
        return None
    try:
        plain = keyed_hash.unseal(server_key, purpose, owner, b64decode(sealed.removeprefix(_FORM), validate=True))
        return None if plain is None else plain.decode()
    except ValueError:
        return None


_PURPOSE = "agent second factor"
_OFFER = "agent second factor offered"
_SECRET_BYTES = 20
_WINDOW = 1
DIGITS = 6


class Enrolment(PrivateStruct):
    """A secret that isn't asked for yet: the agent shows it to the app and sends a first code back."""

    secret: Private[str]

    def address(self, login: str, issuer: str) -> str:
        """Return what the app reads from the QR code (`otpauth://…`)."""
        return TOTP(self.secret).provisioning_uri(name=login, issuer_name=issuer)

    @property
    def groups(self) -> str:
        """The secret to be typed, in groups of four."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


def offer_secret(server_key: bytes, session_token: str) -> Enrolment:
    """Return the secret offered to this session: the same at each look, another one to every other session.

    Else somebody who knows the password could look at it first, and know the codes of whoever enrols later.
    """
    return Enrolment(b32encode(hash_with_key(server_key, _OFFER, session_token)[:_SECRET_BYTES]).decode("ascii"))


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
    """Return whether the code is an unused one of the agent's app or a recovery code, and use it up."""
    if _matches(connection, agent_id, code, server_key, now):
        return True
    return use_recovery_code(connection, agent_id=agent_id, code=code, server_key=server_key)


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
    forget_recovery_codes(connection, agent_id)


def _matches(connection: sa.Connection, agent_id: str, code: str, server_key: bytes, now: datetime) -> bool:
    wanted = sa.select(table.c.totp_secret).where(table.c.id == agent_id, table.c.totp_since.is_not(None))
    sealed = connection.execute(wanted).scalar()
    secret = unseal(server_key, _PURPOSE, agent_id, sealed) if sealed is not None else None
    step = _step(secret, code, now) if secret is not None else None
    return step is not None and _first(connection, agent_id, step)


def _step(secret: str, code: str, now: datetime) -> int | None:
    """Return the half minute that the code belongs to; None if it is none of these."""
    folded = "".join(fold_digits(code[:40]).split()).replace("-", "")
    digits = folded if len(folded) == DIGITS and folded.isascii() and folded.isdecimal() else None
    if digits is None:
        return None
    try:
        return TOTP(secret).verify_and_get_timecode(digits, for_time=now, valid_window=_WINDOW)
    except OTPVerificationError:
        return None


def _first(connection: sa.Connection, agent_id: str, step: int) -> bool:
    """Take a code once, and none that is older than one that was taken: of two at once one wins."""
    newer = sa.or_(table.c.totp_step.is_(None), table.c.totp_step < step)
    taken = sa.update(table).where(table.c.id == agent_id, newer).values(totp_step=step).returning(table.c.id)
    return connection.execute(taken).first() is not None


HOW_MANY = 8
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_GROUP = 5
_GROUPS = 5


def new_codes() -> tuple[str, ...]:
    """Eight codes of 25 characters (123 bits, so that a plain hash may keep them), to be shown once."""
    return tuple("-".join(_group() for _ in range(_GROUPS)) for _ in range(HOW_MANY))


def _group() -> str:
    return "".join(secrets.choice(_SIGNS) for _ in range(_GROUP))


def replace_recovery_codes(
    connection: sa.Connection, *, agent_id: str, codes: tuple[str, ...], server_key: bytes
) -> None:
    """Replace the codes; the former ones open nothing any more."""
    forget_recovery_codes(connection, agent_id)
    rows = [
        {"agent_id": agent_id, "code_hash": mark_id(server_key, _hashed(server_key, agent_id, code))} for code in codes
    ]
    connection.execute(sa.insert(_codes), rows)


def use_recovery_code(connection: sa.Connection, *, agent_id: str, code: str, server_key: bytes) -> bool:
    """Return whether it is one of the agent's recovery codes, and delete it, so that it works only once."""
    hashes = [
        one
        for key in all_keys(server_key)
        for hashed in (_hashed(key, agent_id, code[:100]),)
        for one in (mark_id(key, hashed), hashed)  # without the mark: of an earlier release
    ]
    used = sa.delete(_codes).where(_codes.c.agent_id == agent_id, _codes.c.code_hash.in_(hashes))
    return connection.execute(used.returning(_codes.c.code_hash)).first() is not None


def recovery_codes_left(connection: sa.Connection, agent_id: str) -> int:
    counted = sa.select(sa.func.count()).where(_codes.c.agent_id == agent_id)
    return int(connection.execute(counted).scalar_one())


def list_agents_under_former_key(connection: sa.Connection, server_key: bytes) -> tuple[str, ...]:
    """Ids of agents who hold codes that go by a key that is being replaced: they can't be read, only made anew."""
    held = connection.execute(sa.select(_codes.c.agent_id, _codes.c.code_hash)).all()
    return tuple(sorted({row.agent_id for row in held if key_of(server_key, row.code_hash) != server_key}))


def forget_recovery_codes(connection: sa.Connection, agent_id: str) -> None:
    connection.execute(sa.delete(_codes).where(_codes.c.agent_id == agent_id))


def _hashed(server_key: bytes, agent_id: str, code: str) -> str:
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return keyed_hex(server_key, "agent recovery code", agent_id, plain)
