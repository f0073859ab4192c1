import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from bench.reading.scores import overlap
from ocr_integration.engine.errors import PictureRefused
from ocr_integration.protocol.fields import PermitType, Side, fields_of

SAMPLES = Path(__file__).parents[2] / "samples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.jpg"))
FRONTS = [name for name in NAMES if name.endswith("front")]
WRONG = sorted(path.name for path in (SAMPLES / "wrong").glob("*.jpg"))


def encoded(image: Image.Image, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, options.pop("format", "JPEG"), quality=90, **options)
    return out.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_every_field_of_a_clear_picture(name, results, truths):
    read = {field: results[name][field] for field in truths[name] if field != "portrait_location"}
    assert read == {f: v for f, v in truths[name].items() if f != "portrait_location"}


@pytest.mark.parametrize("name", NAMES)
def test_it_answers_the_fields_of_that_side_and_no_others(name, results):
    result = results[name]
    expected = {*fields_of(PermitType(result["type"]), Side(result["side"])), "type", "side"}
    assert set(result["confidence"]) == expected
    assert expected <= set(result)


@pytest.mark.parametrize("name", FRONTS)
def test_it_finds_the_photo_in_stored_pixels(name, results, truths):
    assert overlap(truths[name]["portrait_location"], results[name]["portrait_location"]) > 0.85


def test_it_cuts_the_photo_upright_at_the_size_it_has_in_the_picture(reader):
    result = reader.read((SAMPLES / "05_tw_front.jpg").read_bytes())
    assert result.portrait_image is not None
    assert result.portrait_location is not None
    with Image.open(io.BytesIO(result.portrait_image)) as photo:
        width, height = photo.size
    left, right = result.portrait_location[0], result.portrait_location[1]
    assert height > width
    assert width == pytest.approx(abs(left[0] - right[0]), abs=4)
    # The picture is upside down: what is left on the card is right in the picture.
    assert left[0] > right[0]


def test_a_back_has_no_photo(results):
    assert "portrait_location" not in results["01_hk_back"]


@pytest.mark.parametrize("turn", [90, 180, 270, 37])
def test_it_reads_a_card_that_lies_at_any_angle(reader, truths, turn):
    with Image.open(SAMPLES / "01_hk_front.jpg") as stored:
        turned = stored.convert("RGB").rotate(turn, expand=True, fillcolor=(90, 70, 50))
    result = reader.read(encoded(turned)).to_json()
    truth = truths["01_hk_front"]
    right = sum(
        result[field] == truth[field] for field in fields_of(PermitType.HK_MACAO, Side.FRONT)
    )
    assert right >= 7


def test_an_exif_orientation_changes_nothing_of_the_answer(reader, results):
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(SAMPLES / "03_foreign_front.jpg") as stored:
        marked = encoded(stored.convert("RGB"), exif=exif)
    location = reader.read(marked).portrait_location
    before = results["03_foreign_front"]["portrait_location"]
    assert overlap([list(corner) for corner in location], before) > 0.9


@pytest.mark.parametrize("name", WRONG)
def test_it_refuses_other_documents(reader, name):
    with pytest.raises(PictureRefused) as refused:
        reader.read((SAMPLES / "wrong" / name).read_bytes())
    assert refused.value.code == "AIS.0104"
    assert refused.value.message


def test_the_same_picture_is_read_the_same_way_twice(reader):
    picture = (SAMPLES / "02_tw_front.jpg").read_bytes()
    assert reader.read(picture) == reader.read(picture)


def test_it_has_nothing_to_say_against_a_clear_picture(reader):
    assert reader.problems((SAMPLES / "01_hk_front.jpg").read_bytes()) == []


def test_it_says_what_is_wrong_with_a_picture(reader):
    with Image.open(SAMPLES / "01_hk_front.jpg") as stored:
        small = stored.convert("RGB").resize((500, 375))
        dark = stored.convert("RGB").point(lambda level: level // 5)
    assert "too_small" in {problem.code for problem in reader.problems(encoded(small))}
    assert "dark" in {problem.code for problem in reader.problems(encoded(dark))}
    other = (SAMPLES / "wrong" / WRONG[0]).read_bytes()
    assert {problem.code for problem in reader.problems(other)} == {"not_a_permit"}


def test_it_says_where_glare_has_wiped_out_a_field(reader):
    """What nothing is left of has no place of its own: the spot of light has."""
    with Image.open(SAMPLES / "01_hk_front.jpg") as stored:
        dazzled = stored.convert("RGB")
    ImageDraw.Draw(dazzled).ellipse((600, 400, 1000, 580), fill="#fffffc")
    (problem,) = reader.problems(encoded(dazzled))
    assert problem.code == "glare"
    assert problem.where
    assert 600 - 30 < problem.where[0][0] < 700


def test_it_names_a_field_that_a_small_light_has_wiped_out(reader):
    with Image.open(SAMPLES / "01_hk_front.jpg") as stored:
        dazzled = stored.convert("RGB")
    ImageDraw.Draw(dazzled).ellipse((855, 470, 915, 530), fill="#fdfefc")
    (problem,) = reader.problems(encoded(dazzled))
    assert (problem.code, problem.field) == ("glare", "sex")
