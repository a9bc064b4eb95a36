"""Passwords: how many wrong ones are looked at, what a right one changes, and how a new one is set."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.usecases.accounts.passwords import LogIns, RightLogIn, WrongLogIn, list_criteria, list_refusal_reasons
from bot.web.page_texts import words
from services.limits import Held
from services.store.database import Store
from services.store.tables.accounts import credential
from tests.services.agents.conftest import KEY, Moved, Plain
from tests.services.domain.people import customer
from tests.shipped import profile
from tests.table import table
from values.password import DEFAULT, PasswordRule
from values.private import Secret

ANNA, HOME = "anna@example.com", "203.0.113.7"


class Scene:
    """Anna's account, whose password is *right*; how each try ended, as alarms hear of it."""

    def __init__(self, store: Store, *, quotas: bool = True) -> None:
        self.store, self.clock, self.noted = store, Moved(), list[tuple[str, str, str | None]]()
        self.log_ins = LogIns(store, self.clock, Plain(), KEY, by_number=False, quotas=quotas, note=self.note)

    async def note(self, who: str, end: str, address: str | None) -> None:
        self.noted.append((who, end, address))

    async def begin(self) -> "Scene":
        def signed_up(connection: sa.Connection) -> None:
            customer(connection)
            connection.execute(sa.update(credential).values(password_hash="hash of right"))

        await self.store.write(signed_up)
        return self

    async def wrong(self, times: int, login: str = ANNA, address: str | None = HOME) -> list[type]:
        tries = [await self.log_ins.attempt(login, Secret("wrong"), address) for _ in range(times)]
        return [type(tried) for tried in tries]

    async def right(self, address: str | None = HOME) -> object:
        """A log-in with the right password that is stored, as the page does it."""
        tried = await self.log_ins.attempt(ANNA, Secret("right"), address)
        if isinstance(tried, RightLogIn):
            await self.store.write(lambda c: self.log_ins.take_back(c, tried, self.clock.now()))
        return type(tried)


async def test_ten_wrong_ones_hold_even_the_right_one_for_a_quarter_of_an_hour(store: Store) -> None:
    scene = await Scene(store).begin()
    assert await scene.wrong(11) == [WrongLogIn] * 10 + [Held]
    assert await scene.right() is Held
    assert [end for _, end, _ in scene.noted] == ["wrong"] * 10 + ["held"] * 2
    assert {(who, address) for who, _, address in scene.noted} == {("customer", HOME)}
    scene.clock.move(timedelta(minutes=15))
    assert await scene.right() is RightLogIn
    assert scene.noted[-1] == ("customer", "right", HOME)


async def test_a_right_one_ends_the_count_of_the_wrong_ones(store: Store) -> None:
    scene = await Scene(store).begin()
    for _ in range(3):
        assert await scene.wrong(9) == [WrongLogIn] * 9
        assert await scene.right() is RightLogIn
        scene.clock.move(timedelta(minutes=16))  # the address' own count is another matter
    assert await scene.wrong(1) == [WrongLogIn], "nor have those of a month added up to twenty"


async def test_twenty_a_month_from_one_address_are_all(store: Store) -> None:
    scene = await Scene(store).begin()
    for _ in range(2):
        assert await scene.wrong(10) == [WrongLogIn] * 10
        scene.clock.move(timedelta(minutes=15))
    assert await scene.wrong(1) == [Held]
    assert await scene.right("198.51.100.9") is RightLogIn, "from elsewhere the holder comes in"


async def test_an_address_tries_thirty_in_all_whatever_the_logins(store: Store) -> None:
    scene = await Scene(store).begin()
    for n in range(3):
        assert await scene.wrong(10, f"somebody{n}@example.com") == [WrongLogIn] * 10
    assert await scene.right() is Held
    assert await scene.right("198.51.100.9") is RightLogIn


async def test_where_addresses_are_not_counted_each_login_has_its_own_count(store: Store) -> None:
    scene = await Scene(store, quotas=False).begin()
    for n in range(4):
        assert await scene.wrong(10, f"somebody{n}@example.com") == [WrongLogIn] * 10
    assert await scene.right() is RightLogIn
    assert await scene.wrong(11) == [WrongLogIn] * 10 + [Held]


