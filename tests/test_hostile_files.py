"""Files that somebody damaged, or made to do harm: 5,000 of them, each refused with a clear word or read as what it was.

No code runs from them, memory stays bounded, and a good file that lies beside them, or was there before, is never harmed.
"""

import copy
import io
import itertools
import json
import os
import pickle
import tracemalloc
import warnings
import zipfile

import numpy as np
import pytest

import nnlearn
from nnlearn import storage
from nnlearn.exercises.progress_file import Progress, ProgressError

EACH = 2500  # models, and as many progress files
#: What reading one of these files (at most 1 MiB) may take: JSON of nothing but brackets is the hungriest.
MEMORY = 64 * 2**20

GOOD = {"03-step": "ok", "04-mse": "wrong"}
#: What stands in the place of each thing that a file says.
VALUES = [
    None, True, -1, 0, 2, 10**30, 1.0, 0.5, -0.0, "", "x", "../../x", "/etc/passwd", "0.W", "\0", "\ud800", "object", ">f8",
    "__class__", [], [[]], [10**9, 10**9], [-1, -1], {}, {"__reduce__": "os.system"}, "y" * 10_000,
]  # fmt: skip
#: What is no JSON, or JSON that only some parsers take.
TEXTS = [
    b"", b"\0", b"{", b"null", b"[]", b"1e999", b"NaN", b"\xff\xfe\xff", b"\xef\xbb\xbf{}", b"[" * 100_000,
    b'{"a":' * 20_000, b"9" * 5000, b"[" + b"[]," * 300_000 + b"[]]", b"{" + b" " * 1_000_000 + b"}",
]  # fmt: skip


def a_network():
    rng = np.random.default_rng(0)
    return nnlearn.Network([nnlearn.Dense(1, 2, rng=rng), nnlearn.Tanh(), nnlearn.Dense(2, 1, rng=rng)])


def same(network, other):
    return repr(network) == repr(other) and all(np.array_equal(network.params[k], other.params[k]) for k in network.params)


def variants(value):
    """Yield copies of JSON's value with one part of it replaced, removed, or put in twice."""
    for way in places(value):
        for new in VALUES:
            changed = copy.deepcopy(value)
            holder = changed
            for step in way[:-1]:
                holder = holder[step]
            if holder[way[-1]] != new or type(holder[way[-1]]) is not type(new):
                holder[way[-1]] = new
                yield json.dumps(changed).encode()
        del holder[way[-1]]
        yield json.dumps(changed).encode()


def places(value, way=()):
    """Yield the ways that lead to all parts of JSON's value."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*way, key)
        yield from places(value[key], (*way, key))


def twice(text):
    """Yield JSON in which a name stands twice: for whoever reads the first one, a newer version."""
    for name in (b'"version"', b'"format"'):
        yield text.replace(name, name + b": 9, " + name, 1)


def damage(whole, rng):
    """Yield, without end, a file with bits turned, bytes replaced, a piece taken out or put in twice, or other bytes altogether."""
    for kind in itertools.cycle(range(5)):
        a, b = sorted(rng.integers(0, len(whole), 2))
        if kind == 0:
            yield whole[:a] + bytes([whole[a] ^ (1 << int(rng.integers(8)))]) + whole[a + 1 :]
        elif kind == 1:
            yield whole[:a] + rng.bytes(b - a) + whole[b:]
        elif kind == 2:
            yield whole[:a] + whole[b + 1 :]
        elif kind == 3:
            yield whole[:b] + whole[a:]
        else:
            yield rng.bytes(int(rng.integers(1, 3000)))


def packed(members, **how):
    content = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(content, "w", **how) as archive:
        warnings.simplefilter("ignore")  # about a name that is there twice
        for name, member in members:
            archive.writestr(name, member)
    return content.getvalue()


def put(path, content):
    """Write a new file: some file systems take a millisecond to write over an old one."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


class Evil:
    """Makes a folder if it is unpickled."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        return os.mkdir, (self.folder,)


def models(whole, trap, rng):
    """Yield harmful model files, without end: made by hand first, then cut at every byte, then damaged at random."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    header = json.loads(members["header.json"])
    for text in itertools.chain(TEXTS, twice(members["header.json"]), variants(header)):
        yield packed({**members, "header.json": text}.items())
    evil = io.BytesIO()
    np.lib.format.write_array(evil, np.array([Evil(trap)], dtype=object), allow_pickle=True)
    for content in (evil.getvalue(), pickle.dumps(Evil(trap)), b"", b"\x93NUMPY\x01\x00\xff\xff", bytes(10)):
        for name in members:
            yield packed({**members, name: content}.items())
    for name in ("../x.npy", "/x.npy", "C:\\x.npy", "header.json", "0.W.npy/", "..", "x" * 60_000):
        yield packed({**members, name + " ": b""}.items())
        yield packed([*members.items(), (name.replace("0.W", "9.W"), b"x")])
    yield packed(members.items(), compression=zipfile.ZIP_DEFLATED)
    yield packed([("header.json", bytes(100_000_000))], compression=zipfile.ZIP_DEFLATED)
    yield pickle.dumps(Evil(trap))
    yield evil.getvalue()
    yield json.dumps(GOOD).encode()
    for cut in range(len(whole)):
        yield whole[:cut]
    yield from damage(whole, rng)


