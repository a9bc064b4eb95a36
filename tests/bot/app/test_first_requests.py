"""Parts that a desk loads when they are first needed: none of them at the start, all of them for the first request.

What every typed message needs is loaded before the desk is ready: no customer waits for a vocabulary.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from services.store import migrate

FIRST = """
import asyncio, functools, gc, json, sys

from bot.cli import NEEDLESS
from services.interpreter import hide_libraries

with hide_libraries(*NEEDLESS):
    import httpx

    from bot.app.serve import run_desk
    from bot.app.settings import Settings
    from bot.bench.turns import turns
    from bot.conversation.inbound import Inbound, Text
    from values.channel import Channel

RARE = {
    "aiosmtpd", "alembic", "authlib", "bot.app.agent_desks", "bot.handlers.api.app", "bot.profile.language_files",
    "cryptography", "fastapi", "greenlet", "jinja2", "joserfc", "numpy", "pygments",
    "rich", "websockets",
}

def vocabularies():
    # What the functions that read customers' words keep for good.
    kept = (one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper))
    readers = (one for one in kept if one.__module__.startswith(("nlu.", "values.slots.")))
    return {
        f"{one.__module__}.{one.__qualname__}": one.cache_info().currsize
        for one in readers if one.cache_info().maxsize is None
    }

async def main():
    async with run_desk(Settings(_env_file=None, port=0)) as desk:
        loaded = sorted(RARE & {*sys.modules})
        key = {"authorization": "Bearer sandbox"}
        async with httpx.AsyncClient(base_url=desk.base_url, headers=key, trust_env=False, timeout=50) as http:
            asked = ("/api/v1/openapi.json", "/api/v1/customers?limit=1", "/desk/login", "/metrics", "/healthz") * 2
            answers = await asyncio.gather(*map(http.get, asked))
        known = vocabularies()
        assert known
        for key, words in enumerate(turns(1)):
            await desk.desk.receive(Inbound(Channel.REST, "first", str(key), Text(words)))
        read = {name for name, size in vocabularies().items() if size != known.get(name, 0)}
        print(json.dumps([loaded, [answer.status_code for answer in answers], sorted(read)]))

asyncio.run(main())
"""


def test_rare_parts_are_loaded_by_the_first_who_ask_even_two_at_once(tmp_path: Path) -> None:
    migrate.upgrade(f"sqlite:///{tmp_path}/okienko.sqlite")
    done = subprocess.run(
        [sys.executable, "-c", FIRST],
        cwd=Path(__file__).parents[3],
        env=os.environ | {"OKIENKO_DATA_DIR": str(tmp_path), "OKIENKO_TELEGRAM_MODE": "off"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [[], [200] * 10, []]
