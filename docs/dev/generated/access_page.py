"""docs/reference/access.md, from the routes of a desk with all of them: `python -m docs.dev.generated.access_page`."""

import asyncio
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.app.installation import Installation, open_installation
from bot.app.settings import OwnSettings
from bot.handlers.api.dependencies import DESCRIPTION
from bot.profile import load
from docs.dev.generated.admissions import VISITORS, Admission, declared
from services.clock import SystemClock
from services.store import migrate
from services.store.database import open_store

PAGE = Path("docs/reference/access.md")
_NOWHERE = "http://127.0.0.1:9"
ALL_ROUTES: dict[str, Any] = {
    "telegram_mode": "webhook",
    "telegram_token": "1:a",
    "telegram_base_url": f"{_NOWHERE}/bot",
    "telegram_desk_chat": -1001,
    "oidc_issuer": _NOWHERE,
    "oidc_client_id": "desk",
    "oidc_client_secret": "secret",
    "chatwoot_url": _NOWHERE,
    "chatwoot_account_id": 1,
    "chatwoot_inbox_id": 1,
    "chatwoot_token": "token",
    "chatwoot_webhook_secret": "secret",
}
"""Settings with which a sandboxed desk has every route there is; what they name isn't there."""

HEAD = Path(__file__).with_suffix(".txt").read_text("utf-8")


def page(admissions: Iterable[Admission]) -> str:
    """Return the page."""
    head = f"| | route | by | {' | '.join(VISITORS)} |\n|{'---|' * (3 + len(VISITORS))}\n"
    return HEAD + head + "".join(map(_row, admissions))


def _row(one: Admission) -> str:
    by = one.by if one.fresh is None else f"{one.by}, {one.fresh} min"
    return f"| {one.method} | `{one.path}` | {by} | {' | '.join(one.answers)} |\n"


def admissions_of(desk: Installation) -> tuple[Admission, ...]:
    """Return those of a running desk, the seller's API included."""
    paths: dict[str, dict[str, Any]] = import_module("bot.handlers.api.app").make_seller_api().openapi()["paths"]
    of_api = {f"/api/v1{path}": list(methods) for path, methods in {**paths, DESCRIPTION: {"get": {}}}.items()}
    return declared(desk.routes.routes(), of_api)


async def _read() -> tuple[Admission, ...]:
    with TemporaryDirectory() as folder:
        settings = OwnSettings(data_dir=Path(folder), port=0, **ALL_ROUTES)
        migrate.upgrade(settings.database)
        store = open_store(settings.database)
        try:
            parts = open_installation(
                settings, load(settings.profile), store, SystemClock(), b"of nobody" * 4, "http://127.0.0.1"
            )
            async with parts as desk:
                return admissions_of(desk)
        finally:
            await store.close()


if __name__ == "__main__":
    PAGE.write_text(page(asyncio.run(_read())), encoding="utf-8")
