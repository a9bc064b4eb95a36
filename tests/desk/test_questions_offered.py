"""A step offers questions of the FAQ behind one button; an answer leads back to the step."""

from html import unescape
from pathlib import Path

import pytest

from tests.desk.running import Running, running_desk
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk
from tests.kit.rows import each_row
from tests.kit.talks import says

VECTRA = Path("profiles/vectra")

pytestmark = pytest.mark.desk(profile=VECTRA)
OFFERED = ["faq:mobile_app", "faq:what_is_zone", "faq:ask_einvoice", "faq:download_guide", "faq:good_example"]


@pytest.mark.parametrize(("entry", "at"), [("/start", "account.start"), ("start:log_in", "account.secure_page")])
async def test_the_questions_of_the_log_in_screen_are_offered_and_answered(desk: Running, entry: str, at: str) -> None:
    customer = await says(desk.customer(), entry)
    assert (customer.at, "questions:show" in customer.buttons) == (at, True)
    await customer.say("questions:show")
    assert [payload for payload in customer.buttons if payload.startswith("faq:")] == OFFERED
    for payload in OFFERED:
        await customer.say(payload)
        assert (customer.at, "questions:show" in customer.buttons) == (at, True)
    assert "Świecimy przykładem" in customer.said[-1]


async def test_they_are_asked_on_telegram_by_two_buttons(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api, profile=VECTRA) as desk:
        chat = Chat(api, desk, 903)
        await chat.press_after("/start", "questions:show")
        await chat.press("faq:good_example")
        assert "W czym pomóc?" in await chat.reads("to akcja, o której przeczytasz")


@each_row
async def test_the_log_in_page_answers_them_too(
    tmp_path: Path, locale: str, heading: str, titles: tuple[str, ...], said: str
) -> None:
    async with running_desk(tmp_path, profile=VECTRA) as desk:
        customer = await says(desk.customer(locale=locale), "start:log_in")
        href = customer.link("secure_page")["href"]
        opened = unescape((await desk.http.get(href)).text)
        refused = await customer.submit(href, login="nikt@example.com", password="Nie-To-Haslo-1")
    assert refused.status_code == 422
    for page in (opened, unescape(refused.text)):
        assert f'<h2 id="questions">{heading}</h2>' in page
        assert page.count("<details>") == len(OFFERED)
        assert all(f"<summary>{title}</summary>" in page for title in titles)
        assert said in page
        assert 'href="https://www.vectra.example/' in page


@pytest.mark.desk(profile=Path("profiles/fakturasmart"))
async def test_a_page_of_a_seller_without_questions_has_none(desk: Running) -> None:
    customer = await says(desk.customer(), "start:log_in")
    assert "<details" not in (await desk.http.get(customer.link("secure_page")["href"])).text


async def test_a_step_without_questions_lists_none(desk: Running) -> None:
    customer = await says(desk.customer(), "/start", "start:sign_up")
    assert "questions:show" not in customer.buttons
    await customer.say("questions:show")
    assert not set(OFFERED) & set(customer.buttons)


@pytest.mark.parametrize(("channel", "given"), [("sms", "telefon kontaktowy"), ("email", "e-mail kontaktowy")])
async def test_the_question_says_that_the_contact_must_be_the_contracts(
    desk: Running, channel: str, given: str
) -> None:
    customer = await says(desk.customer(), "start:sign_up", "10000017", f"contact_channel:{channel}")
    assert given in customer.said[-1]
    assert "tożsame z tymi podanymi w trakcie zawierania umowy" in customer.said[-1]


@pytest.mark.parametrize("said", ["nie mam dostępu do tego numeru ani maila", "non ho accesso a quel numero"])
async def test_who_reaches_no_contact_on_file_is_offered_a_person(desk: Running, said: str) -> None:
    customer = await says(desk.customer(), "start:sign_up", "10000017")
    await customer.say(said)
    assert "/agent" in customer.buttons
    assert customer.at == "contact.contact_channel"
