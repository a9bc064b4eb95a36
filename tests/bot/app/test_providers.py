"""Which provider a method goes through: what the profile says, else the usual one; and what that needs when live."""

import pkgutil
from typing import Any, get_args

import httpx
import pytest
from msgspec.structs import replace
from pydantic import SecretStr

from bot.app import providers
from bot.app.outside_settings import SandboxMode
from bot.app.settings import Settings
from bot.profile import Profile, load
from sandbox.payments import PAYMENT_SIMULATORS
from sandbox.simulator import PaymentSimulator
from services.payments.providers.base import Method
from services.payments.providers.registry import (
    KEEPS,
    PROVIDERS,
    TAKES,
    PaymentSettings,
    ProviderEntry,
    ProviderName,
    may_charge,
    notice_days,
)
from tests.architecture.rooms import ROOT
from tests.docs.releases import told
from tests.services.outside import noon
from values.recording import AudioType
from values.term import A_YEAR, read_term

REGISTRY, SIMULATORS = "services/payments/providers/registry.py", "sandbox/payments"
TESTS = "tests/services/payments/providers"
KEYS = {"stripe": {"url": "http://127.0.0.1/stripe", "secret_key": "sk_test_x", "webhook_secret": "whsec_x"}}


def made(**chosen: str) -> providers.Providers:
    return made_of(Settings(_env_file=None), KEYS, **chosen)  # pyright: ignore[reportCallIssue]


def made_of(settings: Settings, keys: providers.Endpoints, **chosen: str) -> providers.Providers:
    return providers.make(settings, httpx.AsyncClient(), noon(), keys, sender="x@example.com", chosen=chosen)


@pytest.fixture
def profile() -> Profile:
    return replace(load(ROOT / "profiles/fakturasmart"), providers={})


def test_no_provider_is_left_out() -> None:
    """The adapter's file and the simulator's bear the provider's name."""
    files = {path.stem for path in (ROOT / REGISTRY).parent.iterdir() if path.stem[0] not in "._"}
    adapters, listed = files - {"base", "registry"}, {entry.name for entry in PROVIDERS}
    assert not adapters ^ listed, f"{REGISTRY}: PROVIDERS and the files beside it differ by {adapters ^ listed}"
    literal = listed ^ set(get_args(ProviderName))
    assert not literal, f"{REGISTRY}: ProviderName and PROVIDERS differ by {literal}"
    bases = [entry.settings.__name__ for entry in PROVIDERS if not issubclass(PaymentSettings, entry.settings)]
    assert not bases, f"{REGISTRY}: PaymentSettings lacks the bases {bases}"
    names = listed ^ set(PAYMENT_SIMULATORS)
    assert not names, f"the files in {SIMULATORS}/ and {REGISTRY}: PROVIDERS differ by {names}"


@pytest.mark.parametrize("entry", PROVIDERS, ids=lambda entry: entry.name)
def test_a_provider_is_declared_in_all_places(entry: ProviderEntry) -> None:
    short = {name.removeprefix(f"{entry.name}_") for name in entry.settings.model_fields}
    assert {"url", *entry.needed} <= short, "each setting bears the provider's name, and those needed exist"
    idle = set(entry.secrets) - set(entry.needed_settings)
    assert not idle, f"{REGISTRY}: {entry.title} would go live without {idle}, which `needed` lacks"
    beside = {path.stem.removeprefix("test_") for path in (ROOT / TESTS).iterdir()}
    assert entry.name in beside, f"{TESTS}/test_{entry.name}.py: nothing tests what only {entry.title} does"
    assert entry.title in told(), f"CHANGELOG.md: nothing tells of {entry.title}"
    simulator = PAYMENT_SIMULATORS.get(entry.name)
    assert simulator is not None, f"{SIMULATORS}/{entry.name}.py: {entry.title} has no simulator"
    found = set(simulator.keys)
    assert found == short - {"url"}, f"{SIMULATORS}/{entry.name}: the keys of `SIMULATOR` are its settings"
    assert issubclass(pkgutil.resolve_name(simulator.path), PaymentSimulator)
    assert made_of(Settings(_env_file=None), {}).payments[entry.name].name == entry.name  # pyright: ignore[reportCallIssue]


def test_every_method_is_taken_and_kept_by_the_adapters_that_say_so() -> None:
    assert all(TAKES[method] for method in get_args(Method))
    assert TAKES["card"][:3] == ("przelewy24", "stripe", "paypal"), "put a new provider last"
    assert [[*KEEPS[method]] for method in ("card", "paypal", "blik")] == [["stripe"], ["paypal"], ["stripe"]]
    assert (may_charge("blik", "stripe", 2000_00), may_charge("blik", "stripe", 2000_01)) == (True, False)
    assert (may_charge("card", "stripe", 9999_99), may_charge("blik", "przelewy24", 1)) == (True, False)


