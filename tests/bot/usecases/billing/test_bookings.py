"""Statements booked: one transfer for each thing that the bank told, whatever it called them, and however often."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import groupby
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.usecases.billing.bookings import Bookings, EntryRead
from services.orders import order_record
from services.payments import transfers
from services.payments.bank_files import read_statement
from services.payments.kept import why_transfer_kept
from services.payments.matching import KeptBooked
from services.payments.slips import BookingTakenBack
from services.payments.transfers import ListedTransfer, ReferenceTaken, TransferBooked, TransferKept
from services.store.statements import Window
from services.store.tables.orders import payment_attempt
from tests.bot.usecases.lives import life
from tests.bot.usecases.lives.desk import Desk, books, customer_of
from tests.kit.narrow import a, present
from tests.nightly import each_by_day
from tests.services.domain.people import KEY, NOW, placed, to_pay
from tests.table import table
from values.money import Money

GROSS, SUM = 36777, "367.77"
ONE, TWO, THREE = (f"FS/2026/00000{n}" for n in (1, 2, 3))


class Told(Struct, frozen=True):
    """What a bank says of a credit. A CSV file has no account."""

    reference: str = "CEN101330"
    title: str = ONE
    name: str = "Anna Lis"
    day: str = "2026-11-20"
    sum: str = SUM
    account: str = "PL61109010140000071219812874"


def csv(*told: Told) -> bytes:
    rows = (f"{one.day},{one.sum},PLN,{one.title},{one.reference},{one.name}\n" for one in told)
    return ("date,amount,currency,title,reference,name\n" + "".join(rows)).encode()


def mt940(*told: Told) -> bytes:
    lines = [":20:ST1"]
    for account, ones in groupby(told, lambda one: one.account):
        lines += [f":25:{account}", ":60F:C261128PLN1000,00"]
        for one in ones:
            lines += [f":61:{one.day[2:].replace('-', '')}C{one.sum.replace('.', ',')}NTRFNONREF//{one.reference}"]
            lines += [f":86:020~20{one.title[:9]}~21{one.title[9:]}~32{one.name}"]
    return "\r\n".join(lines).encode()


def camt(*told: Told) -> bytes:
    said = ""
    for account, ones in groupby(told, lambda one: one.account):
        said += f"<Stmt><Acct><Id><IBAN>{account}</IBAN></Id></Acct>"
        for one in ones:
            details = (
                f"<RltdPties><Dbtr><Nm>{one.name}</Nm></Dbtr></RltdPties><RmtInf><Ustrd>{one.title}</Ustrd></RmtInf>"
            )
            said += (
                f'<Ntry><Amt Ccy="PLN">{one.sum}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
                f"<BookgDt><Dt>{one.day}</Dt></BookgDt><AcctSvcrRef>{one.reference}</AcctSvcrRef><NtryDtls><TxDtls>{details}</TxDtls></NtryDtls></Ntry>"
            )
        said += "</Stmt>"
    return f'<Document xmlns="urn:iso:camt.053"><BkToCstmrStmt>{said}</BkToCstmrStmt></Document>'.encode()


FORMS = (csv, mt940, camt)


class Office:
    """Three orders of one sum that await a transfer, and the desk's bookings on them."""

    def __init__(self, connection: sa.Connection) -> None:
        seller = replace(life.seller("Europe/Warsaw", life.NETS), order_prefix="FS")
        self.connection, self.desk = connection, Desk(connection, seller, NOW)
        self.bookings: Any = Bookings(self.desk.quotes, KEY, self.desk)  # type: ignore[arg-type]
        for n in (1, 2, 3):
            placed(connection, f"o{n}")
        for n in (1, 2, 3):
            to_pay(connection, f"p{n}", f"o{n}", "transfer", provider="transfer")

    def sends(self, file: bytes) -> list[EntryRead]:
        self.desk.now += timedelta(minutes=1)
        return [self.bookings.enter(self.desk, entry) for entry in read_statement(file, None).entries]

    def became(self, file: bytes) -> list[tuple[str, str | None, str | None]]:
        return [(one.status, one.order_number, one.reason) for one in self.sends(file)]

    def tells(self, number: str, reference: str = "CEN101330", amount: int = GROSS) -> Any:
        self.desk.now += timedelta(minutes=1)
        return self.bookings.book(self.desk, number, Money(amount, "PLN"), reference)

    def moves(self, id: str, number: str) -> Any:
        self.desk.now += timedelta(minutes=1)
        return self.bookings.book_kept(self.desk, id, present(order_record.by_number(self.connection, number)), "asked")

    @property
    def transfers(self) -> list[ListedTransfer]:
        return transfers.list_transfers(self.connection, Window(500))

    def of(self, number: str) -> list[ListedTransfer]:
        return [one for one in self.transfers if one.order_number == number]

    def paid(self) -> list[str]:
        numbers = (ONE, TWO, THREE)
        return [n for n in numbers if present(order_record.by_number(self.connection, n)).status == "paid"]

    def forgets(self) -> None:
        """Leave the rows as the release before had them."""
        self.connection.execute(sa.update(payment_attempt).values(digest=None))


