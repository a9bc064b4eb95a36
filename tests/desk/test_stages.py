"""A stage is walked to once a run; who begins there can do all that one who has walked can."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from unittest.mock import patch

from tests.architecture.rooms import ROOT
from tests.desk.running import Running
from tests.desk.scripted import Scripted
from tests.desk.stages import Stage, desk_at

#: pytest takes a function alone for the one that is marked: the test below it is called at once, and vanishes.
BARE = re.compile(r"mark\.stage\(\s*[A-Za-z_][\w.]*\s*,?\s*\)")


async def test_it_is_walked_to_once_and_each_desk_of_other_settings_by_itself(tmp_path: Path) -> None:
    walks = 0

    async def walk(desk: Running) -> Scripted:
        nonlocal walks
        walks += 1
        return await Scripted(desk).run("email")

    for number, settings in enumerate(({}, {}, {"rate_limits": "on"})):
        (folder := tmp_path / str(number)).mkdir()
        async with desk_at(tmp_path / "stages", folder, Stage.of(walk), **settings) as (_, buyer):
            assert buyer.customer.expects == "email"
    assert walks == 2


async def test_the_clock_goes_on_from_where_it_was_left(tmp_path: Path) -> None:
    """Each process of the tests begins its morning at a moment of its own."""
    stages, stage = tmp_path / "stages", Stage.of("email")
    for name, behind in (("first", timedelta(0)), ("second", timedelta(hours=1)), ("late", timedelta(hours=-1))):
        (folder := tmp_path / name).mkdir()
        with patch("tests.conftest.datetime") as clock:
            clock.now.side_effect = partial(_earlier, datetime.now, behind)
            async with desk_at(stages, folder, stage) as (desk, _):
                [made] = stages.glob("*/buyer.json")
                passed = await desk.now() - datetime.fromisoformat(json.loads(made.read_text())["now"])
                assert timedelta(0) <= passed < timedelta(minutes=10)


def _earlier(now: Callable[[tzinfo], datetime], behind: timedelta, zone: tzinfo) -> datetime:
    return now(zone) - behind


def test_no_stage_is_a_function_alone() -> None:
    assert BARE.search("@pytest.mark." + "stage(subscribed)")
    assert not BARE.search("@pytest.mark." + "stage(subscribed, days=28)")
    assert [path.name for path in sorted((ROOT / "tests").rglob("*.py")) if BARE.search(path.read_text("utf-8"))] == []
