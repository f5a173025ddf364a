"""Our Markdown names only what is there, and what is not there is noticed."""

import mentions
import pytest

THERE = {"README.md", "bench/", "bench/run.py", "nnlearn/", "nnlearn/explore/", "nnlearn/explore/losses.py"}


def test_all_that_our_markdown_names_is_there():
    assert mentions.main() == 0


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("`bench/run.py`, `run.py`, `explore/`, `explore/losses` and `nnlearn/explore/<chapter>.py`", []),
        ("`bench/ran.py`", ["no file or folder: bench/ran.py"]),
        ("`ran.py`", ["no file or folder: ran.py"]),
        ("`peers/`", ["no file or folder: peers/"]),
        ("`bench/*.md`", ["no file or folder: bench/*.md"]),
        ("```sh\npython bench/ran.py --all\n```", ["no file or folder: bench/ran.py"]),
        ("`np.log`, `a / b`, `1/0`, `.venv/bin/python`, `_build/html` and ran.py", []),
        ("`make bench PARTS=x`, `make PORT=1 bench` and `make .venv/.made`", []),
        ("`make banch`", ["no such target: make banch"]),
        ("`CHROMIUM=/some/chrome make banch`", ["no such target: make banch"]),
        ("[here](bench/run.py), [there](README.md#reading) and [far](https://example.org/x)", []),
        ("[here](bench/ran.py)", ["the link to bench/ran.py leads nowhere"]),
        ("![picture](picture.png)", ["the link to picture.png leads nowhere"]),
        ("[here](README.md#no-such-heading)", ["the link to README.md#no-such-heading leads nowhere"]),
    ],
)
def test_what_is_not_there_is_noticed(text, wrong, monkeypatch):
    monkeypatch.setattr(mentions, "_headings", lambda name: {"reading"})
    assert mentions.missing("README.md", text, THERE, {"bench", ".venv/.made"}) == wrong


def test_headings_are_named_as_in_links():
    assert "train-a-network-on-real-digits" in mentions._headings("README.md")


def test_a_link_is_followed_from_where_it_stands():
    assert mentions.missing("bench/RESULTS.md", "[a](run.py) [b](../README.md)", THERE, set()) == []
    assert len(mentions.missing("bench/RESULTS.md", "[a](README.md)", THERE, set())) == 1


def test_what_is_left_out_is_named_somewhere():
    code = " ".join(span for _, text in mentions.texts(mentions.files()) for span in mentions.parts(text)[1])
    assert [start for start in mentions.ELSEWHERE if start not in code] == []