@contextmanager
def office() -> Iterator[Office]:
    with books() as engine, customer_of(engine) as connection:
        yield Office(connection)


@pytest.mark.parametrize("form", FORMS)
def test_two_entries_of_one_reference_pay_their_orders_and_are_known_from_then_on(form: Any) -> None:
    file = form(Told(), Told(title=TWO, name="Jan Bursztyn"))
    with office() as one, capture_logs() as logs:
        first = one.sends(file)
        assert [(read.status, read.order_number) for read in first] == [("booked", ONE), ("booked", TWO)]
        assert one.paid() == [ONE, TWO]
        assert (first[0].name, first[1].name[:10]) == ("CEN101330", "CEN101330/")
        for again in (file, file, form(Told(title=TWO, name="Jan Bursztyn"), Told())):
            assert {read.status for read in one.sends(again)} == {"known"}
        assert [read.order_number for read in one.sends(form(Told(title=TWO, name="Jan Bursztyn")))] == [TWO]
        assert len(one.transfers) == 2
    assert not [line for line in logs if line.get("alarm")]


@table(
    "other",
    [
        Told(title=TWO),
        Told(title=TWO, day="2026-11-21"),
        Told(title=TWO, day="2027-11-20"),
        Told(day="2026-11-21"),
        Told(account="DE02120300000000202051"),
        Told(name="Jan Bursztyn"),
        Told(title=f"{ONE} reszta"),
        Told(sum="1.00"),
    ],
)
def test_another_entry_of_a_known_reference_is_kept_and_alarmed_and_known_from_then_on(other: Told) -> None:
    with office() as one:
        assert one.became(camt(Told())) == [("booked", ONE, None)]
        said = len(one.desk.said)
        with capture_logs() as logs:
            assert one.became(camt(other)) == [("kept", other.title[:14], "reference_taken")]
        assert [(line["event"], line["taken_by"]) for line in logs if line.get("alarm")] == [("reference_taken", ONE)]
        assert one.became(camt(other)) == [("known", other.title[:14], None)]
        assert one.became(camt(Told())) == [("known", ONE, None)]
        assert (one.paid(), len(one.transfers), len(one.desk.said)) == ([ONE], 2, said)
        kept = one.transfers[-1]
        assert transfers.word_status(kept.receipt.status) == "kept"
        order = present(order_record.by_number(one.connection, kept.order_number))
        assert why_transfer_kept(order, kept.receipt) == "reference_taken"
        if other.sum == SUM:
            a(KeptBooked, one.moves(kept.id, THREE))
            assert one.paid() == [ONE, THREE]
            assert one.became(camt(other)) == [("known", THREE, None)]


def test_another_entry_without_an_order_is_nobody_s_and_alarmed_until_it_is_told() -> None:
    with office() as one:
        one.sends(camt(Told()))
        nobody = camt(Told(title="dziękuję"))
        with capture_logs() as logs:
            [read] = one.sends(nobody)
        assert (read.status, read.reason, [line["event"] for line in logs]) == (
            "unmatched",
            "reference_taken",
            ["reference_taken"],
        )
        assert isinstance(one.tells(TWO), ReferenceTaken), "under the bank's name it is the other"
        assert isinstance(one.tells(TWO, read.name), TransferBooked)
        assert one.became(nobody) == [("known", TWO, None)]
        assert one.became(camt(Told())) == [("known", ONE, None)]


