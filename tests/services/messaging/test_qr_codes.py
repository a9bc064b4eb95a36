"""QR codes drawn for a page and for a letter."""

from services.messaging import qr_codes
from tests.table import table

TEXT = "BCD\n002\n1\nSCT\nBLOPIT22\nDemo S.p.A.\nIT60X0542811101000000123456\nEUR292.80\n\n\nCP/2026/000001"


@table("level", ["L", "M"])
def test_it_is_drawn_in_both_forms(level: qr_codes.Level) -> None:
    svg, png = qr_codes.svg(TEXT, level), qr_codes.png(TEXT, level)
    assert svg is not None
    assert svg.startswith("<svg ")
    assert "style=" not in svg, "the page's policy forbids it"
    assert png is not None
    assert png.startswith(b"\x89PNG")


def test_what_is_too_long_is_not_drawn() -> None:
    assert qr_codes.svg("x" * 400, "M") is None
    assert qr_codes.png("x" * 9000, "L") is None
