"""Who says that somebody else pays, or asks for a pro forma, and who doesn't: in sentences that no rule quotes."""

from nlu.understand import understand
from tests.kit.rows import all_rows
from values.expected import Expected, OptionWords
from values.meaning import Expects, Intent

HEARD = ("other_payer", "ask_pro_forma")
PAYMENT = Expected(Expects.payment, "payment", (OptionWords("payment:check"), OptionWords("payment:page")))
BEFORE = Expected(Expects.phone, "phone")


@all_rows
def test_who_pays_instead_is_heard_at_the_payment_and_before_the_order(lang: str, wanted: str, text: str) -> None:
    for expected in (PAYMENT, BEFORE):
        found = understand(text, expected, locale=lang)
        assert isinstance(found, Intent)
        assert found.name == wanted


@all_rows
def test_who_pays_themselves_has_paid_or_asks_what_it_is_is_not_taken_so(lang: str, text: str) -> None:
    found = understand(text, PAYMENT, locale=lang)
    assert not (isinstance(found, Intent) and found.name in HEARD)
