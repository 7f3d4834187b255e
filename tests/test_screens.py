"""The pictures that people look at show the whole page, in both schemes and on a phone."""

import re

import pytest
from PIL import Image

from tools.screens import screens

PAGE = "notebooks/01_sigmoid_network.html"


def test_a_page_is_seen_light_dark_and_narrow(book, chromium, tmp_path):
    sheet = screens(tmp_path / "out", book, [PAGE])
    named = re.findall(r'src="([^"]+)"', sheet.read_text(encoding="utf-8"))
    assert set(named) == {it.name for it in sheet.parent.glob("*.png")}
    looks = {}
    for name in named:
        with Image.open(sheet.parent / name) as image:
            kind = name.removesuffix(".png").split("-")[-2]
            corner = sum(image.convert("RGB").getpixel((image.width - 4, image.height // 2)))
            width, height, _ = looks.get(kind, (0, 0, 0))
            looks[kind] = (image.width, height + image.height, corner)
    assert looks["light"][0] == looks["dark"][0] == 1280
    assert looks["narrow"][0] == 390
    assert looks["light"][2] > 600 > 200 > looks["dark"][2]  # sum of red, green and blue
    # The text of a chapter is long: a picture of the first screen only would be 900 pixels high.
    assert looks["light"][1] > 10_000
    assert looks["narrow"][1] > looks["light"][1]


def test_what_is_missing_is_named(book, tmp_path):
    with pytest.raises(RuntimeError, match="no built book"):
        screens(tmp_path / "out", tmp_path, [])
    with pytest.raises(RuntimeError, match=r"no page .*chapter99\.html"):
        screens(tmp_path / "out", book, ["chapter99.html"])
