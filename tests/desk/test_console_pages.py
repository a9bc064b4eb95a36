"""The console by plain forms: what each handler does, and what it refuses, on a whole desk.

What supervisors and administrators do beside the conversations is here as well."""

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import sqlalchemy as sa

from bot.conversation.identity import hashed_address
from services.agents import agent_accounts, audit
from services.support import blocklist, canned_replies, handoffs, labels, notes
from tests.desk.agent_http import AgentHttp, promoted
from tests.desk.running import Customer, Running
from tests.desk.scripted import Person, Scripted
from tests.kit.narrow import present
from tests.kit.talks import place_of, says


async def waiting(desk: Running) -> tuple[Scripted, str]:
    """A customer at the NIP who waits for somebody; and where."""
    scripted = await Scripted(desk, Person()).run("tax_number")
    await scripted.customer.say("/agent")
    return scripted, await place_of(desk, scripted.customer)


async def trail(desk: Running) -> list[str]:
    return [line.what for line in await desk.installation.store.read(lambda c: audit.page(c, most=100))]


async def test_an_agent_sets_the_language_in_which_the_customer_is_written_to(desk: Running, anna: AgentHttp) -> None:
    scripted, where = await waiting(desk)
    assert "Język klienta: polski" in unescape((await anna.get(f"/desk/c/{where}")).text)
    assert (await anna.act(where, "language", locale="it")).status_code == 409, "whoever has the conversation does"
    await anna.act(where, "take")
    assert (await anna.act(where, "language", locale="de")).status_code == 422
    assert (await anna.act(where, "language", locale="it")).status_code == 303
    page = unescape((await anna.get(f"/desk/c/{where}")).text)
    assert '<option value="it" selected>włoski</option>' in page
    assert "Anna ustawia język klienta: IT" in page
    await anna.act(where, "give-back")
    await scripted.customer.settled()
    assert scripted.customer.custom["locale"] == "it"
    assert "Riprendiamo" in scripted.customer.said[-1]
    assert "language" in await trail(desk)


async def test_a_conversation_from_the_queue_to_its_return(desk: Running, anna: AgentHttp) -> None:
    scripted, where = await waiting(desk)
    await anna.get("/desk")
    assert f"/desk/c/{where}" in anna.page
    assert "prośba o rozmowę" in anna.words
    assert (await anna.act(where, "take")).status_code == 303
    assert (await anna.act(where, "say", text="Dzień dobry <b>&")).status_code == 303
    await scripted.customer.look()
    assert scripted.customer.said[-1] == "Dzień dobry <b>&"
    assert (await anna.act(where, "correct", step="company.tax_number", value="123-456-32-18")).status_code == 303
    assert (await anna.act(where, "note", note="=cmd|' /C calc'!A1")).status_code == 303
    [note] = await desk.installation.store.read(lambda c: notes.of_conversation(c, where))
    assert note.words == "=cmd|' /C calc'!A1"
    assert (await anna.act(where, "give-back")).status_code == 303
    _, other = await waiting(desk)
    assert 'href="/desk/next"' in (await anna.get(f"/desk/c/{where}")).text
    assert (await anna.get("/desk/next")).headers["location"] == f"/desk/c/{other}"
    await scripted.customer.look()
    await scripted.run()
    assert (await desk.card(scripted.person.email))["orders"][0]["status"] == "paid"
    told = (await anna.get(f"/desk/c/{where}")).text
    for named in ("Dane osobowe (wymagane)", "FakturaSmart Standard"):  # as the profile calls them, not by their ids
        assert named in told
    noted = await trail(desk)
    for what in ("conversation_seen", "taken", "said", "corrected", "noted", "given_back"):
        assert what in noted


async def test_a_form_sent_twice_is_one_act_and_changed_words_are_another(desk: Running, anna: AgentHttp) -> None:
    scripted, where = await waiting(desk)
    await anna.act(where, "take")
    await anna.get(f"/desk/c/{where}")
    for words in ("raz", "raz", "dwa"):
        assert (await anna.post(f"/desk/c/{where}/say", text=words)).status_code == 303
    await scripted.customer.look()
    assert scripted.customer.said[-2:] == ["raz", "dwa"]


