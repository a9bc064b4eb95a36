"""BLIK's six digits, typed in the chat: charged once, whatever dies or is pressed twice, and kept nowhere."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import httpx
import psycopg
import pytest
from playwright.async_api import BrowserContext, expect
from psycopg import sql

from bot.web.guard import MARK
from sandbox.payments.przelewy24 import api
from sandbox.payments.stripe.intents import StripeIntents
from sandbox.payments.stripe.shapes import StripeError, list_of
from sandbox.testing.customer import Customer, Person
from sandbox.testing.doors import link_of
from services.payments.providers.registry import PROVIDERS
from tests.desk.databases import on, on_each_database
from tests.desk.lives import Fate, Lives, insistent, until_undisturbed
from tests.desk.quick_starts import quick_starts
from tests.desk.running import Json, Running
from tests.desk.scripted import until
from tests.kit.talks import plain
from tests.sellers.sellers import profile_with

TEMPLATE = Path(__file__).parents[2] / "bot" / "profile" / "template"
SENT = {"przelewy24": "POST chargeByCode", "stripe": "POST confirm"}
PAYS, WAITS = "777493", "666281"


@pytest.fixture(params=SENT, autouse=True)
def provider(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return who takes the codes: each that does, one after the other. Stripe's search is behind, as in life."""
    monkeypatch.setattr(StripeIntents, "search", lambda *_: list_of([]))
    return request.param


@pytest.fixture
def renews() -> bool:
    """Whether what is paid by BLIK is to renew itself, charged to it."""
    return False


@pytest.fixture(autouse=True)
def seller(
    request: pytest.FixtureRequest, provider: str, renews: bool, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The profile of a desk by that provider."""
    chosen = f'[providers]\nblik = "{provider}"'
    folder = profile_with(tmp_path_factory.mktemp("seller") / provider, chosen, of=str(TEMPLATE))
    if renews:
        said = (folder / "profile.toml").read_text("utf-8").replace("chargeable = []", 'chargeable = ["blik"]')
        said = said.replace('auto_renewal = "offer"', 'auto_renewal = "with_method"')
        (folder / "profile.toml").write_text(said, "utf-8")
    request.node.add_marker(pytest.mark.desk(profile=folder))
    return folder


@dataclass
class WebDoor:
    """The chat's own requests, by a session in the header."""

    http: httpx.AsyncClient
    said: list[str] = field(default_factory=list[str])
    buttons: list[str] = field(default_factory=list[str])
    standing: Json = field(default_factory=dict[str, Any])
    token: str = ""
    _sent: int = 0

    @property
    def expects(self) -> str:
        return str(self.standing.get("expects", ""))

    @property
    def at(self) -> str:
        return f"{self.standing.get('dialog')}.{self.standing.get('step')}"

    @property
    def boxes(self) -> list[str]:
        return [code["by"] for code in self.standing["codes"]]

    def link(self, rel: str) -> Mapping[str, Any]:
        return link_of(rel, self.standing["links"])

    async def post(self, path: str, **fields: Any) -> httpx.Response:
        if not self.token:
            given = await self.http.request("POST", "/webchat/session", json={}, headers={MARK: "1"})
            self.token = given.json()["token"]
        answer = await self.http.request("POST", f"/webchat/{path}", json=fields, headers=self._headers())
        self.token = answer.json().get("token") or self.token
        return answer

    async def say(self, message: str) -> None:
        self._sent += 1
        said = await self.post("messages", text=message, message_id=f"m{self._sent}")
        assert said.status_code == 200, said.text
        await self.look()

    async def look(self) -> None:
        async def is_asked() -> bool:
            talk = (await self.http.request("GET", "/webchat/history", headers=self._headers())).json()
            ours = [line for line in talk["lines"] if line["author"] != "customer"]
            self.said, self.standing = [line["text"] for line in ours], talk["standing"]
            self.buttons = [button["payload"] for button in ours[-1]["buttons"]]
            told = max((line["seq"] or 0 for line in ours), default=0)
            return self.expects != "wait" and told >= self.standing["seq"]

        await until(is_asked)

    async def pays(self, code: str) -> int:
        return (await self.post("code", code=code, terms=True)).status_code

    async def comes_to(self, *words: str) -> None:
        async def is_said() -> bool:
            await self.look()
            return all(one in plain("\n".join(self.said[-3:])) for one in words)

        await until(is_said)

    def _headers(self) -> dict[str, str]:
        return {MARK: "1", "okienko-session": self.token, "accept-encoding": "identity"}


async def at_the_box(desk: Running, http: httpx.AsyncClient | None = None) -> WebDoor:
    """A customer of the shop with whom everything is agreed but the money."""
    door = WebDoor(http or desk.http)
    await Customer(desk, Person(method="blik"), via=door).run("payment")
    assert door.boxes == ["blik"]
    return door


def on_disk(folder: Path, code: str) -> list[str]:
    """The files in which these digits stand."""
    return [path.name for path in folder.rglob("*") if path.is_file() and code.encode() in path.read_bytes()]


def in_rows(url: str | None, code: str) -> list[str]:
    """The tables of a PostgreSQL database with a row in which these digits stand."""
    if url is None:
        return []
    with psycopg.connect(url) as database:
        tables = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        like = "SELECT 1 FROM {} AS one WHERE one::text LIKE %s LIMIT 1"
        return [
            t for (t,) in tables if database.execute(sql.SQL(like).format(sql.Identifier(t)), [f"%{code}%"]).fetchone()
        ]


async def attempts(desk: Running) -> list[str]:
    """How each order at the provider stands."""
    return [one["status"] for one in await desk.ask("GET", "/sandbox/api/attempts")]


async def test_code_pays_and_is_kept_nowhere(desk: Running, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    door = await at_the_box(desk)
    assert plain(door.said[-1]).endswith("Wpisz kod BLIK.")
    assert await door.pays(PAYS) == 200
    await door.comes_to("Dziękujemy")
    assert await attempts(desk) == ["paid"]
    assert on_disk(tmp_path, PAYS) == []
    assert PAYS not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("123493", "Ten kod się nie zgadza."),
        ("700493", "Ten kod stracił już ważność."),
        ("500493", "Bank albo jego aplikacja odrzuciły tę płatność."),
        ("510493", "Bank odmówił: limit albo saldo na to nie pozwala."),
    ],
)
async def test_refused_code_says_why_and_another_one_pays(desk: Running, tmp_path: Path, code: str, told: str) -> None:
    door = await at_the_box(desk)
    assert await door.pays(code) == 200
    await door.comes_to(told, "Wpisz kod BLIK.")
    await door.say("Sprawdź płatność")
    assert "jeszcze nie potwierdził wpłaty" in plain("\n".join(door.said[-2:]))
    assert door.boxes == ["blik"]
    assert await door.pays(PAYS) == 200
    await door.comes_to("Dziękujemy")
    assert (await attempts(desk))[-1] == "paid"
    assert on_disk(tmp_path, code) == []


