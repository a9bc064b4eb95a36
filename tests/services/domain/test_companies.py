"""Companies: each tax number once per account, confirmed by its customer."""

from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from services.companies import companies
from services.companies.companies import Billing, CompanyChanged, CompanyRecord
from services.einvoicing import einvoices
from services.orders import order_record
from services.store.tables.accounts import company as company_table
from services.store.tables.orders import einvoice
from services.store.tables.orders import sales_order as orders_table
from tests.kit.narrow import present
from tests.kit.rows import each_row
from tests.services.domain.people import BURSZTYN, NOW, at_once, company, customer, later, placed, unconfirmed

OTHER = replace(BURSZTYN, tax_number="6005004000", name="Powolna Logistyka S.A.")


def test_confirming_again_changes_the_data_and_keeps_the_id(connection: sa.Connection) -> None:
    customer(connection)
    first = company(connection, id="f1")
    moved = replace(BURSZTYN, street="ul. Krótka 1")
    again = saves(connection, moved, BURSZTYN, now=later(days=1))
    assert isinstance(again, CompanyRecord)
    assert (again.id, again.billing, again.created_at, again.confirmed_at) == ("f1", moved, NOW, later(days=1))
    assert companies.of_account(connection, "a1") == [again]
    assert first.id == "f1"


def test_the_latest_is_the_one_confirmed_last(connection: sa.Connection) -> None:
    customer(connection)
    assert companies.find_latest_company(connection, "a1") is None
    unconfirmed(connection, "f0", OTHER)
    assert companies.find_latest_company(connection, "a1") is None
    company(connection)
    assert present(companies.find_latest_company(connection, "a1")).billing == BURSZTYN


def test_a_late_register_only_sets_the_check(connection: sa.Connection) -> None:
    customer(connection)
    before = company(connection)
    assert companies.set_check(connection, company_id="f1", check="not_found")
    assert companies.get(connection, "f1") == replace(before, check="not_found")
    assert not companies.set_check(connection, company_id="f9", check="verified")


def test_two_accounts_may_have_the_same_company(connection: sa.Connection) -> None:
    customer(connection, "a1", "one@example.com")
    customer(connection, "a2", "two@example.com")
    assert company(connection, "a1", "f1").id == "f1"
    assert company(connection, "a2", "f2").id == "f2"


def test_names_that_no_register_has_are_kept_as_far_as_possible(connection: sa.Connection) -> None:
    customer(connection)
    odd = replace(BURSZTYN, name='"ŻÓŁĆ" O\'Grady <usługi>; DROP TABLE company;--\x00\ud800😀')
    kept = company(connection, billing=odd)
    assert kept.billing.name == '"ŻÓŁĆ" O\'Grady <usługi>; DROP TABLE company;--\ufffd\ufffd😀'


def test_saved_at_once_there_is_one(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        customer(connection)
    made: list[CompanyRecord] = at_once(racing, 6, lambda connection, n: company(connection, id=f"f{n}"))
    assert len({one.id for one in made}) == 1


def test_the_code_that_a_firm_abroad_was_once_stored_with_is_read_as_that_of_abroad(connection: sa.Connection) -> None:
    """Earlier releases asked it for a code, or wrote seven zeros; the next order and invoice say XXXXXXX."""
    customer(connection)
    company(connection, id="f2", billing=replace(OTHER, country="IT", tax_number="12345670363", sdi_code="0000000"))
    company(connection, id="f1", billing=replace(BURSZTYN, sdi_code="M5UXCR1"))
    connection.execute(sa.update(company_table).where(company_table.c.id == "f1").values(sdi_code="0000000"))
    abroad, at_home = (companies.get(connection, id) for id in ("f1", "f2"))
    assert abroad is not None
    assert at_home is not None
    assert companies.snapshot(abroad.billing)["sdi_code"] == "XXXXXXX"
    assert companies.snapshot(at_home.billing)["sdi_code"] == "0000000", "an Italian firm that names none keeps it"
    first = placed(connection)
    assert first.billing["sdi_code"] == "XXXXXXX"
    connection.execute(sa.update(orders_table).values(billing={**first.billing, "sdi_code": "0000000"}))
    before = present(order_record.get(connection, first.id))
    assert before.billing["sdi_code"] == "0000000", "what was ordered under it stays as it was ordered"


# --- what one conversation has saved, another with an older copy doesn't undo: companies, addresses of invoices ---


HOME = replace(BURSZTYN, country="IT")  # where each of them is its own
FIELDS = ("name", "street", "postal_code", "city", "sdi_code", "pec", "email")


def saves(
    connection: sa.Connection, billing: Billing, seen: Billing | None, **changed: Any
) -> CompanyRecord | CompanyChanged:
    told: dict[str, Any] = {"source": "customer", "check": "pending", "now": later(hours=1)} | changed
    return companies.confirm(connection, company_id="f9", account_id="a1", billing=billing, seen=seen, **told)


@pytest.mark.parametrize(("theirs", "mine"), list(product(FIELDS, FIELDS)))
def test_two_copies_of_a_company(connection: sa.Connection, theirs: str, mine: str) -> None:
    customer(connection)
    company(connection, billing=HOME)
    a, b = replace(HOME, **{theirs: "A"}), replace(HOME, **{mine: "B"})
    assert isinstance(saves(connection, a, HOME), CompanyRecord)
    saved = saves(connection, b, HOME)
    stands = present(companies.find_latest_company(connection, "a1"))
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
    again = saves(connection, BURSZTYN, BURSZTYN, source="mf", check="verified", now=later(hours=2))
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
    found = einvoices.find_changed_meanwhile(connection, account_id="a1", email=email, seen=seen)
    assert (found is not None) == changed
    assert found is None or found.email == now
