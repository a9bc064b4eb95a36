"""The second tutorial: what it says that the commands answer is what they answer."""

import re
from pathlib import Path

import pytest

from bot.profile import ProfileErrors, load
from bot.profile.beginning import begin
from tests.architecture.rooms import ROOT

PAGE = (ROOT / "docs/tutorial/your-own-profile.md").read_text("utf-8")


def test_a_price_with_a_comma_is_refused_in_the_words_of_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "my-desk"
    begin(folder)
    profile = folder / "profile.toml"
    profile.write_text(re.sub(r'^net = "[\d.]+"', 'net = "149,00"', profile.read_text("utf-8"), flags=re.MULTILINE))
    with pytest.raises(ProfileErrors) as refused:
        load(folder)
    [problem] = refused.value.problems
    assert str(problem).replace(str(folder), "../my-desk") in PAGE.splitlines()
