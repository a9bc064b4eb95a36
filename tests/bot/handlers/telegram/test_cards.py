"""Cards on Telegram: what they look like, that a press changes them in their place, and what is left of a question."""

import re
from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace

from bot.conversation.outbound import Button, Card, CardChoice, CardRow, Reply, ReplyLink
from bot.handlers.telegram.buttons import Looks, screen_of
from bot.handlers.telegram.cards import html_of, keyboard, text_with_links
from bot.handlers.telegram.client import BotClient
from bot.handlers.telegram.command_menu import shipped_words
from bot.handlers.telegram.incoming import STILL, Leaf, PressedMessage, Stray, TelegramPress, parse
from bot.handlers.telegram.pace import Pace
from bot.handlers.telegram.send import Dead, Delivered, TelegramSender
from sandbox.telegram.markup import words_of
from tests.architecture.rooms import ROOT
from tests.bot.handlers.scripted_desk import AT
from tests.bot.handlers.telegram.bot_api import BotApi, Fault
from tests.journeys.teller import hearing, profile
from tests.kit.narrow import a, present
from tests.walks import walk_of_the_day

CHAT = 501
NBSP = "\u00a0"
LOOKS = Looks(shipped_words(), at_home=True)
TERMS = ReplyLink("document", "https://desk.example.com/documents/t", "Regulamin", id="terms")
PAY = ReplyLink("payment", "https://pay.example.com/p/1", "Do płatności", id="1")
METHODS = (CardChoice("BLIK", "method:blik"), CardChoice("Karta", "method:card"), CardChoice("PayPal", "method:paypal"))
ORDER = Card(
    "order",
    "order:1",
    "Zamówienie",
    (
        CardRow("plan", "Abonament", "Start & <Pro>", edit="edit:plan"),
        CardRow("company", "Firma", "Nowak", edit="edit:tax_number", was="<Ek>"),
        CardRow("method", "Płatność", "", edit="method:blik", choices=METHODS),
        CardRow(
            "terms", "Regulamin", "", choices=(CardChoice("Akceptuję", "terms:accept", binds=True),), document="terms"
        ),
        CardRow("number", "Numer", f"FS/1{NBSP}234", copy=True),
    ),
    total="Razem 367,77 zł",
    state="Jeszcze nie zamówione.",
    missing="metoda, regulamin",
)
BUTTONS = (
    Button("BLIK", "method:blik"),
    Button("Karta", "method:card"),
    Button("PayPal", "method:paypal"),
    Button("Akceptuję regulamin", "terms:accept"),
    Button("Kod rabatowy", "discount:add"),
    Button("Wstecz", "/back"),
)


def order(card: Card | None = ORDER, *, seq: int = 7, **more: Any) -> Reply:
    fields: dict[str, Any] = {"words": "Jak zapłacisz?", "buttons": BUTTONS, "links": (PAY, TERMS), "locale": "pl"}
    return Reply(seq * 10, seq, "bot", at=AT, card=card, **(fields | more))


def rows(message: dict[str, Any]) -> list[list[str]]:
    """What the buttons say."""
    return [[key["text"] for key in row] for row in message["reply_markup"]["inline_keyboard"]]


async def screen(api: BotApi, sender: TelegramSender, message: Reply, *titles: str) -> list[list[str]]:
    """The buttons' words once these have been pressed, each of which leads to others in its place."""
    await sender.deliver(str(CHAT), message)
    for title in titles:
        keys = [key for row in api.last(CHAT)["reply_markup"]["inline_keyboard"] for key in row]
        data = next(key["callback_data"] for key in keys if key["text"] == title)
        leaf = a(Leaf, parse(api.press(CHAT, data, api.last(CHAT))))
        await sender.show_screen(leaf.address, leaf.reference, message, leaf.screen.index)
    return rows(api.last(CHAT))


def bold(message: dict[str, Any]) -> list[str]:
    return [
        message["text"].encode("utf-16-le")[one["offset"] * 2 : (one["offset"] + one["length"]) * 2].decode("utf-16-le")
        for one in message["entities"]
        if one["type"] == "bold"
    ]


