"""Codes that prove a contact: six digits sent there, by SMS or in a letter, and typed into the chat that asked.

The code follows from the desk's key and the challenge, so that sending it again after a crash sends the same one. The
store holds a keyed hash, deleted as soon as the code can't be used any more, and the counts of tries, which a new
code doesn't reset.
"""

import hmac
from datetime import datetime, timedelta
from typing import Literal, TypedDict

import sqlalchemy as sa
from msgspec import Struct

from services import limits as hits
from services.contacts.code_quotas import LETTER, RECOMMENDED, CodeLimits, Limited, prefix_of, refusal, room_at
from services.keyed_hash import all_keys, hash_with_key, key_of, keyed_hex
from services.store import leases
from services.store.statements import demand_same_row
from services.store.tables.accounts import code

_DIGITS = 6
_WRONG = "code_wrong"
_SHOWN = 5
State = Literal["open", "used", "replaced", "exhausted", "expired"]


class IssuedCode(Struct, frozen=True):
    """The code may be sent; it is good before `expires_at`."""

    expires_at: datetime


class RightCode(Struct, frozen=True):
    """The outcome of the right code, which can't be used again."""


class WrongCode(Struct, frozen=True):
    """The outcome of a wrong try; `left` tries remain for this code."""

    left: int


class Expired(Struct, frozen=True):
    """The code's time is over, or it was used or replaced by a newer one, or there never was one."""


class Exhausted(Struct, frozen=True):
    """Too many wrong tries: this code is dead, a new one may be asked for."""


class TooManyToday(Struct, frozen=True):
    """Too many wrong tries for this contact in a day, whatever number of codes; nothing was compared."""

    retry_at: datetime


class CodeState(Struct, frozen=True):
    """The state of a code, without the code: for agents who help a customer that gets none.

    `wrong` is the number of wrong tries.
    """

    purpose: str
    state: State
    wrong: int
    issued_at: datetime
    expires_at: datetime


class _Asked(TypedDict):
    """The subjects by which quotas count codes: contact, prefix of the number, conversation, network address."""

    target_hashes: tuple[str, ...]
    prefix: str | None
    conversation_id: str
    network: str | None


Checked = RightCode | WrongCode | Expired | Exhausted | TooManyToday

_GET = sa.select(code).where(code.c.challenge_id == sa.bindparam("wanted"))
_GET_LOCKED = _GET.with_for_update(key_share=True)
_REPLACE = (
    sa.update(code)
    .where(
        code.c.conversation_id == sa.bindparam("in_conversation"),
        code.c.purpose == sa.bindparam("for_purpose"),
        code.c.state == "open",
    )
    .values(state="replaced", code_hash=None)
)
_OPEN = sa.select(code.c.expires_at).where(code.c.challenge_id == sa.bindparam("wanted"), code.c.state == "open")
_END = (
    sa.update(code)
    .where(code.c.challenge_id == sa.bindparam("wanted_id"), code.c.state == "open")
    .values(state="replaced", code_hash=None)
)
_INSERT = sa.insert(code)
_LATEST = (
    sa.select(code.c.purpose, code.c.state, code.c.attempts, code.c.issued_at, code.c.expires_at)
    .where(code.c.conversation_id == sa.bindparam("of"), code.c.purpose != LETTER)
    .order_by(code.c.issued_at.desc(), code.c.challenge_id)
    .limit(_SHOWN)
)


def derive(server_key: bytes, challenge_id: str) -> str:
    """Return the six digits of a challenge: for the call that sends them, and nowhere else."""
    number = int.from_bytes(hash_with_key(key_of(server_key, challenge_id), "code", challenge_id)[:16], "big")
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def issue(
    connection: sa.Connection,
    *,
    challenge_id: str,
    purpose: str,
    target: str,
    conversation_id: str,
    server_key: bytes,
    now: datetime,
    limits: CodeLimits = RECOMMENDED,
    ttl: timedelta | None = None,
    quotas: bool = True,
    network: str | None = None,
    home: str = "",
    judged_as: str | None = None,
) -> IssuedCode | Limited:
    """Note a code for a contact (E.164 or e-mail) and end the conversation's older one of the same purpose.

    The same challenge twice is the same code and counts once; another's is NameTaken. `quotas=False` lifts how often,
    not how long or how many tries. `network` stands for the network address that asks; `home` is the seller's own dial
    code. `judged_as` is the prefix whose limits hold although nothing is sent: a target that is nobody's shows no
    difference.
    """
    known = connection.execute(_GET, {"wanted": challenge_id}).mappings().first()
    if known is not None:
        hashes = _target_hashes(server_key, target)
        mine = known["target_hash"] if known["target_hash"] in hashes else hashes[0]
        demand_same_row("code", known, conversation_id=conversation_id, purpose=purpose, target_hash=mine)
        return IssuedCode(known["expires_at"])
    asked = _Asked(
        target_hashes=_target_hashes(server_key, target),
        prefix=prefix_of(target),
        conversation_id=conversation_id,
        network=network,
    )
    if quotas and (refused := _over_quota(connection, asked, judged_as, home, limits, server_key, now)) is not None:
        return refused
    connection.execute(_REPLACE, {"in_conversation": conversation_id, "for_purpose": purpose})
    expires_at = now + (ttl or limits.lifetime)
    written = {
        "challenge_id": challenge_id,
        "purpose": purpose,
        "conversation_id": conversation_id,
        "target_hash": asked["target_hashes"][0],
        "prefix": asked["prefix"],
        "network": network,
        "issued_at": now,
        "expires_at": expires_at,
        "code_hash": _code_hash(server_key, challenge_id, derive(server_key, challenge_id)),
    }
    connection.execute(_INSERT, {**written, "state": "open", "attempts": 0})
    return IssuedCode(expires_at)


