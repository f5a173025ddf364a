"""The page about the house says what is so: its picture is that of the imports, its table has every extension."""

import re

import architecture
import yaml


def test_the_picture_is_that_of_the_imports():
    assert architecture.drawing() in architecture.PAGE.read_text(encoding="utf-8")


def test_the_table_has_every_extension_of_ours():
    settings = yaml.safe_load((architecture.PAGE.parent / "_config.yml").read_text(encoding="utf-8"))
    named = re.findall(r"^\| `(\w+_extension)` \|", architecture.PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(named) == sorted(settings["sphinx"]["local_extensions"])


def test_no_two_modules_share_a_box():
    boxes = re.findall(r'^  (\w+)\["(.+)"\]$', architecture.drawing(), flags=re.MULTILINE)
    assert len({box for box, _ in boxes}) == len(boxes) == len(architecture.imports())


def test_an_arrow_beside_a_longer_way_is_left_out():
    graph = {"a": {"b", "c"}, "b": {"c"}, "c": set()}
    assert architecture.reduced(graph) == {"a": {"b"}, "b": {"c"}, "c": set()}
