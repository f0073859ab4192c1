"""The verifier: no changed byte passes, and it says where the chain stops holding."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kyc.audit import verify


def _spelled(line):
    return (
        json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    ).encode()


def export(entries, *, outside=(), chain="main"):
    """Write an export by hand, apart from the code under test."""
    head = hashlib.sha256(f"permitdesk audit {chain}".encode()).digest()
    lines = []
    for seq, entry in enumerate(entries, start=1):
        digest = hashlib.sha256(entry.encode())
        head = hashlib.sha256(head + digest.digest()).digest()
        shown = (
            {"digest": digest.hexdigest()}
            if seq in outside
            else {"entry": entry, "hash": head.hex()}
        )
        lines.append(_spelled({"seq": seq, **shown}))
    lines.append(_spelled({"chain": chain, "count": len(entries), "head": head.hex()}))
    return lines


def passes(raw):
    """Say whether the verifier takes the bytes; anything but its two refusals is an error."""
    try:
        verify.verify_file(io.BytesIO(raw))
    except (verify.Broken, verify.Unreadable):
        return False
    return True


ENTRIES = [json.dumps({"action": f"a.{n}", "data": {"ü": "中"}}) for n in range(5)]


@pytest.fixture
def check(tmp_path, capsys):
    """Run the verifier on bytes; its exit code and what it printed."""

    def run(raw, *arguments):
        path = tmp_path / "export.jsonl"
        path.write_bytes(raw)
        code = verify.main([str(path), *arguments])
        return code, capsys.readouterr().out

    return run


def test_it_verifies_what_was_exported(check):
    code, said = check(b"".join(export(ENTRIES, outside={2, 3})))
    assert code == 0
    assert "entries 1 to 5" in said


def test_an_empty_chain_verifies(check):
    assert check(b"".join(export([])))[0] == 0


@pytest.mark.parametrize("outside", [(), (1, 3)])
def test_no_flipped_byte_passes(outside):
    raw = b"".join(export(ENTRIES[:3], outside=outside))
    assert passes(raw)
    for at in range(len(raw)):
        for mask in (0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF):
            changed = raw[:at] + bytes([raw[at] ^ mask]) + raw[at + 1 :]
            assert not passes(changed), (at, mask)


@pytest.mark.parametrize("outside", [(), (1, 3)])
def test_no_deleted_or_inserted_byte_passes(outside):
    raw = b"".join(export(ENTRIES[:3], outside=outside))
    for at in range(len(raw)):
        assert not passes(raw[:at] + raw[at + 1 :]), at
        assert not passes(raw[:at]), at
    for at in range(len(raw) + 1):
        for inserted in (b" ", b"\n", b"\r", b"0", b"\x00", b"\\", b'"', b"\xef\xbb\xbf"):
            assert not passes(raw[:at] + inserted + raw[at:]), (at, inserted)


def test_a_changed_line_is_named(check):
    for bad in range(1, 6):
        lines = export(ENTRIES)
        lines[bad - 1] = lines[bad - 1].replace(b"a.", b"b.")
        code, said = check(b"".join(lines))
        assert (code, said.split("(")[0]) == (1, f"first bad seq: {bad} ")


def test_a_changed_digest_is_found_at_the_next_entry(check):
    lines = export(ENTRIES, outside={2, 3})
    line = json.loads(lines[1])
    line["digest"] = "0" * 64
    lines[1] = _spelled(line)
    code, said = check(b"".join(lines))
    assert code == 1
    assert said.startswith("first bad seq: 4 ")
    assert "a digest since 2" in said


def _moved(lines):
    return [lines[1], lines[0], *lines[2:]]


def _doubled(lines):
    return [lines[0], *lines]


def _missing(lines):
    return lines[1:]


def _without_the_tail(lines):
    return [*lines[:-2], lines[-1]]


def _swapped_entries(lines):
    first, second = json.loads(lines[0]), json.loads(lines[1])
    first["entry"], second["entry"] = second["entry"], first["entry"]
    return [_spelled(first), _spelled(second), *lines[2:]]


@pytest.mark.parametrize(
    ("change", "bad"),
    [(_moved, 1), (_doubled, 2), (_missing, 1), (_without_the_tail, 5), (_swapped_entries, 1)],
)
def test_lines_out_of_place_are_named(check, change, bad):
    code, said = check(b"".join(change(export(ENTRIES))))
    assert code == 1
    assert said.startswith(f"first bad seq: {bad} ")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("chain", "other"),
        ("count", 4),
        ("count", 6),
        ("count", 5.0),
        ("count", True),
        ("head", "0" * 64),
        ("head", None),
        ("chain", 1),
    ],
)
def test_another_last_line_does_not_pass(check, key, value):
    lines = export(ENTRIES)
    end = json.loads(lines[-1])
    end[key] = value
    assert check(b"".join([*lines[:-1], _spelled(end)]))[0] in {1, 2}


def test_a_last_line_after_the_last_line_does_not_pass(check):
    lines = export(ENTRIES)
    assert check(b"".join([*lines, lines[-1]]))[0] == 1


@pytest.mark.parametrize(
    "line",
    [
        b'{"digest":"' + b"0" * 64 + b'","seq":true}\n',
        b'{"digest":"' + b"AB" * 32 + b'","seq":1}\n',
        b'{"digest":"' + b" 0" * 32 + b'","seq":1}\n',
        b'{"entry":"x","hash":NaN,"seq":1}\n',
        b'{"entry":"\\ud800","hash":"","seq":1}\n',
        b"[" * 100_000 + b"]" * 100_000 + b"\n",
        b"\xff\xfe\n",
        b"[]\n",
    ],
)
def test_a_hostile_line_is_refused(check, line):
    assert check(line + export([])[-1])[0] == 1


@pytest.mark.parametrize("raw", [b"", b"\n", b"hello\n", b"{}\n", b"\x00" * 5000])
def test_what_is_no_export_is_unreadable(check, raw):
    assert check(raw)[0] == 2


def test_a_cut_off_file_is_unreadable(check):
    lines = export(ENTRIES)
    assert check(b"".join(lines[:-1]))[0] == 2
    assert check(b"".join(lines)[:-1])[0] == 2


def test_a_file_that_cannot_be_opened_is_unreadable(tmp_path):
    assert verify.main([str(tmp_path / "nowhere")]) == 2
    assert verify.main([str(tmp_path)]) == 2


def test_it_must_pass_through_a_published_head(check):
    raw = b"".join(export(ENTRIES))
    middle = json.loads(export(ENTRIES)[2])["hash"]
    end = json.loads(export(ENTRIES)[-1])["head"]
    assert check(raw, "--head", middle)[0] == 0
    assert check(raw, "--head", end.upper())[0] == 0
    assert check(raw, "--head", "0" * 64)[0] == 1


def test_a_chain_that_was_cut_does_not_reach_the_published_head(check):
    end = json.loads(export(ENTRIES)[-1])["head"]
    assert check(b"".join(export(ENTRIES[:4])), "--head", end)[0] == 1


def test_a_head_that_is_none_is_refused(tmp_path):
    with pytest.raises(SystemExit) as stopped:
        verify.main([str(tmp_path), "--head", "zz"])
    assert stopped.value.code == 2


def test_it_runs_alone_in_an_empty_folder(tmp_path):
    shutil.copy(Path(verify.__file__), tmp_path / "verify.py")
    (tmp_path / "export.jsonl").write_bytes(b"".join(export(ENTRIES)))
    command = [sys.executable, "-I", "-S", "verify.py", "export.jsonl"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "export.jsonl").write_bytes(b"".join(_moved(export(ENTRIES))))
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
