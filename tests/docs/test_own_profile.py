"""A seller's own pages: what they say that the commands write and answer is so, and the sample of a talk is played."""

import asyncio
import re
from pathlib import Path

import pytest

from bot.cli.new import begin
from bot.profile import ProfileErrors, load
from bot.simulation.script import read_scripts
from bot.simulation.scripted import play_script
from tests.architecture.rooms import ROOT

PAGE = (ROOT / "docs/tutorial/your-own-profile.md").read_text("utf-8")
TALKS = (ROOT / "docs/how-to/test-your-journey.md").read_text("utf-8")


def test_a_new_folder_has_as_many_files_as_the_page_says(tmp_path: Path) -> None:
    assert len(begin(tmp_path / "my-desk")) == 11
    assert "has eleven files" in PAGE


def test_the_sample_of_a_conversation_is_as_the_desk_answers(tmp_path: Path) -> None:
    folder = tmp_path / "my-desk"
    begin(folder)
    for file in (folder / "tests").iterdir():
        file.unlink()
    sample = re.search(r"^# A new customer.*?(?=^```)", TALKS, re.MULTILINE | re.DOTALL)
    assert sample is not None
    (folder / "tests" / "own.txt").write_text(sample[0], "utf-8")
    (script,), problems = read_scripts(folder, load(folder).seller)
    assert problems == []
    outcome = asyncio.run(play_script(folder, script))
    assert (outcome.line, outcome.why) == (None, "")


def test_a_price_with_a_comma_is_refused_in_the_words_of_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "my-desk"
    begin(folder)
    profile = folder / "profile.toml"
    profile.write_text(
        re.sub(r'^"1 year" = "[\d.]+"', '"1 year" = "149,00"', profile.read_text("utf-8"), flags=re.MULTILINE)
    )
    with pytest.raises(ProfileErrors) as refused:
        load(folder)
    [problem] = refused.value.problems
    assert str(problem).replace(str(folder), "../my-desk") in PAGE.splitlines()
