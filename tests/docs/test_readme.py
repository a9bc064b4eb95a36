"""README.md quotes what its pages and the program tell, and those pages what is held; its picture moves."""

import re
import struct

from docs.dev.generated import readme_page
from docs.pictures.animation import chunks
from tests.architecture.rooms import ROOT
from tests.guides.guide import SELLERS, guide
from tests.web.weight import MOST

RELIABILITY = (ROOT / "docs/dev/reliability.md").read_text("utf-8")


def told(page: str) -> str:
    """Return the figure that README.md links to the page."""
    return re.findall(readme_page.FIGURES[page], (ROOT / page).read_text("utf-8"))[0]


def test_the_page_is_todays() -> None:
    assert (ROOT / readme_page.PAGE).read_text("utf-8") == readme_page.page(), "run `make pages`"


def test_the_pages_tell_what_is_held() -> None:
    assert int(told("docs/dev/journeys.md")) == sum(len(guide(seller).sentence) for seller in SELLERS)
    assert float(told("docs/dev/performance.md")) * 1000 == MOST["all"]
    kills, lost = re.findall(r"^\| (?:kills|\*\*lost).*", RELIABILITY, re.M)
    assert int(told("docs/dev/reliability.md")) == sum(map(int, re.findall(r"\| (\d+)", kills)))
    assert re.findall(r"\| \*\*(\d+)\*\*", lost) == ["0", "0"]


def test_the_picture_is_a_purchase_that_moves() -> None:
    picture = (ROOT / "docs/pictures/purchase.png").read_bytes()
    held = [struct.unpack_from(">HH", data, 20) for kind, data in chunks(picture) if kind == b"fcTL"]
    assert ("acTL", len(held)) in {(kind.decode(), int.from_bytes(data[:4])) for kind, data in chunks(picture)}
    assert len(held) >= 8
    assert 10 <= sum(part / of for part, of in held) <= 30, "seconds"
    assert len(picture) <= 2_000_000
