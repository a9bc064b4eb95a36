"""The archive of each release's specimens: its conversations as `NAME.json`, its desk's files under `desk/`.

The same contents are the same bytes, whenever they are packed: names in their order, no times, no owners.
"""

import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
OLDER = HERE / "older.zip"
"""The archives of the earliest releases in one, each in a folder of its name."""
DESK = "desk/"
NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that an archive can hold."""


def archive(release: str) -> Path:
    """Return where the specimens of the release are."""
    return HERE / f"{release}.zip"


def releases() -> tuple[str, ...]:
    """Return the releases that have left specimens, the oldest first."""
    with zipfile.ZipFile(OLDER) as packed:
        older = {name.partition("/")[0] for name in packed.namelist()}
    left = {file.stem for file in HERE.glob("*.zip") if file != OLDER}
    return tuple(sorted(older | left, key=lambda release: tuple(map(int, release.split(".")))))


@cache
def conversations(release: str) -> Mapping[str, str]:
    """Return what the release stored of a conversation at each stage, as text by the stage's name."""
    return {name.removesuffix(".json"): text.decode() for name, text in _left_by(release, of_desk=False).items()}


def desk(release: str) -> Mapping[str, bytes]:
    """Return the files of the desk that the release left, by name; none where it left no desk."""
    return {name.removeprefix(DESK): file for name, file in _left_by(release, of_desk=True).items()}


def keep_conversations(target: Path, texts: Mapping[str, str]) -> None:
    """Put the conversations into the archive, in place of those in it; a desk in it stays."""
    _pack(target, _contents(target, of_desk=True) | {f"{name}.json": text.encode() for name, text in texts.items()})


def keep_desk(target: Path, files: Mapping[str, bytes]) -> None:
    """Put the desk's files into the archive, in place of those in it; conversations in it stay."""
    _pack(target, _contents(target, of_desk=False) | {DESK + name: content for name, content in files.items()})


def _left_by(release: str, *, of_desk: bool) -> dict[str, bytes]:
    own = archive(release)
    return _contents(own, of_desk=of_desk) if own.exists() else _contents(OLDER, f"{release}/", of_desk=of_desk)


def _contents(source: Path, folder: str = "", *, of_desk: bool) -> dict[str, bytes]:
    """Return what lies under `desk/` of the folder, or else beside it; nothing where there is no archive yet."""
    if not source.exists():
        return {}
    with zipfile.ZipFile(source) as packed:
        names = {name.removeprefix(folder): name for name in packed.namelist() if name.startswith(folder)}
        return {name: packed.read(of) for name, of in names.items() if name.startswith(DESK) == of_desk}


def _pack(target: Path, contents: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(target, "w") as packed:
        for name in sorted(contents):
            packed.writestr(_entry(name), contents[name], zipfile.ZIP_LZMA)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, NO_TIME)
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    return entry
