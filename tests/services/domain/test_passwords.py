"""Passwords: hashed as the figures say, compared in any spelling, and nobody's takes as long as somebody's."""

import pytest
from argon2 import PasswordHasher as Argon2
from argon2 import extract_parameters

from services.accounts.credentials import Argon2Hasher, PasswordHasher


@pytest.fixture(scope="module")
def hasher() -> Argon2Hasher:
    return Argon2Hasher()


async def test_the_figures_are_in_the_hash(hasher: Argon2Hasher) -> None:
    first, second = await hasher.hash("correct horse"), await hasher.hash("correct horse")
    figures = extract_parameters(first)
    assert (figures.type.name, figures.memory_cost, figures.time_cost, figures.parallelism) == ("ID", 19456, 2, 1)
    assert figures.salt_len >= 16
    assert first != second
    assert "horse" not in first


async def test_only_the_password_fits(hasher: Argon2Hasher) -> None:
    port: PasswordHasher = hasher
    made = await port.hash("zażółć gęślą")
    assert await port.verify(made, "zażółć gęślą")
    assert not await port.verify(made, "zazolc gesla")
    assert not await port.verify(made, "")
    assert not await port.verify("not a hash", "zażółć gęślą")
    assert not await port.verify("", "x")


async def test_another_keyboard_types_the_same(hasher: Argon2Hasher) -> None:
    made = await hasher.hash("café Ⅳ")
    assert await hasher.verify(made, "cafe\u0301 IV")


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "x" * 100_000, "🔑" * 50])
async def test_odd_characters_are_characters(hasher: Argon2Hasher, odd: str) -> None:
    assert await hasher.verify(await hasher.hash(odd), odd)


async def test_nobodys_password_is_burned_with_the_same_figures(
    hasher: Argon2Hasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    check = hasher._verify

    def watch(password_hash: str, password: bytes) -> bool:
        verified.append(password_hash)
        return check(password_hash, password)

    monkeypatch.setattr(hasher, "_verify", watch)
    await hasher.burn("anything")
    [burned] = verified
    assert extract_parameters(burned) == extract_parameters(await hasher.hash("x"))


async def test_weaker_hashes_are_known_as_outdated(hasher: Argon2Hasher) -> None:
    weak = Argon2(time_cost=1, memory_cost=1024, parallelism=1).hash("x")
    assert hasher.outdated(weak)
    assert await hasher.verify(weak, "x")
    assert not hasher.outdated(await hasher.hash("x"))
