"""The documentation speaks of what is there, and of all of it."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DOCS = sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
COMMANDS = sorted(path.stem for path in ROOT.glob("*/management/commands/*.py") if path.stem != "__init__")


def test_every_environment_variable_is_documented():
    source = (ROOT / "civic/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'(?:environ\.get|environ\[|flag|names)\(?"?\(?"([A-Z_]+)"', source))
    read |= set(re.findall(r'"([A-Z_]+)" in os\.environ', source))
    documented = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    assert len(read) > 15
    assert not [name for name in sorted(read) if f"`{name}`" not in documented]


def test_every_documented_variable_is_read():
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(encoding="utf-8"), re.M))
    source = (ROOT / "civic/settings.py").read_text(encoding="utf-8")
    assert not [name for name in sorted(documented) if f'"{name}"' not in source]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    assert any(f"manage.py {command}" in path.read_text(encoding="utf-8") for path in DOCS)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_and_paths_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    dead = [
        target
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)[^)]*\)", text)
        if not (path.parent / target).exists()
    ]
    named = re.findall(
        r"`((?:civic|cms|discussions|integrations|nlp|tests|docs|benchmarks|scripts)/[\w/.-]+\.\w+)`", text
    )
    assert not dead
    assert not [name for name in named if not (ROOT / name).exists()]


def test_every_decision_is_listed():
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert not [path.name for path in ROOT.glob("docs/decisions/0*.md") if path.name not in index]
