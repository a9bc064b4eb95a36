"""The one-time pages as a client without scripts sees them."""

import logging
import re

import httpx
import pytest

from tests.kit.rows import each_row
from tests.web.house import House

FORM = {"content-type": "application/x-www-form-urlencoded"}
PASSWORD = "zielony-rower-42"


async def post(client: httpx.AsyncClient, token: str, **fields: str) -> httpx.Response:
    """The form, as it is posted to its own address."""
    return await client.post(f"/s/{token}", data=fields)


async def test_looking_changes_nothing_however_often(client: httpx.AsyncClient, house: House) -> None:
    for _ in range(3):
        assert (await client.get("/s/set")).status_code == 200
        head = await client.head("/s/set")
        assert (head.status_code, head.content) == (200, b"")
    assert house.links.taken == []
    assert (await post(client, "set", password=PASSWORD, password_repeat=PASSWORD)).status_code == 200


@each_row
async def test_each_purpose_has_one_plain_form(client: httpx.AsyncClient, token: str, fields: dict[str, str]) -> None:
    page = (await client.get(f"/s/{token}")).text
    assert page.count("<form") == 1
    assert f'<form method="post" action="{token}"' in page  # its own address, wherever a proxy shows it
    found = {
        re.search(r'name="(\w+)"', tag)[1]: re.search(r'type="(\w+)"', tag)[1]  # pyright: ignore[reportOptionalSubscript]
        for tag in re.findall(r"<input[^>]*>", page)
    }
    assert found == fields
    assert page.count('<button type="submit">') == 1
    assert "FakturaSmart" in page
    assert "testserver" in page


async def test_password_typed_once_is_kept_with_the_address_that_the_chat_was_given(client: httpx.AsyncClient) -> None:
    page = (await client.get("/s/once")).text
    assert 'autocomplete="username" value="anna@example.com"' in page
    assert "oba pola takie same" not in page
    refused = await post(client, "once", password="krótkie")
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    assert (await post(client, "once", password=PASSWORD)).status_code == 200


async def test_the_page_s_headers_keep_its_address_secret(client: httpx.AsyncClient) -> None:
    for answer in (await client.get("/s/set"), await client.get("/s/expired"), await client.get("/s/nope")):
        assert answer.headers["cache-control"] == "no-store"
        assert (answer.headers["referrer-policy"], answer.headers["x-robots-tag"]) == ("no-referrer", "noindex")
        assert "form-action 'self'" in answer.headers["content-security-policy"]
        assert "connect-src" not in answer.headers["content-security-policy"]
        assert "set-cookie" not in answer.headers


async def test_a_post_that_succeeds_uses_the_link_up(client: httpx.AsyncClient) -> None:
    done = await post(client, "set", password=PASSWORD, password_repeat=PASSWORD)
    assert done.status_code == 200
    assert "Hasło jest zapisane." in done.text
    assert PASSWORD not in done.text
    assert (await post(client, "set", password=PASSWORD, password_repeat=PASSWORD)).status_code == 410
    assert (await client.get("/s/set")).status_code == 410


async def test_a_second_confirmation_is_told_kindly(client: httpx.AsyncClient) -> None:
    first = await client.post("/s/confirm", content="", headers=FORM)
    assert first.status_code == 200
    assert "Adres e-mail jest potwierdzony" in first.text
    again = await client.post("/s/confirm", content="", headers=FORM)
    assert again.status_code == 410
    assert "jest już potwierdzony" in again.text


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"password": PASSWORD, "password_repeat": "inne"}, "różnią się"),
        (
            {"password": "krótkie", "password_repeat": "krótkie"},
            "Hasło jest za krótkie: ma 7, a potrzeba co najmniej 12 znaków.",
        ),
        ({"password": PASSWORD}, "Wypełnij wszystkie pola"),
        ({}, "Wypełnij wszystkie pola"),
    ],
)
async def test_what_the_rule_refuses_leaves_the_link_open(
    client: httpx.AsyncClient, fields: dict[str, str], reason: str
) -> None:
    answer = await client.post("/s/set", data=fields, headers=FORM)
    assert answer.status_code == 422
    assert reason in answer.text
    assert "<form" in answer.text
    assert PASSWORD not in answer.text
    assert (await client.get("/s/set")).status_code == 200


