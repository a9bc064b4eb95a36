"""Terms can be read in full: where they are asked, when they are asked for, and later in the zone.

The seller's terms change while conversations are open: nobody is bound to words that weren't shown."""

import shutil
from html import escape
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.async_api import Browser, expect

from services.store.tables.accounts import consent, consent_text
from tests.crash.process import free_port
from tests.desk.databases import on, on_each_database
from tests.desk.running import Customer, Running, running_desk
from tests.desk.scripted import Person, Scripted
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk
from tests.kit.browsers import window

ROOT = Path(__file__).parents[2]

WAYS = ("start:sign_up", "account:new", "product:nexo", "statement:accept", "contact_forms:email")


def documents(customer: Customer) -> list[Any]:
    return [link for link in customer.custom["links"] if link["rel"] == "document"]


def terms_of(customer: Customer) -> Any:
    """The terms among the documents of the order's card."""
    return next(link for link in documents(customer) if link["id"] == "terms")


async def read(desk: Running, link: Any) -> str:
    page = await desk.http.get(link["href"])
    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    return page.text


#: By language: how the terms are asked for, their title, how one asks who holds the data, and what is said of that.
TERMS = {
    "pl": (
        *("gdzie mogę przeczytać regulamin?", "Regulamin Konta InsERT", "kto jest administratorem danych?"),
        *("administratora, firmę InsERT,", "Administratorem danych jest firma InsERT."),
    ),
    "it": (
        *("dove leggo le condizioni?", "Condizioni d’uso di Konto InsERT", "chi è il titolare dei dati?"),
        *("del titolare, l’azienda InsERT,", "Il titolare del trattamento è l’azienda InsERT."),
    ),
    "en": (
        *("where can I read the terms?", "Terms of use of Konto InsERT", "who is the data controller?"),
        *("the controller, InsERT,", "The controller of the data is InsERT."),
    ),
}


@pytest.mark.parametrize("locale", TERMS)
@pytest.mark.desk(profile=ROOT / "profiles/konto_insert")
async def test_terms_are_read_where_they_are_asked_when_asked_for_and_in_the_zone(desk: Running, locale: str) -> None:
    asked, heading, who, agreed, controller = TERMS[locale]
    scripted = await Scripted(desk, Person(ways=WAYS, locale=locale)).run("account.email")
    customer = scripted.customer
    assert documents(customer) == []

    await customer.say(asked)
    assert [link["id"] for link in documents(customer)] == ["terms"]
    await customer.say(who)
    assert controller in customer.said[-1]
    await scripted.run("account.consents")
    (link,) = documents(customer)
    assert link["id"] == "terms", "of personal data there is only the sentence"
    assert agreed in customer.said[-1]
    page = await read(desk, link)
    assert controller in page
    assert f'<html lang="{locale}">' in page
    assert f"<h1>{heading}</h1>" in page
    assert page.count("<h2>") == 6

    await scripted.run()
    assert documents(customer) == []
    await customer.say("zone:documents")
    assert documents(customer) == [link]


