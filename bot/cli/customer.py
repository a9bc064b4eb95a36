"""`okienko customer …`: one customer, from the desk's own database; the desk may be at work meanwhile."""

import json
import sys
from typing import Annotated, Any, TypeVar

import sqlalchemy as sa
import typer

from bot.app import secret_key
from bot.app.settings import Settings
from bot.cli import refuse
from bot.cli.database import desks_time, in_store
from bot.cli.profiles import read_profile
from bot.conversation.consent_names import consent_names
from bot.conversation.dispatch import Transaction
from bot.profile import Profile
from bot.usecases.accounts import doubtful_consents
from bot.usecases.privacy import own_file
from bot.usecases.privacy.erasing import Erasing
from bot.usecases.seller.events import SellerEvents
from nlu.languages.shipped import among
from services.accounts import account_search
from services.clock import SystemClock
from services.jobs.opening import open_outbox
from services.privacy import export as exporting
from services.privacy.erase import Erased
from services.seller import card
from services.store.database import Store
from values import email as emails

T = TypeVar("T")
Email = Annotated[str, typer.Argument(help="The customer's e-mail.")]
app = typer.Typer(help="One customer's data: shown, handed out, deleted.", no_args_is_help=True)


@app.command("show")
def show(email: Email) -> None:
    """Print the customer's card, as the seller's API gives it."""
    found = in_store(Settings(), lambda store: store.read(lambda c: card.card(c, _key(email))))
    typer.echo(json.dumps(_known(found), ensure_ascii=False, indent=2))


@app.command("export")
def export(email: Email) -> None:
    """Print all that the desk holds about the customer: the same file that the customer gets in the chat."""
    settings = Settings()
    seller = read_profile(settings.profile).seller.name
    found = in_store(settings, lambda store: _exported(store, settings, _key(email), seller))
    typer.echo(own_file.as_json(_known(found)))


@app.command("consents")
def consents(
    doubtful: Annotated[
        bool, typer.Option("--doubtful", help="Those that an earlier release stored against what was said.")
    ] = False,
) -> None:
    """List voluntary consents that stand though only the required ones were taken, or a no to them came before.

    Each is printed with the customer's own words from the journal; nothing is changed.
    """
    if not doubtful:
        refuse("say which consents: --doubtful")
    settings = Settings()
    profile = read_profile(settings.profile)
    names = consent_names(profile.renderer())
    spoken = [among(profile.known, locale) for locale in profile.seller.locales]
    found = in_store(settings, lambda store: store.read(lambda c: list(doubtful_consents.doubtful(c, names, spoken))))
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


@app.command("erase")
def erase(
    email: Email, yes: Annotated[bool, typer.Option("--yes", help="Don't ask whether it is meant.")] = False
) -> None:
    """Delete the customer: what the law wants kept stays without names, all else goes. It can't be undone."""
    settings = Settings()
    profile = read_profile(settings.profile)
    _known(in_store(settings, lambda store: store.read(lambda c: account_search.find_by_email(c, _key(email)))))
    if not yes and sys.stdin.isatty():
        typer.confirm("Delete this customer for good?", abort=True)
    done: Erased = _known(in_store(settings, lambda store: _erased(store, settings, profile, _key(email))))
    kept = "orders and payments are kept without contacts" if done.kept_orders else "nothing was ordered"
    typer.echo(
        f"erased: {len(done.conversations)} conversations, {len(done.cancelled)} unpaid orders cancelled, {kept}"
        + (", the customer on file stays" if done.on_file else "")
        + (
            f", {done.named_in} other conversations that named the address or number don't any more"
            * (done.named_in > 0)
        )
    )


async def _exported(store: Store, settings: Settings, key: str, seller: str) -> dict[str, Any] | None:
    now = await desks_time(store)
    try:
        server_key = await secret_key.key_of(settings, store, now)
    except secret_key.AnotherKey as error:
        refuse(error)

    def read(connection: sa.Connection) -> dict[str, Any] | None:
        found = account_search.find_by_email(connection, key)
        if found is None:
            return None
        return exporting.of_account(connection, found.id, seller=seller, server_key=server_key, now=now)

    return await store.read(read)


async def _erased(store: Store, settings: Settings, profile: Profile, key: str) -> Erased | None:
    """Erase the customer; the desk at work, or else the next one, sends what the erasure leaves to be sent."""
    now = await desks_time(store)
    outbox = open_outbox(store, SystemClock(now - SystemClock().now()))
    listened = settings.events_url is not None or settings.sandboxed
    telling, erasing = SellerEvents(outbox if listened else None), Erasing(profile.seller, outbox)

    def write(connection: sa.Connection) -> Erased | None:
        found = account_search.find_by_email(connection, key)
        return None if found is None else erasing.erase(Transaction(connection, now, telling.publish), found.id)

    return await store.write(write)


def _key(email: str) -> str:
    return emails.key(email.strip())


def _known(found: T | None) -> T:
    if found is None:
        refuse("no such customer")
    return found
