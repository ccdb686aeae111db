"""What `docker compose up` needs, checked without Docker: every key, variable, path, volume and command it names."""

import re
from pathlib import Path

import click
import pytest
import yaml

from pipeline.cli import COMMANDS, Shadowgraph
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


def written(path):
    pairs = (
        line.partition("=") for line in (ROOT / path).read_text().splitlines() if line and line[0] != "#"
    )
    return {name: value for name, _, value in pairs}


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
    assert all(volume.endswith(":ro") for volume in service["volumes"])


def test_the_settings_of_the_containers_are_settings(tmp_path):
    certificate = tmp_path / "ca.crt"
    certificate.write_text("")
    text = COMPOSE["configs"]["settings"]["content"].replace("/certificates/ca/ca.crt", str(certificate))
    (tmp_path / "settings.toml").write_text(text)

    environment = {"SHADOWGRAPH_ELASTIC_PASSWORD": "invented"}

    given = load_settings(environment | {"SHADOWGRAPH_SETTINGS": str(tmp_path / "settings.toml")})

    listeners = SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    assert f"INSIDE://{given.kafka.brokers[0]}" in listeners
    assert f":{given.worker.port}/health" in str(SERVICES["suspect"]["healthcheck"]["test"])
    assert given.elastic.url == SERVICES["kibana"]["environment"]["ELASTICSEARCH_HOSTS"]


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
