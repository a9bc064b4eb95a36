"""What the chat's own files weigh, held by `make check`: `python -m tests.web.weight`.

The page around them is counted by `tests/web/test_bundle.py`, with the same budget for all of it.
"""

import gzip
import sys

from bot.web import assets, static_files

MOST = {"script": 27_000, "style": 8_000, "icon": 500}
"""Compressed bytes. A later issue that needs more loads it at its first press instead."""


def weighed() -> dict[str, int]:
    """Return the compressed bytes of each."""
    icon = static_files.load()["icon.svg"].body
    script, style = assets.chat_script(), assets.chat_style("#f0a63a")
    return {"script": len(script.compressed), "style": len(style.compressed), "icon": len(gzip.compress(icon, 9))}


def main() -> int:
    """Print the figures; return 1 if one is above its budget."""
    over = 0
    for name, found in weighed().items():
        print(f"chat's {name}: {found} bytes of at most {MOST[name]}")
        over += found > MOST[name]
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
