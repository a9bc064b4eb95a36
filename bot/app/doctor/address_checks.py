"""The desk's addresses: where customers reach it, and what belongs into the providers' panels."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.app.doctor.findings import Finding, doubtful, well, wrong
from bot.app.providers import needed
from bot.app.settings import Settings
from bot.app.unsafe_settings import serves_rest
from bot.handlers.chatwoot.agent_replies import PATH as HELP_DESK
from bot.handlers.console.single_sign_on import BACK
from bot.handlers.telegram.webhook import PATH as TELEGRAM
from bot.profile import Profile
from services.payments.providers.registry import PROVIDERS
from values.loopback import is_loopback, leads_to_loopback

ADDRESS, PANELS, REST = "address", "webhook", "REST"
TELEGRAMS_PORTS = (None, 443, 80, 88, 8443)
"""The ports to which Telegram brings updates."""
_PASTED = {"stripe", "paypal"}
"""The providers in whose panels the address for notices is written by hand; to the others the desk says it."""


def address_findings(settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong with the address under which the desk is reached."""
    url, parts = settings.base_url, urlsplit(settings.base_url)
    at_home = leads_to_loopback(url)
    if parts.path or parts.query or parts.fragment:
        what = f"OKIENKO_PUBLIC_URL has a path behind the host: {parts.path or '?'}"
        yield wrong(ADDRESS, what, "The desk needs a host of its own, such as https://desk.example.com")
    elif settings.sandboxed or not at_home:
        yield well(ADDRESS, f"customers and providers reach the desk at {url}")
    else:
        what = f"{url} is reached from this machine alone: well for a rehearsal"
        yield doubtful(ADDRESS, what, "For customers set OKIENKO_PUBLIC_URL to the proxy's address, with https://.")
    if not settings.sandboxed and not at_home and not is_loopback(settings.host):
        what = f"the desk listens on {settings.host}: whoever reaches its port speaks plain http with it"
        remedy = "Let only the proxy through to the port, and name the proxy in FORWARDED_ALLOW_IPS; or leave it out."
        yield doubtful(ADDRESS, f"OKIENKO_HOST is set, so {what}", remedy)
    if settings.telegram_mode == "webhook" and _port(url) not in TELEGRAMS_PORTS:
        what = "Telegram brings updates to the ports 443, 80, 88 and 8443 only"
        yield wrong(ADDRESS, what, "Change the port in OKIENKO_PUBLIC_URL, or set OKIENKO_TELEGRAM_MODE=polling.")


def panel_findings(settings: Settings, profile: Profile) -> Iterator[Finding]:
    """Yield the addresses that must stand in other people's panels, to be compared by a person."""
    at, on = settings.base_url, needed(profile)
    for entry in PROVIDERS:
        if entry.name not in on or (settings.sandboxed and not settings.points(entry.name)):
            continue
        notices = f"{at}/webhooks/payments/{entry.name}"
        where = "must stand in its panel" if entry.name in _PASTED else "the desk says it with each payment"
        yield well(PANELS, f"{entry.title}: {notices} ({where})")
    if settings.telegram_token is not None and settings.telegram_mode == "webhook":
        yield well(PANELS, f"Telegram: {at}{TELEGRAM} (the desk registers it at its start)")
    if settings.chatwoot is not None:
        yield well(PANELS, f"Chatwoot: {at}{HELP_DESK} (must stand in the inbox)")
    if settings.oidc_issuer is not None:
        yield well(PANELS, f"single sign-on: {at}{BACK} (must stand at the provider as redirect URI)")
    if settings.events_url is not None:
        yield well(PANELS, f"events go to {_without_secrets(settings.events_url)}")


def rest_findings(settings: Settings) -> Iterator[Finding]:
    """Yield what an open REST channel means on a desk that others reach."""
    if not serves_rest(settings):
        yield well(REST, "the channel is off")
    elif settings.rest_tokens or settings.sandboxed:
        yield well(REST, "the channel asks for its token" if settings.rest_tokens else "open, as the sandbox is")
    else:
        what = (
            "the channel asks for no token: all customers of one server count as one network (the sixth code of an "
            "hour is refused), and anybody may be a client"
        )
        yield doubtful(REST, what, "Set OKIENKO_REST_TOKEN and OKIENKO_REST=on, or OKIENKO_REST=off.")


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return -1


def _without_secrets(url: str) -> str:
    """Return the address without user, password and query, any of which may be a key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
