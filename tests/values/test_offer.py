"""How many packs of an add-on an answer comes to, and which numbers are said back first."""

from tests.table import table
from values.offer import Addon, Unsure, parse_packs
from values.parsing import Ok, ParseRefused

USERS = Addon("external_users", 3000, pack=50, most=20)
SPACE = Addon("space", 1800, pack=5, most=20, unit="GB")
SINGLE = Addon("users", 1200, most=14)


@table(
    ("addon", "text", "packs"),
    [
        (USERS, "2 packs", 2),
        (USERS, "100 pieces", 2),
        (USERS, "150 pieces", 3),
        (USERS, "50", 1),  # more than packs there are
        (USERS, "1", 1),  # one of either needs one pack
        (USERS, "1 pieces", Unsure(1, pieces=True)),
        (USERS, "20 pieces", Unsure(20, pieces=True)),
        (USERS, "75", Unsure(75, pieces=True)),
        (USERS, "20", Unsure(20)),
        (USERS, "2", Unsure(2)),
        (SPACE, "7 pieces", Unsure(7, pieces=True)),
        (SPACE, "7 GB", Unsure(7, pieces=True)),
        (SPACE, "10 GB", 2),
        (SPACE, "10", Unsure(10)),
        (SINGLE, "2", 2),
        (SINGLE, "2 pieces", 2),
        (SINGLE, "2 packs", 2),
    ],
)
def test_packs(addon: Addon, text: str, packs: object) -> None:
    assert parse_packs(text, addon) == Ok(packs)


@table(("addon", "text"), [(USERS, "21 packs"), (USERS, "1020 pieces"), (SPACE, "130")])
def test_more_than_there_are(addon: Addon, text: str) -> None:
    refused = parse_packs(text, addon)
    assert isinstance(refused, ParseRefused)
    assert refused.reason == "addon.too_many"
    assert (refused.params["pack"], refused.params["pieces"]) == (addon.pack, addon.most * addon.pack)


def test_none_takes_out_what_was_taken() -> None:
    assert parse_packs("0", USERS, minimum=0) == Ok(0)
    assert isinstance(parse_packs("0", USERS), ParseRefused)
