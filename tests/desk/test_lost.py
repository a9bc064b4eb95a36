"""A profile that has lost what customers chose, ordered or bought: nobody is stuck, and each is told."""

import asyncio
import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner, Result

from bot.checking.second_life.life import Lives
from bot.cli import build, check
from bot.cli.new import begin
from dialogs.explorer.watch import Walk
from dialogs.journey import journey
from tests.architecture.rooms import ROOT
from tests.desk.databases import on
from tests.desk.italian import PROFILE as CERTIFIED
from tests.desk.italian import buying
from tests.desk.running import Customer, Running, running_desk
from tests.desk.scripted import Person, Scripted
from tests.kit.narrow import present
from tests.kit.talks import says

TOLD = "Nie ma już w sprzedaży: Plan Pro"
PLANS = '[[plan]]\nid = "pro"\nnet = "250.00"\nyears = [1]\n\n[[plan]]\nid = "max"\nnet = "400.00"\nyears = [1]\n\n'
OFFERS = '\n[offer]\nstandard = "Standard: {net}, {gross}"\npro = "Pro: {net}, {gross}"\nmax = "Max: {net}, {gross}"\n'
WAYS = (
    *("start:buy", "plan:pro", "account:new", "auto_renewal:yes", "terms:accept", "clauses:accept"),
    *("pay:now", "einvoice:activate"),
)
Change = Callable[[str], str]


def three_plans(folder: Path) -> Path:
    """A profile as `okienko new` writes it, with a cart and two plans more."""
    begin(folder)
    rewrite(folder / "profile.toml", lambda text: text.replace("[[document]]", f"{PLANS}[[document]]", 1))
    rewrite(folder / "profile.toml", lambda text: text.replace('dialogs = ["account"', 'dialogs = ["cart", "account"'))
    for texts in (folder / "texts").glob("*.toml"):
        rewrite(texts, lambda text: text.replace("[plan]\n", '[plan]\npro = "Plan Pro"\nmax = "Plan Max"\n') + OFFERS)
    return folder


def rewrite(file: Path, change: Change) -> None:
    before = file.read_text("utf-8")
    after = change(before)
    assert after != before, file
    file.write_text(after, "utf-8")


def copied(folder: Path, of: Path, change: Change) -> Path:
    """A copy of the profile with another offer; a folder of its own, for a process reads each one once."""
    copy = Path(mkdtemp(dir=folder)) / of.name
    shutil.copytree(of, copy)
    rewrite(copy / "profile.toml", change)
    return copy


def without(table: str, id: str) -> Change:
    """The file without one `[[table]]`."""
    return lambda text: re.sub(rf'\[\[{table}\]\]\nid = "{id}"\n(?:[^\[\n][^\n]*\n)*\n?', "", text, count=1)


def unsold(table: str, id: str) -> Change:
    return lambda text: text.replace(f'[[{table}]]\nid = "{id}"\n', f'[[{table}]]\nid = "{id}"\nsold = false\n', 1)


def without_method(method: str) -> Change:
    return lambda text: re.sub(rf'(?m)^((?:methods|code_in_chat) = .*?)"{method}",? ?', r"\1", text)


def unnamed(folder: Path, id: str) -> None:
    """Takes the texts of a plan out, too."""
    for texts in (folder / "texts").glob("*.toml"):
        rewrite(texts, lambda text: re.sub(rf"(?m)^{id} = .*\n", "", text))


async def goes_on(desk: Running, customer: Customer) -> None:
    """Whatever they write or press is answered, and not with an apology."""
    customer.http = desk.http
    for said in ("co dalej?", "ile to kosztuje?", "/help", "zone:home", "/back"):
        before = len(customer.said)
        await customer.say(said)
        assert len(customer.said) > before, said
        assert "Coś się u nas zepsuło" not in customer.said[-1], said


def scripted(desk: Running, **person: Any) -> Scripted:
    return Scripted(desk, Person(ways=WAYS, **person))


async def at_every_stage(desk: Running) -> tuple[Scripted, Scripted, Scripted]:
    """A customer about to order, one with an unpaid order, and one who has paid."""
    return (await scripted(desk).run("order.pay"), await scripted(desk).run("payment"), await scripted(desk).run())