def test_networks_demand_a_notice_of_what_comes_seldom_and_of_a_trials_end() -> None:
    terms = (A_YEAR, read_term("6 months"), read_term("5 months"), None)
    assert [notice_days("card", term) for term in terms] == [7, 7, 0, 7]
    assert {notice_days(method, term) for method in ("blik", "paypal", "transfer") for term in terms} == {0}


def test_a_method_goes_the_usual_way_or_as_the_profile_says() -> None:
    usual, chosen = made(), made(card="stripe")
    found = [usual.of_method(method) for method in ("card", "blik", "przelewy24", "paypal", "transfer")]
    assert found == ["przelewy24", "przelewy24", "przelewy24", "paypal", "transfer"]
    assert (chosen.of_method("card"), chosen.of_method("blik")) == ("stripe", "przelewy24")
    with pytest.raises(KeyError):
        usual.of_method("cowries")


def test_a_live_desk_needs_the_keys_of_those_it_uses(profile: Profile) -> None:
    assert {"przelewy24", "paypal"} <= providers.needed_providers(profile)
    assert "stripe" not in providers.needed_providers(profile)
    only_cards = replace(profile, seller=replace(profile.seller, methods=("card",)), providers={"card": "stripe"})
    needs = providers.needed_providers(only_cards)
    assert "stripe" in needs
    assert not {"przelewy24", "paypal"} & needs
    live = Settings(_env_file=None, sandbox=SandboxMode.OFF)  # pyright: ignore[reportCallIssue]
    missing = live.missing_for_live(needs)
    assert {"OKIENKO_STRIPE_SECRET_KEY", "OKIENKO_STRIPE_WEBHOOK_SECRET"} <= set(missing)
    assert not [name for name in missing if "PAYPAL" in name or "PRZELEWY" in name]


def test_a_provider_without_keys_has_no_door_for_notices() -> None:
    assert made().keyed == set(made().payments) & set(KEYS)
    given: dict[str, Any] = {"przelewy24_merchant_id": 1, "przelewy24_api_key": "k", "paypal_client_id": "i"}
    live = Settings(_env_file=None, sandbox=SandboxMode.OFF, **given)  # pyright: ignore[reportCallIssue]
    assert made_of(live, {}).keyed == set()
    assert made_of(live.model_copy(update={"przelewy24_crc": SecretStr("c")}), {}).keyed == {"przelewy24"}


def test_only_those_that_keep_ways_to_pay_are_given_as_such() -> None:
    known = made()
    kept = {name: known.storing(name) for name in (*known.payments, "transfer")}
    assert kept["przelewy24"] is None
    assert kept["transfer"] is None
    assert kept["stripe"] is not None
    assert kept["stripe"].storable.keys() == {"card", "blik"}


class Heard:
    """A recogniser that answers nothing and remembers where and with which key it was asked, for which model."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, bool]] = []

    async def by(self, settings: Settings, endpoints: providers.Endpoints) -> None:
        """Make the providers and have one recording heard."""
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        known = providers.make(settings, client, noon(), endpoints, sender="x@example.com", chosen={})
        assert known.transcriber is not None
        await known.transcriber.transcribe(b"OggS", AudioType.OGG, locale="pl", prompt="", key="k")

    def _answer(self, request: httpx.Request) -> httpx.Response:
        own_model = b"small" in request.content
        self.asked.append((str(request.url), request.headers.get("authorization"), own_model))
        return httpx.Response(200, json={"text": ""})


async def test_voice_is_heard_where_it_was_set_or_at_the_stand_in_or_nowhere() -> None:
    stand_in = {"transcription": {"url": "http://127.0.0.1/s/v1", "key": "sandbox", "model": "whisper-1"}}
    given: dict[str, Any] = {"transcription_url": "https://hears.example/v1", "transcription_model": "small"}
    bare, own = Settings(_env_file=None), Settings(_env_file=None, **given)  # pyright: ignore[reportCallIssue]
    keyed = own.model_copy(update={"transcription_key": SecretStr("own")})
    assert made_of(bare, {}).transcriber is None
    heard = Heard()
    await heard.by(bare, stand_in)
    await heard.by(own, stand_in)
    await heard.by(keyed, {})
    assert heard.asked == [
        ("http://127.0.0.1/s/v1/audio/transcriptions", "Bearer sandbox", False),
        ("https://hears.example/v1/audio/transcriptions", None, True),
        ("https://hears.example/v1/audio/transcriptions", "Bearer own", True),
    ]
