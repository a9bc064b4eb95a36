"""At whose rate an order is taxed."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.table import table
from values.money import UNION, Buyer, Vat, VatRules, vat_of
from values.order import PriceLine, price

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
REVERSE = VatRules("PL5260250274", reverse_charge=True)
ONE_STOP = VatRules(rates=(("DE", 19), ("FR", 20)))
BOTH = VatRules(reverse_charge=True, rates=(("FR", 20),))
BURSZTYN = Buyer("PL", "1234563218")
PORT = Buyer("FR", "FR44732829320", AT, "WAPI0001")
UNKNOWN = Buyer("FR", "FR44732829320")
HOME = Vat(23, "home", "PL")


@table(
    ("buyer", "rules", "expected"),
    [
        (BURSZTYN, VatRules(), HOME),
        (PORT, VatRules(), HOME),
        (BURSZTYN, BOTH, HOME),
        (PORT, REVERSE, Vat(0, "reverse_charge", "FR", "FR44732829320", AT, "WAPI0001")),
        (PORT, BOTH, Vat(0, "reverse_charge", "FR", "FR44732829320", AT, "WAPI0001")),
        (UNKNOWN, REVERSE, Vat(23, "unconfirmed", "PL", "FR44732829320")),
        (UNKNOWN, BOTH, Vat(20, "unconfirmed", "FR", "FR44732829320")),
        (PORT, ONE_STOP, Vat(20, "destination", "FR")),
        (Buyer("IT", "12345670363"), ONE_STOP, HOME),
        (Buyer("FR"), BOTH, Vat(20, "destination", "FR")),
        (Buyer("FR"), REVERSE, HOME),
        # Northern Ireland belongs to the Union for goods only.
        (Buyer("GB", "XI123456789", AT), REVERSE, HOME),
        (Buyer("CH", "", AT), BOTH, HOME),
        (Buyer("DE", "1234563218"), BOTH, HOME),
        (replace(PORT, country="DE"), BOTH, Vat(0, "reverse_charge", "FR", "FR44732829320", AT, "WAPI0001")),
    ],
)
def test_whose_rate_it_is(buyer: Buyer, rules: VatRules, expected: Vat) -> None:
    assert vat_of(buyer, home="PL", percent=23, rules=rules) == expected


rules = st.builds(
    VatRules,
    st.none(),
    st.booleans(),
    st.dictionaries(st.sampled_from(sorted(UNION)), st.integers(0, 50)).map(lambda rates: tuple(rates.items())),
)
buyers = st.builds(
    Buyer,
    st.sampled_from([*sorted(UNION), "GB", "CH"]),
    st.sampled_from(["", "X1"]),
    st.none() | st.just(AT),
    st.none(),
)


@given(buyers, rules)
def test_nobody_goes_without_vat_but_by_a_number_that_vies_has_confirmed(buyer: Buyer, told: VatRules) -> None:
    tax = vat_of(buyer, home="PL", percent=23, rules=told)
    if tax.reason == "reverse_charge":
        assert told.reverse_charge
        assert (tax.percent, tax.number, tax.checked_at) == (0, buyer.number, AT)
        assert buyer.country in UNION - {"PL"}
    else:
        assert tax.percent in (23, *dict(told.rates).values())
    if buyer.country == "PL":
        assert tax == HOME


@given(
    st.lists(st.builds(PriceLine, st.integers(0, 10**7), st.integers(1, 100), st.booleans()), min_size=1, max_size=5),
    st.integers(0, 50),
    st.integers(0, 99),
    st.integers(0, 10**6),
)
def test_net_and_vat_are_the_gross_and_none_is_negative(
    lines: list[PriceLine], rate: int, percent: int, amount: int
) -> None:
    total = price(lines, "EUR", vat_percent=rate, percent_off=percent, amount_off=amount)
    full = sum(line.full for line in lines)
    assert total.net + total.vat == total.gross
    assert 0 <= total.net.minor <= full
    assert abs(total.vat.minor * 100 - total.net.minor * rate) <= 50
    without = price(lines, "EUR", vat_percent=rate)
    assert without.net.minor == full
