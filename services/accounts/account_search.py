"""Find accounts by e-mail, user name or customer number. Only a log-in finds shadows (`accounts.py`)."""

import sqlalchemy as sa

from services.accounts.accounts import COLUMNS, AccountRecord
from services.store.tables.accounts import account, contact, contact_claim, credential
from services.store.tables.seller import customer_on_file
from values.private import Private, PrivateStruct

# Active before pending, then the newest: what the customer last did here.
_BEST_FIRST = (sa.case((account.c.status == "active", 0), else_=1), account.c.created_at.desc(), account.c.id)
_OPEN = sa.and_(account.c.status != "closed", account.c.taken.is_(False))
# Several unfinished sign-ups may share an e-mail; only the newest count, or log-in would become a way to make the desk
# hash passwords all day.
_MOST_UNFINISHED = 2
MOST_CANDIDATES = 1 + _MOST_UNFINISHED

_BY_PROVEN = (
    sa.select(*COLUMNS)
    .join(contact_claim, contact_claim.c.account_id == account.c.id)
    .where(contact_claim.c.kind == "email", contact_claim.c.key == sa.bindparam("wanted"), _OPEN)
)
_BY_NAME = (
    sa.select(*COLUMNS).where(account.c.email_key == sa.bindparam("wanted"), _OPEN).order_by(*_BEST_FIRST).limit(1)
)
_BY_CONTACT = (
    sa.select(*COLUMNS)
    .join(contact, contact.c.account_id == account.c.id)
    .where(
        contact.c.kind == "email", contact.c.key == sa.bindparam("wanted"), contact.c.verified_at.is_not(None), _OPEN
    )
    .order_by(*_BEST_FIRST)
    .limit(1)
)
_OF_NUMBER = sa.select(customer_on_file.c.account_id).where(
    customer_on_file.c.customer_number == sa.bindparam("wanted"), customer_on_file.c.account_id.is_not(None)
)
_NAMED = sa.or_(
    account.c.email_key == sa.bindparam("wanted"),
    account.c.user_name_key == sa.bindparam("wanted"),
    account.c.id.in_(_OF_NUMBER),
)
_LOGIN = (
    sa.select(account.c.id.label("account_id"), account.c.credential_id, credential.c.password_hash, account.c.status)
    .join(credential, credential.c.id == account.c.credential_id)
    .where(
        _NAMED,
        account.c.status != "closed",
        sa.or_(account.c.taken.is_(False), sa.bindparam("shadows", type_=sa.Boolean)),
    )
    .order_by(*_BEST_FIRST)
    .limit(MOST_CANDIDATES)
)
_BY_LOGIN = sa.select(*COLUMNS).where(_NAMED, account.c.status == "active", _OPEN).order_by(*_BEST_FIRST).limit(1)


class LoginCandidate(PrivateStruct):
    """An account that a log-in may be meant for; its password is still to be checked."""

    account_id: str
    credential_id: str
    password_hash: Private[str]
    status: str


def find_by_email(connection: sa.Connection, email_key: str) -> AccountRecord | None:
    """Return the account of an e-mail.

    Whose it is proven to be, else the newest sign-up with it, else one that has it on file.

    Proven contacts only count as "on file": anybody could write down another's address.
    """
    if not email_key:
        return None
    for statement in (_BY_PROVEN, _BY_NAME, _BY_CONTACT):
        if (found := _first(connection, statement, email_key)) is not None:
            return found
    return None


def find_by_login(connection: sa.Connection, login_key: str) -> AccountRecord | None:
    """Return the active account that this e-mail, user name or customer number means, with a password or without."""
    return _first(connection, _BY_LOGIN, login_key) if login_key else None


def login_candidates(connection: sa.Connection, login_key: str, *, shadows: bool = False) -> list[LoginCandidate]:
    """Return the accounts that this e-mail, user name or customer number may mean, likeliest first.

    The active one and the newest unfinished ones. An empty name means nobody: some accounts have no e-mail.

    With `shadows`, those count as unfinished: so a sign-up opens by its password whether its e-mail is taken or not.
    """
    if not login_key:
        return []
    rows = connection.execute(_LOGIN, {"wanted": login_key, "shadows": shadows}).mappings()
    found = [LoginCandidate(**row) for row in rows]
    active = [candidate for candidate in found if candidate.status == "active"][:1]
    return active + [candidate for candidate in found if candidate.status != "active"][:_MOST_UNFINISHED]


def _first(connection: sa.Connection, statement: sa.Executable, key: str) -> AccountRecord | None:
    row = connection.execute(statement, {"wanted": key}).mappings().first()
    return None if row is None else AccountRecord(**row)
