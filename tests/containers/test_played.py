"""The image's steps, carried out: what the Containerfile copies and builds is a desk that starts where it may write
nothing but its data, says that it is well, takes a stranger to a paid order, and ends when it is told to."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import yaml

from sandbox.testing.customer import Customer
from sandbox.testing.desk import DeskClient
from tests.architecture.rooms import ROOT
from tests.containers.containerfile import Image, only
from tests.crash.process import free_port

PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Generator[Image]:
    image = Image(tmp_path_factory.mktemp("image"))
    image.seal()
    yield image
    image.unseal()


@pytest.fixture
def env(image: Image) -> dict[str, str]:
    """As the page's first command sets it, but for the port, and on loopback only: it is a sandbox."""
    own = {"OKIENKO_SANDBOX": "public", "OKIENKO_HOST": "127.0.0.1", "OKIENKO_PORT": str(free_port())}
    return {**image.env, **own, "TMPDIR": str(image.root / "tmp"), "HOME": str(image.root)}


def is_well(image: Image, env: dict[str, str]) -> bool:
    command = image.command(only(image.last, "HEALTHCHECK").listed)
    return subprocess.run(command, env=env, capture_output=True, check=False).returncode == 0


@contextmanager
def desk(image: Image, env: dict[str, str]) -> Generator[subprocess.Popen[bytes]]:
    words = [*only(image.last, "ENTRYPOINT").listed, *only(image.last, "CMD").listed]
    with subprocess.Popen(image.command(words), cwd=image.folder, env=env, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until_well(image: Image, env: dict[str, str], process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not is_well(image, env):
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < until


def check_contents(image: Image) -> None:
    """Nothing is left to be compiled at a start, and the bill of materials lies beside what it lists."""
    (packages,) = (image.root / "opt" / "okienko").glob("lib/python*/site-packages")
    modules = [*(packages / "bot").rglob("*.py")]
    assert len(modules) > 300
    missing = [one for one in modules if not [*one.parent.glob(f"__pycache__/{one.stem}.*.pyc")]]
    assert not missing
    assert [*(packages / "bot" / "texts").rglob("texts.msgpack")]
    made = subprocess.run(["python", "requirements/sbom.py"], cwd=ROOT, env=image.env, capture_output=True, check=True)
    assert (image.root / "opt" / "okienko" / "okienko.cdx.json").read_bytes() == made.stdout


async def check_first_order(address: str) -> None:
    """A stranger signs up, orders, pays and activates e-invoices, with nothing to write on but the desk's data."""
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=PATIENCE_S) as http:
        customer = await Customer(DeskClient(http)).run()
        card = await customer.desk.card(customer.person.email)
    assert [one["status"] for one in card["orders"]] == ["paid"]
    assert card["einvoice"]["status"] == "active"


def test_a_desk_starts_on_a_root_that_is_read_only_and_ends_in_time(image: Image, env: dict[str, str]) -> None:
    check_contents(image)
    before = image.contents()
    assert not is_well(image, env), "something else listens there"
    with desk(image, env) as process:
        wait_until_well(image, env, process)
        page = httpx.get(f"http://127.0.0.1:{env['OKIENKO_PORT']}/")
        assert page.status_code == 200
        assert "FakturaSmart" in page.text
        asyncio.run(check_first_order(f"http://127.0.0.1:{env['OKIENKO_PORT']}"))
        at_work = Path(f"/proc/{process.pid}/status")
        if at_work.exists() and os.geteuid() == 0:
            assert "Uid:\t10001\t10001\t10001\t10001" in at_work.read_text()
        compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
        process.send_signal(signal.Signals[only(image.last, "STOPSIGNAL").words])
        assert process.wait(float(compose["services"]["desk"]["stop_grace_period"].removesuffix("s"))) == 0
    assert not is_well(image, env)
    assert image.contents() == before
    assert [*(image.root / "tmp").iterdir()] == []
    assert (image.root / "data" / "okienko.sqlite").stat().st_size > 0
