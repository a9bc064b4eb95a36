"""Parts that a desk loads when they are first needed: none of them at the start, all of them for the first request.

What every typed message needs is loaded as soon as the desk is ready, before anybody asks.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from services.store import migrate

FIRST = """
import asyncio, json, sys

from bot.cli import NEEDLESS
from services.optional_libraries import hide_libraries

with hide_libraries(*NEEDLESS):
    import httpx

    from bot.app.serve import run_desk
    from bot.app.settings import Settings
    from nlu.intents import classifier

RARE = {
    "aiosmtpd", "alembic", "authlib", "bot.app.agent_desks", "bot.handlers.api.app", "bot.profile.language_files",
    "cryptography", "email_validator", "fastapi", "greenlet", "jinja2", "joserfc", "numpy", "pygments",
    "rich", "websockets",
}

async def main():
    async with run_desk(Settings(_env_file=None, port=0)) as desk:
        loaded = sorted(RARE & {*sys.modules})
        key = {"authorization": "Bearer sandbox"}
        async with httpx.AsyncClient(base_url=desk.base_url, headers=key, trust_env=False, timeout=50) as http:
            asked = ("/api/v1/openapi.json", "/api/v1/customers?limit=1", "/desk/login", "/metrics", "/healthz") * 2
            answers = await asyncio.gather(*map(http.get, asked))
        await desk.loading
        readers = classifier.load_classifier.cache_info().currsize
        print(json.dumps([loaded, [answer.status_code for answer in answers], readers]))

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
    assert json.loads(done.stdout.splitlines()[-1]) == [[], [200] * 10, 1]