@pytest.mark.parametrize("form", FORMS)
def test_entries_alike_in_all_are_as_many_payments_in_one_file_and_the_same_in_two(form: Any) -> None:
    with office() as one:
        assert one.became(form(Told())) == [("booked", ONE, None)]
        assert one.became(form(Told(), Told())) == [("known", ONE, None), ("kept", ONE, "already_paid")]
        assert one.became(form(Told(), Told())) == [("known", ONE, None)] * 2
        assert one.became(form(Told())) == [("known", ONE, None)]
        assert len(one.transfers) == 2


def test_an_account_that_a_file_does_not_tell_is_learnt_from_the_next() -> None:
    with office() as one:
        assert one.became(csv(Told())) == [("booked", ONE, None)]
        other = Told(account="DE02120300000000202051")
        assert one.became(camt(Told(), other)) == [("known", ONE, None), ("kept", ONE, "already_paid")]
        assert one.became(camt(other, Told())) == [("known", ONE, None)] * 2


def test_a_file_in_another_form_tells_the_same() -> None:
    with office() as one:
        for n, form in enumerate((*FORMS, *FORMS)):
            assert one.became(form(Told())) == [("known" if n else "booked", ONE, None)]


def test_what_was_told_or_booked_before_is_known_where_nothing_contradicts() -> None:
    for tell in (lambda one: one.tells(ONE), lambda one: one.sends(camt(Told()))):
        for first, then in (
            (Told(), ("known", ONE, None)),
            (Told(title="dziękuję", day="2026-11-23", name=""), ("known", ONE, None)),
            (Told(title=TWO), ("kept", TWO, "reference_taken")),
            (Told(day="2027-11-20"), ("kept", ONE, "reference_taken")),
            (Told(sum="367.78"), ("kept", ONE, "reference_taken")),
        ):
            with office() as one:
                tell(one)
                one.forgets()
                assert one.became(camt(first)) == [then]
                if then[0] == "known":  # one of two: which has been told is known by now
                    assert one.became(camt(first, Told(title=TWO))) == [then, ("booked", TWO, None)]


def test_an_entry_that_a_person_has_moved_is_known_though_its_title_names_the_order_before() -> None:
    with office() as one:
        one.tells(ONE, "W9")
        assert one.became(camt(Told())) == [("kept", ONE, "already_paid")]
        a(KeptBooked, one.moves(one.of(ONE)[-1].id, TWO))
        one.forgets()
        assert one.became(camt(Told())) == [("known", TWO, None)]


@table(
    ("number", "amount", "then"),
    [
        (ONE, GROSS, "booked_before"),
        (ONE, GROSS + 1, None),
        (TWO, GROSS, None),
        (TWO, 1, None),
    ],
)
@pytest.mark.parametrize("by_file", [True, False])
def test_a_reference_told_again_is_the_same_or_refused(
    number: str, amount: int, then: str | None, by_file: bool
) -> None:
    with office() as one:
        assert isinstance(one.sends(camt(Told())) if by_file else one.tells(ONE), list | TransferBooked)
        told = one.tells(number, amount=amount)
        assert then is not None or (isinstance(told, ReferenceTaken) and told.order_number == ONE)
        assert then is None or a(TransferKept, told).reason == then
        assert (one.paid(), len(one.transfers)) == ([ONE], 1)


def test_a_sum_that_a_person_has_told_wrongly_is_put_right_and_one_that_the_bank_told_is_not() -> None:
    with office() as one:
        assert a(TransferKept, one.tells(ONE, amount=1)).reason == "wrong_amount"
        assert isinstance(one.tells(ONE), TransferBooked)
        assert one.became(camt(Told("W2", TWO, sum="1.00"))) == [("kept", TWO, "wrong_amount")]
        assert isinstance(one.tells(TWO, "W2"), ReferenceTaken)
        assert [told.receipt.amount for told in one.of(TWO)] == [100]


