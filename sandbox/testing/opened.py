"""A desk for a test: `okienko run` in a process of its own, on a free port, with the sandbox beside it."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx

from sandbox.testing.desk import DeskClient, NotDone

_START_S: Final = 120.0
_ANSWER_S: Final = 60.0


@asynccontextmanager
async def opened_desk(profile: Path, folder: Path, **settings: str) -> AsyncGenerator[DeskClient]:
    """Open a desk with this profile, its data in `folder`; started again there it goes on where it was.

    `settings` are named as in docs/reference/settings.md (`OKIENKO_LOG_LEVEL="debug"`); none of this machine's is
    read. Errors: NotDone where it doesn't start; its last words are in `folder`/desk.log.
    """
    told = {"PROFILE": str(profile), "DATA_DIR": str(folder / "data"), "RATE_LIMITS": "off", "TELEGRAM_MODE": "off"}
    others = {name: value for name, value in os.environ.items() if not name.startswith("OKIENKO_")}
    env = others | {f"OKIENKO_{name}": value for name, value in told.items()} | settings
    command = (sys.executable, "-m", "bot.cli", "run", "--port", "0")
    with (folder / "desk.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=env, stdout=asyncio.subprocess.PIPE, stderr=log
        )
    try:
        async with httpx.AsyncClient(base_url=await _address(process), trust_env=False, timeout=_ANSWER_S) as http:
            yield DeskClient(http)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    async with asyncio.timeout(_START_S):
        said = await process.stdout.readline() if process.stdout is not None else b""
    found = re.search(r"http://\S+[^/\s]", said.decode())
    if found is None:
        raise NotDone(f"the desk doesn't start: {said.decode() or 'see desk.log'}")
    return found[0]
