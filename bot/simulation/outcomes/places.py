"""The places of a sign-up at which messages are tried, and the way there, with the people of the sandbox."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_LISTED: Mapping[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
WAY: str = _LISTED["way"]
PLACES = frozenset(line[2:] for line in WAY.splitlines() if line.startswith("@ "))
STEPS: Mapping[str, str] = _LISTED["steps"]
"""The place of each open step, as REST names it."""
NEW_HERE: Mapping[str, str] = _LISTED["new_here"]
"""The answer to whether there is an account, by language."""
