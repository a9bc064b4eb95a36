"""What customers volunteer: everything in one message, a signature, an answer to a question that comes later."""

from collections.abc import Callable, Mapping

from tests.journeys.scenes import Scene


def everything_at_once(s: Scene) -> None:
    s.tell("everything")
    s.tap("new")
    s.sets_password()
    s.tap("required")
    s.write("123456")


def a_pasted_signature(s: Scene) -> None:
    s.tell("buy_words", "signature")


def phone_and_tax_number_in_one_message(s: Scene) -> None:
    s.signed_up()
    s.tell("phone_and_tax_number", "code_and_method")


def another_value_is_only_mentioned(s: Scene) -> None:
    s.tell("buy_words")
    s.write("anna.nowak@example.com")
    s.tell("other_email")


def add_two_users(s: Scene) -> None:
    s.tell("buy_words", "no_more", "add_users", "add_external")
    s.write("mario@lucani.example")


SCENES: Mapping[str, Callable[[Scene], None]] = {
    "Everything at once": everything_at_once,
    "A pasted signature": a_pasted_signature,
    "Phone and tax number in one message": phone_and_tax_number_in_one_message,
    "Another address is only mentioned": another_value_is_only_mentioned,
}
ADDING: Mapping[str, Callable[[Scene], None]] = {
    "A pasted signature": a_pasted_signature,
    "Two users, after the cart was closed": add_two_users,
}