@on_each_database
async def test_what_was_accepted_stays_readable_when_the_text_changes(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    settings = {"port": free_port(), **on(database, request)}
    async with running_desk(tmp_path / "data", **settings) as desk:
        waiting = await Scripted(desk).run("order.terms")
        old = terms_of(waiting.customer)
        card = await desk.card((await Scripted(desk).run()).person.email)
        terms = next(one for one in card["consents"] if one["id"] == "terms")
        assert "Potem są usuwane." in terms["words"]
        assert "Akceptuję regulamin FakturaSmart" in terms["words"]

    later = Path(shutil.copytree(ROOT / "profiles/fakturasmart", tmp_path / "profile"))
    file = later / "documents/pl/terms.txt"
    file.write_text(file.read_text("utf-8").replace("Potem są usuwane.", "Potem <b>znikają</b>."), "utf-8")
    async with running_desk(tmp_path / "data", profile=later, **settings) as desk:
        waiting.desk, waiting.customer.http = desk, desk.http
        await waiting.customer.say("terms:accept")
        assert waiting.customer.at == "order.terms", "the full text is part of what is accepted"
        new = terms_of(waiting.customer)
        assert new["href"] != old["href"]
        assert "Potem &lt;b&gt;znikają&lt;/b&gt;." in await read(desk, new)
        assert "To wcześniejsza treść" not in await read(desk, new)
        before = await read(desk, old)
        assert "Potem są usuwane." in before
        assert "To wcześniejsza treść" in before
        assert f'href="{new["href"].removeprefix(str(desk.http.base_url).rstrip("/"))}"' in before
        assert (await desk.http.get("/documents/" + "0" * 64)).status_code == 404


ASKING = [
    ("pl", "gdzie mogę przeczytać regulamin?", "Regulamin FakturaSmart"),
    ("it", "dove leggo le condizioni?", "Condizioni di FakturaSmart"),
    ("en", "where can I read the terms?", "FakturaSmart’s terms"),
]


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
@pytest.mark.parametrize(("locale", "asked", "heading"), ASKING)
async def test_a_document_opens_from_the_web_chat_and_stays_open_to_reading(
    tmp_path: Path, chromium: Browser, width: int, locale: str, asked: str, heading: str
) -> None:
    async with running_desk(tmp_path) as desk, window(chromium, width) as context:
        page = await context.new_page()
        await page.goto(f"{desk.url}/chat?lang={locale}")
        box = page.get_by_role("textbox")
        await box.fill(asked)
        await box.press("Enter")
        link = page.get_by_role("link", name=heading)
        await expect(link).to_have_class("way document")
        await link.click()
        sheet = page.get_by_role("dialog", name=heading)
        await expect(sheet).to_contain_text("2026-09")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        async with context.expect_page() as opened:
            await sheet.get_by_role("link").last.click()
        document = await opened.value
        await expect(document.get_by_role("heading", name=heading, level=1)).to_be_visible()
        assert await document.evaluate("document.documentElement.scrollWidth") <= width
        await document.close()
        await page.keyboard.press("Escape")
        await expect(sheet).to_have_count(0)
        await expect(link).to_be_focused()
        await box.fill("/help")
        await box.press("Enter")
        await expect(page.locator(".slip.desk")).to_have_count(3)
        await expect(link).to_have_class("way document")


@pytest.mark.parametrize(("locale", "asked", "heading"), ASKING)
async def test_a_document_is_linked_on_telegram(tmp_path: Path, locale: str, asked: str, heading: str) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        chat = Chat(api, desk, 901, language=locale)
        await chat.say("/start")
        await chat.answered(0)
        await chat.say(asked)
        text = await chat.reads(f"{desk.url}/documents/")
        assert f"{heading}: {desk.url}/documents/" in text
        page = await desk.http.get(await chat.follows("documents"))
        assert f"<h1>{heading}</h1>" in page.text


async def test_a_document_of_a_public_desk_is_a_button_on_telegram_that_stays(tmp_path: Path) -> None:
    async with (
        bot_api() as api,
        telegram_desk(tmp_path, api, public_url="https://okienko.example", sandbox="public") as desk,
    ):
        chat = Chat(api, desk, 902)
        await chat.say("/start")
        await chat.answered(0)
        await chat.say("gdzie mogę przeczytać regulamin?")
        await chat.answered(1)

        def ways() -> list[str]:
            rows = (chat.shown[1].get("reply_markup") or {}).get("inline_keyboard", [])
            return [button["text"] for row in rows for button in row if "/documents/" in button.get("url", "")]

        documents = ["Regulamin FakturaSmart · okienko.example", "Klauzule umowy FakturaSmart · okienko.example"]
        assert ways() == documents
        await chat.press("start:buy")
        await chat.answered(2)
        assert ways() == documents, "the answers go, the documents stay"


OLD, NEW = "Akceptuję regulamin FakturaSmart w wersji 2026-09", "Akceptuję regulamin FakturaSmart w wersji 2026-12"


def reworded(profile: Path) -> Path:
    """The profile with new terms, in another folder: here each is read once."""
    shutil.copytree(ROOT / "profiles/fakturasmart", profile)
    for path, old, new in (
        (profile / "texts/pl.toml", OLD, NEW),
        (profile / "profile.toml", 'id = "terms"\nversion = "2026-09"', 'id = "terms"\nversion = "2026-12"'),
    ):
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
    return profile


async def consents_of(desk: Running, email: str) -> dict[str, Any]:
    return {one["id"]: one for one in (await desk.card(email))["consents"]}


@on_each_database
async def test_terms_that_change_before_the_order_are_asked_again_and_recorded_as_given(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    settings = {"port": free_port(), **on(database, request)}
    async with running_desk(tmp_path / "data", **settings) as desk:
        early = await Scripted(desk).run("order.clauses")
        buyer = await Scripted(desk).run("order.pay")
        waiting = await Scripted(desk).run("order.terms")
        done = await Scripted(desk).run()

    later = reworded(tmp_path / "profile")
    async with running_desk(tmp_path / "data", profile=later, **settings) as desk:
        for known in (early, buyer, waiting, done):
            known.desk, known.customer.http = desk, desk.http

        customer = buyer.customer
        await customer.say("pay:now")
        assert customer.at == "order.terms", "the tick beside the old ones is taken away at once"
        assert any("Treść zmieniła się w trakcie rozmowy" in said for said in customer.said)
        assert NEW in customer.said[-1]
        assert (await desk.card(buyer.person.email))["orders"] == []
        await customer.say("Akceptuję regulamin")
        assert customer.at == "order.pay"
        await buyer.run()
        terms = (await consents_of(desk, buyer.person.email))["terms"]
        assert (terms["version"], terms["locale"], terms["how"]) == ("2026-12", "pl", "word")
        assert NEW in terms["words"]

        await waiting.customer.say("terms:accept")
        assert waiting.customer.at == "order.terms", "what was shown under the button aren't today's terms"
        assert "Treść zmieniła się w trakcie rozmowy" in waiting.customer.said[-1]
        await waiting.customer.say("terms:accept")
        assert waiting.customer.at == "order.clauses"

        before = (await consents_of(desk, done.person.email))["terms"]
        assert (before["version"], before["how"]) == ("2026-09", "button")
        assert OLD in before["words"], "what was accepted stays, though the profile has changed"


@pytest.mark.stage("order.pay")
async def test_the_language_and_the_moment_are_those_of_the_press(desk: Running, buyer: Scripted) -> None:
    pressed = (await desk.advance(0))["now"]
    await desk.advance(3600)
    await buyer.customer.say("/lang en")
    await buyer.run()
    consents = await consents_of(desk, buyer.person.email)
    assert consents["terms"]["locale"] == "pl"
    assert consents["terms"]["words"].startswith("# Regulamin FakturaSmart")
    assert consents["terms"]["given_at"][:16] <= pressed[:16]
    assert consents["einvoice"]["locale"] == "en"


async def test_consents_of_before_get_their_words_where_the_profile_still_has_them(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        done = await Scripted(desk).run()

        def as_before(connection: sa.Connection) -> None:
            connection.execute(sa.delete(consent_text))
            connection.execute(sa.update(consent).where(consent.c.consent_id == "clauses").values(text_sha256="0" * 64))

        await desk.installation.store.write(as_before)
        assert (await consents_of(desk, done.person.email))["terms"]["words"] is None
    async with running_desk(tmp_path) as desk:
        consents = await consents_of(desk, done.person.email)
        assert consents["terms"]["words"].startswith("# Regulamin FakturaSmart")
        assert consents["clauses"]["words"] is None, "nobody knows them any more"


async def test_the_order_is_confirmed_by_email_with_what_was_accepted(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        buyer = await Scripted(desk, Person(locale="it")).run()
        (letter,) = [m for m in await desk.outbox(buyer.person.email) if "Conferma dell’ordine" in m["subject"]]
        consents = await consents_of(desk, buyer.person.email)
        path = f"/sandbox/api/messages/{letter['id']}/pages"
        shown = [(await desk.http.get(f"{path}/{n}")).text for n, _ in enumerate(letter["attachments"], 1)]
        pages = dict(zip(letter["attachments"], shown, strict=True))
        assert (await desk.http.get(f"{path}/0")).text == letter["html"]

    for told in ("FS/2026/000001", "299,00", "68,77", "367,77", "BLIK", "1\u00a0anno", "Rinnovo"):
        assert told in letter["text"], letter["text"]
    for document in ("terms", "clauses"):
        kept = next(page for name, page in pages.items() if name.startswith(document))
        heading, *_, last = consents[document]["words"].removeprefix("# ").splitlines()
        assert heading in kept
        assert escape(last, quote=False) in kept
        assert last not in letter["text"], "attached, not told again"
    assert pages.keys() == {"terms-2026-09-it.html", "clauses-2026-09-it.html"}
    assert "addebit" not in letter["text"].lower(), "BLIK can't be charged by itself: nothing of the kind is promised"