async def test_a_card_stands_above_its_words_in_bold_and_with_what_can_be_copied(
    api: BotApi, sender: TelegramSender
) -> None:
    assert isinstance(await sender.deliver(str(CHAT), order()), Delivered)
    shown = api.last(CHAT)
    assert shown["text"] == (
        f"Zamówienie\nAbonament: Start & <Pro>\nFirma: <Ek> Nowak\n☐ Regulamin\nNumer: FS/1{NBSP}234\nRazem 367,77 zł\n"
        "Jeszcze nie zamówione.\n\nJak zapłacisz?"
    )
    assert bold(shown) == ["Zamówienie", "Razem 367,77 zł"]
    assert [one["url"] for one in shown["entities"] if one["type"] == "text_link"] == [TERMS.href]
    types = [one["type"] for one in shown["entities"]]
    assert (types.count("code"), types.count("strikethrough")) == (1, 1)


PAID_BY = "Zapłać Razem 367,77 zł"


async def test_the_open_question_s_answers_stand_first_and_what_can_be_changed_behind_one_button(
    api: BotApi, sender: TelegramSender
) -> None:
    """Of several rows that lack an answer the question asks for one: its answers lead the message's buttons."""
    asked = [[PAID_BY], ["BLIK", "Karta"], ["PayPal"], ["Więcej…"]]
    assert await screen(api, sender, order()) == asked
    behind = [[PAID_BY], ["Kod rabatowy"], ["Zmień…"], ["Wstecz"], ["Wróć"]]
    assert await screen(api, sender, order(), "Więcej…") == behind
    assert await screen(api, sender, order(), "Więcej…", "Wróć") == asked
    assert await screen(api, sender, order(), "Więcej…", "Zmień…") == [[PAID_BY], ["✎ Abonament", "✎ Firma"], ["Wróć"]]
    keys = [key for row in api.last(CHAT)["reply_markup"]["inline_keyboard"] for key in row]
    assert next(key["callback_data"] for key in keys if key["text"] == "✎ Firma") == "7|edit:tax_number"
    terms = order(buttons=(BUTTONS[3], *BUTTONS[:3]), links=())
    assert await screen(api, sender, terms) == [["☐ Akceptuję: Regulamin"], ["Zmień…"]]


@pytest.mark.parametrize(
    ("shown", "copied"),
    [("1\u00a0234,50\u00a0zł", "1 234,50"), ("€292.80", "292.80"), ("PLN\u00a0367.77", "367.77"), ("FS/1", "FS/1")],
)
async def test_sum_is_copied_without_its_currency(shown: str, copied: str, api: BotApi, sender: TelegramSender) -> None:
    card = Card("transfer", "payment:FS/1", "Przelew", (CardRow("amount", "Kwota", shown, copy=True),))
    await sender.deliver(str(CHAT), order(card))
    keys = [key for row in api.last(CHAT)["reply_markup"]["inline_keyboard"] for key in row]
    assert next(key["copy_text"] for key in keys if "copy_text" in key) == {"text": copied}


async def test_what_was_chosen_is_changed_behind_its_row_s_name(api: BotApi, sender: TelegramSender) -> None:
    method = replace(ORDER.rows[2], value="BLIK", edit=None, choices=(replace(METHODS[0], chosen=True), *METHODS[1:]))
    ticked = replace(ORDER.rows[3], choices=(CardChoice("Akceptuję", "terms:withdraw", chosen=True),))
    card = replace(ORDER, rows=(method, ticked))
    found = await screen(api, sender, order(card, buttons=(), links=()), "Zmień…")
    assert found == [["✎ Płatność"], ["☑ Akceptuję: Regulamin"], ["Wróć"]]
    said = order(card, buttons=(), links=())
    assert await screen(api, sender, said, "Zmień…", "✎ Płatność") == [["Karta", "PayPal"], ["Wróć"]]
    press = api.press(CHAT, STILL, api.last(CHAT))
    assert parse(press) == Stray(press["callback_query"]["id"]), "of an earlier release: answered, and nothing else"


