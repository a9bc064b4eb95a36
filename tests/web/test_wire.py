"""What the chat page reads of a message and of the standing."""

from datetime import UTC, datetime

from msgspec.structs import replace

from bot.conversation.outbound import Button, Card, CardChoice, CardRow, Reply, StatusSnapshot
from bot.conversation.stored import StoredMessage
from bot.handlers.webchat import wire

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
CARD = Card(
    "order",
    "order",
    "Zamówienie",
    (
        CardRow("plan", "Plan", "Standard, 1 rok", edit="edit:plan"),
        CardRow("terms", "Regulamin", "", choices=(CardChoice("Akceptuję", "terms:accept", binds=True),), document="t"),
    ),
    total="367,77 zł",
    missing="Brakuje regulaminu",
)


def reply(buttons: tuple[Button, ...] = (), card: Card | None = None) -> Reply:
    """A line of the desk."""
    return Reply(7, 3, "bot", "Czy wszystko się zgadza?", buttons, (), AT, card=card)


def test_a_line_carries_its_card_with_rows_and_choices() -> None:
    card = wire.line(reply(card=CARD))["card"]
    assert isinstance(card, dict)
    assert (card["kind"], card["key"], card["total"]) == ("order", "order", "367,77 zł")
    assert card["missing"] == "Brakuje regulaminu"
    plan, terms = card["rows"]
    assert (plan["name"], plan["label"], plan["value"]) == ("plan", "Plan", "Standard, 1 rok")
    assert plan["edit"] == "edit:plan"
    assert terms["document"] == "t"
    assert list(terms["choices"]) == [{"title": "Akceptuję", "payload": "terms:accept", "chosen": False, "binds": True}]


def test_a_line_without_a_card_says_so() -> None:
    assert wire.line(reply())["card"] is None


def test_the_standing_carries_the_open_step_s_card() -> None:
    now = StatusSnapshot("c", "order", "method", "choice", 3, 8, "Zamówienie", (), "pl", "bot", 3, card=CARD)
    assert wire.standing(now)["card"] == wire.line(reply(card=CARD))["card"]


def test_the_standing_carries_the_stage() -> None:
    now = StatusSnapshot("c", "order", "method", "choice", 3, 8, "Zamówienie", (), "pl", "bot", 3, stage=(4, 6, 0.5))
    assert wire.standing(now)["stage"] == {"n": 4, "of": 6, "share": 0.5}


def test_only_what_is_ticked_carries_its_whole_words() -> None:
    ticked = Button("☐ Nowości", "consents:toggle:news", "Chcę dostawać wiadomości o nowościach.")
    assert wire.line(reply((ticked, Button("Dalej", "consents:done"))))["buttons"] == [
        {"title": "☐ Nowości", "payload": "consents:toggle:news", "words": "Chcę dostawać wiadomości o nowościach."},
        {"title": "Dalej", "payload": "consents:done"},
    ]


def test_a_press_can_be_told_from_the_same_words_typed() -> None:
    typed = Reply(8, None, "customer", "Kup teraz", (), (), AT)
    assert wire.line(typed)["payload"] is None
    assert wire.line(replace(typed, payload="start:buy"))["payload"] == "start:buy"


def test_a_button_s_words_are_kept_in_the_store() -> None:
    message = StoredMessage("Co wolno?", (Button("☐ A", "consents:toggle:a", "Całe słowa."), Button("Dalej", "x:y")))
    assert message.to_json()["buttons"] == [["☐ A", "consents:toggle:a", "Całe słowa."], ["Dalej", "x:y"]]
    assert StoredMessage.from_json(message.to_json()) == message
