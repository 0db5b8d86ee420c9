"""Who may touch what (house.md 1), read from the code; each rule is shown a planted violation and must see it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PORTALS = tuple(sorted(folder.name for folder in ROOT.glob("portal_*")))
FLOORS = ("config", *PORTALS, "notifications", "workflows", "credentials", "people")
Rule = Callable[[str, ast.AST], bool]


def _modules() -> Iterator[tuple[str, ast.Module]]:
    """Each module of the product by its path, parsed; migrations are schema and not code."""
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def _names(node: ast.AST) -> list[str]:
    """What an import statement names, with the module before it."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def private_keys(path: str, node: ast.AST) -> bool:
    """Only `credentials/keys.py` imports a private-key API."""
    return path != "credentials/keys.py" and any("PrivateKey" in name for name in _names(node))


def tokens(path: str, node: ast.AST) -> bool:
    """Only `credentials/hardware.py` speaks to a PKCS#11 token."""
    return path != "credentials/hardware.py" and any(name.split(".")[0] == "pkcs11" for name in _names(node))


def flows_and_grants(path: str, node: ast.AST) -> bool:
    """Only `workflows` imports viewflow and guardian."""
    roots = {name.split(".")[0] for name in _names(node)}
    return not path.startswith("workflows/") and bool(roots & {"viewflow", "guardian"})


def managers(path: str, node: ast.AST) -> bool:
    """Portals and config call queries and verbs, never a model's manager."""
    upstairs = path.startswith(("portal_", "config/")) and "/management/" not in path
    return (
        upstairs and isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}
    )


def stages(path: str, node: ast.AST) -> bool:
    """Only the two state machines assign a stage."""
    if path in {"workflows/lifecycle.py", "workflows/award_course.py"}:
        return False
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
        return any(keyword.arg == "stage" for keyword in node.keywords)
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(target, ast.Attribute) and target.attr == "stage" for target in _flat(targets))


def _flat(targets: list[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        if isinstance(target, ast.Tuple):
            yield from _flat(target.elts)
        else:
            yield target


def network(path: str, node: ast.AST) -> bool:
    """One guarded client opens connections, nothing else; the mail's module knows smtplib by its errors' names only."""
    if path == "credentials/fetching.py":
        return False
    roots = {name.split(".")[0] for name in _names(node)}
    if path == "notifications/mail.py":
        roots.discard("smtplib")
    return bool(roots & {"requests", "httpx", "urllib3", "aiohttp", "socket", "smtplib"}) or any(
        name.startswith(("urllib.request", "http.client")) for name in _names(node)
    )


def messages(path: str, node: ast.AST) -> bool:
    """Only the hook after the commit and the sweeper wake a worker, and both stand in one file (stack.md 6)."""
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return called and node.func.attr in {"send", "send_with_options"} and path != "notifications/wake.py"


def global_grants(path: str, node: ast.AST) -> bool:
    """guardian's list shortcut scans whole tables (stack.md 4)."""
    return any(name.endswith("get_objects_for_user") for name in _names(node))


RULES: dict[Rule, tuple[str, str]] = {
    private_keys: (
        "portal_public/views.py",
        "from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey",
    ),
    tokens: ("credentials/keys.py", "import pkcs11"),
    flows_and_grants: ("portal_quality/views.py", "from guardian.shortcuts import assign_perm"),
    managers: ("portal_faculty/views.py", "Version.objects.all()"),
    stages: ("workflows/actions/deciding.py", "version.stage, version.number = 'active', 2"),
    network: ("credentials/verdict.py", "import urllib.request"),
    messages: ("notifications/telling.py", "deliver.send(row.pk)"),
    global_grants: ("workflows/queries.py", "from guardian.shortcuts import get_objects_for_user"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_code_keeps_the_rule(rule: Rule) -> None:
    broken = [
        f"{path}:{getattr(node, 'lineno', '?')}"
        for path, module in _modules()
        for node in ast.walk(module)
        if rule(path, node)
    ]
    assert broken == [], rule.__doc__


@pytest.mark.parametrize(("rule", "planted"), RULES.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_the_rule_sees_a_planted_violation(rule: Rule, planted: tuple[str, str]) -> None:
    path, source = planted
    assert any(rule(path, node) for node in ast.walk(ast.parse(source)))


def test_templates_hold_no_inline_script_style_or_handler() -> None:
    import re

    inline = re.compile(
        r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|hx-vals=.js:", re.IGNORECASE
    )
    for template in ROOT.glob("*/templates/**/*.html"):
        found = inline.search(template.read_text(encoding="utf-8"))
        assert found is None, f"{template.relative_to(ROOT)}: {found and found.group()}"


def test_no_portal_imports_its_sibling() -> None:
    for path, module in _modules():
        own = path.split("/")[0]
        if own in PORTALS:
            others = {name.split(".")[0] for node in ast.walk(module) for name in _names(node)} & set(PORTALS)
            assert others <= {own}, path
