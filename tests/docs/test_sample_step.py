"""The sample of a question with an effect, played with its command."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from dialogs.company import company
from dialogs.kit import Event
from docs.dev.samples.step import BRANCH, HOURS, ReserveHour, add_branch, reserve_hour
from tests.dialogs.driver import SELLER, Driver, signed_up


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Connection]:
    monkeypatch.setattr(company.dialog, "everywhere", dict(company.dialog.everywhere))
    add_branch(company.dialog)
    with sa.create_engine("sqlite://").begin() as connection:
        connection.execute(sa.text("create table branch_hour (branch text, company_id text)"))
        connection.execute(sa.insert(HOURS), [{"branch": branch} for branch in BRANCH.options])
        yield connection


def at_question(hours: sa.Connection) -> Driver:
    customer = signed_up(replace(SELLER, own_questions=(BRANCH,)))

    def reserves(command: ReserveHour) -> Event:
        return reserve_hour(cast("Any", None), command, cast("Any", SimpleNamespace(connection=hours)))

    customer.outcomes[ReserveHour] = reserves
    customer.write("512 000 999", "123456", "1234563218").press("confirm:yes")
    assert customer.at == "own.branch"
    return customer


def reserved(hours: sa.Connection) -> list[str]:
    return list(hours.scalars(sa.select(HOURS.c.branch).where(HOURS.c.company_id == "company-1")))


@pytest.mark.parametrize(
    ("presses", "branches", "times"),
    [
        (("branch:south",), ["south"], 1),
        (("branch:south", "edit:branch", "branch:north"), ["north"], 2),
        (("branch:skip",), [], 0),
    ],
)
def test_an_answer_has_its_effect_once_it_is_kept(
    hours: sa.Connection, presses: tuple[str, ...], branches: list[str], times: int
) -> None:
    customer = at_question(hours).press(*presses)
    assert (reserved(hours), customer.done(ReserveHour)) == (branches, times)
    assert (customer.said[-1] == "company.hour_reserved") == (times > 0)


def test_the_effect_may_fail_and_says_so(hours: sa.Connection) -> None:
    hours.execute(sa.update(HOURS).values(company_id="company-2"))
    customer = at_question(hours).press("branch:south")
    assert (reserved(hours), customer.said[-1]) == ([], "company.branch_full")
