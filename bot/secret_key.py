"""The desk's own signing key while none is given: made once, kept in the data folder, for the sandbox only."""

import os
import secrets
import tempfile
from pathlib import Path

NAME = "secret.key"


def load_or_make(folder: Path) -> str:
    """The key kept in `folder`, made on the first call; two processes that make it at once agree on one.

    The file is readable by its owner only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / NAME
    if not kept.exists():
        _make(kept)
    return kept.read_text(encoding="ascii").strip()


def _make(kept: Path) -> None:
    # A file made by mkstemp has mode 0600; the link appears with its whole content or not at all.
    handle, name = tempfile.mkstemp(dir=kept.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        os.link(name, kept)
    except FileExistsError:
        pass  # another process was first: its key is read
    finally:
        Path(name).unlink()
