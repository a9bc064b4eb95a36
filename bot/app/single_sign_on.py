"""Single sign-on of agents, put together; loaded only where an issuer is set."""

import httpx

from bot.app.settings import Settings
from bot.handlers.console.access import DeskAccess
from bot.handlers.console.single_sign_on import BACK, routes
from services.agents.provider import IdentityProvider, OidcClient
from services.clock import SystemClock

__all__ = ["identity_provider", "routes"]


def identity_provider(settings: Settings, access: DeskAccess, client: httpx.AsyncClient) -> IdentityProvider:
    """Return the provider of single sign-on; with an issuer, `Settings` requires id and secret."""
    assert settings.oidc_issuer is not None
    assert settings.oidc_client_id is not None
    assert settings.oidc_client_secret is not None
    us = OidcClient(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        redirect_uri=access.pages.site.public_url + BACK,
        role_claim=settings.oidc_role_claim,
        trust_email=settings.oidc_trust_email == "on",
        prompt=settings.oidc_prompt,
    )
    # Real time: the provider's clock isn't moved with the sandbox's.
    return IdentityProvider(us, client, SystemClock())