async def test_what_is_refused_is_said_beside_the_field_and_what_was_typed_stays(
    desk: Running, anna: AgentHttp, marek: AgentHttp
) -> None:
    _, where = await waiting(desk)
    assert (await anna.act(where, "say", text="Słowa, które nie mogą zginąć")).status_code == 409
    assert "nie jest teraz Twoja" in anna.words
    assert "Słowa, które nie mogą zginąć" in anna.words
    await anna.act(where, "take")
    assert (await anna.act(where, "correct", step="company.tax_number", value="123-456-32-1")).status_code == 422
    assert 'value="123-456-32-1"' in anna.page
    assert "cyfr" in anna.words
    assert 'aria-invalid="true"' in anna.page
    assert (await anna.act(where, "say", text="  \u200b ")).status_code == 422
    too_long = await anna.act(where, "say", text="x" * 4001)
    assert (too_long.status_code, "x" * 4001 in too_long.text) == (422, True)
    assert (await anna.act(where, "note", note=" ")).status_code == 422
    assert (await marek.act(where, "take")).status_code == 409
    assert "ma teraz Anna" in marek.words
    for act in ("give-back", "done", "put-back"):
        assert (await marek.act(where, act)).status_code == 409
    assert (await marek.act(where, "pass", to="nobody")).status_code == 422
    consent = await anna.act(where, "correct", step="account.consents", value="privacy")
    assert consent.status_code == 422, "what only the customer can give"


async def test_whatever_shows_a_conversation_is_in_the_trail(desk: Running) -> None:
    scripted, where = await waiting(desk)
    await Scripted(desk, Person()).run("tax_number")
    agents = [await AgentHttp.logged_in(desk, login) for login in ("anna", "marek")]

    async def seen() -> int:
        trail = await desk.installation.store.read(lambda c: audit.page(c, most=100))
        return sum((line.what, line.conversation_id) == ("conversation_seen", where) for line in trail)

    for one, way in zip(agents, ("parts", "earlier"), strict=True):
        before = await seen()
        for _ in range(3):  # as a script asks, without ever opening the page
            assert "NIP" in (await one.http.get(f"/desk/c/{where}/{way}")).text
        assert await seen() == before + 1, way
    anna = agents[0]
    for n in (1, 2):
        await anna.get(f"/desk/c/{where}")
        assert await seen() == 2 + n, "each opening"
    await desk.advance(3700)
    anna = await AgentHttp.logged_in(desk)
    assert (await anna.post(f"/desk/c/{where}/block", reason=" ")).status_code == 422
    assert (await anna.post(f"/desk/c/{where}/show")).status_code == 200
    assert await seen() == 5, "a form that is refused shows it, too"
    assert scripted.person.email not in anna.page or "contacts_opened" in await trail(desk)


async def test_whoever_isnt_logged_in_sees_no_conversation_and_form_has_its_key(desk: Running, anna: AgentHttp) -> None:
    """Tokens, other sites and roles are in `tests/bot/handlers/console/test_access.py`."""
    _, where = await waiting(desk)
    await anna.get(f"/desk/c/{where}")
    assert (await anna.post(f"/desk/c/{where}/take", key="")).status_code == 422
    assert (await anna.act("nobody", "take")).status_code == 404
    anna.http.cookies.clear()
    assert (await anna.get(f"/desk/c/{where}")).status_code == 303
    assert (await anna.get("/desk/queue", accept="application/json")).status_code == 401
    assert (await anna.get("/desk/events", accept="text/event-stream")).status_code == 401
    parts = await anna.get(f"/desk/c/{where}/parts", hx_request="true")
    assert parts.headers["hx-redirect"].startswith("/desk/login")


async def test_parts_come_only_if_they_have_changed(desk: Running, anna: AgentHttp) -> None:
    scripted, where = await waiting(desk)
    page = (await anna.get(f"/desk/c/{where}")).text
    marks = [part.split('"', 1)[0] for part in page.split('name="mark" value="')[1:]]
    assert len(marks) == 7
    assert (await anna.http.get(f"/desk/c/{where}/parts", params={"mark": marks})).status_code == 204
    await scripted.customer.say("Halo, jest tam kto?")
    fresh = await anna.http.get(f"/desk/c/{where}/parts", params={"mark": marks}, headers={"hx-request": "true"})
    assert "Halo, jest tam kto?" in fresh.text
    assert 'id="piece-lines"' in fresh.text
    assert 'id="piece-card"' not in fresh.text


