"""The look-up at the seller's own directory: the stand-in's customers, every kind of answer, no names in errors."""

from pathlib import Path

import httpx
import pytest

from sandbox.faults import Mode
from services.directory.lookup import DirectoryLookup
from services.errors import Misconfigured, ProviderUnavailable
from tests.kit.narrow import present
from tests.services.outside import FarEnd, breaker, said
from tests.services.standins import PASSING, StandIns


def lookup(world: StandIns, token: str | None = None) -> DirectoryLookup:
    ends = world.endpoints["seller"]
    return DirectoryLookup(
        world.client,
        url=ends["directory_url"],
        token=ends["directory_token"] if token is None else token,
        breaker=world.breaker("directory"),
        timeout_s=0.5,  # for one try; a busy machine needs part of it for the second one's answer
    )


async def test_a_customer_is_found_by_number_and_by_email(tmp_path: Path) -> None:
    world = StandIns(tmp_path)
    by_number = present(await lookup(world).by_number("10000017"))
    found = {(c.kind, c.value) for c in by_number.contacts}
    assert found == {("phone", "+48512000111"), ("email", "anna.nowak@example.com")}
    assert await lookup(world).by_email("Anna.Nowak@example.com") == by_number
    owner = present(await lookup(world).by_email("kadry@bursztyn.example.com"))
    assert [program.serial for program in owner.programs] == ["R2P-0001-7788", "R2F-0001-1122"]
    assert await lookup(world).by_number("99999999") is None
    assert await lookup(world).by_email("nobody@example.com") is None


async def test_a_wrong_token_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        await lookup(StandIns(tmp_path), "wrong").by_number("10000017")


@pytest.mark.parametrize("mode", PASSING)
async def test_a_passing_fault_is_ridden_out(tmp_path: Path, mode: Mode) -> None:
    world = StandIns(tmp_path)
    world.fault("seller", mode, 1)
    assert await lookup(world).by_number("10000017") is not None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, text="<html>"), ProviderUnavailable),
        (httpx.Response(404, text="<html>no such page"), ProviderUnavailable),
        (said([]), ProviderUnavailable),
        (said({"customer_number": "1", "contacts": [{"kind": "fax", "value": "1"}]}), ProviderUnavailable),
        (said({}, 500), ProviderUnavailable),
        (said({}, 403), Misconfigured),
        (said({}, 400), Misconfigured),
        (httpx.Response(302, headers={"location": "https://evil.example"}), Misconfigured),
        (httpx.ConnectError("no"), ProviderUnavailable),
    ],
)
async def test_what_is_no_answer_is_none(answer: httpx.Response | Exception, error: type[Exception]) -> None:
    far = FarEnd(answer, answer)
    asked = DirectoryLookup(far.client, url="https://erp.example/d", token="t", breaker=breaker(), timeout_s=0.2)
    with pytest.raises(error) as failed:
        await asked.by_email("jan@example.com")
    assert "jan" not in f"{failed.value!r}{failed.value}"


async def test_nobody_is_named_in_an_address() -> None:
    far = FarEnd(said({"error": "no such customer"}, 404))
    asked = DirectoryLookup(far.client, url="https://erp.example/d", token="t", breaker=breaker())
    assert await asked.by_email("jan@example.com") is None
    (request,) = far.asked
    assert (request.method, str(request.url)) == ("POST", "https://erp.example/d")
    assert request.headers["authorization"] == "Bearer t"
