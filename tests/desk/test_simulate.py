"""`okienko simulate`: customers who come out the same for a seed, and a desk that breaks is found out."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import force_setattr
from typer.testing import CliRunner

from bot.app import logs
from bot.cli import build
from bot.cli.new import begin
from bot.simulation import run
from bot.simulation.outcomes import talks
from bot.simulation.outcomes.styles import STYLES, ComposedLine, Composer
from bot.simulation.outcomes.talks import play_styles
from bot.simulation.run import play, play_all
from dialogs.journey import ALL

PROFILE = Path(__file__).parents[2] / "profiles" / "fakturasmart"


async def test_customers_of_the_starter_profile_come_to_their_ends_and_are_the_same_each_time(tmp_path: Path) -> None:
    begin(tmp_path / "shop")
    result = await play_all(tmp_path / "shop", 1, 3, lambda _one: None)
    assert not result.broken, [(one.seed, str(one.broken), one.alarms, one.diary.lines) for one in result.broken]
    assert {one.end for one in result.journeys} <= {"finished", "left", "with a person"}
    assert result.counts["said"] > 20
    again = await play(tmp_path / "shop", 2)
    assert again.diary.lines == result.journeys[1].diary.lines
    assert again.diary.counts == result.journeys[1].diary.counts


async def test_a_customer_lives_on_beside_another_chat_and_an_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MONTHS", 1)
    one = await play(PROFILE, 1, years=1)
    assert one.broken is None, (str(one.broken), one.alarms, one.diary.lines)
    assert "~ writes from another chat" in one.diary.lines
    assert one.diary.lines[-1] == "~ 31 days, 0:00:00 later"
    assert one.diary.counts["helped"] == 1
    assert one.diary.counts["orders paid"] == 2, "the account of the first chat orders its next year"


@contextmanager
def poisoned(step: Any) -> Generator[None]:
    """What this step offers can't be told."""

    def options(*_args: Any) -> Any:
        raise LookupError

    before = step.options
    force_setattr(step, "options", options)
    try:
        yield
    finally:
        force_setattr(step, "options", before)


def test_a_desk_that_breaks_is_reported_with_seed_and_conversation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "configure", lambda _level: None)  # other tests read what is logged
    begin(tmp_path / "shop")
    asked = ["simulate", "--profile", str(tmp_path / "shop"), "--seed", "5", "--journeys", "1", "--years", "1"]
    with poisoned(next(step for step in ALL["account"].steps if step.name == "start")):
        told = CliRunner().invoke(build("simulate", "check"), asked)
    assert told.exit_code == 1
    assert "seed 5: exception: turns that raised: " in told.stderr
    assert "LookupError" in told.stderr
    assert "> /start" in told.stderr
    assert f"Again: okienko {' '.join(asked[:3])} --seed 5 --journeys 1 --years 1" in told.stderr


async def test_a_customer_of_a_style_talks_to_the_end_and_is_the_same_each_time() -> None:
    talk, again = await anext(play_styles(PROFILE, 1, 1)), await anext(play_styles(PROFILE, 1, 1))
    assert talk.ended
    assert "> the code" in talk.lines
    assert again.lines == talk.lines


def test_words_that_come_to_nothing_are_counted_and_lead_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "configure", lambda _level: None)
    mumbled = ComposedLine("hm brzdęk", {"phone": "+48501619753"}, answers=("price",), answers_step=True)
    monkeypatch.setattr(Composer, "say_next", lambda *_: mumbled)
    monkeypatch.setattr(talks, "STYLES", {"curt": STYLES["curt"]})
    told = CliRunner().invoke(build("simulate", "check"), ["simulate", "--styles", "--profile", str(PROFILE)])
    assert told.exit_code == 1
    assert (
        "curt, pl: not as wanted, at account.account, 18 disturbances\nlost: phone at start: hm brzdęk" in told.stderr
    )
    assert "0/0/3 54" in told.stdout
    assert "lost 27 · not answered 27" in told.stdout


LEAST_RIGHT, LEAST_ENDED = 7, 35
"""Of the 36 talks of the first seed: as they are, and numbers that may only rise."""


@pytest.mark.nightly
async def test_talks_of_all_styles_end_as_their_customers_want() -> None:
    talks = [talk async for talk in play_styles(PROFILE, 1, 1)]
    told = [(talk.style, talk.talk.lang, talk.disturbed) for talk in talks if not talk.right]
    assert all(talk.has_way_on for talk in talks), told
    assert sum(talk.right for talk in talks) >= LEAST_RIGHT, told
    assert sum(talk.ended for talk in talks) >= LEAST_ENDED, told