async def test_one_press_for_two_rows_is_offered_instead_of_them_and_taken_back_in_each(
    api: BotApi, sender: TelegramSender
) -> None:
    both = CardRow(
        "both", "Zgody", "", choices=(CardChoice("Obie zgody", "both:accept", binds=True),), covers=("terms",)
    )
    given = replace(both, choices=(CardChoice("Obie zgody", "both:withdraw", chosen=True),))
    ticked = replace(ORDER.rows[3], choices=(CardChoice("Akceptuję", "terms:withdraw", chosen=True),))
    for rows_, buttons, shown in (
        ((both, ORDER.rows[3]), BUTTONS[3:4], "☐ Akceptuję"),
        ((given, ticked), (), "☑ Akceptuję: Regulamin"),
    ):
        assert await screen(api, sender, order(replace(ORDER, rows=rows_), buttons=buttons, links=())) == [[shown]]


WAYS = (CardChoice("Tak, odnawiaj", "auto_renewal:yes"), CardChoice("Nie odnawiaj", "auto_renewal:no"))
RENEWAL = CardRow("auto_renewal", "Odnawianie", "nie", choices=WAYS)
ACT = Button("Zamawiam z obowiązkiem zapłaty", "pay:now")


@pytest.mark.parametrize(
    ("ways", "value", "shown"),
    [
        (WAYS, "nie (kolejny rok: 367,77 zł)", [("Odnawianie: wyłączone", "auto_renewal:yes")]),
        ((WAYS[0], replace(WAYS[1], chosen=True)), "nie", [("Odnawianie: wyłączone", "auto_renewal:yes")]),
        ((replace(WAYS[0], chosen=True), WAYS[1]), "tak", [("Odnawianie: włączone", "auto_renewal:no")]),
        (WAYS, "", [("Tak, odnawiaj", "auto_renewal:yes"), ("Nie odnawiaj", "auto_renewal:no")]),
    ],
)
async def test_renewal_is_one_switch_that_says_how_it_stands(
    ways: tuple[CardChoice, ...], value: str, shown: list[tuple[str, str]], api: BotApi, sender: TelegramSender
) -> None:
    """Where an answer is still demanded there is nothing to turn round: both are offered."""
    card = replace(ORDER, rows=(replace(RENEWAL, value=value, choices=ways),))
    buttons = tuple(Button(way.title, way.payload) for way in ways)
    await sender.deliver(str(CHAT), order(card, buttons=buttons, links=()))
    keys = [key for row in api.last(CHAT)["reply_markup"]["inline_keyboard"] for key in row]
    assert [(key["text"], key["callback_data"].partition("|")[2]) for key in keys] == shown


async def test_what_is_agreed_to_stands_beside_its_box_and_what_binds_names_the_sum(
    api: BotApi, sender: TelegramSender
) -> None:
    boxes = (
        replace(ORDER.rows[3], value="Akceptuję regulamin w wersji 2."),
        CardRow("clauses", "Klauzule", "Znam klauzule.", choices=(CardChoice("Potwierdzam", "clauses:accept", True),)),
    )
    given = replace(ORDER.rows[2], choices=(replace(METHODS[0], chosen=True), *METHODS[1:]))
    card = replace(ORDER, rows=(given, RENEWAL, *boxes), total="367,77 zł", total_label="Razem", missing=None)
    await sender.deliver(str(CHAT), order(card, buttons=(ACT, *BUTTONS[:3]), links=(TERMS,)))
    shown = api.last(CHAT)
    assert "\nRazem: 367,77 zł\n" in shown["text"]
    assert "\n☐ Akceptuję regulamin w wersji 2.\n☑ Znam klauzule.\n" in shown["text"]
    [link] = [one for one in shown["entities"] if one["type"] == "text_link"]
    assert shown["text"][link["offset"] :][: link["length"]] == "regulamin", "the name leads to the text, not the act"
    assert rows(shown) == [["Zamawiam z obowiązkiem zapłaty · 367,77 zł"], ["Zmień…"]]
    keys = [key for row in shown["reply_markup"]["inline_keyboard"] for key in row]
    assert [key["text"] for key in keys if key.get("style") == "primary"] == [keys[0]["text"]]


