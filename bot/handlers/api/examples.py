"""Examples of answers in the OpenAPI description and on docs/reference/api.md; invented, like the sandbox."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

EXAMPLES: Mapping[str, dict[str, Any]] = json.loads(Path(__file__).with_name("examples.json").read_text("utf-8"))
"""The examples of `examples.json` by their names; keys stand in the order in which they are shown."""
OWNED = EXAMPLES["owned"]
CURSOR = "1763632457044895-1a5f0d7a3c0e4b0f9d2b6f6d5a6f1c33"
