"""`okienko customer …`: one customer, from the desk's own database."""

import asyncio
import json
from typing import Annotated, Any

import typer

from bot.settings import Settings
from services import card
from services.store.database import open_store
from services.store.errors import StoreError
from values import email as emails

app = typer.Typer(help="One customer's data.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `show` a command of its own, also while it is the only one."""


@app.command("show")
def show(email: Annotated[str, typer.Argument(help="The customer's e-mail.")]) -> None:
    """Print the customer's card, as the seller's API gives it."""
    try:
        found = asyncio.run(_card(email))
    except (StoreError, ValueError) as error:
        typer.echo(f"okienko: {error}", err=True)
        raise typer.Exit(1) from None
    if found is None:
        typer.echo("okienko: no such customer", err=True)
        raise typer.Exit(1)
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


async def _card(email: str) -> dict[str, Any] | None:
    store = open_store(Settings().database, engine=False)
    try:
        return await store.read(lambda connection: card.card(connection, emails.key(email.strip())))
    finally:
        await store.close()
