"""`okienko customer …`: one customer, from the desk's own database; the desk may be at work meanwhile."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, TypeVar

import sqlalchemy as sa
import typer

from bot.app.settings import Settings
from bot.cli import refuse
from bot.cli.database import desks_time, in_store, key_and_time, read_profile
from bot.conversation.owners import Transaction
from bot.conversation.product_words import consent_names
from bot.profile import Profile
from bot.usecases.accounts.passwords import end_log_ins
from bot.usecases.privacy import own_file
from bot.usecases.privacy.erasing import Erasing
from bot.usecases.seller.events import SellerEvents
from nlu.languages.language import Languages
from nlu.languages.shipped import order_langs
from nlu.named.consents import only_required, refused_in
from services.accounts import account_search
from services.accounts.consents import ConsentLine, GivenConsent, given_with_words
from services.clock import SystemClock
from services.jobs.worker import open_outbox
from services.privacy import export as exporting
from services.privacy.erase import Erased
from services.seller import card
from services.store.database import Store
from values import email as emails
from values.expected import ConsentName

STEP, ANEW = "account.consents", "/start"
_REQUIRED, _ALL, _TOGGLE = "consents:required", "consents:all", "consents:toggle:"


def find_doubtful(
    connection: sa.Connection, names: tuple[ConsentName, ...], languages: Iterable[Languages]
) -> Iterator[dict[str, Any]]:
    """Yield each such consent that stands: whose, which, since when, why it is in doubt, and what was said.

    Releases before 0.13.0 stored what was ticked together with *Only required*, and didn't untick what was refused in
    words. Nothing is changed here: the seller decides, with the customer's own words at hand.
    `names` are the profile's consents, `languages` those of its conversations.
    """
    spoken = list(languages)
    voluntary = [one.id for one in names if not one.obligatory]
    for given in given_with_words(connection, voluntary, step=STEP, since=ANEW):
        if (why := _doubt(given, names, spoken)) is not None:
            yield {
                "email": given.email,
                "account": given.account_id,
                "consent": given.consent_id,
                "given_at": given.given_at.isoformat(),
                "channel": given.channel,
                "why": why,
                "said": [{"at": line.at.isoformat(), "text": _shown(line)} for line in given.lines],
            }


def _doubt(given: GivenConsent, names: tuple[ConsentName, ...], languages: list[Languages]) -> str | None:
    """Return why a consent is in doubt: it was stored by "only required", or after a no to it; None for the others."""
    if not given.lines or _ALL in (given.lines[-1].payload, given.lines[-1].text):
        return None
    if _takes_required(given.lines[-1], languages):
        return "only_required"
    refused = False
    for line in given.lines:
        if line.payload == f"{_TOGGLE}{given.consent_id}":
            refused = False
        elif any(given.consent_id in refused_in(line.text, names, langs) for langs in languages):
            refused = True
    return "refused_before" if refused else None


def _takes_required(line: ConsentLine, languages: list[Languages]) -> bool:
    if line.payload is not None:
        return line.payload == _REQUIRED
    return line.text == _REQUIRED or any(only_required(line.text, langs) for langs in languages)


def _shown(line: ConsentLine) -> str:
    """Return the words, and of a button what it stands for."""
    return f"[{line.text}]" if line.payload is not None else line.text


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
    spoken = [order_langs(profile.known, locale) for locale in profile.seller.locales]
    found = in_store(settings, lambda store: store.read(lambda c: list(find_doubtful(c, names, spoken))))
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


@app.command("log-out")
def log_out(email: Email) -> None:
    """Log the customer out everywhere, as where somebody else may be in; the chats are told. The password holds."""
    ended = _known(in_store(Settings(), lambda store: _logged_out(store, _key(email))))
    typer.echo(f"logged out: {ended} conversations")


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
    server_key, now = await key_and_time(settings, store)

    def read(connection: sa.Connection) -> dict[str, Any] | None:
        found = account_search.find_by_email(connection, key)
        if found is None:
            return None
        return exporting.of_account(connection, found.id, seller=seller, server_key=server_key, now=now)

    return await store.read(read)


async def _logged_out(store: Store, key: str) -> int | None:
    now = await desks_time(store)

    def write(connection: sa.Connection) -> int | None:
        found, tx = (
            account_search.find_by_email(connection, key),
            Transaction(connection, now, SellerEvents(None).publish),
        )
        if found is not None:
            end_log_ins(tx, found.id)
        return None if found is None else len(tx.told)

    return await store.write(write)


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
