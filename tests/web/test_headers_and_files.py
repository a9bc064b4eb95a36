"""What every answer tells the browser, and how our own files are served."""

import json
import re
from pathlib import Path

import httpx
import pytest

from bot.web import assets
from bot.web.assets import load, static_file
from tests.web.house import House

PAGES = ("/", "/chat", "/sandbox", "/s/set", "/s/nope", "/p/checking/return", "/static/css/base.css", "/nowhere")


@pytest.mark.parametrize("path", PAGES)
async def test_every_answer_carries_the_strict_headers(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "object-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "strict-transport-security" not in answer.headers  # plain http


async def test_https_adds_hsts_for_a_year() -> None:
    transport = httpx.ASGITransport(House(url="https://desk.example").app())
    async with httpx.AsyncClient(transport=transport, base_url="https://desk.example") as client:
        answer = await client.get("/chat")
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("path", [page for page in PAGES if not page.startswith("/static")])
async def test_no_page_has_inline_script_style_or_anything_from_elsewhere(client: httpx.AsyncClient, path: str) -> None:
    text = (await client.get(path)).text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    for script in re.findall(r"<script([^>]*)>", text):
        assert "src=" in script or 'type="application/json"' in script
    for address in re.findall(r'(?:src|href)="([^"]+)"', text):
        assert address.startswith(("/", "?", "#")), address


async def test_the_chat_may_be_framed_by_the_profile_s_sites_only() -> None:
    house = House(embedders=("https://shop.example", "https://www.shop.example"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(house.app()), base_url="http://testserver") as client:
        policy = (await client.get("/chat?embed=1")).headers["content-security-policy"]
        secret = (await client.get("/s/set")).headers["content-security-policy"]
    assert "frame-ancestors 'self' https://shop.example https://www.shop.example;" in policy
    assert "frame-ancestors 'none'" in secret


@pytest.mark.parametrize("path", ["/static/css/slip_page.css", "/static/js/secure.js", "/okienko.js"])
async def test_a_file_comes_compressed_to_whom_can_read_that(client: httpx.AsyncClient, path: str) -> None:
    packed, plain = [await client.get(path, headers={"accept-encoding": way}) for way in ("gzip", "identity")]
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(packed.headers["content-length"]) < 0.6 * int(plain.headers["content-length"])
    assert packed.content == plain.content


async def test_a_file_is_revalidated_by_its_content(client: httpx.AsyncClient) -> None:
    first = await client.get("/static/js/chat/main.js")
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert first.headers["cache-control"] == "no-cache"
    again = await client.get(
        "/static/js/chat/main.js", headers={"if-none-match": f'"other", W/{first.headers["etag"]}'}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert static_file(b"a", "x.js").etag != static_file(b"b", "x.js").etag


@pytest.mark.parametrize("path", ["/static/../pages.py", "/static/%2e%2e/pages.py", "/static/none.css", "/static/"])
async def test_only_the_files_of_the_folder_are_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_the_element_may_be_loaded_by_other_sites(client: httpx.AsyncClient) -> None:
    element = await client.get("/okienko.js")
    assert element.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "customElements.define" in element.text
    assert (await client.get("/static/css/base.css")).headers["cross-origin-resource-policy"] == "same-origin"


async def test_the_accent_comes_from_the_profile_or_the_embedding_site(client: httpx.AsyncClient) -> None:
    assert "--accent:#f0a63a" in (await client.get("/static/brand.css")).text
    for asked, shown in (("%231d4ed8", "#1d4ed8"), ("red;}", "#f0a63a"), ("", "#f0a63a")):
        (style,) = re.findall(r'href="(/static/bundle/chat-[^"]+)"', (await client.get(f"/chat?accent={asked}")).text)
        assert f"--accent:{shown}" in (await client.get(style)).text
    assert "<script>" not in (await client.get('/chat?accent="><script>')).text


def test_no_script_writes_markup_or_evaluates() -> None:
    for name, file in load().items():
        if name.endswith(".js") and not name.startswith("js/vendor/"):
            assert not re.search(
                r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", file.body.decode()
            ), name


def test_password_managers_and_pasting_fill_every_password() -> None:
    templates = "".join(
        page.read_text("utf-8") for page in (Path(assets.__file__).parent / "templates").rglob("*.html")
    )
    fields = re.findall(r'<input[^>]*name="(?:\w+_)?password(?:_\w+)?"[^>]*>', templates)
    assert len(fields) >= 5
    assert [
        one for one in fields if not re.search(r'type="password" autocomplete="(?:new|current)-password"', one)
    ] == []
    assert "paste" not in load()["js/secure.js"].body.decode()


def test_htmx_evaluates_nothing_and_keeps_no_pages() -> None:
    """It puts escaped parts of our own pages into their places; what more it can do is switched off."""
    templates = Path(assets.__file__).parent / "templates"
    loading = [page for page in templates.rglob("*.html") if "js/desk/main.js" in page.read_text("utf-8")]
    assert loading
    assert {name for name, file in load().items() if b"htmx.min.js" in file.body} == {"js/desk/main.js"}
    for page in loading:
        found = re.search(r"name=\"htmx-config\" content='([^']+)'", page.read_text("utf-8"))
        assert found is not None
        config = json.loads(found[1])
        shown = {name: config[name] for name in ("allowEval", "allowScriptTags", "includeIndicatorStyles")}
        assert shown == {"allowEval": False, "allowScriptTags": False, "includeIndicatorStyles": False}
        assert config["selfRequestsOnly"] is True
        assert config["timeout"] > 0  # a desk that hangs is told of like one that is away
        assert config["historyEnabled"] is False
