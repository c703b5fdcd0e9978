"""The house stands on its arrows: civic -> cms -> {discussions, integrations} -> nlp -> nlp.core."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("civic", "cms", "discussions", "integrations", "nlp")

MAY_IMPORT = {
    "civic": {"civic", "cms", "discussions", "integrations", "nlp"},
    "cms": {"cms", "discussions", "integrations", "nlp"},
    "discussions": {"discussions", "nlp"},
    "integrations": {"integrations", "nlp"},
    "nlp": {"nlp"},
}
CORE_MAY_NOT = {"django", "django_tasks", "wagtail", "channels", "time", "requests", "random", *PACKAGES} - {"nlp"}


def modules(folder: str):
    return [path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]


def imports(path: Path):
    """Every module name that a file imports, wherever in the file."""
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield ".".join([*package[: -node.level], node.module or ""]).strip(".")
            else:
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_rightwards(package):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in imports(path)
        if name.split(".")[0] in PACKAGES and name.split(".")[0] not in MAY_IMPORT[package]
    ]
    assert not wrong


def test_the_core_is_pure():
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules("nlp/core")
        for name in imports(path)
        if name.split(".")[0] in CORE_MAY_NOT
        or (name.startswith("nlp") and not name.startswith("nlp.core") and name != "nlp")
    ]
    assert not wrong


@pytest.mark.parametrize("package", ["discussions", "integrations", "nlp"])
def test_the_domain_knows_no_wagtail(package):
    assert not [path for path in modules(package) for name in imports(path) if name.split(".")[0] == "wagtail"]


def test_foreign_keys_point_rightwards():
    wrong = [
        f"{model.__name__}.{field.name} -> {field.related_model.__name__}"
        for package in PACKAGES
        for model in apps.get_app_config(package).get_models()
        for field in model._meta.get_fields()
        if field.concrete
        and field.is_relation
        and field.related_model is not None
        and field.related_model._meta.app_label in PACKAGES
        and field.related_model._meta.app_label not in MAY_IMPORT[package]
    ]
    assert not wrong


def test_no_generic_foreign_keys_and_no_model_signals_of_our_own():
    forbidden = {"post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed", "GenericForeignKey"}
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for package in PACKAGES
        for path in modules(package)
        for name in imports(path)
        if name.rsplit(".", 1)[-1] in forbidden
    ]
    assert not wrong


def test_only_the_stream_writes_opinions():
    """Opinions are made in nlp.stream and get their place in nlp.placing and nlp.analysis; nobody else writes them."""
    writers = {"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "update", "delete"}
    wrong = []
    for package in PACKAGES:
        for path in modules(package):
            if path.relative_to(ROOT).as_posix() in {"nlp/stream.py", "nlp/placing.py", "nlp/analysis.py"}:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writers:
                    if "Opinion.objects" in ast.unparse(node.func):
                        wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong


def test_modules_stay_readable():
    """At 500 lines a module is split by noun."""
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for package in (*PACKAGES, "scripts", "benchmarks", "tests")
        for path in modules(package)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert not long