@pytest.mark.stage("paid")
async def test_contacts_are_masked_until_opened_and_that_is_noted(
    desk: Running, anna: AgentHttp, buyer: Scripted
) -> None:
    where = await place_of(desk, buyer.customer)
    await anna.get(f"/desk/c/{where}")
    assert buyer.person.email not in anna.page
    assert buyer.person.phone[-9:] not in anna.page.replace(" ", "")
    assert "opłacone" in anna.words
    assert "Pracownia Bursztyn" in anna.words
    opened = await anna.post(f"/desk/c/{where}/show")
    assert opened.status_code == 200
    assert buyer.person.email in opened.text
    assert "contacts_opened" in await trail(desk)
    await anna.get(f"/desk/c/{where}")
    assert buyer.person.email not in anna.page


@pytest.mark.stage("paid")
async def test_opened_contacts_stay_open_on_their_page_for_a_while(desk: Running, buyer: Scripted) -> None:
    where = await place_of(desk, buyer.customer)
    anna, marek = [await AgentHttp.logged_in(desk, login) for login in ("anna", "marek")]
    on_the_page = {"hx-request": "true", "okienko-contacts": "open"}

    async def shown_to(agent: AgentHttp) -> bool:
        return buyer.person.email in (await agent.http.get(f"/desk/c/{where}/parts", headers=on_the_page)).text

    assert not await shown_to(anna), "a page can't say so by itself"
    await anna.post(f"/desk/c/{where}/show")
    assert await shown_to(anna)
    assert not await shown_to(marek)
    found = buyer.person.email
    assert found not in (await anna.http.get(f"/desk/c/{where}/parts", headers={"hx-request": "true"})).text
    await desk.advance(601)
    assert not await shown_to(anna)


@pytest.mark.stage("paid")
async def test_search_finds_people_and_words_and_any_of_them_can_be_taken(
    desk: Running, anna: AgentHttp, buyer: Scripted
) -> None:
    where = await place_of(desk, buyer.customer)
    await buyer.customer.say("Poproszę fakturę za zażółcone gęsi")
    for asked in (buyer.person.email, buyer.person.phone, "123-456-32-18", "zazolcone"):
        await anna.get("/desk/search")
        found = await anna.post("/desk/search", q=asked)
        assert f"/desk/c/{where}" in found.text, asked
    assert (await anna.post("/desk/search", q="nikt taki")).status_code == 200
    assert "Nikogo takiego nie ma." in anna.words
    assert (await anna.act(where, "take")).status_code == 303
    assert (await buyer.customer.look())["mode"] == "agent"


async def test_an_address_is_blocked_with_a_reason_and_unblocked(desk: Running, anna: AgentHttp) -> None:
    scripted, where = await waiting(desk)
    assert (await anna.act(where, "block", reason=" ", span="day")).status_code == 422
    assert (await anna.act(where, "block", reason="obelgi", span="century")).status_code == 422
    assert (await anna.act(where, "block", reason="obelgi", span="day")).status_code == 303
    assert (await anna.post(f"/desk/c/{where}/block", None, reason="obelgi", span="day")).status_code == 303
    assert (await trail(desk)).count("blocked") == 1, "the same form, sent again"
    address, now = hashed_address("rest", scripted.customer.sender), desk.installation.clock.now()
    found = await desk.installation.store.read(
        lambda c: blocklist.find_block(c, channel="rest", address=address, now=now)
    )
    assert found is not None
    assert found.reason == "obelgi"
    assert "adres zablokowany" in (await anna.get(f"/desk/c/{where}")).text
    assert (await anna.act(where, "unblock")).status_code == 303
    assert {"blocked", "unblocked"} <= set(await trail(desk))


async def test_a_conversation_is_passed_on_and_put_back(desk: Running, anna: AgentHttp, marek: AgentHttp) -> None:
    _, where = await waiting(desk)
    await anna.act(where, "take")
    other = next(a.id for a in await desk.installation.store.read(agent_accounts.list_agents) if a.login == "marek")
    assert (await anna.act(where, "pass", to=other)).status_code == 303
    assert (await anna.act(where, "say", text="jeszcze ja")).status_code == 409
    assert "Twoja rozmowa" in (await marek.get(f"/desk/c/{where}")).text
    assert (await marek.act(where, "put-back")).status_code == 303
    await anna.get("/desk")
    assert 'data-whose="waiting"' in anna.page


async def last_said(customer: Customer) -> str:
    await customer.look()
    return customer.said[-1]


