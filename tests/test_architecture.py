"""What holds of the whole repository, whoever changes it."""

import ast
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.core.management import call_command

from kyc.celery import app

ROOT = Path(__file__).parent.parent
KYC = sorted((ROOT / "kyc").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
CATALOGUES = sorted((ROOT / "kyc" / "locale").rglob("*.po"))

INLINE = {
    "an inline style": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc=)"),
    "a script address": re.compile(r"javascript:"),
    "something from elsewhere": re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//"""),
}
UNSAFE_IN_SCRIPTS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(|cssText"
    r"|setAttribute\(\s*[\"']style"
)


def of(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: str(path.relative_to(ROOT)))


def test_imports_keep_their_direction():
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_django_finds_nothing_to_say_about_a_deployment(tmp_path):
    environ = {
        "PATH": os.environ["PATH"],
        "PERMITDESK_VAR": str(tmp_path),
        "PUBLIC_URL": "https://desk.example.org",
        "SECRET_KEY": "only-for-this-test-and-long-enough-to-please-the-check-of-its-length",
        "MEDIA_KEY": "11" * 32,
        "INDEX_KEY": "22" * 32,
    }
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_the_projects_own_package_is_empty():
    assert (ROOT / "kyc" / "__init__.py").read_text() == ""


@of(sorted(ROOT.glob("requirements*.txt")))
def test_a_lock_names_no_address_and_pins_by_hash(path):
    lock = path.read_text()
    assert "://" not in lock
    assert "--index" not in lock
    pinned = re.findall(r"^[a-zA-Z0-9][^\s=]*==", lock, re.MULTILINE)
    assert pinned
    assert lock.count("--hash=sha256:") >= len(pinned)


@of(TEMPLATES)
def test_a_template_holds_nothing_inline(path):
    text = re.sub(
        r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}", "", path.read_text(), flags=re.DOTALL
    )
    found = {what for what, pattern in INLINE.items() if pattern.search(text)}
    assert not found


@of(TEMPLATES)
def test_a_template_escapes_what_it_shows(path):
    text = path.read_text()
    trusted = {"templates/mfa/totp/activate_form.html": 1}
    assert len(re.findall(r"\|\s*safe\b|safeseq", text)) <= trusted.get(
        str(path.relative_to(ROOT)), 0
    )
    assert path.suffix == ".txt" or "autoescape off" not in text


@of(SCRIPTS)
def test_a_script_writes_text_only(path):
    assert not UNSAFE_IN_SCRIPTS.search(path.read_text())


def test_a_task_takes_one_id():
    app.loader.import_default_modules()
    tasks = {name: task for name, task in app.tasks.items() if name.startswith("kyc.")}
    assert tasks
    for name, task in tasks.items():
        parameters = list(inspect.signature(task.run).parameters.values())
        assert [parameter.annotation for parameter in parameters] == [int], name
        assert task.ignore_result, name


def test_only_move_sets_an_applications_status():
    elsewhere = []
    for path in KYC:
        if path.parts[-3:] == ("applications", "models", "application.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if _assigns_status(node) or _updates_status(node):
                elsewhere.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not elsewhere


def _assigns_status(node):
    if not (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)):
        return False
    own = isinstance(node.value, ast.Name) and node.value.id == "self"
    return node.attr == "status" and not own


def _updates_status(node):
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return called and node.func.attr == "update" and "status" in {k.arg for k in node.keywords}


def test_no_code_waits_for_a_better_day():
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    sources = [*KYC, *(ROOT / "ocr_integration").rglob("*.py"), *TEMPLATES, *SCRIPTS]
    assert [str(path) for path in sources if later.search(path.read_text())] == []


def test_no_test_is_skipped_where_it_could_run():
    """Missing tools fail. Races alone need a database that has row locks."""
    waived = re.compile(r"mark\.skip\b|pytest\.skip\(|importorskip|mark\.xfail|skipif\((.*)")
    excuses = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = waived.search(line) if path != Path(__file__) else None
            if found and "vendor" not in (found[1] or ""):
                excuses.append(f"{path.relative_to(ROOT)}:{number}")
    assert not excuses


def test_compiled_catalogues_are_current():
    """A plain Debian has no msgfmt, so what is compiled is committed."""
    for path in CATALOGUES:
        compiled = polib.mofile(str(path.with_suffix(".mo")))
        assert _entries(compiled) == _entries(polib.pofile(str(path)).translated_entries()), path


def test_catalogues_are_whole():
    for path in CATALOGUES:
        catalogue = polib.pofile(str(path))
        assert [entry.msgid for entry in catalogue.fuzzy_entries()] == [], path
        assert [entry.msgid for entry in catalogue.untranslated_entries()] == [], path


def _entries(entries):
    return {
        (entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr
        for entry in entries
        if entry.msgid
    }