async def test_a_reason_without_words_of_its_own_still_says_something(client: httpx.AsyncClient) -> None:
    assert "Tego nie możemy przyjąć" in (await post(client, "set", password="a", password_repeat="a")).text


async def test_log_in_keeps_the_login_and_forgets_the_password(client: httpx.AsyncClient) -> None:
    answer = await post(client, "log-in", login='anna"><b>', password="wrong")
    assert answer.status_code == 422
    assert 'value="anna&#34;&gt;&lt;b&gt;"' in answer.text
    assert 'value="wrong"' not in answer.text


async def test_too_many_wrong_ones_have_to_wait(client: httpx.AsyncClient) -> None:
    answer = await post(client, "log-in", login="anna", password="often")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "90")
    assert "2" in re.findall(r"<li>(.*)</li>", answer.text)[0]


async def test_success_may_lead_on_within_the_desk(client: httpx.AsyncClient) -> None:
    answer = await post(client, "taken", login="anna", password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/s/set")


@pytest.mark.parametrize(("token", "status"), [("expired", 410), ("replaced", 410), ("nope", 404), ("a" * 500, 404)])
async def test_links_that_do_not_open(client: httpx.AsyncClient, house: House, token: str, status: int) -> None:
    assert (await client.get(f"/s/{token}")).status_code == status
    assert (await post(client, token, password="x", password_repeat="x")).status_code == status
    assert house.links.taken == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"password=%FF%FE&password_repeat=%FF%FE", FORM["content-type"]),
        ("password=zażółć".encode(), FORM["content-type"]),
        (b"&".join(b"a=1" for _ in range(30)), FORM["content-type"]),
        (b'{"password": "x"}', "application/json"),
        (b"", "multipart/form-data; boundary=x"),
    ],
)
async def test_a_form_that_can_not_be_read_counts_as_nothing(
    client: httpx.AsyncClient, house: House, body: bytes, kind: str
) -> None:
    answer = await client.post("/s/set", content=body, headers={"content-type": kind})
    assert answer.status_code == 422
    assert "Nie udało się odczytać formularza" in answer.text
    assert house.links.taken == []


async def test_a_huge_form_is_refused(client: httpx.AsyncClient, house: House) -> None:
    assert (await post(client, "set", password="x" * 20_000, password_repeat="x")).status_code == 422
    assert house.links.taken == []


async def test_signs_of_all_kinds_arrive_as_they_were_typed(client: httpx.AsyncClient, house: House) -> None:
    typed = "zażółć + & = % 🗝️ \u00a0 x"
    await post(client, "set", password=typed, password_repeat=typed, extra="ignored")
    assert house.links.taken == [("set", {"password": typed, "password_repeat": typed}, "203.0.113.7")]


async def test_while_nothing_can_be_committed_the_page_says_so(client: httpx.AsyncClient, house: House) -> None:
    house.links.down = True
    answer = await client.get("/s/set")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")


@pytest.mark.parametrize(
    ("locale", "title"), [("pl", "Hasło do konta"), ("it", "Password dell’account"), ("en", "Account password")]
)
async def test_the_page_speaks_the_conversation_s_language(
    client: httpx.AsyncClient, house: House, locale: str, title: str
) -> None:
    house.links.locale = locale
    page = (await client.get("/s/set", headers={"accept-language": "de"})).text
    assert f'<html lang="{locale}">' in page
    assert title in page


async def test_neither_token_nor_password_is_logged(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").disabled = True  # the test's own client names what it asks for
    try:
        await post(client, "log-in", login="anna", password="wrong")
        await client.get("/s/secret-token")
    finally:
        logging.getLogger("httpx").disabled = False
    assert "secret-token" not in caplog.text
    assert "wrong" not in caplog.text


async def test_the_log_in_page_names_what_may_be_forgotten(client: httpx.AsyncClient) -> None:
    for page in (await client.get("/s/log-in"), await post(client, "log-in", login="anna", password="wrong")):
        assert re.search(r'<button[^>]* name="forgot" value="forgot_password" formnovalidate>Przypomnij has', page.text)
        assert page.text.index('name="forgot"') > page.text.index(">Zaloguj się<")  # Enter logs in
    assert "Nie pamiętasz hasła?" in (await client.get("/s/taken")).text
    assert "Rozmowa pyta już" in (await post(client, "log-in", forgot="forgot_password")).text
