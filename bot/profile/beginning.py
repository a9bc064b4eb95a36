"""Writes the profile that a new seller begins with."""

import shutil
from pathlib import Path

TEMPLATE = Path(__file__).with_name("template")


class FolderTaken(Exception):
    """There is something in the folder already."""


def begin(folder: Path) -> list[Path]:
    """Copies the template into `folder`, which is made, and lists the files. Errors: FolderTaken; OSError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderTaken
    shutil.copytree(TEMPLATE, folder, dirs_exist_ok=True)
    return sorted(path for path in folder.rglob("*") if path.is_file())