def _ola_without_a_password(connection: sa.Connection) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert agent_accounts.add(connection, agent_id="ola", login="ola", name="Ola", role="agent", now=now)


async def test_passed_on_it_is_the_others_once_they_have_opened_it(desk: Running, anna: AgentHttp) -> None:
    scripted, where = await waiting(desk)
    customer, store = scripted.customer, desk.installation.store
    await store.write(_ola_without_a_password)
    await anna.act(where, "take")
    await anna.act(where, "say", text="Dzień dobry")
    assert "Marek · offline" in (await anna.get(f"/desk/c/{where}")).text
    assert "Ola" not in anna.page, "nobody who can't log in"
    assert (await anna.act(where, "pass", to="ola")).status_code == 422
    marek = await AgentHttp.logged_in(desk, "marek")
    assert "Marek · online" in (await anna.get(f"/desk/c/{where}")).text
    to = present(re.search(r'<option value="([^"]+)">Marek', anna.page))

    assert (await anna.act(where, "pass", to=to[1])).status_code == 303
    assert "Anna przekazuje tę rozmowę dalej" in await last_said(customer)
    assert (await desk.installation.desk.standing(where)).speaker is None
    await marek.get("/desk")
    assert "przekazuje Ci: Anna" in marek.words
    assert "jeszcze nieotwarte: Marek" in unescape((await anna.get(f"/desk/c/{where}")).text)
    assert (await anna.act(where, "take-back")).status_code == 303
    assert "Anna jednak zostaje" in await last_said(customer)
    await anna.act(where, "say", text="Jednak ja")

    await anna.act(where, "pass", to=to[1])
    await marek.get(f"/desk/c/{where}")
    assert (await last_said(customer)).startswith("Tu Marek, obsługa klienta FakturaSmart. Od teraz odpowiadam ja")
    assert (await anna.act(where, "take-back")).status_code == 409, "Marek is there"
    await marek.act(where, "say", text="Już patrzę")

    back = present(re.search(r'<option value="([^"]+)">Anna', (await marek.get(f"/desk/c/{where}")).text))
    await marek.act(where, "pass", to=back[1])
    await desk.advance(601)
    assert "nikt jeszcze nie przejął tej rozmowy" in await last_said(customer)
    assert customer.custom["mode"] == "waiting"


async def test_a_supervisor_takes_a_conversation_over(desk: Running, anna: AgentHttp, marek: AgentHttp) -> None:
    scripted, where = await waiting(desk)
    await marek.act(where, "take")
    assert (await anna.act(where, "take-over")).status_code == 409, "she is no supervisor"
    assert "take-over" not in (await anna.get(f"/desk/c/{where}")).text
    await marek.act(where, "put-back")
    await anna.act(where, "take")
    assert "take-over" in (await marek.get(f"/desk/c/{where}")).text
    assert (await marek.act(where, "take-over")).status_code == 303
    assert "Tu Marek, obsługa klienta FakturaSmart." in await last_said(scripted.customer)
    assert "Anna nie prowadzi już tej rozmowy" in await last_said(scripted.customer)
    assert (await anna.act(where, "say", text="jeszcze ja")).status_code == 409
    assert "ma teraz Marek" in anna.words
    page = await desk.installation.store.read(lambda c: audit.page(c, most=100))
    [noted] = [line for line in page if line.what == "taken_over"]
    assert noted.details["held_by"] == next(line.agent_id for line in page if line.what == "taken")


async def test_what_the_customer_reads_of_an_agent_who_leaves_is_so(desk: Running) -> None:
    scripted, where = await waiting(desk)
    customer, anna = scripted.customer, await AgentHttp.logged_in(desk)
    await anna.act(where, "take")
    await anna.act(where, "put-back")
    assert "Odpowie na to ktoś inny z nas" in await last_said(customer)
    assert "czekać" not in customer.said[-1]
    await anna.act(where, "take")
    for browser, mode in ((await AgentHttp.logged_in(desk), "agent"), (anna, "waiting")):
        assert (await browser.post("/desk/logout")).status_code == 303
        await desk.installation.desk.dispatcher._tell_left(desk.installation.clock.now())
        await customer.look()
        assert customer.custom["mode"] == mode, "gone once no browser is left"
    assert "Anna nie jest już online" in customer.said[-1]