def progress_files(whole, trap, rng):
    """Yield harmful progress files, without end."""
    yield from TEXTS
    yield from twice(whole)
    yield from variants(json.loads(whole))
    yield pickle.dumps(Evil(trap))
    yield b" " * 2_000_000
    for encoding in ("utf-16", "utf-32", "utf-7", "cp037"):
        yield whole.decode().encode(encoding)
    for cut in range(len(whole)):
        yield whole[:cut]
    yield from damage(whole, rng)


@pytest.fixture
def bounded():
    """A function that calls another, and fails where that takes more than MEMORY."""

    def call(function, *arguments):
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        try:
            return function(*arguments)
        finally:
            assert tracemalloc.get_traced_memory()[1] - before < MEMORY

    tracemalloc.start()
    yield call
    tracemalloc.stop()


@pytest.fixture
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path / "data"))
    Progress().add(GOOD)
    return Progress()


def test_2500_model_files_are_refused_or_read_as_what_they_were(tmp_path, bounded):
    network, good, path = a_network(), tmp_path / "good.npz", tmp_path / "n.npz"
    nnlearn.save(network, good)
    whole = good.read_bytes()
    refused = tried = 0
    for content in itertools.islice(models(whole, tmp_path / "trap", np.random.default_rng(1)), EACH):
        put(path, content)
        tried += 1
        try:
            loaded = bounded(nnlearn.load, path)
        except storage.StorageError as error:
            refused += 1
            assert str(path) in str(error) and len(str(error)) < 1000
        else:
            assert same(network, loaded), content
    assert tried == EACH and refused > 0.9 * EACH
    assert good.read_bytes() == whole and sorted(os.listdir(tmp_path)) == ["good.npz", "n.npz"]


def test_2500_progress_files_are_refused_or_are_tables_and_what_was_solved_stays(tmp_path, own_progress, bounded):
    whole, path = own_progress.path.read_bytes(), tmp_path / "their.json"
    refused = tried = 0
    for content in itertools.islice(progress_files(whole, tmp_path / "trap", np.random.default_rng(2)), EACH):
        put(path, content)
        tried += 1
        try:
            bounded(own_progress.import_from, path)
        except ProgressError as error:
            refused += 1
            assert str(path) in str(error) and len(str(error)) < 1000
            assert own_progress.path.read_bytes() == whole
        else:
            assert own_progress.all()["03-step"] == "ok" and not own_progress.note
            put(own_progress.path, whole)
    assert tried == EACH and refused > 0.7 * EACH
    assert sorted(os.listdir(tmp_path)) == ["data", "their.json"]
    assert sorted(os.listdir(tmp_path / "data")) == ["progress.json", "progress.lock"]


def test_every_cut_of_the_readers_own_file_is_set_aside_as_it_is(own_progress):
    whole = own_progress.path.read_bytes()
    for cut in range(len(whole)):
        own_progress.path.write_bytes(whole[:cut])
        progress = Progress()
        progress.record("03-tanh", "ok")
        aside = own_progress.path.with_name("progress.damaged-1.json")
        assert aside.read_bytes() == whole[:cut] and Progress().all() == {"03-tanh": "ok"}
        aside.unlink()


def test_members_that_lie_over_one_another_are_refused(tmp_path):
    nnlearn.save(a_network(), tmp_path / "n.npz")
    with zipfile.ZipFile(tmp_path / "n.npz") as archive, pytest.raises(storage.StorageError, match="and its parameters need 56"):
        storage._check_sizes(archive, storage._read_header(archive), storage.LIMIT, 55)


@pytest.mark.skipif(os.name != "posix", reason="pipes and links of POSIX")
def test_what_is_no_file_is_refused_without_waiting_for_it(tmp_path, own_progress):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("folder", "pipe", "link"):
        with pytest.raises(storage.StorageError, match=f"{name} cannot be loaded: it is a folder or a device"):
            nnlearn.load(tmp_path / name)
        with pytest.raises(OSError, match=f"it is a folder or a device, and not a file: '.*{name}'"):
            own_progress.import_from(tmp_path / name)
    with pytest.raises(OSError, match="loop"):
        nnlearn.load(tmp_path / "loop")


def test_a_file_that_cannot_be_read_now_is_not_written_over(own_progress, monkeypatch):
    whole, path = own_progress.path.read_bytes(), own_progress.path

    def fail(self):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(type(path), "read_bytes", fail)
        own_progress.record("03-tanh", "ok")
        assert own_progress.all() == {"03-tanh": "ok"} and "Input/output error" in own_progress.note
    assert path.read_bytes() == whole
    assert own_progress.all() == GOOD | {"03-tanh": "ok"}
