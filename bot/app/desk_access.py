"""Access to `/desk`: what guards all its pages, and the pages of the log-in."""

import httpx
from starlette.routing import Route

from bot.app import channels
from bot.app.settings import Settings
from bot.handlers.console import log_in, own_account, second_factor, single_sign_on
from bot.handlers.console.access import FLOOD, DeskAccess
from bot.handlers.console.cookies import DeskCookies
from bot.handlers.console.log_in import LogInPages
from bot.web.flood import Flood, FloodRules
from bot.web.network import AddressOf
from bot.web.pages import Pages
from services.accounts.passwords import Argon2Hasher
from services.agents.log_in import AgentLogIns
from services.agents.provider import IdentityProvider, OidcClient
from services.clock import Clock, SystemClock
from services.store.database import Store

# Each form that is taken costs a hash: of one browser, and of one network address.
_FORMS = FloodRules(session="20/minute", address="120/minute")


def guard(
    settings: Settings, store: Store, clock: Clock, pages: Pages, server_key: bytes, address_of: AddressOf
) -> DeskAccess:
    flood = Flood(FLOOD if channels.slows_floods(settings) else None)
    return DeskAccess(store, clock, pages, DeskCookies(pages.site, server_key), address_of, flood)


def routes(settings: Settings, made: DeskAccess, server_key: bytes, client: httpx.AsyncClient) -> list[Route]:
    """Return the pages of the log-in and of one's own account. With the sandbox off a second factor is obligatory."""
    log_ins = AgentLogIns(made.store, made.clock, Argon2Hasher(), server_key, settings.rate_limits == "on")
    flood = Flood(_FORMS if channels.slows_floods(settings) else None)
    provider = _provider(settings, made, client)
    entry = LogInPages(made, log_ins, server_key, flood, obligatory=not settings.sandboxed, sso=provider is not None)
    return [
        *log_in.routes(entry, provider),
        *second_factor.routes(entry),
        *own_account.routes(entry, with_telegram=settings.telegram_desk_chat is not None),
        *(single_sign_on.routes(entry, provider) if provider is not None else []),
    ]


def _provider(settings: Settings, made: DeskAccess, client: httpx.AsyncClient) -> IdentityProvider | None:
    """Return who vouches for agents; None where only their passwords do."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None or settings.oidc_client_secret is None:
        return None
    us = OidcClient(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        redirect_uri=made.pages.site.public_url + single_sign_on.BACK,
        role_claim=settings.oidc_role_claim,
        trust_email=settings.oidc_trust_email == "on",
        prompt=settings.oidc_prompt,
    )
    return IdentityProvider(us, client, SystemClock())
