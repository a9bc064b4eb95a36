"""docs/reference/profile.md tells every name that a profile may use, and no other."""

import re
from pathlib import Path

from pydantic import BaseModel

from bot.profile import schema

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "profile.md").read_text("utf-8")
MODELS = [
    model
    for model in vars(schema).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == schema.__name__
]


def test_every_name_is_told() -> None:
    names = {name for model in MODELS for name in model.model_fields} - {"entry"}
    told = set(re.findall(r"`([a-z_]+)`", PAGE)) | set(re.findall(r"^([a-z_]+) = ", PAGE, re.M))
    tables = set(re.findall(r"\[+([a-z]+)\]", PAGE))
    assert names - told - tables == set(), "tell them in docs/reference/profile.md"


def test_every_row_of_the_first_table_is_a_name_of_the_file() -> None:
    first, second = re.findall(r"(?:^\|.*\n)+", PAGE, re.M)[:2]
    for table, model in ((first, schema.ProfileFile), (second, schema.BrandTable)):
        rows = re.findall(r"^\| `([a-z_]+)`", table, re.M)
        assert set(rows) <= set(model.model_fields)
