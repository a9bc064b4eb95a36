"""The page at `/`, with the sandbox and without."""

import httpx
import pytest

from bot.handlers.pages.landing import SampleReceipt
from tests.web.house import House


async def test_with_the_sandbox_the_instruments_stand_beside_the_chat() -> None:
    transport = httpx.ASGITransport(House().app([]))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        page = (await client.get("/")).text
    assert "Okienko" in page
    assert '<meta name="description" content="Okienko FakturaSmart: ' in page
    assert 'src="/chat?embed=1&amp;lang=pl"' in page
    for instrument in ("phone", "mailbox", "bank", "registers", "clock-now"):
        assert f'id="{instrument}"' in page
    assert "1234563218" in page
    for way in ("/desk", "/api/v1/docs"):
        assert f'href="{way}"' in page


async def test_it_says_what_one_gets_and_shows_the_paid_moment() -> None:
    app = House(receipt=SampleReceipt("FS/2026/000001", "FakturaSmart Standard, 1 rok", "367,77\xa0zł")).app([])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as client:
        page = (await client.get("/?lang=en")).text
    assert "From “hello” to a paid order, in one conversation." in page
    assert all(words in page for words in ("FS/2026/000001", "FakturaSmart Standard, 1 rok", "367,77\xa0zł", "Paid"))


async def test_without_it_there_is_the_chat_alone(client: httpx.AsyncClient) -> None:
    page = (await client.get("/?start=Tok_en-1")).text
    assert "Okienko" in page
    assert "start=Tok_en-1" in page
    assert 'id="bank"' not in page
    assert "/sandbox" not in page


@pytest.mark.parametrize("path", ["/", "/chat"])
@pytest.mark.parametrize(
    ("lang", "about"),
    [("pl", "Okienko FakturaSmart: sprawa"), ("it", "Lo sportello di FakturaSmart"), ("en", "FakturaSmart’s desk")],
)
async def test_it_is_described_for_search_engines(client: httpx.AsyncClient, path: str, lang: str, about: str) -> None:
    page = (await client.get(path, headers={"accept-language": lang})).text
    assert f'<meta name="description" content="{about}' in page


@pytest.mark.parametrize(("accept", "lang"), [("it", "it"), ("en-GB", "en"), ("fi", "pl")])
async def test_it_speaks_the_visitor_s_language(client: httpx.AsyncClient, accept: str, lang: str) -> None:
    page = (await client.get("/", headers={"accept-language": accept})).text
    assert f'<html lang="{lang}">' in page
    assert f"lang={lang}" in page
    assert '<html lang="it">' in (await client.get("/?lang=it", headers={"accept-language": accept})).text
