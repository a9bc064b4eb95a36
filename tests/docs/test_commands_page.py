"""The page of commands says what the command line says."""

from docs.dev.generated.commands_page import PAGE, page
from tests.architecture.rooms import ROOT


def test_the_page_is_that_of_todays_commands() -> None:
    assert (ROOT / PAGE).read_text("utf-8") == page(), "run python -m docs.dev.generated.commands_page"