@pytest.mark.parametrize(("provider", "renews"), [("stripe", True)], indirect=["provider"])
@pytest.mark.parametrize("kept", [True, False])
async def test_a_code_is_kept_for_renewals_unless_its_bank_keeps_nothing(desk: Running, kept: bool) -> None:
    door, code = await at_the_box(desk), PAYS if kept else "520493"
    if not kept:
        assert await door.pays(code) == 200
        await door.comes_to("nie obsługuje cyklicznych płatności BLIK", "Wpisz kod BLIK.")
    assert await door.pays(code) == 200
    await door.comes_to("Dziękujemy")
    assert [one["label"] for one in await desk.ask("GET", "/sandbox/api/methods")] == ["BLIK"] * kept


async def test_the_box_of_the_page_has_a_providers_terms_and_its_page(
    desk: Running, phone: BrowserContext, provider: str
) -> None:
    door, page = await at_the_box(desk), await phone.new_page()
    await page.add_init_script(f"sessionStorage.setItem('okienko.session', '{door.token}')")
    await page.goto(f"{desk.url}/chat")
    form = page.locator("form.codes")
    await expect(form.get_by_role("link", name="Przejdź do płatności")).to_be_visible()
    await form.get_by_label("Kod BLIK").fill(PAYS)
    await expect(form.get_by_role("checkbox")).to_have_count(int(provider == "przelewy24"))
    for terms in await form.get_by_role("checkbox").all():
        await terms.click()  # with it the form goes, before its mark could be looked at
    await expect(page.get_by_text("Dziękujemy").last).to_be_visible()
    assert await attempts(desk) == ["paid"]


