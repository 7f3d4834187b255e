"""The hub on many servers agrees with the one on one server, which `make hub-test` tries."""

import ast
import re
import tomllib

import yaml

from tools.paths import ROOT

DEPLOY = ROOT / "deploy"
VALUES = yaml.safe_load((DEPLOY / "kubernetes" / "values.yaml").read_text(encoding="utf-8"))
RECIPE = (DEPLOY / "kubernetes" / "Dockerfile").read_text(encoding="utf-8")
CONFIG = (DEPLOY / "jupyterhub_config.py").read_text(encoding="utf-8")
COPIED = [
    source
    for line in re.findall(r"^COPY (.*) \S+$", RECIPE, re.MULTILINE)
    for source in line.split()
]


def settings(name: str):
    """The value of ``c.JupyterHub.NAME = [...]`` in the configuration, constants only."""
    for node in ast.parse(CONFIG).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == f"c.JupyterHub.{name}":
            return node.value
    raise AssertionError(f"c.JupyterHub.{name} is not set")


def test_the_image_holds_what_it_copies_and_no_solutions():
    assert [source for source in COPIED if not (ROOT / source).exists()] == []
    assert not [s for s in COPIED if s.strip("./") in ("", "coursework", "book", "deploy", "tests")]


def test_the_image_has_the_version_of_the_course():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert VALUES["singleuser"]["image"]["tag"] == version
    assert f"{VALUES['singleuser']['image']['name']}:{version} " in RECIPE


def test_both_hubs_give_the_same_rights():
    roles = {role["name"]: role["scopes"] for role in ast.literal_eval(settings("load_roles"))}
    ours = {name: given["scopes"] for name, given in VALUES["hub"]["loadRoles"].items()}
    assert ours == {name: roles[name] for name in ours}
    assert set(ours) == {"user", "server"}


def test_the_exchange_gets_what_it_reads_and_is_reached():
    text = (DEPLOY / "exchange.py").read_text(encoding="utf-8")
    read = set(re.findall(r"EXCHANGE_[A-Z]+", text))
    hub, student = VALUES["hub"], VALUES["singleuser"]
    service = hub["services"]["exchange"]
    assert set(service["environment"]) == read == set(re.findall(r'"(EXCHANGE_[A-Z]+)"', CONFIG))
    assert service["command"][-1] == hub["extraFiles"]["exchange"]["mountPath"]
    port = int(service["environment"]["EXCHANGE_ADDRESS"].rpartition(":")[2])
    assert student["extraEnv"]["GROUNDUP_EXCHANGE"] == f"http://hub:{port}/"
    assert [it["port"] for it in hub["service"]["extraPorts"]] == [port]
    for rules in (hub["networkPolicy"]["ingress"], student["networkPolicy"]["egress"]):
        assert [p["port"] for rule in rules for p in rule["ports"]] == [port]