@pytest.mark.parametrize(("change", "database"), [(without, "sqlite"), (unsold, "sqlite"), (without, "postgresql")])
async def test_a_plan_that_is_lost(
    tmp_path: Path, change: Callable[..., Change], database: str, request: pytest.FixtureRequest
) -> None:
    profile, how = three_plans(tmp_path / "new"), on(database, request)
    async with running_desk(tmp_path / "data", profile=profile, **how) as desk:
        open_, unpaid, paid = await at_every_stage(desk)
        order = (await desk.card(paid.person.email))["orders"]
    async with running_desk(tmp_path / "data", profile=copied(tmp_path, profile, change("plan", "pro")), **how) as desk:
        open_.customer.http = desk.http
        await open_.customer.say("pay:now")
        assert "Plan Pro" in open_.customer.said[-1]
        assert open_.customer.at == "order.plan"
        assert "plan:pro" not in open_.customer.buttons
        for each in (open_, unpaid, paid):
            each.desk = desk
            await goes_on(desk, each.customer)
        assert (await desk.card(paid.person.email))["orders"] == order
        await unpaid.customer.look()
        await unpaid.run()
        assert (await desk.card(unpaid.person.email))["subscriptions"][0]["status"] == "active"
        open_.person.ways = tuple(way.replace("plan:pro", "plan:max") for way in WAYS)
        await open_.run()
        [bought] = (await desk.card(open_.person.email))["orders"]
        assert bought["items"][0]["id"] == "max"


async def test_a_plan_that_lost_its_name_is_called_as_it_was_sold(tmp_path: Path) -> None:
    profile = three_plans(tmp_path / "new")
    async with running_desk(tmp_path / "data", profile=profile) as desk:
        open_, unpaid, paid = await at_every_stage(desk)
    gone = copied(tmp_path, profile, without("plan", "pro"))
    unnamed(gone, "pro")
    async with running_desk(tmp_path / "data", profile=gone) as desk:
        for each in (open_, unpaid, paid):
            await goes_on(desk, each.customer)
        for each in (unpaid, paid):
            before = len(each.customer.said)
            await says(each.customer, "zone:my_account" if each is paid else "/help", "ile to kosztuje?")
            assert "Plan Pro" in "".join(each.customer.said[before:])
            assert "pro (nie ma" not in "".join(each.customer.said[before:])


@pytest.mark.usefixtures("asked_seldom")
async def test_a_renewal_of_what_is_sold_no_longer_is_told_in_time_with_what_there_is_instead(tmp_path: Path) -> None:
    profile = three_plans(tmp_path / "new")
    async with running_desk(tmp_path / "data", profile=profile) as desk:
        paid = await scripted(desk).run()
        [runs] = (await desk.card(paid.person.email))["subscriptions"]
    gone = copied(tmp_path, profile, without("plan", "pro"))
    unnamed(gone, "pro")
    async with running_desk(tmp_path / "data", profile=gone) as desk:
        customer, end = paid.customer, datetime.fromisoformat(runs["ends_at"])
        customer.http = desk.http
        now = datetime.fromisoformat((await desk.advance(0))["now"])
        await desk.advance((end - now - timedelta(days=6)).total_seconds())
        await customer.look()
        [told] = [said for said in customer.said if TOLD in said]
        assert "Standard" in told
        assert "Max" in told
        assert "start:buy" in customer.buttons
        assert "auto_renewal:no" not in customer.buttons, "what isn't sold doesn't renew"
        [letter] = [m for m in await desk.outbox(paid.person.email) if m["subject"].startswith(TOLD)]
        assert "Możesz zamówić coś innego" in letter["text"]
        paid.desk = desk
        await customer.say("zone:my_data")
        assert customer.expects == "secure_page", "a year is too long for a log-in"
        await paid.fill_page()
        await customer.settled()
        assert customer.at == "zone.zone"
        await customer.say("start:buy")
        assert customer.at == "order.plan"
        await desk.advance(8 * 86400)
        assert [one["status"] for one in (await desk.card(paid.person.email))["subscriptions"]] == ["ended"]
        assert len([m for m in await desk.outbox(paid.person.email) if m["subject"].startswith(TOLD)]) == 1


async def test_a_language_that_is_lost(tmp_path: Path) -> None:
    profile = three_plans(tmp_path / "new")
    async with running_desk(tmp_path / "data", profile=profile) as desk:
        customer = await says(desk.customer("it"), "/start", "start:buy", "plan:pro")
        paid = await scripted(desk, locale="it").run()
    gone = copied(tmp_path, profile, lambda text: re.sub(r"(?m)^locales = .*", 'locales = ["pl", "en"]', text))
    rewrite(gone / "desk" / "replies.toml", lambda text: re.sub(r"(?m)^words.it = .*\n", "", text))
    async with running_desk(tmp_path / "data", profile=gone) as desk:
        for each in (customer, paid.customer):
            said = len(each.said)
            await goes_on(desk, each)
            assert "Piszę po polsku" in each.said[said]
            assert "Piszę po polsku" not in "".join(each.said[said + 1 :])
            assert each.custom["locale"] == "pl"