async def test_a_block_gives_the_conversation_up(desk: Running, anna: AgentHttp) -> None:
    scripted, where = await waiting(desk)
    await anna.act(where, "take")
    await scripted.customer.look()
    said = len(scripted.customer.said)
    assert (await anna.act(where, "block", reason="obelgi", span="day")).status_code == 303
    assert 'data-act="take"' in (await anna.get(f"/desk/c/{where}")).text, "no box to write in"
    assert "Anna blokuje adres" in anna.words
    await scripted.customer.look()
    assert len(scripted.customer.said) == said, "said at their next message"
    await scripted.customer.say("Halo?")
    assert "nie prowadzimy" in scripted.customer.said[-1]
    assert await desk.installation.store.read(handoffs.all_open) == []


async def test_no_place_to_fill_in_reaches_the_customer(desk: Running, anna: AgentHttp) -> None:
    scripted, where = await waiting(desk)
    await anna.act(where, "take")
    for text in ("Zamówienie {order}: sprawdzam", "Zamówienie { ORDER }: sprawdzam"):
        assert (await anna.act(where, "say", text=text)).status_code == 422
        assert re.search(r"Nie wysłano: najpierw uzupełnij \{\s?order\s?\}", anna.words, re.IGNORECASE)
        assert 'role="alert"' in anna.page
        assert text in unescape(anna.page)
    assert (await anna.act(where, "say", text="W polu {id} wpisz 1")).status_code == 303, "no place of ours"
    assert not any("rder" in said for said in scripted.customer.said)


async def test_who_is_writing_has_a_little_more_time(desk: Running) -> None:
    scripted, where = await waiting(desk)
    customer, anna = scripted.customer, await AgentHttp.logged_in(desk)
    await anna.act(where, "take")
    assert "odpowiedź do" in (await anna.get(f"/desk/c/{where}")).text
    await desk.advance(580)
    for _ in range(3):
        assert (await anna.post(f"/desk/c/{where}/typing")).status_code == 204
        await desk.advance(50)
        await customer.look()
        assert customer.custom["mode"] == "agent"
    await desk.advance(61)
    await customer.look()
    assert (customer.custom["mode"], "tak długo czekać" in customer.said[-1]) == ("waiting", True)


async def test_who_holds_a_conversation_reads_what_is_written_to_them(desk: Running) -> None:
    customer = await says(desk.customer(), "/start", "/agent")
    where = await place_of(desk, customer)
    anna, marek = [await AgentHttp.logged_in(desk, login) for login in ("anna", "marek")]
    await anna.act(where, "take")
    await customer.say("mój mail: luca.bianchi@example.it albo maria@example.it, telefono 345 678 9012")
    await customer.say("hasło: Zielony-Kot-42, a NIP 1234563218")
    await anna.get(f"/desk/c/{where}")
    assert "luca.bianchi@example.it albo maria@example.it, telefono 345 678 9012" in anna.words
    assert "Zielony-Kot-42" not in anna.words, "what was redacted isn't stored"
    await marek.get(f"/desk/c/{where}")
    assert "l•••@example.it albo m•••@example.it, telefono ••• ••• 012" in marek.words, "e-mail and phone alike"
    assert "1234563218" in marek.words, "a tax number reaches nobody"
    assert "Zapisz jako adres" not in marek.words
    await anna.get(f"/desk/c/{where}")
    assert len([line for line in await trail(desk) if line == "contacts_read"]) == 1, "once while she has it"
    await anna.act(where, "give-back")
    await anna.get(f"/desk/c/{where}")
    assert "luca.bianchi@example.it" not in anna.words, "she only looks now"


async def test_an_address_written_to_the_agent_is_kept_for_the_answer(desk: Running, anna: AgentHttp) -> None:
    customer = await says(desk.customer(), "/start")
    where = await place_of(desk, customer)
    await anna.act(where, "take")
    await customer.say("proszę odpisać na luca.bianchi@example.it")
    await anna.get(f"/desk/c/{where}")
    (line,) = re.findall(r'name="line" value="(\d+)"><input type="hidden" name="address"', anna.page)
    typed = await anna.post(f"/desk/c/{where}/keep-address", line=line, address="agent@example.com")
    assert typed.status_code == 404, "an agent types no address"
    assert (await anna.act(where, "keep-address", line=line, address="luca.bianchi@example.it")).status_code == 303
    await anna.get(f"/desk/c/{where}")
    assert "Anna zapisuje adres do odpowiedzi" in anna.words
    assert "Zapisz jako adres" not in anna.words
    assert "address_kept" in await trail(desk)