HERE = "http://127.0.0.1:8080"


async def test_links_to_this_machine_are_words_in_the_card_s_order_whatever_is_asked(
    api: BotApi, sender: TelegramSender
) -> None:
    terms, clauses = (replace(TERMS, href=f"{HERE}/{name}", id=name) for name in ("terms", "clauses"))
    row = replace(ORDER.rows[3], value="Akceptuję.")
    card = replace(ORDER, rows=(row, replace(row, name="clauses", document="clauses")))
    for links in ((terms, clauses), (clauses, terms)):
        await sender.deliver(str(CHAT), order(card, links=links))
    assert api.texts(CHAT)[0] == api.texts(CHAT)[1]
    assert api.texts(CHAT)[0].endswith(f"Regulamin: {HERE}/terms\nRegulamin: {HERE}/clauses")


async def test_the_sandbox_s_people_press_links_to_this_machine(api: BotApi, client: BotClient) -> None:
    page = ReplyLink("secure_page", f"{HERE}/s/1", "Otwórz bezpieczną stronę")
    assert text_with_links(order(card=None, links=(page,)), LOOKS, every=False) == "Jak zapłacisz?"
    markup = present(keyboard(order(card=None, links=(page,)), LOOKS))
    assert "inline_keyboard" in markup
    assert markup["inline_keyboard"][0] == [{"text": "Otwórz bezpieczną stronę · 127.0.0.1", "url": page.href}]
    # Refused all the same, they are words again.
    api.faults["sendMessage"].append(Fault(400, "Bad Request: inline keyboard button URL is invalid: Wrong HTTP URL"))
    sender = TelegramSender(client, Pace(overall_per_s=None, chat_per_s=None), LOOKS)
    await sender.deliver(str(CHAT), order(card=None, links=(page,)))
    assert page.href in api.last(CHAT)["text"]


def test_a_long_value_is_a_quotation_that_opens() -> None:
    words = "Zgadzam się & wiem. " * 12
    card = Card("zone", "z", "Zgoda", (CardRow("c", "Treść", words), CardRow("d", "", words)))
    html = html_of(order(), card, LOOKS)
    assert html.count("<blockquote expandable>Zgadzam się &amp; wiem.") == 2
    kinds = [one["type"] for one in words_of({"text": html, "parse_mode": "HTML"})["entities"]]
    assert kinds == ["bold", "expandable_blockquote", "expandable_blockquote"]


async def test_what_telegram_refuses_of_a_card_goes_plainer(api: BotApi, sender: TelegramSender) -> None:
    for refusals in range(1, 3):
        api.faults["sendMessage"].extend([Fault(400, "Bad Request: can't parse entities")] * refusals)
        assert isinstance(await sender.deliver(str(CHAT), order(seq=refusals)), Delivered)
        shown = api.last(CHAT)
        assert "entities" not in shown
        assert shown["text"].startswith(f"Zamówienie\nAbonament: Start & <Pro>\nFirma: <Ek> → Nowak\nNumer: FS/1{NBSP}")
        assert all(link.href in shown["text"] for link in (PAY, TERMS))
        assert bool(shown["reply_markup"]) == (refusals < 2)
    long = replace(ORDER, rows=(CardRow("plan", "Abonament", "a" * 5000),))
    box = Button("Akceptuję", "terms:accept", words="Znam regulamin.")
    await sender.deliver(str(CHAT), order(long, seq=9, buttons=(box,)))
    assert "a" * 5000 in "".join(api.texts(CHAT))
    assert api.last(CHAT)["text"].count("Znam regulamin.") == 1


