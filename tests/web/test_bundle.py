"""The chat as one script and one style: what a page loads, how much that is, and what happens after an upgrade."""

import gzip
import re

import httpx
import pytest

from bot.web import assets, bundle
from bot.web.bundle import NotBundled

BYTES, REQUESTS = 45_000, 4


def files(**sources: str) -> dict[str, bytes]:
    return {f"{name}.js": source.encode() for name, source in sources.items()}


def test_a_module_stands_before_whoever_imports_it_and_once() -> None:
    made = bundle.script(
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


@pytest.mark.parametrize(
    "main",
    [
        'import x from "./a.js";\n',
        "export default 1;\n",
        'import { m } from "./main.js";\n',
        'import { n } from "./no.js";\n',
    ],
)
def test_what_it_doesnt_know_is_an_error_at_the_start(main: str) -> None:
    with pytest.raises(NotBundled):
        bundle.script(files(main=main, a="export const x = 1;\n"), "main.js")


async def test_the_chat_is_light(client: httpx.AsyncClient) -> None:
    page = await client.get("/chat", headers={"accept-encoding": "gzip"})
    loaded = sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)))
    assert len(loaded) + 1 <= REQUESTS, loaded
    sizes = [len(gzip.compress(page.content, 6))]
    for path in loaded:
        file = await client.get(path, headers={"accept-encoding": "gzip"})
        sizes.append(int(file.headers["content-length"]))
        assert file.headers["cache-control"].startswith("public, max-age="), path
    assert page.headers["content-encoding"] == "gzip"
    assert sum(sizes) <= BYTES, sizes


async def test_a_page_from_before_an_upgrade_gets_todays_files(client: httpx.AsyncClient) -> None:
    today = assets.chat_script().path
    kept = await client.get(today)
    assert kept.headers["cache-control"].endswith("immutable")
    former = await client.get(re.sub(r"\.\w{16}\.", ".0123456789abcdef.", today))
    assert (former.text, former.headers["cache-control"]) == (kept.text, "no-cache")
    plain = await client.get(today, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == kept.text
    for nobodys in ("x.js", "chat-red.abc.css", "chat-.css", "chat.css"):
        assert (await client.get(f"/static/bundle/{nobodys}")).status_code == 404
