"""Pictures of every depth and colour space look alike in eight bits."""

import io

import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from converter.writers.colours import is_plain, plain_colours


def ramp(mode: str, top: int) -> Pillow.Image:
    """Return a ramp from black to white."""
    picture = Pillow.new(mode, (5, 1))
    for x in range(5):
        picture.putpixel((x, 0), top * x // 4)
    return picture


@pytest.mark.parametrize(
    ("mode", "kind", "top"),
    [("I;16", "PNG", 0xFFFF), ("I;16", "TIFF", 0xFFFF), ("I", "TIFF", 0x7FFFFFFF), ("F", "TIFF", 1), ("L", "PNG", 255)],
)
def test_a_ramp_of_any_depth_goes_from_black_to_white(mode: str, kind: str, top: int) -> None:
    stream = io.BytesIO()
    ramp(mode, top).save(stream, kind)

    with Pillow.open(stream) as picture:
        found = plain_colours(picture)

    assert is_plain(found)
    steps = [found.getpixel((x, 0)) for x in range(5)]
    assert (steps[0], steps[-1]) == (0, 255)
    assert sorted(steps) == steps  # type: ignore[type-var]  # of grey they are numbers


def test_a_dark_picture_of_sixteen_bits_stays_dark() -> None:
    assert [0, 32, 64, 96, 128] == [plain_colours(ramp("I;16", 0x8000)).getpixel((x, 0)) for x in range(5)]


@pytest.mark.parametrize("mode", ["CMYK", "LAB", "HSV", "YCbCr", "RGBa", "La"])
def test_other_colour_spaces_become_rgb(mode: str) -> None:
    assert plain_colours(Pillow.new(mode, (2, 2))).mode in ("RGB", "RGBA", "LA")


def test_a_profile_is_worked_in_and_a_damaged_one_is_passed_over() -> None:
    picture = Pillow.new("RGB", (2, 2), (10, 200, 30))
    picture.info["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    assert "icc_profile" not in plain_colours(picture).info
    picture.info["icc_profile"] = b"damaged"
    assert (10, 200, 30) == plain_colours(picture).getpixel((0, 0))
