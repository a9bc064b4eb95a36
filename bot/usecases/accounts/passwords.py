"""Passwords typed on pages: log-in attempts and their limits, rules for new ones, log-ins ended from outside.

An attempt is counted before the password is compared, and takes the same time for every login. Wrong ones are limited
strictly per login and network address, loosely per login from unknown addresses, so that nobody locks the holder out
(docs/decisions/passwords.md). A right one ends the count.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct

from bot.conversation.port import UnitOfWork
from bot.usecases.accounts.page_results import FormRefused, PageText, TooMany
from dialogs.messages.own_data import LogInOver
from services import limits
from services.accounts import account_search, accounts, credentials, one_time_links
from services.clock import Clock
from services.limits import Counted, Held
from services.refusals import End, Note, note_nothing
from services.store import conversations
from services.store.database import Store
from values import email as emails
from values import password as passwords
from values.codes import parse_customer_number
from values.parsing import Ok
from values.private import Secret

PER_LOGIN = (
    limits.Rule("login wrong", 10, timedelta(minutes=15)),
    limits.Rule("login wrong, a month", 20, timedelta(days=30)),
)
"""Wrong ones for a login from one network address."""
ANYWHERE = limits.Rule("login wrong anywhere", 100, timedelta(days=30))
"""Wrong ones for a login in a row, from all addresses from which nobody has logged in to it."""
PER_ADDRESS = limits.Rule("login address", 30, timedelta(minutes=15))
KNOWN = limits.Rule("login known address", 1, timedelta(days=30))
"""Addresses from which somebody has logged in."""


class RightLogIn(Struct, frozen=True):
    """The right password of an account.

    Where the log-in is stored, `counted` is taken back, `ended` counts from nothing, and `known`, the account at its
    network address, is kept.
    """

    account_id: str
    counted: Counted
    ended: Counted
    known: str


class WrongLogIn(Struct, frozen=True):
    """The outcome of an unknown login or a wrong password."""


_END: Mapping[type, End] = {RightLogIn: "right", WrongLogIn: "wrong", Held: "held"}


class LogIns(Struct, frozen=True):
    """Tries passwords. `by_number`: customers may log in by their number; `quotas`: addresses are counted, too."""

    store: Store
    clock: Clock
    hasher: credentials.PasswordHasher
    server_key: bytes
    by_number: bool
    quotas: bool
    note: Note = note_nothing

    async def attempt(
        self, login: str, password: Secret, address: str | None, *, shadows: bool = False
    ) -> RightLogIn | WrongLogIn | Held:
        """Try a password. `shadows`: unfinished sign-ups with a taken e-mail count, too."""
        tried = await self._tried(login, password, address, shadows=shadows)
        await self.note("customer", _END[type(tried)], address)
        return tried

    async def _tried(
        self, login: str, password: Secret, address: str | None, *, shadows: bool
    ) -> RightLogIn | WrongLogIn | Held:
        key, network = self._key(login), address if self.quotas else None
        of = await self.store.read(lambda c: account_search.find_by_login(c, key))
        known = self._known(of.id, address) if of is not None else key
        # A new password is a new secret to guess: the count of the old one ends with it.
        secret = f"{key} {of.credential_id or ''}" if of is not None else key
        strictly = tuple((rule, f"{secret} {network or ''}") for rule in PER_LOGIN)
        by_address = ((PER_ADDRESS, network),) if network is not None else ()
        now = self.clock.now()

        def count(connection: sa.Connection) -> Counted | Held:
            trusted = limits.count(connection, KNOWN, known, server_key=self.server_key, now=now) > 0
            counted = (*strictly, *(() if trusted else ((ANYWHERE, secret),)), *by_address)
            return limits.count_try(connection, counted, server_key=self.server_key, now=now) or counted

        # Counted before anything is compared, or a hundred tries at once would all find room.
        counted = await self.store.write(count)
        if isinstance(counted, Held):
            return counted
        account_id = await self._matching(key, password, shadows=shadows)
        if account_id is None:
            return WrongLogIn()
        # Whoever opens a shadow has guessed nothing about the account whose e-mail it has.
        ended = (*strictly, (ANYWHERE, secret)) if of is not None and of.id == account_id else ()
        return RightLogIn(account_id, counted, ended, self._known(account_id, address))

    def take_back(self, connection: sa.Connection, right: RightLogIn, now: datetime) -> None:
        """Clear the counts of a right log-in and the wrong ones before it, and remember its network address."""
        limits.take_back_try(connection, right.counted, server_key=self.server_key)
        for rule, of in right.ended:
            limits.clear(connection, rule, of, server_key=self.server_key)
        self._keep(connection, right.known, now)

    def trust(self, connection: sa.Connection, account_id: str, address: str | None, now: datetime) -> None:
        """Remember the network address from which the holder has just set a password."""
        self._keep(connection, self._known(account_id, address), now)

    def _keep(self, connection: sa.Connection, known: str, now: datetime) -> None:
        limits.clear(connection, KNOWN, known, server_key=self.server_key)
        limits.hit(connection, KNOWN, known, server_key=self.server_key, now=now)

    def _known(self, account_id: str, address: str | None) -> str:
        return f"{account_id} {(address if self.quotas else None) or ''}"

    def _key(self, login: str) -> str:
        """Return the form in which a login is compared; a customer number may be typed in groups."""
        number = parse_customer_number(login) if self.by_number else None
        return number.value if isinstance(number, Ok) else emails.key(login.strip())

    async def _matching(self, key: str, password: Secret, *, shadows: bool) -> str | None:
        candidates: list[account_search.LoginCandidate] = await self.store.read(
            lambda c: account_search.login_candidates(c, key, shadows=shadows)
        )
        right = [c for c in candidates if await self.hasher.verify(c.password_hash, password.reveal())]
        for _ in range(account_search.MOST_CANDIDATES - len(candidates)):
            await self.hasher.burn(password.reveal())
        if not right:
            return None
        await self._strengthen(right[0], password)
        return right[0].account_id

    async def _strengthen(self, of: account_search.LoginCandidate, password: Secret) -> None:
        """Hash the password anew where the figures were raised since."""
        if self.hasher.outdated(of.password_hash):
            made = await self.hasher.hash(password.reveal())
            await self.store.write(lambda c: credentials.rehash(c, of.credential_id, of.password_hash, made))


MISSING = FormRefused((PageText("missing", {}),))


async def try_password(
    log_ins: LogIns,
    login: Secret | None,
    password: Secret | None,
    address: str | None,
    *,
    wrong: str,
    of: str | None = None,
    shadows: bool = False,
) -> RightLogIn | FormRefused | TooMany:
    """Try the password.

    `of`: the only account that may answer; `wrong`: what is said of any other, and of a wrong one; `shadows`:
    unfinished sign-ups with a taken e-mail count, too.
    """
    if not login or not password:
        return MISSING
    match await log_ins.attempt(login.reveal(), password, address, shadows=shadows):
        case Held(retry_after):
            return TooMany(retry_after)
        case RightLogIn() as right if of is None or right.account_id == of:
            return right
        case RightLogIn() | WrongLogIn():
            return FormRefused((PageText(wrong, {}),))


_SHOWN: Mapping[str, str] = {
    "too_short": "min_length",
    "too_long": "max_length",
    "not_allowed": "allowed",
    "common": "not_guessable",
    "context": "not_guessable",
}
_MISSING: Mapping[str, str] = {"upper": "no_upper", "lower": "no_lower", "digit": "no_digit", "special": "no_special"}


def list_criteria(rule: passwords.PasswordRule) -> tuple[PageText, ...]:
    """Everything for which a password may be refused, told before it is typed."""
    filled: dict[str, dict[str, str | int]] = {
        "too_short": {"n": rule.min},
        "too_long": {"n": rule.max},
        "not_allowed": {"characters": rule.specials or ""},
    }
    told = {_SHOWN.get(key, key): filled.get(key, {}) for key in passwords.criteria(rule)}
    return tuple(PageText(key, values) for key, values in told.items())


def list_refusal_reasons(typed: str, rule: passwords.PasswordRule, context: Iterable[str]) -> tuple[PageText, ...]:
    """Why this one won't do; nothing if it does."""
    refused = passwords.refused_characters(typed, rule)
    seen = "".join(c for c in refused if not c.isspace())
    filled: dict[str, dict[str, str | int]] = {
        "too_short": {"length": len(passwords.normalise(typed)), "n": rule.min},
        "too_long": {"n": rule.max},
        "not_allowed": {"characters": seen},
    }
    failed = [key for key in passwords.unmet(typed, rule, context) if key != "not_allowed" or seen]
    if seen != refused:
        failed.append("space")
    return tuple(PageText(_MISSING.get(key, key), filled.get(key, {})) for key in failed)


