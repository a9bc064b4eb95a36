"""The chat as one script and one style: what a page loads, how much that is, and what happens after an upgrade."""

import json
import re

import httpx
import pytest

from bot.web import assets
from tests.kit.rows import each_row
from tests.web.house import House

JSON = "application/json"


def files(**sources: str) -> dict[str, bytes]:
    return {f"{name}.js": source.encode() for name, source in sources.items()}


def test_a_module_stands_before_whoever_imports_it_and_once() -> None:
    made = assets.script(
        files(
            main='import { a as first } from "./a.js";\nimport { b } from "./b.js";\nimport "./c.js";\nfirst(b);\n',
            a='import { b } from "./b.js";\nexport async function a() { return b; }\n',
            b="export const b = 1; // one\n",
            c="// aside\n/** @type {number} */ let c = 2;\nc++;\n",
        ),
        "main.js",
    ).decode()
    assert re.findall(r"^const (\$\w+)", made, re.MULTILINE) == ["$b", "$a", "$c", "$main"]
    assert "const { a: first } = $a;\nconst { b } = $b;\nfirst(b);" in made
    assert "import" not in made.partition("\n")[2]
    assert "@type" not in made


@each_row
def test_what_it_doesnt_know_is_an_error_at_the_start(main: str) -> None:
    with pytest.raises(assets.NotBundled):
        assets.script(files(main=main, a="export const x = 1;\n"), "main.js")


def test_comments_stay_at_home() -> None:
    written = 'const a = "https://x"; // why\nconst b = { c: 1 }; /** @type {number} */\n'
    assert "why" not in assets.script(files(main=written), "main.js").decode()
    assert '"https://x"' in assets.script(files(main=written), "main.js").decode()
    assert assets.style({"a.css": b"/* why */\nb { c: d }\n"}, ["a.css"]) == b"b { c: d }\n"


async def test_what_a_browser_holds_is_compressed_apart_from_what_a_stranger_may_choose() -> None:
    """By a page's length alone nobody finds out what it says (BREACH)."""

    async def length(said: str, accent: str) -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(House().app()), base_url="http://testserver") as one:
            await one.get("/chat")
            body = json.dumps({"text": said, "message_id": "m1"})
            await one.post("/webchat/messages", content=body, headers={"okienko-chat": "1", "content-type": JSON})
            page = await one.get(f"/chat?accent=%23{accent}", headers={"accept-encoding": "gzip"})
            assert said in page.text
            return int(page.headers["content-length"])

    guessed, missed = await length("kod abc123", "abc123"), await length("kod abc123", "321cba")
    assert guessed - missed == await length("kod 987654", "abc123") - await length("kod 987654", "321cba")


async def test_a_page_from_before_an_upgrade_gets_todays_files(client: httpx.AsyncClient) -> None:
    today = assets.bundle("chat.js").path
    kept = await client.get(today)
    assert kept.headers["cache-control"].endswith("immutable")
    former = await client.get(re.sub(r"\.\w{16}\.", ".0123456789abcdef.", today))
    assert (former.text, former.headers["cache-control"]) == (kept.text, "no-cache")
    plain = await client.get(today, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == kept.text
    for nobodys in ("x.js", "chat-red.abc.css", "chat-.css", "chat.css"):
        assert (await client.get(f"/static/bundle/{nobodys}")).status_code == 404