async def test_a_method_that_is_lost(tmp_path: Path) -> None:
    profile = three_plans(tmp_path / "new")
    async with running_desk(tmp_path / "data", profile=profile) as desk:
        open_, unpaid, paid = await at_every_stage(desk)
    async with running_desk(tmp_path / "data", profile=copied(tmp_path, profile, without_method("blik"))) as desk:
        open_.customer.http = desk.http
        await open_.customer.say("pay:now")
        assert "BLIK" in open_.customer.said[-1]
        assert open_.customer.at == "order.method"
        for each in (open_, unpaid, paid):
            each.desk, each.person.method = desk, "card"
            await goes_on(desk, each.customer)
        await open_.run()


async def test_an_addon_that_is_lost(tmp_path: Path) -> None:
    async with running_desk(tmp_path / "data", profile=CERTIFIED) as desk:
        at_quantity = await buying(desk, extra=["users"]).run("quantity")
        open_ = await buying(desk, extra=["users", "space"]).run("order.pay")
        unpaid = await buying(desk, extra=["users"]).run("payment")
        paid = await buying(desk, extra=["users"]).run()
    async with running_desk(tmp_path / "data", profile=copied(tmp_path, CERTIFIED, without("addon", "users"))) as desk:
        for each in (at_quantity, open_, unpaid, paid):
            each.desk, each.customer.http = desk, desk.http
            for said in ("/help", "quanto costa?", "/back"):
                before = len(each.customer.said)
                await each.customer.say(said)
                assert len(each.customer.said) > before
                assert "Qualcosa non ha funzionato" not in each.customer.said[-1]


def checked(profile: Path, data: Path) -> Result:
    """`okienko check DIR --database URL` on the database of a desk that has stopped."""
    return CliRunner().invoke(build("check"), ["check", str(profile), "--database", f"sqlite:///{data}/okienko.sqlite"])


async def test_the_check_counts_who_has_what_the_profile_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What the walk finds has tests of its own, and takes long.
    nothing = Walk(journey(("account",)), frozenset())
    monkeypatch.setattr(check, "rehearse", lambda *_given: check.Rehearsal(nothing, Lives(nothing, 0, ()), ()))
    profile, data = three_plans(tmp_path / "new"), tmp_path / "data"
    async with running_desk(data, profile=profile) as desk:
        _, _, paid = await at_every_stage(desk)
    kept = await asyncio.to_thread(checked, profile, data)
    assert (kept.exit_code, "Nobody" in kept.output) == (0, True), kept.output
    gone = copied(tmp_path, profile, lambda text: without_method("blik")(without("plan", "pro")(text)))
    unnamed(gone, "pro")
    told = await asyncio.to_thread(checked, gone, data)
    assert told.exit_code == 1
    lines = [line for line in told.output.splitlines() if "lacks" in line]
    assert [line.replace(": the profile lacks it, and it is in use", "") for line in lines] == [
        "payment method blik (unpaid orders: 1, stored payment methods: 1, open conversations: 1)",
        "product pro (subscriptions: 1, unpaid orders: 1, open conversations: 1)",
    ]
    assert paid.person.email not in told.output
    with structlog.testing.capture_logs() as logs:
        async with running_desk(data, profile=gone) as desk:
            await present(desk.installation.warning)
    warned = [(line["kind"], line["id"]) for line in logs if line["event"] == "profile_lacks"]
    assert warned == [("payment method", "blik"), ("product", "pro")]


@pytest.mark.parametrize("name", sorted(path.parent.name for path in (ROOT / "profiles").glob("*/profile.toml")))
async def test_no_shipped_seller_lacks_anything_of_the_sandboxs_customers(tmp_path: Path, name: str) -> None:
    with structlog.testing.capture_logs() as logs:
        async with running_desk(tmp_path, profile=ROOT / "profiles" / name) as desk:
            await desk.customer().say("/start")
            await present(desk.installation.warning)
    assert not [line for line in logs if line["event"] == "profile_lacks"]