async def test_a_lone_command_isnt_sent_to_the_customer(desk: Running, anna: AgentHttp) -> None:
    _, where = await waiting(desk)
    await anna.act(where, "take")
    for word in ("/pay", " / ", "/zażółć\n"):
        assert (await anna.act(where, "say", text=word)).status_code == 422, word
        assert f"Nie wysłano: samo „{word.strip()}”" in anna.words
        assert f">{word.strip()}" in unescape(anna.page).split('id="say"')[1], "the draft stays"
    assert (await anna.act(where, "say", text="proszę napisać /pay")).status_code == 303


SUPERVISORS = ("/desk/overview", "/desk/money", "/desk/blocked")
ADMINS = ("/desk/trail",)


@pytest.mark.stage("paid")
async def test_who_may_see_what(desk: Running, anna: AgentHttp, marek: AgentHttp, buyer: Scripted) -> None:
    account = (await desk.card(buyer.person.email))["id"]
    for path in (*SUPERVISORS, *ADMINS, f"/desk/customers/{account}"):
        assert (await anna.get(path)).status_code == 403, path
    for path in (*SUPERVISORS, f"/desk/customers/{account}"):
        assert (await marek.get(path)).status_code == 200, path
    for path in ADMINS:
        assert (await marek.get(path)).status_code == 403, path
    assert (await anna.post("/desk/overview/label", line="1")).status_code == 403
    for act in ("export", "erase"):
        assert (await anna.post(f"/desk/customers/{account}/{act}")).status_code == 403
    assert (await marek.get("/desk/customers/nobody")).status_code == 404


async def test_the_overview_counts_and_a_sentence_is_labelled(desk: Running, marek: AgentHttp) -> None:
    scripted, where = await waiting(desk)
    await scripted.customer.say("kawa z mlekiem owsianym proszę")
    await marek.get("/desk/overview?days=30")
    assert "Dane firmy: NIP" in marek.words
    assert "Kod lub PEC" not in marek.words, "a step that nobody came to"
    assert "Czekają: 1" in marek.words
    assert "Anna" in marek.words
    assert "kawa z mlekiem owsianym" in marek.words
    line = marek.page.split('name="line" value="')[1].split('"')[0]
    assert (await marek.post("/desk/overview/label", line="x")).status_code == 422
    assert (await marek.post("/desk/overview/label", line=line, intent="no such")).status_code == 422
    assert (await marek.post("/desk/overview/label", line=line, intent="help")).status_code == 303
    [label] = list(await desk.installation.store.read(lambda c: list(labels.list_labels(c))))
    assert (label.line_id, label.intent) == (int(line), "help")
    await marek.get(f"/desk/c/{where}")


async def test_ready_answers_are_written_refused_used_and_removed(
    desk: Running, anna: AgentHttp, marek: AgentHttp
) -> None:
    scripted, where = await waiting(desk)
    await anna.get("/desk/replies")
    for wrong in (
        {"shortcut": "Z Ł", "title": "T", "words-pl": "x"},
        {"shortcut": "ok", "title": "", "words-pl": "x"},
        {"shortcut": "ok", "title": "T", "words-pl": " "},
        {"shortcut": "ok", "title": "T", "words-pl": "{password}"},
    ):
        refused = await anna.post("/desk/replies", None, **wrong)
        assert refused.status_code == 422
        assert wrong["words-pl"].strip() in refused.text
    shared = {"shortcut": "ok", "title": "Dla nas", "words-pl": "x", "shared": "yes"}
    assert (await anna.post("/desk/replies", None, **shared)).status_code == 403
    mine = {"shortcut": "nip", "title": "NIP", "words-pl": "Tu {agent}, <b>NIP</b> jest na fakturze. {{ok}}"}
    assert (await anna.post("/desk/replies", None, **mine)).status_code == 303
    anna_id = next(
        one.id for one in await desk.installation.store.read(agent_accounts.list_agents) if one.login == "anna"
    )
    known = await desk.installation.store.read(lambda c: canned_replies.available(c, agent_id=anna_id, first=()))
    assert [one.shortcut for one in known] == ["nip"]
    await anna.act(where, "take")
    page = await anna.get(f"/desk/c/{where}?reply={known[0].id}")
    assert "Tu Anna, &lt;b&gt;NIP&lt;/b&gt; jest na fakturze. {ok}</textarea>" in page.text
    assert scripted.customer.locale == "pl"
    assert (await marek.post("/desk/replies/remove", id=known[0].id)).status_code == 403
    assert (await anna.post("/desk/replies/remove", id=known[0].id)).status_code == 303


