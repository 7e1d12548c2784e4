"""docker-compose.yml, Dockerfile and nginx.conf agree with the code: every command, path and variable in them exists."""

import re
import shlex

import pytest
import yaml

from suite.runtime import programs
from suite.runtime.places import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
TEXT = (ROOT / "docker-compose.yml").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "suite"}
DJANGO_COMMANDS = {"migrate", "collectstatic", "check"}


def _words(command) -> list[str]:
    return shlex.split(command) if isinstance(command, str) else list(command or [])


def _sources() -> str:
    """All Python in which a variable of the environment may be read."""
    return "\n".join(path.read_text() for top in ("suite", "integration") for path in (ROOT / top).rglob("*.py"))


def test_the_same_programs_as_make_run():
    assert set(OURS) == {"migrate", "web", "worker", "beat", "sweeper"}
    assert _words(OURS["worker"]["command"]) == ["celery", *map(str, programs.worker()[3:])]
    assert "gunicorn" in DOCKERFILE
    for option in ("--preload", "--no-control-socket", "gthread", "suite.wsgi:application"):
        assert option in programs.web("127.0.0.1", 8000) and option in DOCKERFILE


@pytest.mark.parametrize("name", OURS)
def test_commands_of_manage_exist(name):
    words = _words(OURS[name].get("command"))
    if "manage.py" not in words:
        return
    command = words[words.index("manage.py") + 1]

    assert command in DJANGO_COMMANDS or programs.has_command(command)


def test_variables_are_read_by_the_code():
    source = _sources()
    named = {key for service in OURS.values() for key in service["environment"]}
    libraries = {"PROMETHEUS_MULTIPROC_DIR"}

    assert [name for name in sorted(named - libraries) if f'"{name}"' not in source] == []


def test_variables_of_the_database_are_read_by_its_script():
    script = (ROOT / "suite" / "runtime" / "sql" / "roles.sql").read_text()
    for name in ("OWNER_PASSWORD", "APPLICATION_PASSWORD"):
        assert name in SERVICES["postgres"]["environment"]
        assert f"\\getenv {name.lower()} {name}" in script


def test_no_secret_has_a_default():
    assert re.findall(r"\$\{\w+:?-", TEXT) == []
    for name in ("SECRET_KEY", "OWNER_PASSWORD", "APPLICATION_PASSWORD", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "METRICS_TOKEN"):
        assert f"${{{name}:?" in TEXT
        assert f"{name}" in TEXT.split("name: suite")[0], "the head of the file lists what must be set"


def test_only_the_migration_knows_the_owner():
    knowing = [name for name, service in OURS.items() if "MIGRATE_DATABASE_URL" in service["environment"]]

    assert knowing == ["migrate"]
    for name in set(OURS) - {"migrate"}:
        assert "suite_app:" in OURS[name]["environment"]["DATABASE_URL"]


def test_mounted_files_and_volumes_exist():
    for service in SERVICES.values():
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).is_file(), source
            elif not source.startswith("$"):
                assert source in COMPOSE["volumes"], source


def test_who_waits_for_whom_exists_and_says_when_it_is_well():
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            assert other in SERVICES
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], other


def test_only_the_proxy_is_reachable_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert SERVICES["postgres"]["networks"] == SERVICES["broker"]["networks"] == ["inside"]


def test_what_the_dockerfile_copies_exists_and_is_not_left_out():
    ignored = (ROOT / ".dockerignore").read_text().split()
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for source in line.split():
            assert (ROOT / source).exists(), source
            assert source not in ignored
    for secret in (".git", "var", ".venv"):
        assert secret in ignored


def test_the_proxy_points_to_the_web_service_and_hides_the_figures():
    assert "server web:8000;" in NGINX and "0.0.0.0:8000" in DOCKERFILE
    assert re.search(r"location = /metrics \{ return 404; \}", NGINX)
    assert "X-Forwarded-For $remote_addr" in NGINX
    assert NGINX.count("{") == NGINX.count("}")
