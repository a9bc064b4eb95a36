"""A whole desk in this process, on a free port, with its sandbox: what the tests of journeys talk to."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from bot.app.installation import Installation
from bot.app.serve import run_desk
from bot.app.settings import Settings
from sandbox.testing.desk import A_MOMENT_S as A_MOMENT_S
from sandbox.testing.desk import DeskClient
from sandbox.testing.desk import Json as Json
from sandbox.testing.doors import PATIENCE_S
from sandbox.testing.doors import RestDoor as Customer


class Running(DeskClient):
    """The desk and a client for it."""

    def __init__(self, installation: Installation, http: httpx.AsyncClient) -> None:
        super().__init__(http)
        self.installation = installation

    def customer(self, locale: str = "pl") -> Customer:
        """Somebody new on the REST channel."""
        return Customer(self.http, locale)


def telegram_as(settings: Mapping[str, Any]) -> dict[str, str]:
    """Telegram is off where no bot is given: most tests have no use for the sandbox's, which takes time to set up."""
    return {} if "telegram_token" in settings else {"telegram_mode": "off"}


def all_of(folder: Path) -> bytes:
    """Database, write-ahead log and whatever else lies there."""
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def http_client(base_url: str = "", **given: Any) -> httpx.AsyncClient:
    """A client for this machine, as patient as the busiest one needs."""
    return httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=PATIENCE_S, **given)


@asynccontextmanager
async def running_desk(folder: Path, **settings: Any) -> AsyncGenerator[Running]:
    """A desk on `folder`; started again on the same folder it goes on where it was."""
    usual = {"data_dir": folder, "port": 0, "rate_limits": "off", "log_level": "error"}
    given: dict[str, Any] = usual | telegram_as(settings) | settings
    settings_read = Settings(_env_file=None, **given)  # type: ignore[call-arg]
    async with run_desk(settings_read) as installation, http_client(installation.base_url) as http:
        yield Running(installation, http)
