"""Rules of the house that no linter knows: what may not stand in the tree, and how large a module may grow."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_MODULE_LINES = 500
MAX_FUNCTION_LINES = 70
HOSTS = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry." + "npmjs",
    "repo1." + "maven",
    "maven." + "org",
    "crates" + ".io",
]
HOME_PATH = re.compile(r"(?<![\w./$])/(?:work|root|home/\w+)/")


def tracked(*patterns: str) -> list[Path]:
    """Return the files that git knows, or would take, in the working tree."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    """Return a file's text, empty for what is not text."""
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


def own_python() -> list[Path]:
    """Return our own modules, generated ones left out."""
    return [path for path in tracked("*.py") if "libs/messages/src/flexbourse/" not in path.as_posix()]


def test_no_file_names_the_host_of_a_package_registry() -> None:
    found = [f"{path.relative_to(ROOT)}: {host}" for path in tracked() for host in HOSTS if host in text_of(path)]
    assert found == []


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path.suffix not in {".json", ".txt"}
        for match in [HOME_PATH.search(text_of(path))]
        if match and path != Path(__file__)
    ]
    assert found == []


def test_modules_and_functions_stay_readable() -> None:
    long = []
    for path in own_python():
        text = path.read_text()
        if text.count("\n") > MAX_MODULE_LINES:
            long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines")
    assert long == []


def test_modules_are_named_for_what_they_hold() -> None:
    vague = {"utils", "helpers", "manager", "misc", "common", "stuff"}
    assert [str(path) for path in own_python() if path.stem in vague] == []


@pytest.mark.parametrize("service", sorted(path.name for path in (ROOT / "services").glob("*/")))
def test_a_domain_holds_no_float_of_money_and_reads_no_clock(service: str) -> None:
    module = service.replace("-", "_")
    domain = ROOT / "services" / service / "src" / f"flexbourse_{module}" / "domain"
    files = sorted(domain.glob("**/*.py"))
    assert files, f"{domain} is empty"
    banned = re.compile(r"datetime\.now|time\.time|date\.today|\brandom\.|uuid\.uuid|(?<![\w.])open\(")
    found = [f"{path.name}: {match[0]}" for path in files for match in [banned.search(path.read_text())] if match]
    assert found == []


def test_every_part_says_in_one_screen_what_it_is() -> None:
    parts = [path.parent for path in tracked("*/pyproject.toml")]
    missing = [str(part.relative_to(ROOT)) for part in parts if not (part / "README.md").exists()]
    assert missing == []


def test_what_tests_share_has_a_name_of_its_own() -> None:
    """Folders of tests stand on one path: of two modules with one name the second is never found."""
    names = [path.stem for path in own_python() if "tests" in path.relative_to(ROOT).parts]
    shared = Counter(name for name in names if not name.startswith("test_") and name not in ("conftest", "__init__"))
    assert [name for name, count in shared.items() if count > 1] == []


def links_of(page: Path) -> list[Path]:
    """Return the files and folders of this tree that a page leads to."""
    found = re.findall(r"\]\(([^)\s#]+)[^)\s]*\)", page.read_text())
    return [(page.parent / link).resolve() for link in found if "://" not in link]


def test_the_glossary_has_one_line_for_a_word() -> None:
    words = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    assert [word for word, lines in Counter(words).items() if lines > 1] == []


def test_links_lead_somewhere() -> None:
    found = [
        f"{page.relative_to(ROOT)}: {link}" for page in tracked("*.md") for link in links_of(page) if not link.exists()
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["docs", "docs/adr"])
def test_every_page_is_in_the_contents_of_its_folder(folder: str) -> None:
    listed = links_of(ROOT / folder / "README.md")
    missing = [page.name for page in (ROOT / folder).glob("*.md") if page.name != "README.md" and page not in listed]
    assert missing == []


def test_the_first_page_leads_to_every_part() -> None:
    listed = links_of(ROOT / "README.md")
    parts = [path.parent / "README.md" for path in tracked("*/pyproject.toml")]
    assert [str(part.relative_to(ROOT)) for part in parts if part not in listed] == []
