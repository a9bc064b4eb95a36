"""Bank statements: what is read of each format, what is refused, and which order an entry is for."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.orders import order_record, orders
from services.payments import bank_files, matching, record, transfers
from services.payments.bank_files import Entry, StatementRefused, read_statement
from services.payments.matching import KeptBooked, NewEntry, OrderFound
from services.store.tables.orders import payment, sales_order
from tests.kit.narrow import a, present
from tests.services.domain.people import KEY, NOW, buyer, later, placed, to_pay

NUMBER, GROSS = "FS/2026/000001", 36777
HEAD = "date;amount;currency;title;reference;name\n"


def camt(*entries: str, before: str = "") -> bytes:
    space = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
    said = "".join(entries)
    return f'{before}<Document xmlns="{space}"><BkToCstmrStmt><Stmt>{said}</Stmt></BkToCstmrStmt></Document>'.encode()


def ntry(amount: str = "367.77", *, mark: str = "CRDT", status: str = "BOOK", ref: str = "B1", more: str = "") -> str:
    return (
        f'<Ntry><Amt Ccy="PLN">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd><Sts>{status}</Sts>'
        f"<BookgDt><Dt>2026-11-29</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>{more}</Ntry>"
    )


def part(sum: str, title: str, refs: str = "") -> str:
    return (
        f'<TxDtls><Refs>{refs}</Refs><AmtDtls><TxAmt><Amt Ccy="PLN">{sum}</Amt></TxAmt></AmtDtls><RltdPties><Dbtr>'
        f"<Nm>Jan Bursztyn</Nm></Dbtr></RltdPties><RmtInf><Ustrd>{title}</Ustrd></RmtInf></TxDtls>"
    )


def mt940(*lines: str, balance: str = ":60F:C261128PLN1000,00") -> bytes:
    return "\r\n".join((":20:ST1", ":25:PL61", ":28C:1/1", balance, *lines, ":62F:C261129PLN1,00", "-")).encode()


def shown(body: bytes, charset: str | None = None) -> list[tuple[str, int, str, tuple[str, ...], str]]:
    found = read_statement(body, charset).entries
    return [(one.reference, one.amount, one.currency, one.title, one.name) for one in found]


def test_each_format_tells_its_credits_and_leaves_all_else() -> None:
    collective = f"<NtryDtls>{part('1.50', 'A')}{part('2', NUMBER, '<AcctSvcrRef>X9</AcctSvcrRef>')}</NtryDtls>"
    debits = (ntry(mark="DBIT"), ntry(status="PDNG"), ntry(more="<RvslInd>true</RvslInd>"))
    one = f"<NtryDtls>{part('9', 'Za zamówienie')}</NtryDtls>"
    body = camt(ntry(more=one), ntry("3.50", ref="B2", more=collective), *debits)
    assert shown(body) == [
        ("B1", GROSS, "PLN", ("Za zamówienie",), "Jan Bursztyn"),
        ("B2/1", 150, "PLN", ("A",), "Jan Bursztyn"),
        ("X9", 200, "PLN", (NUMBER,), "Jan Bursztyn"),
    ]
    assert read_statement(body, None).ignored == 3
    notes = ":86:020?20za FS/2026/00?210001?27JAN BUR?28SZTYN"
    lines = (":61:2611291129CN367,77NTRFNONREF//B1", notes, ":61:261129D5,NMSC//B2", ":61:261129C7,5S051X\r\nmore")
    assert shown(mt940(*lines, ":86:bez podziału"))[0] == (
        "B1",
        GROSS,
        "PLN",
        ("za FS/2026/00", "0001", "JAN BUR", "SZTYN"),
        "JAN BUR SZTYN",
    )
    assert (shown(mt940(*lines, ":86:bez podziału"))[1][1:4], read_statement(mt940(*lines), None).ignored) == (
        (750, "PLN", ("bez podziału",)),
        1,
    )
    rows = HEAD + "2026-11-29;367,77;PLN;FS/2026/000001;B1;Żaneta\n2026-11-29;-5,00;PLN;x;B2;\n"
    assert shown(rows.encode("cp1250"), "windows-1250") == [("B1", GROSS, "PLN", (NUMBER,), "Żaneta")]


def test_entries_without_a_reference_are_the_same_in_each_file_and_told_apart_in_one() -> None:
    row = "2026-11-29;1,00;PLN;x;;\n"
    first, second = (one[0] for one in shown((HEAD + row * 2).encode()))
    assert first != second
    assert shown((HEAD + "2026-11-28;1,00;PLN;x;B1;\n" + row).encode())[1][0] == first


@pytest.mark.parametrize("none", ["NONREF", "nonref", "NOTPROVIDED", "Not provided"])
def test_two_entries_whose_bank_has_no_reference_are_two(none: str) -> None:
    sums = f"<NtryDtls>{part('1', 'C', own := f'<AcctSvcrRef>{none}</AcctSvcrRef>')}{part('1', 'D', own)}</NtryDtls>"
    lines = (f":61:261129C1,00NTRFNONREF//{none}", ":86:A", f":61:261129C1,00NTRFNONREF//{none}", ":86:B")
    rows = "".join(f"2026-11-29;1,00;PLN;{title};{none};\n" for title in "AB")
    entries = camt(ntry("1", ref=none, more="<AddtlNtryInf>A</AddtlNtryInf>"), ntry("2", ref=none, more=sums))
    for body, several in ((entries, 3), (mt940(*lines), 2), ((HEAD + rows).encode(), 2)):
        names = [one[0] for one in shown(body)]
        assert len(set(names)) == len(names) == several
        assert [one[0] for one in shown(body)] == names, "the same when it is sent again"


def test_parts_that_their_bank_calls_alike_are_told_apart() -> None:
    alike = "".join(part(sum, "A", "<AcctSvcrRef>X9</AcctSvcrRef>") for sum in ("1.50", "1.50", "2"))
    body = camt(ntry("5", ref="B2", more=f"<NtryDtls>{alike}</NtryDtls>"))
    assert [(name, sum) for name, sum, *_ in shown(body)] == [("X9", 150), ("X9/2", 150), ("X9/3", 200)]


def test_what_is_taken_off_within_an_entry_hasn_t_come() -> None:
    fee = part("0.50", NUMBER).replace("<Refs>", "<CdtDbtInd>DBIT</CdtDbtInd><Refs>")
    body = camt(ntry("9.50", more=f"<NtryDtls>{part('10', 'A')}{fee}</NtryDtls>"))
    assert [one[1:4] for one in shown(body)] == [(1000, "PLN", ("A",))]
    assert read_statement(body, None).ignored == 1


LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (camt(ntry(), before=LAUGHS), "document type"),
        (camt(before='<!DOCTYPE a SYSTEM "file:///etc/passwd">'), "document type"),
        (camt(ntry(), before=LAUGHS).decode().encode("utf-16"), "charset"),
        (camt(ntry("-367.77")), "no sum"),
        (camt(ntry("0")), "no sum"),
        (camt(ntry("1.234")), "no sum"),
        (camt(ntry("1" * 13)), "no sum"),
        (camt(ntry("1e3")), "no sum"),
        (camt(ntry(ref="x" * 141)), "reference"),
        (camt(ntry(more="<NtryDtls><TxDtls/><TxDtls/></NtryDtls>")), "collective"),
        (camt(*[ntry(ref=f"B{n}") for n in range(bank_files.MOST_ENTRIES + 1)]), "in parts"),
        (b"<Document><a></Document>", "well-formed"),
        (b"<Document/>", "CAMT.053"),
        (mt940(":61:2611291129CN367.77NTRF"), ":61:"),
        (mt940(":61:261129C1,00NTRF", balance=":60F:garbled"), ":61:"),
        ((HEAD + "2026-11-29;1,00;PLN;ż;;\n").encode("cp1250"), "charset"),
        ((HEAD + "2026-11-29;1,00;PLN\n").encode(), "columns"),
        ((HEAD + "2026-11-29;1,00;zł;x;;\n").encode(), "no sum"),
        (b"a,b\n1,2\n", "neither"),
        (b"", "neither"),
    ],
)
def test_what_isn_t_understood_is_refused_whole(body: bytes, said: str) -> None:
    with pytest.raises(StatementRefused, match=said):
        read_statement(body, None)


def entry(*title: str, amount: int = GROSS, name: str = "", currency: str = "PLN") -> Entry:
    return Entry("B1", "2026-11-29", amount, currency, title, name)


@pytest.mark.parametrize(
    "title",
    [(NUMBER,), ("zam. fs 2026 000001, dziękuję",), ("FS2026000001",), ("FS/2026/00", "0001"), (NUMBER,) * 2],
)
def test_an_order_is_found_by_its_number_however_it_is_written(
    connection: sa.Connection, title: tuple[str, ...]
) -> None:
    buyer(connection)
    placed(connection)
    assert matching.find_order(connection, entry(*title, amount=1), "FS") == OrderFound(NUMBER, "number")
    placed(connection, "o2")
    assert matching.find_order(connection, entry(*title, "FS/2026/000002"), "FS") == "several_orders"


def test_without_a_number_sum_and_payer_find_it_together_and_neither_alone(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    to_pay(connection, method="transfer")
    connection.execute(sa.update(payment).values(provider="transfer"))
    called = present(order_record.get(connection, "o1")).billing["name"]
    payer = f"{called.upper()} UL. DŁUGA 1 GDAŃSK"
    found = {
        OrderFound(NUMBER, "name"): entry("XFS/2026/000001", name=payer),
        "another_payer": entry("FS/2027/000001", name="Jan Inny"),
        "no_such_sum": entry(amount=GROSS - 1, name=payer),
    }
    for wanted, told in found.items():
        assert matching.find_order(connection, told, "FS") == wanted
    assert matching.find_order(connection, entry(name=payer, currency="EUR"), "FS") == "no_such_sum"
    assert matching.find_order(connection, entry(name=""), "FS") == "another_payer"


def test_a_payer_s_second_order_is_seen_however_many_await_that_sum(connection: sa.Connection) -> None:
    buyer(connection)
    for id in [placed(connection, f"o{n}").id for n in range(220)]:
        to_pay(connection, f"p-{id}", id, "transfer", provider="transfer")
    own = sales_order.c.id.in_(("o0", "o219"))
    connection.execute(sa.update(sales_order).where(~own).values(billing={"name": "Inna Firma"}))
    payer = entry(name=present(order_record.get(connection, "o0")).billing["name"])
    assert matching.find_order(connection, payer, "FS") == "several_orders"


def book(connection: sa.Connection, id: str, order_id: str = "o2") -> object:
    order = present(order_record.get(connection, order_id))
    given: dict[str, Any] = {"payment_id": "t9", "server_key": KEY, "expires_at": later(days=7), "now": NOW}
    return matching.book_kept(connection, id, order, **given)


def test_a_kept_transfer_pays_the_order_that_it_is_booked_for_once_and_another_s_no_more(
    connection: sa.Connection,
) -> None:
    buyer(connection)
    placed(connection)
    to_pay(connection, method="transfer")
    given: dict[str, Any] = {
        "currency": "PLN",
        "payment_id": "t1",
        "server_key": KEY,
        "expires_at": later(days=7),
        "now": NOW,
    }
    for ref, amount in (("W1", 1), ("W2", GROSS), ("W3", GROSS)):
        transfers.book_transfer(connection, order_number=NUMBER, amount=amount, reference=ref, **given)
    placed(connection, "o2")
    assert [book(connection, id) for id in ("p1-9", "p9-1")] == [None, None]
    assert book(connection, "p1-1") == "wrong_amount"
    assert book(connection, "p1-2") == "booked"
    assert book(connection, "p1-3", "o1") == "already_paid"
    moved = a(KeptBooked, book(connection, "p1-3"))
    assert (moved.now.order_number, moved.now.receipt.status, moved.told_for.id) == ("FS/2026/000002", "paid", "o1")
    assert present(order_record.get(connection, "o2")).status == "paid"
    again = a(KeptBooked, book(connection, "p1-3"))
    assert (again.now.id, again.booked) == (moved.now.id, None)
    assert [one.reference for one in transfers.receipts(connection, "o1")] == ["W1", "W2"]
    told = transfers.book_transfer(connection, order_number=NUMBER, amount=GROSS, reference="W3", **given)
    assert a(transfers.TransferKept, told).reason == "booked_before"
    assert transfers.note_returned(connection, "p1-3", NOW) == "booked"
    transfers.note_returned(connection, "p1-1", NOW)
    assert book(connection, "p1-1") == "returned"
    assert record.of_order(connection, "o2")[-1].id == "t9"
    placed(connection, "o3")
    orders.cancel(connection, order_id="o3", now=NOW)
    assert matching.why_unpaid(connection, order_record.lock(connection, "o3"), GROSS, "EUR", NOW) == "wrong_currency"


def test_a_reference_given_to_another_sum_takes_no_money_for_known(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    given: dict[str, Any] = {"payment_id": "t1", "server_key": KEY, "expires_at": later(days=7), "now": NOW}
    transfers.book_transfer(connection, order_number=NUMBER, amount=1, currency="PLN", reference="B1", **given)
    new = a(NewEntry, matching.find_entry(connection, entry(), "FS"))
    assert (new.reference[:3], new.taken_by) == ("B1/", NUMBER)
    known = matching.find_entry(connection, entry(amount=1), "FS")
    assert a(transfers.ListedTransfer, known).order_number == NUMBER
