"""The Kubernetes base builds, every object fits its schema, and the compose file and images' recipes are sound."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from flexbourse_messages import catalogue
from flexbourse_runtime.config import load
from flexbourse_runtime.metrics import CATALOGUE
from flexbourse_runtime.service_metrics import SERVICE_CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
BASE = ROOT / "k8s" / "base"
KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.7.1"
SERVICES = (
    "registry", "orderbook", "gridcheck", "traffic-light", "settlement", "activation", "wholesale-gateway",
    "ancillary-gateway", "market-data",
)  # fmt: skip
SIMULATORS = {"exchange-simulator": "exchange", "mfrr-simulator": "mfrr"}
GO_INSTALL_LIMIT_S = 600


@pytest.fixture(scope="session")
def kustomize() -> Path:
    """Return kustomize, built once from its module at a pinned version."""
    folder = ROOT / "build" / "tools"
    program = folder / "kustomize"
    if not program.exists():
        environment = os.environ | {
            "GOBIN": str(folder), "GOPATH": str(ROOT / "build" / "go"), "GOCACHE": str(ROOT / "build" / "go-cache"),
            "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "local",
        }  # fmt: skip
        subprocess.run([BIN / "go", "install", KUSTOMIZE], env=environment, check=True, timeout=GO_INSTALL_LIMIT_S)
    return program


@pytest.fixture(scope="session")
def manifests(kustomize: Path) -> list[dict[str, object]]:
    """Return all objects of the base."""
    built = subprocess.run([kustomize, "build", BASE], capture_output=True, text=True, check=True, timeout=60)
    return list(yaml.safe_load_all(built.stdout))


@pytest.fixture(scope="session")
def sandbox(kustomize: Path, manifests: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the objects that the sandbox has more than the base."""
    command = [kustomize, "build", ROOT / "k8s" / "sandbox"]
    built = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return [one for one in yaml.safe_load_all(built.stdout) if one not in manifests]


