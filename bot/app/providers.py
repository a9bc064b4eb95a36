"""The providers' adapters, made of the settings; without keys they are pointed at the sandbox's stand-ins."""

from collections.abc import Callable, Mapping
from typing import Any, get_args

import httpx
from msgspec import Struct
from pydantic import SecretStr

from bot.app.settings import NEEDED_BY_PROVIDER, Settings
from bot.profile import Profile
from services.clients.provider_client import Breaker
from services.clock import Clock
from services.directory.lookup import DirectoryLookup
from services.hearing.transcriber import Transcriber
from services.messaging.smsapi import SmsApi
from services.messaging.smtp import SmtpMailer
from services.payments.providers.base import PaymentProvider, StoringProvider
from services.payments.providers.registry import PROVIDERS, TAKES, provider_of
from services.registers.gus import Gus
from services.registers.mf import WhiteList
from services.registers.register import Register
from services.registers.vies import Requester, Vies
from services.seller.standard_webhooks import WebhookSender, read_secret
from values.payment import OFFLINE_PROVIDER, is_offline

Endpoints = Mapping[str, Mapping[str, Any]]


class Providers(Struct, frozen=True):
    """All far ends of one desk, and the breakers that guard them."""

    sms: SmsApi
    mail: SmtpMailer
    registers: tuple[Register, ...]
    vies: Register
    payments: Mapping[str, PaymentProvider]
    keyed: frozenset[str]  # of them those whose keys are set: the others have no door for notices
    breakers: tuple[Breaker, ...]
    events: WebhookSender | None
    directory: DirectoryLookup | None
    transcriber: Transcriber | None
    chosen: Mapping[str, str]  # what the profile says of methods that don't go the usual way

    @property
    def hears(self) -> bool:
        """Return whether recordings are heard."""
        return self.transcriber is not None

    def of_method(self, method: str) -> str:
        """Return the provider that a method of payment goes through. Errors: KeyError."""
        if is_offline(method):
            return OFFLINE_PROVIDER
        return provider_of(method, self.chosen)

    def storing(self, name: str) -> StoringProvider | None:
        """Return the provider of this name, if it keeps ways to pay for later; `storable` says which."""
        provider = self.payments.get(name)
        return provider if isinstance(provider, StoringProvider) else None

    def charges(self, method: str) -> bool:
        """Return whether the provider of this method keeps it and charges it while its payer is away."""
        provider = self.storing(self.of_method(method))
        return provider is not None and method in provider.storable


def needed_providers(profile: Profile) -> frozenset[str]:
    """Return the providers without whose keys this seller's desk can't go live."""
    of = profile.seller
    sms = {"smsapi"} if "phone" in of.demanded_contacts else set[str]()
    paying = {provider_of(method, profile.providers) for method in of.methods if method in TAKES}
    return frozenset({"smtp", *sms, *paying})


def make(
    settings: Settings,
    client: httpx.AsyncClient,
    clock: Clock,
    endpoints: Endpoints,
    *,
    sender: str,
    chosen: Mapping[str, str],
    vat_number: str | None = None,
) -> Providers:
    """Return the adapters for this installation.

    `endpoints`: the stand-ins' addresses and keys, empty when live; `chosen`: the providers that the profile names
    for methods; `vat_number`: the seller's own, with its letters.
    """
    breakers: list[Breaker] = []
    requester = Requester(vat_number[:2], vat_number[2:]) if vat_number is not None else None

    def breaker(name: str, **rules: Any) -> Breaker:
        breakers.append(Breaker(name, clock, **rules))
        return breakers[-1]

    polish = _polish_registers(settings, client, clock, endpoints, breaker)
    # A Polish company's own registers know more of it than VIES, which alone knows whether it trades within the Union.
    asked: dict[str, Any] = {"clock": clock, "breaker": breaker("vies"), "requester": requester}
    asked |= _of(settings, endpoints, "vies")
    vies, beside = Vies(client, **asked), Vies(client, beside=("PL",), **asked)
    payments: dict[str, PaymentProvider] = {}
    for entry in PROVIDERS:
        guard, given = breaker(entry.name, failures=5), _of(settings, endpoints, entry.name)
        payments[entry.name] = entry.adapter(client, clock=clock, breaker=guard, **given)
    events = _events(settings, client, clock, endpoints, breaker("seller", failures=5))
    directory = _directory(settings, client, endpoints, breaker("directory", failures=5))
    transcriber = _transcriber(settings, client, endpoints, breaker("transcription", failures=5))
    return Providers(
        sms=SmsApi(client, clock=clock, breaker=breaker("smsapi", failures=5), **_of(settings, endpoints, "smsapi")),
        mail=SmtpMailer(
            sender=sender, clock=clock, breaker=breaker("smtp", failures=5), **_of(settings, endpoints, "smtp")
        ),
        registers=(*polish, beside),
        vies=vies,
        payments=payments,
        keyed=frozenset(name for name in payments if _has_keys(settings, endpoints, name)),
        breakers=tuple(breakers),
        events=events,
        directory=directory,
        transcriber=transcriber,
        chosen=chosen,
    )