async def test_a_hundred_from_everywhere_hold_strangers_and_not_who_has_logged_in(store: Store) -> None:
    scene = await Scene(store).begin()
    assert await scene.right() is RightLogIn
    for n in range(10):
        assert await scene.wrong(10, address=f"198.51.100.{n}") == [WrongLogIn] * 10
    assert await scene.wrong(1, address="198.51.100.99") == [Held]
    assert await scene.right() is RightLogIn


VECTRA = profile("vectra").seller.password
CONTEXT = ("Vectra", "anna.nowak@example.com", "+48512000111")


def told(typed: str) -> list[str]:
    """Why Vectra refuses it, in Polish."""
    pl = words("pl")
    return [pl(f"reasons.{said.key}", **said.values) for said in list_refusal_reasons(typed, VECTRA, CONTEXT)]


def test_a_forbidden_space_is_called_a_space() -> None:
    assert told("Haslo 1234") == ["W haśle jest spacja, a tu nie można jej użyć."]
    found = told("Haslo 12~34")
    assert found == ["W haśle jest znak, którego tu nie można użyć: ~", "W haśle jest spacja, a tu nie można jej użyć."]


@table(("typed", "reason"), [
    ("Krotk1a", "potrzeba co najmniej 8"),
    ("A1" + "b" * 31, "do 32"),
    ("malelitery77", "wielkiej litery"),
    ("WIELKIELITERY77", "małej litery"),
    ("BezZadnejCyfry", "cyfry"),
    ("Zielony7Parasol€", "€"),
])  # fmt: skip
def test_the_published_rule_refuses(typed: str, reason: str) -> None:
    assert any(reason in said for said in told(typed))


@table("typed", ["Zielon7!", r"""A1a!@#$%^&*(){}[]\:";'<>?,./-_=+""", "Zielony7" + "Parasol9" * 3])
def test_the_published_rule_allows(typed: str) -> None:
    assert told(typed) == []


@pytest.mark.parametrize("rule", [VECTRA, DEFAULT], ids=["vectra", "default"])
def test_every_reason_stands_among_the_criteria(rule: PasswordRule) -> None:
    shown = {said.key for said in list_criteria(rule)}
    before = {"too_short": "min_length", "too_long": "max_length", "space": "allowed", "not_allowed": "allowed"}
    before |= {"no_upper": "upper", "no_lower": "lower", "no_digit": "digit", "common": "not_guessable"}
    before |= {"context": "not_guessable"}
    for typed in ("a", "x" * 200, "haslo haslo~", "HASLO", "password123456", "annanowak", "Vectra12"):
        for said in list_refusal_reasons(typed, rule, CONTEXT):
            assert before[said.key] in shown, (typed, said.key)


@table("locale", ["pl", "it", "en"])
def test_a_criterion_and_a_reason_have_words_in_every_language(locale: str) -> None:
    spoken = words(locale)
    for rule in (VECTRA, DEFAULT):
        assert all(spoken.has(f"criteria.{said.key}") for said in list_criteria(rule))
    assert "7" in spoken("reasons.too_short", length=7, n=12)


async def test_a_right_password_is_hashed_anew_once(store: Store) -> None:
    def set_hash(connection: sa.Connection) -> None:
        customer(connection)
        connection.execute(sa.update(credential).values(password_hash="weak hash of right"))

    async def kept() -> str:
        return await store.read(lambda c: c.execute(sa.select(credential.c.password_hash)).scalar_one())

    await store.write(set_hash)
    log_ins = LogIns(store, Moved(), Plain(), KEY, by_number=False, quotas=True)
    assert isinstance(await log_ins.attempt("anna@example.com", Secret("wrong"), None), WrongLogIn)
    assert await kept() == "weak hash of right"
    for _ in range(2):
        assert isinstance(await log_ins.attempt("anna@example.com", Secret("right"), None), RightLogIn)
        assert await kept() == "hash of right"
