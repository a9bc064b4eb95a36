"""What supervisors and administrators do beside the conversations, over HTTP, on a whole desk."""

import json
from datetime import timedelta

import pytest

from services.agents import agent_accounts, audit
from services.support import canned_replies, labels
from tests.desk.agent_http import AgentHttp, promoted
from tests.desk.running import Running
from tests.desk.scripted import Scripted
from tests.desk.test_console_pages import trail, waiting
from tests.kit.talks import place_of

SUPERVISORS = ("/desk/overview", "/desk/blocked")
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
    [label] = list(await desk.installation.store.read(lambda c: list(labels.given(c))))
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
    anna_id = next(one.id for one in await desk.installation.store.read(agent_accounts.listed) if one.login == "anna")
    known = await desk.installation.store.read(lambda c: canned_replies.available(c, agent_id=anna_id, first=()))
    assert [one.shortcut for one in known] == ["nip"]
    await anna.act(where, "take")
    page = await anna.get(f"/desk/c/{where}?reply={known[0].id}")
    assert "Tu Anna, &lt;b&gt;NIP&lt;/b&gt; jest na fakturze. {ok}</textarea>" in page.text
    assert scripted.customer.locale == "pl"
    assert (await marek.post("/desk/replies/remove", id=known[0].id)).status_code == 403
    assert (await anna.post("/desk/replies/remove", id=known[0].id)).status_code == 303


@pytest.mark.stage("paid")
async def test_a_customer_s_data_is_handed_out_and_erased_by_a_fresh_log_in_only(
    desk: Running, buyer: Scripted
) -> None:
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
    lines = await desk.installation.store.read(audit.page)
    assert [line.what for line in lines][:1] == ["unblocked"]


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
