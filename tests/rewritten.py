"""The tests' asserts, rewritten once for all processes that share the tests, instead of by each of them."""

import os
from collections.abc import Iterable
from multiprocessing import get_context
from pathlib import Path

import pytest
from _pytest.assertion import rewrite


def rewrite_once(config: pytest.Config, folder: Path) -> None:
    """Rewrite all tests of the folder on all processors, and put them where pytest looks for them."""
    files = [file for kind in ("test_*.py", "conftest.py") for file in sorted(folder.rglob(kind))]
    stale = [file for file in files if rewrite._read_pyc(file, _kept(file)) is None]
    shares = [stale[number :: os.cpu_count() or 1] for number in range(os.cpu_count() or 1)]
    processes = [get_context("fork").Process(target=_rewrite, args=(share, config)) for share in shares if share]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def _rewrite(files: Iterable[Path], config: pytest.Config) -> None:
    for file in files:
        source_hash, code = rewrite._rewrite_test(file, config)
        kept = _kept(file)
        kept.parent.mkdir(exist_ok=True)
        rewrite._write_pyc(config.stash[rewrite.assertstate_key], code, source_hash, kept)


def _kept(file: Path) -> Path:
    return rewrite.get_cache_dir(file) / (file.stem + rewrite.PYC_TAIL)
