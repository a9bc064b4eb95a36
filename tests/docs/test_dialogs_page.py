"""docs/reference/dialogs.md is what a walk finds."""

from docs.dev.generated.dialogs_page import PAGE, PROFILE, page
from tests.architecture.rooms import ROOT


def test_the_page_is_current() -> None:
    assert (ROOT / PAGE).read_text("utf-8") == page(ROOT / PROFILE), "run python -m docs.dev.generated.dialogs_page"