@pytest.mark.stage("paid")
async def test_customer_s_data_is_handed_out_and_erased_by_a_fresh_log_in_only(desk: Running, buyer: Scripted) -> None:
    account = (await desk.card(buyer.person.email))["id"]
    where = await place_of(desk, buyer.customer)
    marek = await AgentHttp.logged_in(desk, "marek")
    at = f"/desk/customers/{account}"
    await marek.get(at)
    assert buyer.person.email not in marek.page
    as_json = await marek.post(f"{at}/export", kind="json")
    assert json.loads(as_json.text)["account"]
    assert buyer.person.email in as_json.text
    assert as_json.headers["content-disposition"].startswith("attachment")
    assert "<script" not in (await marek.post(f"{at}/export", kind="html")).text
    await marek.get(at)
    assert (await marek.post(f"{at}/erase")).status_code == 422, "not sure"
    assert "rozmowy 1, zamówienia 1 (jeszcze nieopłacone: 0), czynne usługi 1" in marek.words

    await desk.advance(timedelta(minutes=11).total_seconds())
    assert (await marek.post(f"{at}/erase", sure="yes")).status_code == 303
    assert (await desk.card(buyer.person.email)) is not None, "led to the log-in"
    marek = await AgentHttp.logged_in(desk, "marek")
    await marek.get(at)
    erased = await marek.post(f"{at}/erase", sure="yes")
    assert erased.status_code == 303
    assert "Klient został usunięty." in (await marek.get(erased.headers["location"])).text
    assert await desk.card(buyer.person.email) is None
    assert buyer.person.email not in (await marek.get(f"/desk/c/{where}")).text
    assert {"customer_exported", "customer_erased"} <= set(await trail(desk))


@pytest.mark.stage("paid")
async def test_the_trail_names_who_and_what_and_no_customer(desk: Running, buyer: Scripted, anna: AgentHttp) -> None:
    where = await place_of(desk, buyer.customer)
    await promoted(desk, "marek")
    await anna.act(where, "block", reason="obelgi <b>", span="good")
    marek = await AgentHttp.logged_in(desk, "marek")
    await marek.get("/desk/trail")
    assert "blokada adresu" in marek.words
    assert "Anna" in marek.words
    assert "obelgi" not in marek.words
    assert buyer.person.email not in marek.page
    await marek.get("/desk/blocked")
    assert "obelgi <b>" in marek.words
    assert buyer.customer.sender not in marek.page, "an address may be a capability"
    assert (await marek.post("/desk/blocked/remove", conversation=where)).status_code == 303
    assert [line.what for line in await desk.installation.store.read(audit.page)][:1] == ["unblocked"]


async def test_blocked_addresses_are_shown_page_by_page(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.handlers.console.supervision._ON_A_PAGE", 1)
    anna, marek = await AgentHttp.logged_in(desk), await AgentHttp.logged_in(desk, "marek")
    for reason in ("obelgi", "groźby"):
        _, where = await waiting(desk)
        await anna.act(where, "block", reason=reason, span="good")
    await marek.get("/desk/blocked")
    assert ("groźby" in marek.words, "obelgi" in marek.words) == (True, False)
    await marek.get("/desk/blocked?" + marek.page.split('href="/desk/blocked?')[1].split('"')[0])
    assert ("groźby" in marek.words, "obelgi" in marek.words) == (False, True)
    for odd in ("x", "2026-11-20T12:00:00"):
        await marek.get(f"/desk/blocked?before={odd}")
        assert "groźby" in marek.words


async def test_the_queue_tells_what_customers_said_and_the_menu_where_one_is(desk: Running, anna: AgentHttp) -> None:
    asked, _ = await waiting(desk)
    queue = (await anna.get("/desk/queue")).text
    assert '<span class="quiet">Konsultant</span>' in queue, "the button that was pressed"
    await asked.customer.say("gdzie znajdę NIP?")
    assert "gdzie znajdę NIP?" in (await anna.get("/desk/queue")).text
    assert '<a class="tab" href="/desk/search" aria-current="page">' in (await anna.get("/desk/search")).text
