"""The seller's own system as the settings name it; while the sandbox is on, its stand-in unless another was set."""

from collections.abc import Mapping
from typing import Any

import httpx

from bot.app.settings import Settings
from services.clients.breaker import Breaker
from services.clock import Clock
from services.directory.lookup import DirectoryLookup
from services.seller.standard_webhooks import WebhookSender, read_secret

Endpoints = Mapping[str, Mapping[str, Any]]


def events(
    settings: Settings, client: httpx.AsyncClient, clock: Clock, endpoints: Endpoints, breaker: Breaker
) -> WebhookSender | None:
    """Return who brings events; None where nobody listens."""
    stand_in = endpoints.get("seller", {})
    url, keys = settings.events_url, settings.event_keys
    if url is None and "events_url" in stand_in:
        url, keys = str(stand_in["events_url"]), (read_secret(str(stand_in["events_secret"])),)
    return WebhookSender(client, url=url, keys=keys, clock=clock, breaker=breaker) if url is not None else None


def directory(
    settings: Settings, client: httpx.AsyncClient, endpoints: Endpoints, breaker: Breaker
) -> DirectoryLookup | None:
    """Return who is asked for customers on file; None where the desk's own directory is all there is.

    The stand-in is asked only if it was set: a desk in the sandbox has its customers on file already.
    """
    if settings.directory_url is None:
        return None
    token = settings.directory_token.get_secret_value() if settings.directory_token is not None else ""
    return DirectoryLookup(client, url=settings.directory_url, token=token, breaker=breaker)
