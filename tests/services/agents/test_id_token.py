"""Claims as identity providers really write them: booleans and lists as text, too."""

from typing import Any

from services.agents.id_token import ExpectedToken, identity, list_claim_values
from tests.table import table

EXPECTED = ExpectedToken("https://id.example", "desk", "nonce", role_claim="groups")


@table(
    ("said", "proven"),
    [
        *[(yes, True) for yes in (True, "true", "True", " TRUE ", 1, "1")],
        *[(no, False) for no in (False, None, "false", "0", 0, 2, "", "yes?", [True], {"value": True})],
    ],
)
def test_an_address_is_proven_by_a_yes_in_any_form(said: Any, proven: bool) -> None:
    claims = {"sub": "anna", "email": "anna@example.com", "email_verified": said}
    assert identity("token", claims, {}, EXPECTED).email_proven is proven


@table(
    ("said", "values"),
    [
        (["staff", "admin"], ["staff", "admin"]),
        ("admin", ["admin"]),
        ("staff, admin", ["staff", "admin"]),
        ('["staff", "admin"]', ["staff", "admin"]),
        ("no admin", ["no admin"]),
        ('{"admin": true}', ['{"admin": true}']),
        ("[" * 100_000, ["[" * 100_000]),
        (None, []),
        (7, [7]),
    ],
)
def test_a_list_may_be_one_value_or_text(said: Any, values: list[Any]) -> None:
    assert list_claim_values(said) == values


@table("groups", [["staff", "admin"], "admin", '["admin"]', "staff,admin"])
def test_the_role_and_the_factors_are_read_from_lists_in_any_form(groups: Any) -> None:
    read = identity("token", {"sub": "anna", "groups": groups, "amr": "mfa"}, {}, EXPECTED)
    assert (read.role, read.strong) == ("admin", True)
