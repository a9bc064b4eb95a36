"""A Containerfile, read, and played in a folder that stands for the image's root: without network, rights or a builder.

What a builder would fetch (the lines with `--require-hashes`) is there already: the environments made by these lines
see the distributions that these tests run with, which are pinned by the same files. All other lines are carried out.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.architecture.rooms import ROOT

CONTAINERFILE = ROOT / "Containerfile"
OWN_PATH = re.compile(r"(?<![\w./*-])/(?=(?:opt|src|data)\b)")
"""Where an absolute path of the image begins."""
IS_ROOT = os.geteuid() == 0


class Instruction(NamedTuple):
    name: str
    words: str

    @property
    def listed(self) -> list[str]:
        """The words of an exec form, after options such as HEALTHCHECK's. Raises ValueError for a shell's line."""
        return json.loads(self.words[self.words.index("[") :])

    @property
    def pairs(self) -> dict[str, str]:
        """Names and values of ENV."""
        return dict(word.split("=", 1) for word in shlex.split(self.words))


def read() -> list[list[Instruction]]:
    """Return the stages, each beginning with its FROM."""
    text = re.sub(r"^\s*#.*\n", "", CONTAINERFILE.read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    found: list[list[Instruction]] = []
    for line in filter(str.strip, text.splitlines()):
        name, *words = line.split()
        if name == "FROM":
            found.append([])
        found[-1].append(Instruction(name, " ".join(words)))
    return found


def named(stage: Sequence[Instruction], name: str) -> list[Instruction]:
    return [one for one in stage if one.name == name]


def only(stage: Sequence[Instruction], name: str) -> Instruction:
    (one,) = named(stage, name)
    return one


class Image:
    """The last stage, played: `root` stands for `/`."""

    def __init__(self, place: Path) -> None:
        self.root = place / "root"
        self._distributions = place / "distributions"
        self._link_distributions()
        *before, self.last = read()
        for stage in before:
            self._play(stage)
            # Every stage has its files at the same place, as it has in a builder: installed scripts name it.
            self.root.rename(place / only(stage, "FROM").words.rsplit(" AS ", 1)[1])
        self.env, self.folder = self._play(self.last)
        (self.root / "tmp").mkdir(mode=0o777)

    def _link_distributions(self) -> None:
        """Name all that is installed here but the desk itself, so that no installer finds it, or takes it away."""
        self._distributions.mkdir()
        for one in Path(sysconfig.get_path("purelib")).iterdir():
            if one.suffix != ".pth" and not one.name.startswith(("okienko", "_okienko", "__editable__")):
                (self._distributions / one.name).symlink_to(one)

    def _play(self, stage: Sequence[Instruction]) -> tuple[dict[str, str], Path]:
        self.root.mkdir()
        env, folder = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}, self.root
        for name, words in stage:
            if name == "ENV":
                given = Instruction(name, words).pairs
                env |= {key: self.here(value.replace("$PATH", env["PATH"])) for key, value in given.items()}
            elif name == "WORKDIR":
                folder = Path(self.here(words))
                folder.mkdir(parents=True, exist_ok=True)
            elif name == "COPY":
                self._copy(words, folder)
            elif name == "RUN":
                self._run(words, folder, env)
        return env, folder

    def here(self, words: str) -> str:
        """Return the words with the image's absolute paths as they are on this machine."""
        return OWN_PATH.sub(f"{self.root}/", words)

    def _copy(self, words: str, folder: Path) -> None:
        source, (*names, target) = ROOT, words.split()
        if names[0].startswith("--from="):
            source = self.root.parent / names.pop(0).removeprefix("--from=")
        for name in names:
            one, there = source / name.lstrip("/"), folder / self.here(target)
            if one.is_dir():
                ignored = shutil.ignore_patterns("__pycache__") if source == ROOT else None
                shutil.copytree(one, there, symlinks=True, ignore=ignored)
            else:
                there.mkdir(exist_ok=True)
                shutil.copy2(one, there)

    def _run(self, words: str, folder: Path, env: Mapping[str, str]) -> None:
        if "--require-hashes" in words:
            self._see_what_is_installed(words, folder)
            return
        # Whoever isn't root owns all that is made here.
        line = self.here(words) if IS_ROOT else f"chown() {{ :; }}; {self.here(words)}"
        subprocess.run(["sh", "-ec", line], cwd=folder, env={**env, "PIP_CONFIG_FILE": os.devnull}, check=True)

    def _see_what_is_installed(self, words: str, folder: Path) -> None:
        (pinned,) = re.findall(r"--requirement (\S+)", words)
        assert (folder / pinned).read_bytes() == (ROOT / pinned).read_bytes()
        (made,) = re.findall(r"-m venv (?:--without-pip )?(\S+)", words)
        environment = self.here(made)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
        (packages,) = Path(environment).glob("lib/python*/site-packages")
        (packages / "pinned.pth").write_text(f"{self._distributions}\n")

    def seal(self) -> None:
        """Take away every right to write but to the data folder and to `/tmp`."""
        for path in self._own():
            path.chmod(path.stat().st_mode & ~0o222)

    def unseal(self) -> None:
        for path in self._own():
            path.chmod(path.stat().st_mode | 0o200)

    def _own(self) -> Iterator[Path]:
        written = [Path(self.here(one)) for one in only(self.last, "VOLUME").listed] + [self.root / "tmp"]
        for path in (self.root, *self.root.rglob("*")):
            if not path.is_symlink() and not any(path.is_relative_to(one) for one in written):
                yield path

    def contents(self) -> dict[str, tuple[int, int]]:
        """Return size and time of all that is neither data nor temporary."""
        return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in self._own()}

    def command(self, words: Sequence[str]) -> list[str]:
        """Return a command as the image's user would run it: one who may read everything here and write nothing."""
        found = Path(self.env["PATH"].partition(":")[0], words[0])
        assert found.is_relative_to(self.root)
        assert found.exists()
        command = [str(found), *words[1:]]
        if not IS_ROOT:
            return command
        user, group = only(self.last, "USER").words.split(":")
        rights = [f"--{kind}=-all,+dac_read_search" for kind in ("inh-caps", "ambient-caps", "bounding-set")]
        return ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs", *rights, *command]
