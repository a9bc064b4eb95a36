"""Entities of the catalogue in their normal forms."""

from nlu.parse import parse
from tests.kit.rows import all_rows


@all_rows
def test_what_a_message_holds(lang: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert [(e["entity"], e["value"]) for e in parse(text, lang)["entities"]] == expected


def test_offsets_are_those_of_the_text_as_typed() -> None:
    text = "źdźbło 👍 NIP: 123-456-32-18 ok"
    entity = parse(text, "pl")["entities"][0]
    assert text[entity["start"] : entity["end"]] == "123-456-32-18"