@on_each_database
@pytest.mark.replicated
async def test_pressed_twice_it_is_charged_once(desk: Running) -> None:
    door = await at_the_box(desk)
    assert sorted(await asyncio.gather(*(door.pays(code) for code in (WAITS, WAITS, "666282")))) == [200, 409, 409]
    await door.comes_to("Potwierdź w aplikacji banku.")
    assert (door.boxes, door.standing["links"]) == ([], [])
    assert await door.pays(WAITS) == 409
    payment = (await desk.http.get("/sandbox/api/payments")).json()[0]["id"]
    await desk.http.post(f"/sandbox/api/payments/{payment}", json={"outcome": "paid"})
    await door.comes_to("Dziękujemy")
    assert await attempts(desk) == ["paid"]


async def test_a_code_that_nobody_confirms_makes_way_for_another(desk: Running, provider: str) -> None:
    door = await at_the_box(desk)
    assert await door.pays(WAITS) == 200
    await desk.advance(50)
    await door.comes_to("Potwierdź w aplikacji banku.")
    await desk.advance(160)
    await door.comes_to("Zabrakło potwierdzenia", "Wpisz kod BLIK")
    assert await door.pays(PAYS) == 200
    await door.comes_to("Dziękujemy")
    assert await attempts(desk) == ["failed" if provider == "stripe" else "pending", "paid"]


async def test_a_code_that_was_held_up_until_it_was_given_up_is_not_sent(
    desk: Running, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = await at_the_box(desk)
    adapter: Any = next(entry.adapter for entry in PROVIDERS if entry.name == provider)
    opening = adapter.open_for_code

    async def opens_late(*given: Any) -> str:
        opened: str = await opening(*given)
        await desk.advance(200)
        return opened

    monkeypatch.setattr(adapter, "open_for_code", opens_late)
    assert await door.pays(PAYS) == 200
    await door.comes_to("Zabrakło potwierdzenia", "Wpisz kod BLIK")
    assert await attempts(desk) == ["pending"]


async def test_digits_in_a_message_pay_nothing(desk: Running, tmp_path: Path) -> None:
    door = await at_the_box(desk)
    await door.say(PAYS)
    assert "w pole pod rozmową: z wiadomości go nie czytam" in plain(door.said[-1])
    assert (await attempts(desk), on_disk(tmp_path, PAYS), door.boxes) == ([], [], ["blik"])
    for fields in ({"code": PAYS}, {"code": "77749", "terms": True}, {"code": "七七七四九三", "terms": True}):
        assert (await door.post("code", **fields)).status_code == 400
    assert await attempts(desk) == []


async def test_account_that_may_take_no_codes_is_paid_on_page(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    door = await at_the_box(desk)
    monkeypatch.setattr(StripeIntents, "_open", Mock(side_effect=StripeError(403, "Your key may not do this.")))
    monkeypatch.setattr(api, "has_basic", lambda request, *_: not request.url.path.endswith("chargeByCode"))
    assert await door.pays(PAYS) == 200
    await door.comes_to("Zapłać na stronie operatora")
    assert (door.boxes, [link["rel"] for link in door.standing["links"]]) == ([], ["payment"])
    await desk.pay(door.standing["links"][0]["id"])
    await door.comes_to("Dziękujemy")


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.nightly)])
async def test_a_desk_that_dies_at_any_point_of_the_box_charges_once(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, provider: str, seller: Path
) -> None:
    fate = Fate(always=("",))
    settings = on(database, request)

    async with insistent() as http:
        desk = Running(None, http)  # type: ignore[arg-type]

        async def journey(_number: int) -> None:
            fate.only = ("no point: the box isn't there yet",)
            door = await at_the_box(desk, http)
            payment = door.link("payment")["id"]
            fate.only = ("",)
            fate.acting("the code is typed")
            while "Dziękujemy" not in plain("\n".join(door.said[-3:])):
                if door.boxes:
                    await door.pays(PAYS)
                await desk.advance(30)
                await door.look()
            of_this = [one for one in (await desk.ask("GET", "/sandbox/api/attempts")) if one["id"] == payment]
            assert [one["status"] for one in of_this].count("paid") == 1, of_this
            assert on_disk(tmp_path, PAYS) + in_rows(settings.get("database_url"), PAYS) == []

        with quick_starts():
            lives = Lives(tmp_path, http, fate.deadly, fate.begin, {**settings, "profile": seller})
            points = await until_undisturbed(lives, fate, journey)
    print(f"{len(lives.deaths)} deaths, {points} points")
    for point in (SENT[provider], "commit of Dispatcher.happen", "call AskCode"):
        assert fate.deaths_at(point), point