async def test_a_reply_with_a_place_changes_that_message_with_one_call(api: BotApi, sender: TelegramSender) -> None:
    await sender.deliver(str(CHAT), order())
    there = str(api.last(CHAT)["message_id"])
    card = replace(ORDER, state="Brakuje regulaminu.")
    outcome = a(Delivered, await sender.deliver(str(CHAT), order(card, seq=8, place=there)))
    assert (outcome.reference, outcome.at is not None) == (there, True)
    [shown] = api.sent[CHAT]
    assert "Brakuje regulaminu." in shown["text"]
    assert shown["reply_markup"]["inline_keyboard"][1][0]["callback_data"] == "8|method:blik"
    assert bold(shown) == ["Zamówienie", "Razem 367,77 zł"]
    assert await sender.deliver(str(CHAT), order(card, seq=8, place=there)) == Delivered(there), "as after a crash"
    assert len(api.made("sendMessage")) == 1


@pytest.mark.parametrize("why", ["message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID"])
async def test_what_can_t_be_changed_any_more_is_said_anew(why: str, api: BotApi, sender: TelegramSender) -> None:
    await sender.deliver(str(CHAT), order())
    api.faults["editMessageText"].append(Fault(400, f"Bad Request: {why}"))
    there = str(api.last(CHAT)["message_id"])
    assert isinstance(await sender.deliver(str(CHAT), order(seq=8, place=there)), Delivered)
    assert (len(api.made("editMessageText")), len(api.sent[CHAT])) == (1, 2)


@pytest.mark.parametrize("more", [{"asks_contact": True}, {"place": "r1"}])
async def test_what_can_t_be_an_edit_is_a_message(more: Any, api: BotApi, sender: TelegramSender) -> None:
    await sender.deliver(str(CHAT), order())
    there = str(api.last(CHAT)["message_id"])
    await sender.deliver(str(CHAT), order(seq=8, **({"place": there} | more)))
    assert (len(api.made("editMessageText")), len(api.sent[CHAT])) == (0, 2)


async def test_an_edit_of_a_closed_chat_is_dead(api: BotApi, sender: TelegramSender) -> None:
    api.faults["editMessageText"].append(Fault(400, "Bad Request: chat not found"))
    assert await sender.deliver(str(CHAT), order(place="11")) == Dead(gone=True)
    assert not api.made("sendMessage")


def pressed(api: BotApi, data: str) -> PressedMessage:
    """The last message as a press on one of its buttons brings it."""
    shown = {"from": {"id": 1, "is_bot": True}, **api.last(CHAT), "chat": {"id": CHAT, "type": "private"}}
    return a(TelegramPress, parse(api.press(CHAT, data, shown))).message


