"""Rules for the image and its compose file: all pinned, no rights that aren't needed, names that fit together."""

import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any, get_args

import pytest
import yaml
from pydantic import SecretStr

from bot.app.settings import DeskSettings, Settings
from bot.cli import COMMANDS
from tests.architecture.rooms import ROOT
from tests.containers.containerfile import named, only, read

PINNED = re.compile(
    r"docker\.io/library/(?:(?:python|caddy):\d+\.\d+\.\d+|postgres:\d+\.\d+)(?:-\w+)*@sha256:[0-9a-f]{64}"
)
PAGE = (ROOT / "docs" / "how-to" / "run-in-containers.md").read_text("utf-8")
CADDYFILE = (ROOT / "Caddyfile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
COMPOSE: Mapping[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: Mapping[str, Any] = COMPOSE["services"]
GIVEN: Mapping[str, str] = {name: value for parts in SERVICES.values() for name, value in parts["environment"].items()}
FIRST, LAST = read()
ENV = {name: value for one in named(LAST, "ENV") for name, value in one.pairs.items()}
FIELDS = {f"OKIENKO_{name.upper()}": field for name, field in Settings.model_fields.items()}
OF_OTHERS = {"FORWARDED_ALLOW_IPS": "uvicorn", "POSTGRES_USER": "postgres", "POSTGRES_PASSWORD": "postgres"}
"""Names that aren't the desk's, and who reads them."""


def test_every_image_is_named_by_exact_release_and_digest() -> None:
    base, other = (only(stage, "FROM").words.split()[0] for stage in (FIRST, LAST))
    assert base == other, "what one Python installed, another would run"
    assert f"/python:{PROJECT['project']['requires-python'].removeprefix('>=')}." in base
    assert f" {base.rpartition('/')[2].partition('@')[0]}`" in PAGE
    images = [base, *(parts["image"] for parts in SERVICES.values() if "build" not in parts)]
    assert len(images) == 3
    assert not [image for image in images if not PINNED.fullmatch(image)]


def test_all_that_is_fetched_has_hashes() -> None:
    lines = " && ".join(one.words for one in (*named(FIRST, "RUN"), *named(LAST, "RUN"))).split("&&")
    fetching = [line for line in lines if re.search(r"\bpip .*(install|wheel)|\b(apt|curl|wget|git)\b", line)]
    unfetched = [line for line in fetching if {"--no-index", "--no-deps"} <= {*line.split()}]
    hashed = [line for line in fetching if "--require-hashes --only-binary :all: --requirement requirements/" in line]
    assert len(fetching) == len(unfetched) + len(hashed) == 4
    assert not [one for one in (*FIRST, *LAST) if one.name in {"ADD", "ARG", "SHELL", "ONBUILD"}]


def test_the_builder_is_given_what_is_copied_and_that_holds_the_whole_wheel() -> None:
    copied = {name for one in named(FIRST, "COPY") for name in one.words.split()[:-1]}
    ignored = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[:1] not in {"", "#"}]
    assert ignored[0] == "*"
    given = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert given == {name.split("/")[0] for name in copied}
    assert {*ignored[1:]} - {f"!{name}" for name in given} == {"**/__pycache__", "**/.env"}
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {*wheel["packages"]} == {name for name in copied if (ROOT / name).is_dir()}


def test_the_image_runs_as_nobody_and_without_an_installer() -> None:
    names = [one.name for one in LAST]
    assert only(LAST, "USER").words == "10001:10001"
    assert not {"RUN", "COPY"} & {*names[names.index("USER") :]}
    assert only(LAST, "COPY").words == "--from=build /opt/okienko /opt/okienko"
    assert "venv --without-pip /opt/okienko" in " ".join(one.words for one in named(FIRST, "RUN"))


def test_the_image_says_what_the_desk_knows() -> None:
    assert ENV.keys() - {"PATH", "PYTHONDONTWRITEBYTECODE"} <= FIELDS.keys()
    assert only(LAST, "EXPOSE").words == ENV["OKIENKO_PORT"] == str(DeskSettings.model_fields["port"].default)
    assert only(LAST, "VOLUME").listed == [only(LAST, "WORKDIR").words] == [ENV["OKIENKO_DATA_DIR"]]
    assert only(LAST, "ENTRYPOINT").listed == [*PROJECT["project"]["scripts"]]
    assert {*only(LAST, "CMD").listed} <= COMMANDS.keys()


def test_every_variable_is_a_setting_or_another_programs_and_no_secret_stands_in_a_file() -> None:
    assert GIVEN.keys() <= FIELDS.keys() | OF_OTHERS.keys()
    secrets = {name for name, field in FIELDS.items() if SecretStr in get_args(field.annotation)}
    assert len(secrets) >= 20
    assert not secrets & (ENV.keys() | GIVEN.keys())
    assert GIVEN["POSTGRES_PASSWORD"] == "${POSTGRES_PASSWORD}"
    address = rf"postgresql://{GIVEN['POSTGRES_USER']}:\$\{{POSTGRES_PASSWORD:\?[^}}]+\}}@database/okienko"
    assert re.fullmatch(address, GIVEN["OKIENKO_DATABASE_URL"])
    assert ".env" in (ROOT / ".gitignore").read_text("utf-8").split()


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_few_rights_and_a_limit(service: str) -> None:
    parts = SERVICES[service]
    assert (parts["read_only"], parts["cap_drop"]) == (True, ["ALL"])
    assert parts.get("cap_add", []) == (["NET_BIND_SERVICE"] if service == "proxy" else [])
    assert parts["security_opt"] == ["no-new-privileges:true"]
    assert not parts.keys() & {"privileged", "pid", "ipc", "network_mode", "userns_mode", "container_name"}
    assert parts["deploy"]["resources"]["limits"].keys() == {"memory", "cpus", "pids"}
    assert parts["restart"] == "unless-stopped"
    assert parts["stop_grace_period"]
    assert service == "desk" or parts["healthcheck"]["test"][0] == "CMD"


def test_only_the_proxy_is_reached_and_it_alone_is_believed() -> None:
    assert [name for name, parts in SERVICES.items() if "ports" in parts] == ["proxy"]
    assert (SERVICES["database"]["networks"], COMPOSE["networks"]["back"]) == (["back"], {"internal": True})
    address = SERVICES["proxy"]["networks"]["front"]["ipv4_address"]
    assert GIVEN["FORWARDED_ALLOW_IPS"] == address
    (front,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    assert ip_address(address) in ip_network(front["subnet"])
    assert ip_address(address) not in ip_network(front["ip_range"])


def test_each_waits_for_what_it_needs_to_be_well() -> None:
    well = {"condition": "service_healthy"}
    waits = {name: parts.get("depends_on") for name, parts in SERVICES.items()}
    assert waits == {"desk": {"database": well}, "database": None, "proxy": {"desk": well}}


def test_the_proxy_knows_all_replicas_and_keeps_the_figures_in() -> None:
    lines = {" ".join(line.split()) for line in CADDYFILE.splitlines()}
    replicas = f"dynamic a desk {ENV['OKIENKO_PORT']} {{"
    assert {"{$OKIENKO_PUBLIC_URL} {", replicas, "respond /metrics 404", "encode"} <= lines
    assert {"lb_try_duration", "fail_duration", "request_buffers"} <= {line.split(" ")[0] for line in lines}
    assert {"OKIENKO_PUBLIC_URL"} == SERVICES["proxy"]["environment"].keys()
    assert "./Caddyfile:/etc/caddy/Caddyfile:ro" in SERVICES["proxy"]["volumes"]


def test_what_must_last_is_on_a_volume() -> None:
    mounted = [one.split(":")[0] for parts in SERVICES.values() for one in parts["volumes"] if one[0] not in "./$"]
    assert sorted(mounted) == sorted(COMPOSE["volumes"])
    user, group = only(LAST, "USER").words.split(":")
    assert f"{ENV['OKIENKO_DATA_DIR']}:mode=0700,uid={user},gid={group}" in SERVICES["desk"]["tmpfs"]


def test_the_page_names_all_that_must_be_given_and_only_what_is_there() -> None:
    asked = {*re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text("utf-8"))}
    assert asked <= {*re.findall(r"\w+", PAGE)}
    spoken_to = {*re.findall(r"docker compose (?:exec|run|stop|start|logs)(?: --?\S+)* (\w+)", PAGE)}
    assert {"desk", "database"} <= spoken_to <= SERVICES.keys()
    first = re.findall(r"docker run (?:.*\\\n)*.*", PAGE)[0]
    published = f"--publish 127.0.0.1:8080:{ENV['OKIENKO_PORT']} "
    wanted = {"--read-only ", "OKIENKO_SANDBOX=public ", f":{ENV['OKIENKO_DATA_DIR']} ", published}
    assert not [words for words in wanted if words not in first]
    assert GIVEN["FORWARDED_ALLOW_IPS"].rpartition(".")[0] in PAGE
