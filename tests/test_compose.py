"""What `docker compose up` needs, checked without Docker: every key, variable, path, volume and command it names."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from pipeline.cli import COMMANDS, Shadowgraph
from pipeline.edges.kibanalink import Link
from pipeline.settings import load_settings

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
KEYS = set(
    "image build command environment volumes ports depends_on healthcheck mem_limit cpus restart init cap_drop read_only "
    "tmpfs security_opt configs user ulimits stop_grace_period".split()
)
HEALTH = {"test", "interval", "timeout", "retries", "start_period"}
CONDITIONS = {"service_healthy", "service_completed_successfully"}
OURS = [name for name, service in SERVICES.items() if service.get("build")]
ACTS = ("understand", "suspect", "decide", "index")


def written(path):
    pairs = (
        line.partition("=") for line in (ROOT / path).read_text().splitlines() if line and line[0] != "#"
    )
    return {name: value for name, _, value in pairs}


def settings_of(name, folder):
    """Give the settings of a service, as its file and its variables say."""
    (folder / "ca.crt").write_text("")
    (source,) = {config["source"] for config in SERVICES[name]["configs"]}
    text = COMPOSE["configs"][source]["content"].replace("/ca/ca.crt", str(folder / "ca.crt"))
    (folder / "settings.toml").write_text(text)
    given = SERVICES[name]["environment"] | {"SHADOWGRAPH_SETTINGS": str(folder / "settings.toml")}
    return load_settings(given)


def test_only_keys_that_compose_knows_are_used():
    assert {key for service in SERVICES.values() for key in service} <= KEYS
    assert {key for service in SERVICES.values() for key in service.get("healthcheck", {})} <= HEALTH
    assert set(COMPOSE) - {key for key in COMPOSE if key.startswith("x-")} == {
        "name",
        "configs",
        "volumes",
        "services",
    }


def test_every_variable_has_its_line_in_the_example_and_no_line_is_left_over():
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", TEXT))

    assert used == set(written(".env.example"))


def test_what_has_a_default_has_the_same_in_the_example():
    told = written(".env.example")

    for name, default in re.findall(r"(?<!\$)\$\{([A-Z_]+):-([^}]*)\}", TEXT):
        assert told[name] == default


def test_no_secret_has_a_default():
    for name in (
        "SHADOWGRAPH_KEY",
        "ELASTIC_PASSWORD",
        "KIBANA_PASSWORD",
        "WRITER_PASSWORD",
        "KIBANA_ENCRYPTION_KEY",
    ):
        assert f"${{{name}:-" not in TEXT
        assert written(".env.example")[name].startswith("change-me")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_a_pinned_image_limits_and_known_neighbours(name):
    service = SERVICES[name]

    assert re.search(r":(\$\{[A-Z_]+:-)?\d+\.\d+\.\d+", service["image"])
    assert service["mem_limit"]
    assert service["cpus"]
    for other, how in service.get("depends_on", {}).items():
        assert other in SERVICES
        assert how["condition"] in CONDITIONS
        assert how["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]


def test_volumes_are_declared_and_used():
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())}

    assert used == set(COMPOSE["volumes"])


def test_ports_are_on_the_loopback_unless_somebody_says_otherwise():
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]

    assert ports
    assert all(port.startswith("${BIND:-127.0.0.1}:") for port in ports)


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_commands_that_exist(name):
    words = SERVICES[name]["command"]
    context = click.Context(Shadowgraph())
    command = Shadowgraph().get_command(context, words[0])
    rest = words[1:]
    if isinstance(command, click.Group):
        command, rest = command.get_command(context, rest[0]), rest[1:]

    assert words[0] in COMMANDS
    assert command is not None
    command.make_context(words[-1], list(rest))


@pytest.mark.parametrize("name", OURS)
def test_our_services_can_write_nothing_but_their_scratch_folder(name):
    service = SERVICES[name]

    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert all(volume.endswith(":ro") for volume in service.get("volumes", ()))


@pytest.mark.parametrize("name", OURS)
def test_our_services_have_all_that_their_settings_need(name, tmp_path):
    given = settings_of(name, tmp_path)
    words = SERVICES[name]["command"]

    if words[1] in ("elastic", "kibana", "index"):
        assert given.elastic.url == SERVICES["kibana"]["environment"]["ELASTICSEARCH_HOSTS"]
        assert given.elastic.username == ("shadowgraph_writer" if words[1] == "index" else "elastic")
        assert "ca:/ca:ro" in SERVICES[name]["volumes"]
    else:
        assert not given.elastic.url
    if words[1] in ("kafka", *ACTS):
        listeners = SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
        assert f"INSIDE://{given.kafka.brokers[0]}" in listeners
        assert (given.kafka.partitions, dict(given.kafka.raw)) == (4, {"auto": 2})
    if words[0] == "worker":
        assert f":{given.worker.port}/health" in str(SERVICES[name]["healthcheck"]["test"])
        assert given.worker.bind == "0.0.0.0"


def test_kibana_is_named_by_an_address_that_setup_takes(tmp_path):
    url = SERVICES["setup-kibana"]["command"][-1]

    assert Link(url, settings_of("setup-kibana", tmp_path).elastic).url == url


def test_a_password_is_known_only_to_those_who_need_it():
    holders = {
        "ELASTIC_PASSWORD": {"elasticsearch", "users", "setup-elastic", "setup-kibana"},
        "KIBANA_PASSWORD": {"users", "kibana"},
        "WRITER_PASSWORD": {"users", "index"},
    }

    for variable, names in holders.items():
        assert {name for name in SERVICES if f"${{{variable}:" in str(SERVICES[name])} == names


def test_private_keys_are_only_where_they_are_used():
    mounted = {name: str(service.get("volumes", "")) for name, service in SERVICES.items()}
    makers = str(SERVICES["certificates"]["command"])

    assert {name for name in SERVICES if "certificates:" in mounted[name]} == {
        "certificates",
        "elasticsearch",
    }
    assert {name for name in SERVICES if "ca:/" in mounted[name] and ":ro" not in mounted[name]} == {
        "certificates"
    }
    assert re.findall(r"(\S+) /ca/\S+", makers) == ["ca/ca.crt"]


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_passwords_with_quotes_and_backslashes_arrive_whole(tmp_path):
    passwords = {"KIBANA_PASSWORD": 'a"b\\c & \\" $d', "WRITER_PASSWORD": "\\\\n\"/'`x`*"}
    script = SERVICES["users"]["command"][-1].replace("$$", "$")
    (tmp_path / "curl").write_text('#!/usr/bin/env bash\nprintf "%s\\n" "${@: -1}" >&3\n')
    (tmp_path / "curl").chmod(0o755)
    sent = tmp_path / "sent"

    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "ELASTIC_PASSWORD": "invented", **passwords}
    subprocess.run(["bash", "-ceu", f"exec 3>{sent}\n{script}"], env=environment, check=True)

    told = [json.loads(line) for line in sent.read_text().splitlines()]
    assert [body["password"] for body in told] == list(passwords.values())
    assert told[1]["roles"] == ["shadowgraph_writer"]


def test_the_image_is_built_of_what_is_there_and_allowed_in():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = [
        word
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    assert set(copied) == allowed
    assert all((ROOT / path).exists() for path in copied)
    assert any(re.fullmatch(r"USER [1-9]\d*", line) for line in lines)
    assert all(re.search(r":\d+\.\d+\.\d+-", line) for line in lines if line.startswith("FROM "))
