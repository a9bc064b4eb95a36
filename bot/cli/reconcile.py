"""`okienko reconcile`: the books against what the payment providers say, one payment after the other."""

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Annotated, Any

import httpx
import msgspec
import typer

from bot.app import providers
from bot.app.container import mail_sender
from bot.app.sandboxed import SharedSandbox
from bot.app.settings import Settings
from bot.cli import refuse
from bot.cli.database import in_store, key_and_time, read_profile
from bot.conversation.owners import Transaction
from bot.profile import Profile
from bot.usecases.billing.comparison import Compared, Comparison, mend_differences
from services.clients.http import make_client
from services.clock import SystemClock
from services.jobs.worker import open_outbox
from services.store.database import Store
from values.payment import Difference


def reconcile(
    days: Annotated[int, typer.Option("--days", min=1, max=400, help="How far back what moved is compared.")] = 35,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines.")] = False,
) -> None:
    """Compare payments and refunds with their providers; what a lost notice left open is asked for again."""
    settings = Settings()
    profile = read_profile(settings.profile)
    try:
        compared = in_store(settings, lambda store: _compared(store, settings, profile, timedelta(days=days)))
    except httpx.HTTPError:
        refuse("the sandbox doesn't answer: start the desk first")
    typer.echo(_json(compared) if as_json else _lines(compared))
    raise typer.Exit(0 if compared.is_clean else 1)


async def _compared(store: Store, settings: Settings, profile: Profile, window: timedelta) -> Compared:
    server_key, now = await key_and_time(settings, store)
    clock = SystemClock(now - SystemClock().now())
    async with AsyncExitStack() as stack:
        client = make_client()
        stack.push_async_callback(client.aclose)
        endpoints: Mapping[str, Mapping[str, Any]] = {}
        if settings.sandboxed:
            sandbox = SharedSandbox((settings.sandbox_url or settings.base_url).rstrip("/"))
            stack.push_async_callback(sandbox.stop)
            endpoints = await sandbox.start()
        sender = mail_sender(settings, profile)
        made = providers.make(settings, client, clock, endpoints, sender=sender, chosen=profile.providers)
        keyed = {name: of for name, of in made.payments.items() if name in made.keyed}

        whole_ends, addons = profile.seller.refund.full == "end", profile.seller.renewing_addons
        books = Comparison(store, server_key, clock, keyed, asked_too=True, whole_ends=whole_ends, addons=addons)
        compared = await books.run(now - window)
        outbox = open_outbox(store, clock)
        await store.write(
            lambda c: mend_differences(Transaction(c, clock.now(), lambda *_: None), outbox, compared.rows)
        )
        return compared


def _json(compared: Compared) -> str:
    rows = [msgspec.to_builtins(row) | {"remedy": row.remedy} for row in compared.rows]
    return json.dumps({"asked": compared.asked, "unseen": dict(compared.unseen), "differences": rows})


def _lines(compared: Compared) -> str:
    lines = [_line(row) for row in compared.rows]
    lines += [f"{name}: no answer about {count}; ask again later" for name, count in compared.unseen.items()]
    lines.append(f"compared: {compared.asked}, differences: {len(compared.rows)}")
    return "\n".join(lines)


def _line(row: Difference) -> str:
    said = row.shown
    about = f"{row.kind}  {row.order}  {row.provider} {row.theirs_id}  since {row.since:%Y-%m-%d %H:%M}"
    return f"{about}\n  here {said['ours']}, there {said['theirs']}; {row.remedy}"
