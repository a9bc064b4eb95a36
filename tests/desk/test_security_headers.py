"""Every answer of a whole desk carries the strict headers, whatever is asked for."""

from pathlib import Path

import pytest

from tests.desk.running import Running
from tests.desk.scripted import Scripted

PATHS = (
    "/", "/chat", "/okienko.js", "/s/unknown", "/p/unknown", "/p/unknown/return", "/healthz", "/readyz", "/metrics",
    "/api/v1/openapi.json", "/api/v1/customers?email=a@example.com", "/api/v1/nothing", "/webhooks/rest/",
    "/webhooks/rest/events", "/webhooks/payments/nobody", "/webhooks/telegram", "/sandbox", "/sandbox/api/messages",
    "/sandbox/panel", "/nothing-here", "/desk",
)  # fmt: skip


@pytest.mark.stage("secure_page")
async def test_every_answer_has_the_strict_headers(desk: Running, buyer: Scripted) -> None:
    for path in (*PATHS, buyer.customer.link("secure_page")["href"]):
        for method in ("GET", "HEAD", "POST", "OPTIONS"):
            answer = await desk.http.request(method, path)
            assert answer.status_code < 500, (method, path)
            policy = answer.headers["content-security-policy"]
            assert "'unsafe-inline'" not in policy, path
            assert "base-uri 'none'" in policy, path
            assert "object-src 'none'" in policy, path
            assert "frame-ancestors" in policy, path
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin"), path
            assert "server" not in answer.headers, path
            assert "access-control-allow-origin" not in answer.headers, path


async def test_every_answer_says_what_it_is_and_none_repeats_its_request(desk: Running) -> None:
    for path in PATHS:
        answer = await desk.http.get(path)
        kind = answer.headers.get("content-type", "")
        assert kind or not answer.content, path
        assert "charset=utf-8" in kind or not kind.startswith("text/"), path
        assert (await desk.http.request("TRACE", path, headers={"x-told": "echo"})).status_code in (
            401,
            403,
            404,
            405,
        ), path


@pytest.mark.desk(profile=Path("profiles/kontorblatt"))
async def test_where_there_is_nothing_browsers_read_a_page_and_programs_two_words(desk: Running) -> None:
    for lang, told in (("de", "Unter dieser Adresse gibt es nichts"), ("en", "There’s nothing at this address")):
        headers = {"accept": "text/html,*/*;q=0.8", "accept-language": lang}
        page = await desk.http.get("/nothing-here", headers=headers)
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert f'<html lang="{lang}">' in page.text
        assert told in page.text
        assert 'href="/chat"' in page.text
        assert "style-src 'self'" in page.headers["content-security-policy"]
    for answer in (await desk.http.get("/nothing-here"), await desk.http.post("/nothing-here", headers=headers)):
        assert (answer.status_code, answer.text) == (404, "Not Found")
    program = await desk.http.get("/nothing-here", headers={"accept": "application/json"})
    assert (program.status_code, list(program.json())) == (404, ["error"])
    missing = await desk.http.get("/api/v1/nothing", headers={"accept": "text/html"})
    assert missing.headers["content-type"] == "application/json"


@pytest.mark.stage("secure_page")
async def test_pages_with_secrets_in_their_address_are_kept_by_nobody(desk: Running, buyer: Scripted) -> None:
    secret = [buyer.customer.link("secure_page")["href"], f"{desk.url}/s/{'x' * 43}"]
    await buyer.run("payment")
    link = buyer.customer.link("payment")["href"]
    for href in (*secret, link, f"{link}/return"):
        for method in ("GET", "HEAD"):
            answer = await desk.http.request(method, href)
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["x-robots-tag"] == "noindex"
            assert "set-cookie" not in answer.headers
