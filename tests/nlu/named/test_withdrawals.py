"""A withdrawal from the contract is what the customer states of themselves, now; a question about it is none."""

from nlu.languages.shipped import KNOWN, among
from nlu.named.taken_back import COMPLAINT, read_grievance
from nlu.named.withdrawals import states_withdrawal
from tests.kit.rows import all_rows


@all_rows
def test_a_statement_is_one(locale: str, said: str) -> None:
    assert states_withdrawal(said, among(KNOWN, locale))


@all_rows
def test_a_question_a_condition_or_anothers_wish_is_none(locale: str, said: str) -> None:
    assert not states_withdrawal(said, among(KNOWN, locale))


@all_rows
def test_money_wrongly_taken_is_a_complaint(locale: str, said: str) -> None:
    assert read_grievance(said, among(KNOWN, locale)) == COMPLAINT


@all_rows
def test_a_worry_about_money_is_no_complaint(locale: str, said: str) -> None:
    assert read_grievance(said, among(KNOWN, locale)) is None