def end_log_ins(tx: UnitOfWork, account_id: str, why: str = "", *, but: str | None = None) -> None:
    """Log the account out of every conversation but `but`, and tell them why."""
    event = LogInOver(why)
    for id in log_out_conversations(tx.connection, account_id, but=but):
        tx.tell(id, event)


def log_out_conversations(connection: sa.Connection, account_id: str, *, but: str | None = None) -> tuple[str, ...]:
    """Log the account out of every conversation but `but`; return those that are to be told.

    A log-in that waits for its digits was begun with the old password, or before its owner's wish.
    """
    one_time_links.cancel_of_account(connection, account_id=account_id, purposes=("log_in_digits",))
    ids = sorted(one.id for one in conversations.of_account(connection, account_id) if one.id != but)
    for id in ids:
        conversations.load(connection, id, lock=True)
        log_out_conversation(connection, id, account_id)
    return tuple(ids)


def end_log_in(connection: sa.Connection, conversation_id: str, account_id: str | None = None) -> bool:
    """Log one conversation out of the account, or whoever is in it; False if it isn't logged in so any more.

    It is locked first: a turn of its own may log it in anew at this moment.
    """
    found = conversations.load(connection, conversation_id, lock=True)
    if found is None or found.account_id is None or account_id not in (None, found.account_id):
        return False
    log_out_conversation(connection, conversation_id, found.account_id)
    return True


def log_out_conversation(connection: sa.Connection, conversation_id: str, account_id: str | None) -> None:
    """Log one conversation out; the pages that it had opened for whoever is logged in die with it."""
    accounts.unbind_conversation(connection, conversation_id=conversation_id)
    if account_id is not None:
        one_time_links.cancel_inside(connection, conversation_id=conversation_id, account_id=account_id)