def test_core_objects_fit_the_schemas_of_kubernetes(
    manifests: list[dict[str, object]], sandbox: list[dict[str, object]], tmp_path: Path
) -> None:
    core = [one for one in manifests if "strimzi" not in str(one["apiVersion"])]
    assert len(core) > 20
    assert len(sandbox) == 4 * len(SIMULATORS)
    paths = [tmp_path / f"{index}.yaml" for index in range(len(core) + len(sandbox))]
    for path, document in zip(paths, [*core, *sandbox], strict=True):
        path.write_text(yaml.safe_dump(document))
    outcome = subprocess.run(
        [BIN / "kubernetes-validate", "--strict", *paths], capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def strimzi_problems(documents: list[dict[str, object]]) -> list[str]:
    """Return what Strimzi's own v1 schemas say of the objects."""
    script = ROOT / "tests" / "deployment" / "validate_strimzi.cjs"
    outcome = subprocess.run(
        [BIN / "node", script], input=json.dumps(documents), capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(outcome.stdout)


def test_kafka_objects_fit_the_v1_schemas_of_strimzi(manifests: list[dict[str, object]]) -> None:
    kafka = [one for one in manifests if "strimzi" in str(one["apiVersion"])]
    assert {one["kind"] for one in kafka} == {"Kafka", "KafkaNodePool", "KafkaTopic", "KafkaUser"}
    assert strimzi_problems(kafka) == []


def test_a_wrong_topic_is_found(manifests: list[dict[str, object]]) -> None:
    topic = next(one for one in manifests if one["kind"] == "KafkaTopic")
    broken = json.loads(json.dumps(topic))
    broken["spec"]["partitions"] = "many"
    assert strimzi_problems([broken]) != []


def test_every_topic_of_the_catalogue_has_its_resource(manifests: list[dict[str, object]]) -> None:
    names = {one["metadata"]["name"] for one in manifests if one["kind"] == "KafkaTopic"}  # type: ignore[index]
    assert names >= set(catalogue.TOPICS)


def test_every_service_has_probes_limits_and_no_rights(manifests: list[dict[str, object]]) -> None:
    sets = {one["metadata"]["name"]: one for one in manifests if one["kind"] == "StatefulSet"}  # type: ignore[index]
    for service in SERVICES:
        pod = sets[service]["spec"]["template"]["spec"]  # type: ignore[index]
        container = pod["containers"][0]
        assert {"livenessProbe", "readinessProbe", "startupProbe"} <= set(container)
        assert {"cpu", "memory"} == set(container["resources"]["limits"]) == set(container["resources"]["requests"])
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"]["drop"] == ["ALL"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False


def test_the_compose_file_fits_the_compose_specification() -> None:
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    others = {"kafka", "redis", "chain", "issuer", "edge", "prometheus", "grafana"}
    assert {*SERVICES, *SIMULATORS, *others} == set(services)
    assert {name for name, service in services.items() if service.get("profiles") == ["sandbox"]} == set(SIMULATORS)


FOLDERS = [*(f"services/{name}" for name in SERVICES), *(f"simulators/{name}" for name in SIMULATORS.values())]


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_image_recipe_is_clean_and_runs_as_nobody(folder: str) -> None:
    recipe = ROOT / folder / "Dockerfile"
    outcome = subprocess.run([BIN / "hadolint", recipe], capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout
    text = recipe.read_text()
    assert "\nUSER 65532:65532\n" in text
    assert "HEALTHCHECK" in text
    assert "ARG BASE=" in text


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_image_holds_every_package_of_ours_that_its_program_needs(folder: str) -> None:
    places = {project(path)["name"]: path.parent for path in ROOT.glob("*/*/pyproject.toml")}
    needed, seen = [project(ROOT / folder / "pyproject.toml")["name"]], set()
    while needed:
        name = needed.pop()
        seen.add(name)
        own = project(places[name] / "pyproject.toml").get("dependencies", [])
        names = {re.split(r"[\[<>=~! ]", dependency)[0] for dependency in own}
        needed += [other for other in names if other in places and other not in seen]
    copied = set(re.findall(r"^COPY (\S+) \1$", (ROOT / folder / "Dockerfile").read_text(), re.MULTILINE))
    assert {str(places[name].relative_to(ROOT)) for name in seen} <= copied


def project(path: Path) -> dict[str, Any]:
    """Return what a package says of itself."""
    found: dict[str, Any] = tomllib.loads(path.read_text())["project"]
    return found


@pytest.mark.parametrize("name", SIMULATORS)
def test_a_simulator_is_the_same_in_both_sandboxes(name: str, sandbox: list[dict[str, object]]) -> None:
    deployments = {one["metadata"]["name"]: one for one in sandbox if one["kind"] == "Deployment"}  # type: ignore[index]
    pod = deployments[name]["spec"]["template"]["spec"]  # type: ignore[index]
    container = pod["containers"][0]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"][name]
    recipe = (ROOT / "simulators" / SIMULATORS[name] / "Dockerfile").read_text()
    port = container["ports"][0]["containerPort"]
    assert container["image"] == compose["image"] == f"flexbourse/{name}:dev"
    assert compose["build"]["dockerfile"] == f"simulators/{SIMULATORS[name]}/Dockerfile"
    assert compose["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"\nEXPOSE {port}\n" in recipe
    assert container["readinessProbe"]["httpGet"]["path"] in recipe, "the path of the image's own check"
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"]["drop"] == ["ALL"]
    assert (pod["securityContext"]["runAsNonRoot"], pod["automountServiceAccountToken"]) == (True, False)


@pytest.mark.parametrize("service", SERVICES)
def test_settings_of_manifests_and_compose_are_settings_of_the_service(
    service: str, manifests: list[dict[str, object]]
) -> None:
    kind = import_module(f"flexbourse_{service.replace('-', '_')}.config").Config
    sets = {one["metadata"]["name"]: one for one in manifests if one["kind"] == "StatefulSet"}  # type: ignore[index]
    container = sets[service]["spec"]["template"]["spec"]["containers"][0]  # type: ignore[index]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"][service]["environment"]
    for environment in ({one["name"]: str(one.get("value", "0")) for one in container["env"]}, compose):
        load(kind, service, {key: str(value) for key, value in environment.items()})


def test_the_dashboard_asks_only_for_metrics_that_exist() -> None:
    labels = {metric.name: metric.labels for metric in (*CATALOGUE, *SERVICE_CATALOGUE)}
    dashboard = json.loads((BASE / "monitoring" / "flexbourse.json").read_text())
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked = {name for text in expressions for name in re.findall(r"flexbourse_[a-z_]+", text)}
    assert asked
    assert {name.removesuffix("_bucket") for name in asked} <= labels.keys()
    for panel in dashboard["panels"]:
        (target,) = panel["targets"]
        (name,) = set(re.findall(r"flexbourse_[a-z_]+", target["expr"]))
        shown = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
        assert shown <= set(labels[name.removesuffix("_bucket")]), f"{panel['title']} shows labels of its own"
