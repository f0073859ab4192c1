import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image, ImageFont

from ocr_integration.engine import __main__ as command
from ocr_integration.engine import drawing, read
from ocr_integration.engine.errors import PictureRefused

SAMPLES = Path(__file__).parents[2] / "samples"
FRONT, BACK = SAMPLES / "01_hk_front.jpg", SAMPLES / "01_hk_back.jpg"
WRONG = next((SAMPLES / "wrong").glob("*.jpg"))


@pytest.fixture
def run(reader, monkeypatch, capsys):
    """Runs the command with the networks that are loaded already."""
    monkeypatch.setattr(command, "Reader", lambda: reader)

    def running(*arguments):
        status = command.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    return running


def test_it_prints_the_apis_result_of_each_picture(run, results):
    status, out, err = run(FRONT, BACK)
    assert (status, err) == (0, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        results["01_hk_front"],
        results["01_hk_back"],
    ]


@pytest.mark.parametrize(("photo", "code"), [(WRONG, "AIS.0104"), ("/nowhere.jpg", "AIS.0102")])
def test_what_is_not_read_has_a_line_of_its_own_and_keeps_nothing_else_from_it(run, photo, code):
    status, out, err = run(photo, FRONT)
    assert status == 65
    assert len(out.splitlines()) == len(err.splitlines()) == 1
    assert code in err


def test_it_draws_what_was_found(run, tmp_path):
    status, _, _ = run(FRONT, "--draw", tmp_path / "out.png")
    assert status == 0
    with Image.open(tmp_path / "out.png") as sheet, Image.open(FRONT) as photo:
        assert sheet.width > photo.width
        colours = {colour for _, colour in sheet.convert("RGB").getcolors(1 << 24)}
    assert {(0x2B, 0x48, 0xC9), (0x0B, 0x5F, 0x57), (0xFF, 0xFF, 0xFF)} <= colours


def test_it_draws_also_where_no_font_has_chinese(run, tmp_path, monkeypatch):
    monkeypatch.setattr(drawing, "FONTS", ())
    assert run(FRONT, "--draw", tmp_path / "out.png")[0] == 0
    assert drawing._plain("1  name  李  0.99", ImageFont.load_default(20)) == "1  name    0.99"


def test_one_drawing_takes_one_picture(run, tmp_path):
    status, _, err = run(FRONT, BACK, "--draw", tmp_path / "out.png")
    assert (status, err) == (64, "--draw takes one photo\n")
    assert not (tmp_path / "out.png").exists()


def test_the_library_reads_bytes_and_files_from_any_thread(results, monkeypatch, reader):
    monkeypatch.setattr("ocr_integration.engine._reader", lambda: reader)
    found = []
    threads = [
        threading.Thread(target=lambda what=what: found.append(read(what).to_json()))
        for what in (FRONT, FRONT.read_bytes())
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [results["01_hk_front"]] * 2
    with pytest.raises(PictureRefused):
        read(b"no picture")


def test_importing_the_library_loads_no_network():
    heavy = "import sys, ocr_integration.engine; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