async def test_answer_stays_below_its_question_with_words_links_and_looks(api: BotApi, sender: TelegramSender) -> None:
    await sender.deliver(str(CHAT), order(words="Zapłać na http://a.pl?x=1&y=2 🎉"))
    was, message = bold(api.last(CHAT)), pressed(api, "7|method:blik")
    assert message.title("7|method:blik") == "BLIK"
    before = api.last(CHAT)["text"]
    await sender.spend(str(CHAT), message, "✓ BLIK")
    shown = api.last(CHAT)
    assert shown["text"] == f"{before}\n\n✓ BLIK"
    assert bold(shown) == was
    assert rows(shown) == [["Zapłać Razem 367,77 zł"]]
    [call] = api.made("editMessageText")
    assert call["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in call


async def test_a_question_without_room_loses_its_buttons_only(api: BotApi, sender: TelegramSender) -> None:
    text = "a" * 4090
    await sender.deliver(str(CHAT), Reply(70, 7, "bot", text, (Button("Tak", "x:yes"),), (), AT))
    await sender.spend(str(CHAT), pressed(api, "7|x:yes"), "✓ Tak, chcę")
    assert (api.texts(CHAT), api.last(CHAT)["reply_markup"]) == ([text], None)


async def test_a_message_without_content_is_left_alone(api: BotApi, sender: TelegramSender) -> None:
    await sender.spend(str(CHAT), PressedMessage(11), "✓ Tak")
    assert [name for name, _ in api.calls] == ["getMe"]


@pytest.mark.parametrize(
    ("required", "ticked", "opened", "shown", "told"),
    [
        ("", "", "", [["Tylko wymagane", "Wszystkie"], ["Wybierz…"]], "0123"),
        ("01", "", "", [["Tylko wymagane"], ["Wybierz…"]], "01"),
        ("01", "", "Wybierz…", [*[[f"☐ Zgoda {n}"] for n in range(4)], ["Wszystkie"]], "0123"),
        ("01", "1", "", [["☐ Zgoda 0"], ["☑ Zgoda 1"], ["☐ Zgoda 2"], ["☐ Zgoda 3"], ["Zaznaczone"]], "0123"),
    ],
)
async def test_boxes_stand_below_each_other_behind_the_answers_that_tick_them(
    required: str, ticked: str, opened: str, shown: list[list[str]], told: str, api: BotApi, client: BotClient
) -> None:
    """The words of voluntary ones stand there, too; what is left of the question has those that were given."""
    looks = replace(LOOKS, required=frozenset(required))
    sender = TelegramSender(client, Pace(overall_per_s=None, chat_per_s=None), looks)
    marks = {ticked: "☑"}
    boxes = [Button(f"{marks.get(n, '☐')} Zgoda {n}", f"consents:toggle:{n}", f"Tak {n}.") for n in "0123"]
    answers = [("Tylko wymagane", "required"), ("Wszystkie", "all"), ("Zaznaczone", "done")]
    buttons = (*boxes, *(Button(title, f"consents:{name}") for title, name in answers))
    said = Reply(70, 7, "bot", "Zgody?", buttons, (), AT, locale="pl")
    assert await screen(api, sender, said, *filter(None, [opened])) == shown
    assert "".join(re.findall(r"Tak (\d)", api.last(CHAT)["text"])) == told
    await sender.redraw(str(CHAT), str(api.last(CHAT)["message_id"]), said, ("0", "1", "3"))
    left = re.findall(r"(.) .*Tak (\d)", api.last(CHAT)["text"])
    assert [n for mark, n in left if mark == "☑"] == ["0", "1", "3"]
    assert ("☐", "2") in left or (required and not ticked)


#: The buttons in view below a message. It may only fall.
MOST_IN_VIEW = 5
WAYS_OUT = (ReplyLink("login", "https://panel.example.com/", "Panel"), PAY)


def screens(message: Reply, looks: Looks = LOOKS) -> list[list[dict[str, Any]]]:
    """All screens of a message's buttons, as far as its own lead from one to the next."""
    found, leads = list[list[dict[str, Any]]](), [0]
    for number in leads:
        markup = keyboard(message, looks, number) or {}
        found.append([dict(key) for row in markup.get("inline_keyboard", ()) for key in row])
        further = [screen_of(str(key.get("callback_data", ""))) for key in found[-1]]
        leads += [one.index for one in further if one is not None and one.index not in leads]
    return found


@pytest.mark.parametrize("name", sorted(path.parent.name for path in (ROOT / "profiles").glob("*/profile.toml")))
def test_few_buttons_are_in_view_at_every_step_and_all_others_within_reach(name: str) -> None:
    seller, renderer = profile(name).seller, hearing(name).renderer
    looks = replace(LOOKS, required=frozenset(consent.id for consent in seller.consents if consent.obligatory))
    asked = [question for found in walk_of_the_day(seller).asked.values() for question in found]
    for question, locale, links in product(asked, seller.locales, ((), WAYS_OUT)):
        buttons = renderer.options(question.options, locale)
        card = renderer.card(question.card, locale) if question.card is not None else None
        shown = screens(Reply(70, 7, "bot", "?", buttons, links, AT, card=card, locale=locale), looks)
        assert max(map(len, shown)) <= MOST_IN_VIEW, question.step.path
        reached = {str(key.get("callback_data")).partition("|")[2] for screen_ in shown for key in screen_}
        rows_ = card.rows if card is not None else ()
        chosen = {choice.payload for row in rows_ for choice in row.choices}
        edits = {row.edit for row in rows_ if row.edit}
        alone = {button.payload for button in buttons if button.payload not in chosen and len(button.payload) < 30}
        assert alone - reached <= {"confirm:edit" if edits else "consents:done"}, question.step.path
        assert edits - chosen <= reached, question.step.path
        assert not chosen or chosen & reached, question.step.path