def next_code_at(
    connection: sa.Connection,
    *,
    target: str,
    conversation_id: str,
    server_key: bytes,
    now: datetime,
    limits: CodeLimits = RECOMMENDED,
    network: str | None = None,
) -> datetime:
    """Return when another code may be sent to a contact, as far as what was sent until now tells."""
    hashes = _target_hashes(server_key, target)
    return room_at(
        connection, target_hashes=hashes, conversation_id=conversation_id, network=network, limits=limits, now=now
    )


def of_conversation(connection: sa.Connection, conversation_id: str, now: datetime) -> list[CodeState]:
    """Return the conversation's last few codes by SMS, the newest first."""
    return [
        CodeState(
            purpose, "expired" if state == "open" and ends <= now else state, tries - (state == "used"), issued, ends
        )
        for purpose, state, tries, issued, ends in connection.execute(_LATEST, {"of": conversation_id})
    ]


def _over_quota(
    connection: sa.Connection,
    asked: _Asked,
    judged_as: str | None,
    home: str,
    limits: CodeLimits,
    server_key: bytes,
    now: datetime,
) -> Limited | None:
    """Return the quota that refuses one more code, None if none does.

    Nobody else counts before this transaction ends.
    """
    leases.serialize(connection, "codes")
    if (held := _too_many_today(connection, asked["target_hashes"], limits, server_key, now)) is not None:
        return Limited("tries", held.retry_at)
    judged = asked.copy()
    judged["prefix"] = asked["prefix"] or judged_as
    return refusal(connection, **judged, home=home, limits=limits, now=now)


def check(
    connection: sa.Connection,
    *,
    challenge_id: str | None,
    typed: str,
    server_key: bytes,
    now: datetime,
    target: str | None = None,
    limits: CodeLimits = RECOMMENDED,
    quotas: bool = True,
) -> Checked:
    """Compare what was typed with the code. The try is counted before anything is compared.

    `target` is the contact that is to be proven: a code sent to another one proves nothing.
    """
    known = connection.execute(_GET, {"wanted": challenge_id}).mappings().first()
    if challenge_id is None or known is None:
        return Expired()
    if target is not None and known["target_hash"] not in _target_hashes(server_key, target):
        return Expired()
    target_hash = known["target_hash"]
    leases.serialize(connection, "code tries", target_hash)
    row = connection.execute(_GET_LOCKED, {"wanted": challenge_id}).mappings().one()
    if row["state"] == "exhausted":
        return Exhausted()
    if row["state"] != "open" or row["expires_at"] <= now:
        return Expired()
    if quotas and (held := _too_many_today(connection, (target_hash,), limits, server_key, now)) is not None:
        return held
    attempts = row["attempts"] + 1
    _set(connection, challenge_id, attempts=attempts)
    if hmac.compare_digest(row["code_hash"], _code_hash(server_key, challenge_id, typed)):
        _set(connection, challenge_id, state="used", code_hash=None)
        return RightCode()
    hits.hit(connection, _per_day(limits), target_hash, server_key=server_key, now=now)
    if attempts >= limits.tries_per_code:
        _set(connection, challenge_id, state="exhausted", code_hash=None)
        return Exhausted()
    return WrongCode(limits.tries_per_code - attempts)


def take_back_unsent_code(connection: sa.Connection, challenge_id: str) -> None:
    """Take a code back that the operator refused for good: it counts for no quota and can't be typed in."""
    connection.execute(
        sa.update(code)
        .where(code.c.challenge_id == challenge_id, code.c.state == "open")
        .values(state="unsent", code_hash=None)
    )


def good_until(connection: sa.Connection, challenge_id: str) -> datetime | None:
    """Return the end of a code's time, None where there is none or it is dead already."""
    return connection.execute(_OPEN, {"wanted": challenge_id}).scalar()


def end(connection: sa.Connection, challenge_id: str) -> None:
    """End a code that isn't needed any more: what it would prove was proven otherwise."""
    connection.execute(_END, {"wanted_id": challenge_id})


def _per_day(limits: CodeLimits) -> hits.Rule:
    return hits.Rule(_WRONG, limits.tries_per_day, timedelta(days=1))


def _too_many_today(
    connection: sa.Connection, target_hashes: tuple[str, ...], limits: CodeLimits, server_key: bytes, now: datetime
) -> TooManyToday | None:
    rule = _per_day(limits)
    found = [hits.free_at(connection, rule, of, server_key=server_key, now=now) for of in target_hashes]
    return max((TooManyToday(at) for at in found if at is not None), key=lambda held: held.retry_at, default=None)


def _target_hashes(server_key: bytes, target: str) -> tuple[str, ...]:
    """Return what stands for a contact: the first is stored, all are looked for."""
    return tuple(keyed_hex(key, "code target", target) for key in all_keys(server_key))


def _code_hash(server_key: bytes, challenge_id: str, typed: str) -> str:
    return keyed_hex(key_of(server_key, challenge_id), "code hash", challenge_id, typed)


def _set(connection: sa.Connection, challenge_id: str, **values: str | int | None) -> None:
    connection.execute(sa.update(code).where(code.c.challenge_id == challenge_id).values(**values))
