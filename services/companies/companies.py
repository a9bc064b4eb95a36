"""Companies of an account: the billing data, confirmed by the customer and checked in a register when it can be.

An account has each tax number once; confirming it again changes the data and keeps the id. A company is never told to
another account that has the same one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from msgspec.structs import asdict, replace

from services.store import leases
from services.store.statements import Insert, PerDialect
from services.store.tables.accounts import company
from values import sdi_code
from values.money import Buyer
from values.private import Private, PrivateStruct
from values.three_way import merge_changes

Source = Literal["mf", "gus", "vies", "seller", "customer"]
Check = Literal["verified", "pending", "not_found"]


class Billing(PrivateStruct):
    """Billing data on an invoice. `sdi_code` and `pec` are Italian ways of delivery, `email` an ordinary mailbox."""

    country: str
    tax_number: Private[str]
    name: Private[str]
    street: Private[str]
    postal_code: Private[str]
    city: Private[str]
    sdi_code: Private[str | None] = None
    pec: Private[str | None] = None
    email: Private[str | None] = None

    @property
    def address(self) -> tuple[str, str, str, str]:
        """The name and the address, in the order of a register's data."""
        return self.name, self.street, self.postal_code, self.city


class VatCheck(PrivateStruct):
    """When VIES confirmed the number for trade within the Union, and its own number for the check if it gave one."""

    at: datetime
    id: Private[str | None] = None


class CompanyChanged(PrivateStruct):
    """The refusal of a save over what somebody else has changed meanwhile. `now`: the company as it is."""

    now: "CompanyRecord"


class CompanyRecord(PrivateStruct):
    """A company of an account. `confirmed_at` is None until the customer said that the data are right."""

    id: str
    account_id: str
    billing: Billing
    source: Source
    check: Check
    created_at: datetime
    confirmed_at: datetime | None
    vat_check: VatCheck | None = None  # None: VIES hasn't confirmed the number
    own_answers: Private[Mapping[str, Any] | None] = None  # to the seller's own questions

    @property
    def buyer(self) -> Buyer:
        """The company as far as VAT goes."""
        known, check = Buyer(self.billing.country, self.billing.tax_number), self.vat_check
        return known if check is None else replace(known, checked_at=check.at, check_id=check.id)


BILLING = Billing.__struct_fields__
_CHANGED = (
    *("name", "street", "postal_code", "city", "sdi_code", "pec", "email"),
    *("source", "check_state", "confirmed_at", "vat_checked_at", "vat_check_id"),
)


def _upsert(insert: Insert) -> sa.Executable:
    excluded = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=["account_id", "country", "tax_number"], set_={name: excluded[name] for name in _CHANGED}
    ).returning(*company.c)


_SAVE = PerDialect(company, _upsert)
_GET = sa.select(company).where(company.c.id == sa.bindparam("wanted"))
_OF_ACCOUNT = (
    sa.select(company).where(company.c.account_id == sa.bindparam("of")).order_by(company.c.created_at, company.c.id)
)
_LATEST = (
    sa.select(company)
    .where(company.c.account_id == sa.bindparam("of"), company.c.confirmed_at.is_not(None))
    .order_by(company.c.confirmed_at.desc(), company.c.id)
    .limit(1)
)


def confirm(
    connection: sa.Connection,
    *,
    company_id: str,
    account_id: str,
    billing: Billing,
    source: Source,
    check: Check,
    now: datetime,
    vat_check: VatCheck | None = None,
    seen: Billing | None = None,
) -> CompanyRecord | CompanyChanged:
    """Store the data as the ones that the customer said are right; the company is the account's latest from now on.

    The id is `company_id` only if the account hadn't this tax number yet. `seen`: the data that were changed here, as
    the account had them; what differs from them is written, what somebody else has changed since stays.
    """
    leases.serialize(connection, "company", account_id)
    standing = _confirmed(connection, account_id, billing)
    if standing is not None:
        both = merge_changes(seen, billing, standing.billing)
        if both is None:
            return CompanyChanged(standing)
        if both != billing:  # the verdict is about the data that were shown here
            source, check = (standing.source, standing.check) if both == standing.billing else ("customer", "pending")
            billing, vat_check = both, vat_check or standing.vat_check
    values: dict[str, Any] = {name: getattr(billing, name) for name in BILLING}
    values |= {"id": company_id, "account_id": account_id, "source": source, "check_state": check, "created_at": now}
    values |= {"confirmed_at": now, **_columns(vat_check)}
    return from_row(connection.execute(_SAVE.of(connection), values).mappings().one())


def drop_emails(connection: sa.Connection, *, account_id: str, but: str) -> None:
    """Empty the mailboxes of the account's companies that are another address."""
    others = (company.c.account_id == account_id, company.c.email != but)
    connection.execute(sa.update(company).where(*others).values(email=None))


def _confirmed(connection: sa.Connection, account_id: str, billing: Billing) -> CompanyRecord | None:
    """Return the account's company of this number, if it was confirmed before."""
    same = (company.c.country == billing.country, company.c.tax_number == billing.tax_number)
    found = sa.select(company).where(company.c.account_id == account_id, *same, company.c.confirmed_at.is_not(None))
    row = connection.execute(found).mappings().first()
    return None if row is None else from_row(row)


def set_check(connection: sa.Connection, *, company_id: str, check: Check, vat_check: VatCheck | None = None) -> bool:
    """Note what a register said later; the data stay as the customer confirmed them. False: no such company."""
    told = {"check_state": check, **_columns(vat_check)}
    changed = connection.execute(
        sa.update(company).where(company.c.id == company_id).values(**told).returning(company.c.id)
    )
    return changed.first() is not None


def _columns(check: VatCheck | None) -> dict[str, Any]:
    return {"vat_checked_at": check.at if check else None, "vat_check_id": check.id if check else None}


def snapshot(billing: Billing) -> dict[str, str | None]:
    """Return the data as an order keeps them."""
    return asdict(billing)


def get(connection: sa.Connection, company_id: str) -> CompanyRecord | None:
    row = connection.execute(_GET, {"wanted": company_id}).mappings().first()
    return None if row is None else from_row(row)


def find_latest_company(connection: sa.Connection, account_id: str) -> CompanyRecord | None:
    """Return the account's company confirmed last."""
    row = connection.execute(_LATEST, {"of": account_id}).mappings().first()
    return None if row is None else from_row(row)


def of_account(connection: sa.Connection, account_id: str) -> list[CompanyRecord]:
    """Return all companies of the account, confirmed or not, oldest first."""
    return [from_row(row) for row in connection.execute(_OF_ACCOUNT, {"of": account_id}).mappings()]


def _billing(row: sa.RowMapping) -> Billing:
    """Return the billing data; a company abroad was once stored with the code of Italians who name none."""
    known = Billing(**{name: row[name] for name in BILLING})
    return replace(known, sdi_code=sdi_code.of_business(known.country, known.sdi_code))


def from_row(row: sa.RowMapping) -> CompanyRecord:
    return CompanyRecord(
        id=row["id"],
        account_id=row["account_id"],
        billing=_billing(row),
        source=row["source"],
        check=row["check_state"],
        created_at=row["created_at"],
        confirmed_at=row["confirmed_at"],
        vat_check=VatCheck(row["vat_checked_at"], row["vat_check_id"]) if row["vat_checked_at"] else None,
        own_answers=row["own_answers"],
    )