def test_a_booking_taken_back_is_kept_where_it_came_from_whatever_else_has_its_reference() -> None:
    with office() as one:
        one.tells(ONE, "W1")
        one.tells(ONE, "W2")
        a(KeptBooked, one.moves(one.of(ONE)[-1].id, TWO))
        assert isinstance(one.tells(THREE, "W2"), ReferenceTaken)
        # As the releases before have left it, which refused nothing.
        by_number: Any = {
            "order_number": THREE,
            "amount": GROSS,
            "currency": "PLN",
            "reference": "W2",
            "payment_id": "x",
        }
        now = one.desk.now
        a(
            TransferBooked,
            transfers.book_transfer(
                one.connection, **by_number, server_key=KEY, expires_at=now, now=now, by_person=True
            ),
        )
        [theirs] = one.of(THREE)
        own = a(BookingTakenBack, one.bookings.take_back(one.desk, theirs.id, "slip"))
        assert (own.now.order_number, own.now.id, own.told_for.number) == (THREE, theirs.id, THREE)
        [moved] = one.of(TWO)
        back = a(BookingTakenBack, one.bookings.take_back(one.desk, moved.id, "slip"))
        assert (back.now.order_number, back.told_for.number, one.of(TWO)) == (ONE, ONE, [])


REFERENCES = st.sampled_from(["1", "CEN101330", "B/2 (1)"])
CREDITS = st.builds(
    Told,
    reference=REFERENCES,
    title=st.sampled_from([ONE, TWO, THREE, "", "dziękuję"]),
    name=st.sampled_from(["Anna Lis", "Jan Bursztyn"]),
    day=st.sampled_from(["2026-11-20", "2026-11-21", "2027-11-20"]),
    sum=st.sampled_from([SUM, SUM, "1.00"]),
    account=st.sampled_from(["PL61109010140000071219812874", "DE02120300000000202051"]),
)


def files_of(told: Sequence[Told]) -> st.SearchStrategy[list[tuple[Any, list[Told]]]]:
    """Files in which these credits stand, some in several, some more than once."""
    credits_ = st.lists(st.sampled_from(told), min_size=1, max_size=4)
    return st.lists(st.tuples(st.sampled_from(FORMS), credits_), min_size=1, max_size=4)


FILES = st.lists(CREDITS, min_size=1, max_size=5).flatmap(files_of)


def test_every_credit_is_booked_kept_nobody_s_or_known_as_the_same() -> None:
    """However references are used, in whatever order files come, each twice: nothing vanishes or counts twice."""
    with books() as engine:

        @settings(deadline=None, max_examples=300 // each_by_day(10))
        @given(FILES, st.data())
        def holds(files: list[Any], data: st.DataObject) -> None:
            with customer_of(engine) as connection:
                each_counts_once(Office(connection), data.draw(st.permutations([*files, *files])))

        holds()


def each_counts_once(one: Office, sent: Sequence[Any]) -> None:
    """Send the files; compare each answer with the transfers that there are."""
    stored, rows = Counter[tuple[str, ...]](), 0
    for form, told in sent:
        ordered, in_file = sorted(told, key=lambda credit: credit.account), Counter[tuple[str, ...]]()
        reads = one.sends(form(*ordered))
        for credit, read in zip(ordered, reads, strict=True):
            in_file[facts := (credit.reference, credit.day, credit.sum, credit.title, credit.name)] += 1
            new = read.status in ("booked", "kept")
            assert read.status != "known" or in_file[facts] <= stored[facts], "it was never booked or kept"
            assert not new or read.order_number == credit.title
            stored[facts] += new
            rows += new
        assert len(one.transfers) == rows, "each is one transfer"
        then = [read.status if read.status == "unmatched" else "known" for read in reads]
        assert [read.status for read in one.sends(form(*ordered))] == then
        assert len(one.transfers) == rows
    took = sum(transfer.receipt.amount for transfer in one.transfers)
    assert took == sum(count * round(float(facts[2]) * 100) for facts, count in stored.items())
    paid = sorted(transfer.order_number for transfer in one.transfers if transfer.receipt.status == "paid")
    assert paid == one.paid(), "an order is paid once"
