"""What one conversation has saved, another with an older copy doesn't undo: companies, addresses of invoices."""

from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from services.companies import companies
from services.companies.companies import Billing, CompanyChanged, CompanyRecord
from services.einvoicing import einvoices
from services.store.tables.orders import einvoice
from tests.kit.narrow import present
from tests.kit.rows import each_row
from tests.services.domain.people import BURSZTYN, NOW, company, customer, later

HOME = replace(BURSZTYN, country="IT")  # where each of them is its own
FIELDS = ("name", "street", "postal_code", "city", "sdi_code", "pec", "email")


def saves(connection: sa.Connection, billing: Billing, seen: Billing | None) -> CompanyRecord | CompanyChanged:
    return companies.confirm(
        connection,
        company_id="f9",
        account_id="a1",
        billing=billing,
        source="customer",
        check="pending",
        now=later(hours=1),
        seen=seen,
    )


@pytest.mark.parametrize(("theirs", "mine"), list(product(FIELDS, FIELDS)))
def test_two_copies_of_a_company(connection: sa.Connection, theirs: str, mine: str) -> None:
    customer(connection)
    company(connection, billing=HOME)
    a, b = replace(HOME, **{theirs: "A"}), replace(HOME, **{mine: "B"})
    assert isinstance(saves(connection, a, HOME), CompanyRecord)
    saved = saves(connection, b, HOME)
    stands = present(companies.latest(connection, "a1"))
    if theirs == mine:
        assert saved == CompanyChanged(stands)
        assert stands.billing == a
        seen_now = saves(connection, b, stands.billing)
        assert isinstance(seen_now, CompanyRecord)
        assert seen_now.billing == b, "what was shown may be changed"
    else:
        assert saved == stands
        assert stands.billing == replace(a, **{mine: "B"})


def test_a_copy_in_which_nothing_was_changed_changes_nothing(connection: sa.Connection) -> None:
    customer(connection)
    company(connection)
    moved = replace(BURSZTYN, street="ul. Nowa 77")
    first = saves(connection, moved, BURSZTYN)
    again = companies.confirm(
        connection,
        company_id="f9",
        account_id="a1",
        billing=BURSZTYN,
        source="mf",
        check="verified",
        now=later(hours=2),
        seen=BURSZTYN,
    )
    assert isinstance(first, CompanyRecord)
    assert isinstance(again, CompanyRecord)
    assert (again.billing, again.source, again.check) == (moved, "customer", "pending"), "its verdict is of other data"


def test_who_never_read_it_is_shown_it_first(connection: sa.Connection) -> None:
    customer(connection)
    known = company(connection)
    assert isinstance(saves(connection, BURSZTYN, None), CompanyRecord)
    refused = saves(connection, replace(BURSZTYN, city="Sopot"), None)
    assert isinstance(refused, CompanyChanged)
    assert (refused.now.id, refused.now.billing) == (known.id, BURSZTYN)


@each_row
def test_the_sellers_system_switches_what_it_has_read(
    connection: sa.Connection, now: Any, seen: Any, wanted: Any, refused: bool
) -> None:
    customer(connection)
    known = einvoices.activate(connection, account_id="a1", email=None, by_seller=True, now=NOW, bought=False)
    assert isinstance(known, einvoices.Activation)
    id = known.einvoice.id
    connection.execute(sa.update(einvoice).values(status=now))
    done = einvoices.set_status(connection, einvoice_id=id, status=wanted, seen=seen, now=NOW)
    assert isinstance(done, einvoices.EInvoiceRecord) == refused
    assert einvoices.of_account(connection, "a1").status == (now if refused else wanted)


@each_row
def test_the_address_of_invoices(
    connection: sa.Connection, now: str | None, seen: str | None, email: str | None, changed: bool
) -> None:
    customer(connection)
    if now is not None:
        einvoices.set_email(connection, account_id="a1", email=now)
    found = einvoices.changed_meanwhile(connection, account_id="a1", email=email, seen=seen)
    assert (found is not None) == changed
    assert found is None or found.email == now