def _has_keys(settings: Settings, endpoints: Endpoints, provider: str) -> bool:
    return provider in endpoints or all(getattr(settings, name) for name in NEEDED_BY_PROVIDER[provider])


def _polish_registers(
    settings: Settings, client: httpx.AsyncClient, clock: Clock, endpoints: Endpoints, breaker: Callable[..., Breaker]
) -> tuple[Register, ...]:
    white_list = WhiteList(client, clock=clock, breaker=breaker("mf"), url=_of(settings, endpoints, "mf")["url"])
    gus = _of(settings, endpoints, "gus")
    # Without a key of its own GUS answers nobody: then the white list is the only source.
    return (white_list, Gus(client, clock=clock, breaker=breaker("gus"), **gus)) if gus["key"] else (white_list,)


def _of(settings: Settings, endpoints: Endpoints, provider: str) -> dict[str, Any]:
    """Return the stand-in's arguments, each replaced by what was set; when live, what was set alone."""
    given = _given(settings, provider)
    if provider not in endpoints:
        return given
    known = dict(endpoints[provider])
    if settings.points(provider):
        known |= {
            name: value for name, value in given.items() if value is not None and _is_set(settings, provider, name)
        }
    return known


def _is_set(settings: Settings, provider: str, name: str) -> bool:
    field = {"host": "host", "port": "port", "username": "user", "password": "password"}.get(name, name)
    return f"{provider}_{field}" in settings.model_fields_set


def _given(s: Settings, provider: str) -> dict[str, Any]:
    """Return the provider's settings as its adapter's arguments.

    One that wasn't set is left to the adapter's default.
    """
    if provider == "smtp":
        return {
            "host": s.smtp_host or "",
            "port": s.smtp_port,
            "username": s.smtp_user,
            "password": s.smtp_password.get_secret_value() if s.smtp_password else None,
            "start_tls": s.smtp_tls == "starttls",
            "use_tls": s.smtp_tls == "tls",
        }
    given: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        value, argument = getattr(s, name), name.removeprefix(f"{provider}_")
        if argument == name:
            continue
        if isinstance(value, SecretStr):
            given[argument] = value.get_secret_value()
        elif value is not None:
            given[argument] = value
        elif SecretStr in get_args(field.annotation):
            given[argument] = ""
    return given


def _events(
    settings: Settings, client: httpx.AsyncClient, clock: Clock, endpoints: Endpoints, breaker: Breaker
) -> WebhookSender | None:
    """Return the sender of events to the seller's system; None where no address is set."""
    stand_in = endpoints.get("seller", {})
    url, keys = settings.events_url, settings.event_keys
    if url is None and "events_url" in stand_in:
        url, keys = str(stand_in["events_url"]), (read_secret(str(stand_in["events_secret"])),)
    return WebhookSender(client, url=url, keys=keys, clock=clock, breaker=breaker) if url is not None else None


def _directory(
    settings: Settings, client: httpx.AsyncClient, endpoints: Endpoints, breaker: Breaker
) -> DirectoryLookup | None:
    """Return the seller's directory of customers; None where the desk's own is the only one.

    The stand-in is asked only if it was set: a desk in the sandbox has its customers on file already.
    """
    if settings.directory_url is None:
        return None
    token = settings.directory_token.get_secret_value() if settings.directory_token is not None else ""
    return DirectoryLookup(client, url=settings.directory_url, token=token, breaker=breaker)


def _transcriber(
    settings: Settings, client: httpx.AsyncClient, endpoints: Endpoints, breaker: Breaker
) -> Transcriber | None:
    """Return the recogniser of speech; None where no address is set.

    The stand-in's key stays at the stand-in: a recogniser that was set has its own, or none.
    """
    given = _given(settings, "transcription")
    if settings.transcription_url is None:
        if "transcription" not in endpoints:
            return None
        given = dict(endpoints["transcription"])
    return Transcriber(client, breaker=breaker, **given)
