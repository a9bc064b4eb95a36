"""The profile that `okienko new` writes, as most tests sell by it: for one year alone, so that no term is asked."""

import re
from pathlib import Path

from bot.cli.new import begin

BY_YEAR = 'net = "100.00"                     # for one year, without VAT\nyears = [1]\n'


def sold_by_year(folder: Path) -> Path:
    """Write the profile into a new folder."""
    begin(folder)
    file = folder / "profile.toml"
    text, changed = re.subn(r"^terms = .*?(?=\n\[\[document)", BY_YEAR, file.read_text("utf-8"), flags=re.M | re.S)
    assert changed == 1
    file.write_text(text, "utf-8")
    return folder
