"""Storage: what was saved comes back, what was not saved here does not come in, and no crash harms an old file."""

import io
import json
import os
import pickle
import struct
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

import nnlearn
from nnlearn import storage


def a_network(seed=0, dtype=float):
    rng = np.random.default_rng(seed)
    return nnlearn.Network(
        [
            nnlearn.Dense(3, 4, rng=rng, dtype=dtype), nnlearn.LeakyReLU(0.2), nnlearn.Dropout(0.5, rng=rng),
            nnlearn.Dense(4, 4, rng=rng, dtype=dtype), nnlearn.Tanh(), nnlearn.Step(), nnlearn.Sigmoid(), nnlearn.ReLU(),
            nnlearn.Dense(4, 2, rng=rng, dtype=dtype), nnlearn.Softmax(),
        ]
    )  # fmt: skip


def same(a, b):
    return repr(a) == repr(b) and all(
        np.array_equal(b.params[key], array) and b.params[key].dtype == array.dtype for key, array in a.params.items()
    )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_what_was_saved_comes_back(tmp_path, dtype):
    network = a_network(dtype=dtype)
    nnlearn.save(network, tmp_path / "n.npz")
    loaded = nnlearn.load(tmp_path / "n.npz")
    assert same(network, loaded)
    x = np.random.default_rng(1).normal(size=(5, 3))
    assert np.array_equal(network.predict(x), loaded.predict(x))
    loaded.params["0.W"][:] = 0  # its own, and writable


def test_a_population_comes_back(tmp_path):
    population = nnlearn.Network.population([a_network(seed) for seed in range(3)])
    nnlearn.save(population, tmp_path / "n.npz")
    assert same(population, nnlearn.load(tmp_path / "n.npz"))


def test_equal_networks_give_equal_bytes_and_numpy_can_read_them(tmp_path):
    nnlearn.save(a_network(), tmp_path / "a.npz")
    nnlearn.save(a_network(), str(tmp_path / "b.npz"))
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    with np.load(tmp_path / "a.npz", allow_pickle=False) as members:
        assert np.array_equal(members["0.W"], a_network().params["0.W"])


def test_a_damaged_file_gives_a_clear_error_or_the_same_network(tmp_path):
    network, path = a_network(), tmp_path / "n.npz"
    nnlearn.save(network, path)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    damaged = [whole[:cut] for cut in range(0, len(whole), 37)]
    damaged += [whole + b"x" * 7, whole[50:], b"", b"PK\x03\x04", bytes(rng.integers(0, 256, 2000, dtype=np.uint8))]
    for place in rng.choice(len(whole), 300, replace=False):
        damaged.append(whole[:place] + bytes([whole[place] ^ int(rng.integers(1, 256))]) + whole[place + 1 :])
    for content in damaged:
        path.write_bytes(content)
        try:
            loaded = nnlearn.load(path)
        except storage.StorageError as error:
            assert str(path) in str(error)
        else:
            assert same(network, loaded)


def rewritten(source, target, change=None, header=None, compress=zipfile.ZIP_STORED, leave_out=()):
    """Write a copy of a saved file with another header or other members."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compress) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "header.json" and header:
                found = json.loads(content)
                header(found)
                content = json.dumps(found).encode()
            if name not in leave_out:
                new.writestr(name, (change or {}).get(name, content))


def npy(array, **more):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, **more)
    return buffer.getvalue()


class Evil:
    """Would leave a trace if it were unpickled."""

    def __reduce__(self):
        return (os.mkdir, ("/tmp/nnlearn-was-here",))


PICKLED = npy(np.array([Evil()], dtype=object), allow_pickle=True)
FOREIGN = {
    "a newer version": (dict(header=lambda h: h.update(version=2)), "version 2"),
    "another format": (dict(header=lambda h: h.update(format="other")), "does not say"),
    "an unknown layer": (dict(header=lambda h: h["layers"][1].update(kind="Evil")), "names a layer 'Evil'"),
    "unknown settings": (dict(header=lambda h: h["layers"][1].update(settings={"x": 1})), "TypeError"),
    "no header": (dict(leave_out=["header.json"]), "no header.json"),
    "a missing parameter": (dict(leave_out=["0.W.npy"]), "members are not the parameters"),
    "a pickle in a parameter": (dict(change={"0.W.npy": PICKLED}), "cannot be loaded"),
    "a pickle in the header": (dict(change={"header.json": pickle.dumps(Evil())}), "cannot be loaded"),
    "another shape": (dict(change={"0.W.npy": npy(np.zeros((4, 3)))}), "is not what the header says"),
    "a shape that comes before it": (dict(change={"0.W.npy": npy(np.zeros((2, 6)))}), "is not what the header says"),
    "packed members": (dict(compress=zipfile.ZIP_DEFLATED), "is packed"),
    "a header of lists": (dict(change={"header.json": b"[1, 2]"}), "does not say"),
    "a huge layer": (dict(header=lambda h: h["layers"][0]["settings"].update(n_in=10**7, n_out=10**7)), "layer 0 needs"),
    "a layer of half a unit": (dict(header=lambda h: h["layers"][0]["settings"].update(n_in=3.0, n_out=4)), "TypeError"),
    "a layer without weights": (dict(header=lambda h: h["layers"].append(h["layers"][0])), "layer 10 needs weights"),
    "an activation less": (dict(header=lambda h: h["layers"].pop(1)), "layer 2 needs weights"),
    "a version that is no number": (dict(header=lambda h: h.update(version=True)), "version True"),
    "numbers in the other byte order": (dict(change={"0.W.npy": npy(np.zeros((3, 4), ">f8"))}), "is not what the header"),
    "numbers by columns": (dict(change={"0.W.npy": npy(np.zeros((4, 3)).T)}), "is not what the header says"),
    "fewer numbers than the shape": (dict(change={"0.W.npy": npy(np.zeros((3, 4)))[:-8]}), "as many numbers"),
    "more numbers than the shape": (dict(change={"0.W.npy": npy(np.zeros((3, 4))) + bytes(8)}), "as many numbers"),
    "another form of npy": (dict(change={"0.W.npy": npy(np.zeros((3, 4)), version=(2, 0))}), "a form of .npy"),
    "one population, one network": (
        dict(
            header=lambda h: h["params"]["0.b"].update(shape=[2, 1, 4]), change={"0.b.npy": npy(np.zeros((2, 1, 4)))}
        ),
        "one network or one population",
    ),
    "a huge parameter": (dict(header=lambda h: h["params"]["0.W"].update(shape=[10**6, 10**6])), "does not have the size"),
    "a size that is not whole": (
        dict(header=lambda h: h["params"]["0.W"].update(shape=[3.0, 4])), r"has the shape \[3.0, 4\] .* which no layer has"
    ),
    "sizes below 0": (dict(header=lambda h: h["params"]["0.W"].update(shape=[-3, -4])), "which no layer has"),
    "a long header": (dict(header=lambda h: h.update(more="x" * 2**20)), "its header is larger than a header can be"),
    "a parameter with a long tail": (dict(change={"0.W.npy": npy(np.zeros((3, 4))) + bytes(5000)}), "does not have the size"),
    "an object parameter": (dict(header=lambda h: h["params"]["0.W"].update(dtype="object")), "which no layer has"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_file_is_refused_and_runs_no_code(tmp_path, name):
    how, words = FOREIGN[name]
    nnlearn.save(a_network(), tmp_path / "n.npz")
    rewritten(tmp_path / "n.npz", tmp_path / "foreign.npz", **how)
    with pytest.raises(storage.StorageError, match=words):
        nnlearn.load(tmp_path / "foreign.npz")
    assert not Path("/tmp/nnlearn-was-here").exists()


@pytest.mark.parametrize("content", [b"", b"PK", bytes(21), bytes(100), b"Dear reader, " * 9])
def test_what_is_no_archive_at_all_is_named_as_such(tmp_path, content):
    (tmp_path / "n.npz").write_bytes(content)
    with pytest.raises(storage.StorageError, match="it does not end as a file that nnlearn.save wrote; it is foreign"):
        nnlearn.load(tmp_path / "n.npz")


def test_what_is_wrong_with_a_file_is_said_in_few_words(tmp_path):
    nnlearn.save(a_network(), tmp_path / "n.npz")
    for version, end in (([1], "reads version 1"), ("x" * 9999, "...")):
        rewritten(tmp_path / "n.npz", tmp_path / "other.npz", header=lambda h: h.update(version=version))  # noqa: B023
        with pytest.raises(storage.StorageError) as caught:
            nnlearn.load(tmp_path / "other.npz")
        assert str(caught.value).endswith(end) and len(str(caught.value)) < 350 + len(str(tmp_path))


def test_a_packed_member_is_refused_whatever_size_it_says_it_has(tmp_path):
    path = tmp_path / "n.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", bytes(3_000_000))
        packed = archive.getinfo("header.json").compress_size
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 3_000_000), struct.pack("<I", packed)))
    with pytest.raises(storage.StorageError, match="its member 'header.json' is packed"):
        nnlearn.load(path)


def test_the_members_unpack_as_plain_files_that_everybody_may_read(tmp_path):
    nnlearn.save(a_network(), tmp_path / "n.npz")
    with zipfile.ZipFile(tmp_path / "n.npz") as archive:
        assert {(info.create_system, oct(info.external_attr >> 16)) for info in archive.infolist()} == {(3, "0o644")}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_largest_network_still_fits_a_plain_archive():
    """With its header, and a table of contents of the same size."""
    assert storage.LARGEST + 2 * storage.HEADER_LIMIT < zipfile.ZIP64_LIMIT


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_limit_counts_the_bytes_of_all_parameters(tmp_path, dtype):
    population = nnlearn.Network.population([a_network(seed, dtype) for seed in range(3)])
    nnlearn.save(population, tmp_path / "n.npz")
    size = sum(array.nbytes for array in population.params.values())
    assert same(population, nnlearn.load(tmp_path / "n.npz", limit=size))
    with pytest.raises(storage.StorageError, match=f"more than the limit of {size - 1:,} bytes"):
        nnlearn.load(tmp_path / "n.npz", limit=size - 1)


def packed_header(path):
    """A few hundred kB that unpack to a header of 200 MB, and say that they unpack to 1,000 bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", bytes(200_000_000))
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 200_000_000), struct.pack("<I", 1000)))


def long_table_of_contents(path):
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number}{'x' * 100}", b"")


def hidden_table_of_contents(path):
    """More members than a plain archive can have: the record at its end says less, and points to another record."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(66_000):
            archive.writestr(f"{number}", b"")
    whole = path.read_bytes()
    path.write_bytes(whole[:-10] + struct.pack("<I", 100) + whole[-6:])


def array_that_says_it_is_large(path):
    nnlearn.save(a_network(), path)
    member = io.BytesIO()
    np.lib.format.write_array_header_1_0(member, {"descr": "<f8", "fortran_order": False, "shape": (25_000_000,)})
    rewritten(path, path.with_suffix(".new"), change={"0.W.npy": member.getvalue() + bytes(96)})
    os.replace(path.with_suffix(".new"), path)


def layer_that_says_it_is_large(path):
    nnlearn.save(a_network(), path)
    large = dict(n_in=5000, n_out=5000)
    rewritten(path, path.with_suffix(".new"), header=lambda h: h["layers"][0]["settings"].update(large))
    os.replace(path.with_suffix(".new"), path)


@pytest.mark.parametrize(
    "make",
    [
        packed_header, long_table_of_contents, hidden_table_of_contents, array_that_says_it_is_large,
        layer_that_says_it_is_large,
    ],
)  # fmt: skip
def test_a_small_file_cannot_take_much_memory(tmp_path, make):
    make(tmp_path / "n.npz")
    tracemalloc.start()
    try:
        with pytest.raises(storage.StorageError):
            nnlearn.load(tmp_path / "n.npz")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_what_could_not_be_loaded_is_not_saved(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    deep = nnlearn.Network([nnlearn.Dense(1, 1, rng=rng) for _ in range(5000)])
    with pytest.raises(ValueError, match="network must fit the file"):
        nnlearn.save(deep, tmp_path / "n.npz")
    monkeypatch.setattr(storage, "LARGEST", 100)
    with pytest.raises(ValueError, match="at most 100 bytes of parameters"):
        nnlearn.save(a_network(), tmp_path / "n.npz")
    assert os.listdir(tmp_path) == []


def test_loaded_dropout_layers_draw_masks_of_their_own(tmp_path):
    rng = np.random.default_rng(0)
    nnlearn.save(nnlearn.Network([nnlearn.Dropout(0.5, rng=rng), nnlearn.Dropout(0.5, rng=rng)]), tmp_path / "n.npz")
    first, second = nnlearn.load(tmp_path / "n.npz").layers
    first.training = second.training = True
    ones = np.ones((10, 10))
    assert not np.array_equal(first.forward(ones), second.forward(ones))


def test_a_missing_file_is_an_ordinary_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        nnlearn.load(tmp_path / "none.npz")
    with pytest.raises(FileNotFoundError, match="path must be in a folder that exists"):
        nnlearn.save(a_network(), tmp_path / "none" / "n.npz")


@pytest.mark.parametrize("call", [lambda path: nnlearn.load(path), lambda path: nnlearn.save(a_network(), path)])
@pytest.mark.parametrize("path", [0, None, 1.5, b"n.npz"])
def test_a_path_is_a_name_and_never_an_open_file(call, path):
    with pytest.raises(TypeError, match="path must be the name of a file, got"):
        call(path)


@pytest.mark.skipif(os.name != "posix", reason="permissions and links of POSIX")
def test_a_link_and_the_permissions_of_an_old_file_stay(tmp_path):
    (tmp_path / "folder").mkdir()
    real, link = tmp_path / "folder" / "real.npz", tmp_path / "link.npz"
    nnlearn.save(a_network(0), real)
    real.chmod(0o600)
    link.symlink_to(real)
    nnlearn.save(a_network(1), link)
    assert link.is_symlink() and same(a_network(1), nnlearn.load(real))
    assert real.stat().st_mode & 0o777 == 0o600
    storage.write_atomically(tmp_path / "private", b"", private=True)
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o600
    with pytest.raises(TypeError, match="positional"):
        storage.write_atomically(tmp_path / "private", b"", True)  # of which nobody could see what it says


def test_a_name_can_be_as_long_as_the_file_system_allows(tmp_path):
    path = tmp_path / ("n" * 250)
    nnlearn.save(a_network(), path)
    assert same(a_network(), nnlearn.load(path))


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
def test_a_crash_while_writing_leaves_the_old_file(tmp_path, monkeypatch, step):
    path = tmp_path / "n.npz"
    nnlearn.save(a_network(0), path)

    def crash(*arguments):
        raise OSError("the disk is full")

    monkeypatch.setattr(storage.os, step, crash)
    with pytest.raises(OSError, match="disk is full"):
        nnlearn.save(a_network(1), path)
    monkeypatch.undo()
    assert same(a_network(0), nnlearn.load(path))
    assert os.listdir(tmp_path) == ["n.npz"]


def test_only_our_own_layers_are_saved(tmp_path):
    class Own(nnlearn.ReLU):
        """A layer of somebody else."""

    with pytest.raises(TypeError, match=r"layers\[0\] is Own"):
        nnlearn.save(nnlearn.Network([Own()]), tmp_path / "n.npz")
    with pytest.raises(TypeError, match="network must be a Network, got 3"):
        nnlearn.save(3, tmp_path / "n.npz")
    assert os.listdir(tmp_path) == []


# ---- Both sides of each bound, and words from beginning to end -------------------------------------------------------


def refused(path, **options):
    """Return why a file cannot be loaded."""
    with pytest.raises(storage.StorageError) as caught:
        nnlearn.load(path, **options)
    head = f"{path} cannot be loaded: "
    assert str(caught.value).startswith(head)
    return str(caught.value).removeprefix(head)


def small_file(path):
    """Save a network of two parameters, and return the bytes of its file."""
    nnlearn.save(nnlearn.Network([nnlearn.Dense(3, 2, rng=np.random.default_rng(0))]), path)
    return path.read_bytes()


def test_the_bounds_are_those_that_the_docstrings_name():
    assert (storage.LIMIT, storage.LARGEST) == (2**30, 2**31 - 2**24)
    assert (storage.HEADER_LIMIT, storage.NPY_HEADER_LIMIT, storage.ABANDONED) == (2**20, 2**12, 3600)


def test_why_a_file_is_refused_is_told_whole(tmp_path):
    whole, path = small_file(tmp_path / "n.npz"), tmp_path / "other.npz"
    foreign = "it does not end as a file that nnlearn.save wrote; it is foreign or was cut off"
    record = len(whole) - 22
    for content in (
        whole[:-1], whole[:record] + b"PK\5\7" + whole[record + 4 :], whole[:record] + b"PK\5\5" + whole[record + 4 :],
        whole[:-1] + b"\1", whole[:-2] + b"\1\0", whole[-21:],
    ):  # fmt: skip
        path.write_bytes(content)
        assert refused(path) == foreign
    for size, words in ((2**20 + 1, "its table of contents is larger than nnlearn.save writes it"), (2**20, None)):
        path.write_bytes(whole[: record + 12] + struct.pack("<I", size) + whole[record + 16 :])
        assert (refused(path) == words) if words else refused(path).startswith("it is not a file that nnlearn.save wrote, or it is")
    assert refused(tmp_path) == "it is a folder or a device, and not a file"


def zip64_pointer_alone(path):
    """A file of which the 20 bytes before its last record point to a record of the other kind, and the rest is as usual."""
    whole = path.read_bytes()
    path.write_bytes(whole[:-42] + b"PK\6\7" + whole[-38:])


def test_a_pointer_to_another_table_of_contents_is_refused_whatever_size_is_told(tmp_path):
    small_file(tmp_path / "n.npz")
    zip64_pointer_alone(tmp_path / "n.npz")
    assert refused(tmp_path / "n.npz") == "its table of contents is larger than nnlearn.save writes it"


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (dict(header=lambda h: h.update(version=2)), "it has version 2 of the format, and this nnlearn reads version 1"),
        (dict(header=lambda h: h.update(version=0)), "it has version 0 of the format, and this nnlearn reads version 1"),
        (dict(header=lambda h: h.update(format="x")), "its header does not say 'nnlearn network'"),
        (dict(header=lambda h: h.update(layers={})), "its header has no list of layers and no table of parameters"),
        (dict(header=lambda h: h.update(params=[])), "its header has no list of layers and no table of parameters"),
        (dict(leave_out=["header.json"]), "it has no header.json, so nnlearn.save did not write it"),
        (dict(leave_out=["0.b.npy"]), "its members are not the parameters that its header names"),
        (dict(header=lambda h: h["params"].pop("0.b")), "its members are not the parameters that its header names"),
        (dict(header=lambda h: h["params"]["0.W"].update(shape=[6])),
         "parameter '0.W' has the shape [6] and dtype 'float64', which no layer has"),
        (dict(header=lambda h: h["params"]["0.W"].update(shape=[1, 1, 3, 2])),
         "parameter '0.W' has the shape [1, 1, 3, 2] and dtype 'float64', which no layer has"),
        (dict(header=lambda h: h["params"]["0.W"].update(shape=[0, 2])),
         "parameter '0.W' has the shape [0, 2] and dtype 'float64', which no layer has"),
        (dict(header=lambda h: h["params"]["0.W"].update(dtype="float16")),
         "parameter '0.W' has the shape [3, 2] and dtype 'float16', which no layer has"),
        (dict(header=lambda h: h["layers"][0].update(kind="Odd")), "it names a layer 'Odd', which this nnlearn does not have"),
        (dict(header=lambda h: h["layers"][0]["settings"].update(n_in=4)),
         "layer 0 needs weights of the shape [4, 2], but the file has [3, 2]"),
        (dict(header=lambda h: h["layers"].append({"kind": "Dense", "settings": {"n_in": 2, "n_out": 1}})),
         "layer 1 needs weights of the shape [2, 1], but the file has None"),
        (dict(header=lambda h: h.update(layers=[{"kind": "ReLU", "settings": {}}])),
         "its parameters are ['0.W', '0.b'], but its layers need []"),
        (dict(header=lambda h: h["params"]["0.b"].update(shape=[2, 1]), change={"0.b.npy": npy(np.zeros((2, 1)))}),
         "parameter '0.b' has the shape (2, 1), but its layer needs (1, 2)"),
        (dict(header=lambda h: h["params"]["0.b"].update(shape=[1, 1, 2]), change={"0.b.npy": npy(np.zeros((1, 1, 2)))}),
         "its parameters do not belong to one network or one population"),
        (dict(change={"0.b.npy": npy(np.zeros((1, 2)), version=(2, 0))}),
         "parameter '0.b' is in a form of .npy that nnlearn.save does not write"),
        (dict(change={"0.b.npy": npy(np.zeros((1, 2), np.float32)) + bytes(8)}),
         "parameter '0.b' is not what the header says it is"),
        (dict(change={"0.b.npy": npy(np.zeros((2, 1)))}), "parameter '0.b' is not what the header says it is"),
        (dict(change={"0.b.npy": npy(np.zeros((1, 2))) + b"x"}),
         "parameter '0.b' does not have as many numbers as its shape (1, 2) needs"),
        (dict(change={"0.b.npy": bytes(15)}), "parameter '0.b' does not have the size that the header gives for it"),
        (dict(change={"0.b.npy": bytes(16 + 2**12 + 1)}), "parameter '0.b' does not have the size that the header gives for it"),
        (dict(change={"0.b.npy": npy(np.zeros((1, 2))) + bytes(2**12 - 128)}),
         "parameter '0.b' does not have as many numbers as its shape (1, 2) needs"),
    ],
)  # fmt: skip
def test_what_is_wrong_inside_a_file_is_told_whole(tmp_path, how, words):
    small_file(tmp_path / "n.npz")
    rewritten(tmp_path / "n.npz", tmp_path / "other.npz", **how)
    assert refused(tmp_path / "other.npz") == words


def test_members_that_lie_over_one_another_are_found(tmp_path):
    """One member stands for two parameters: the file is smaller than what it says it holds."""
    path = tmp_path / "n.npz"
    with zipfile.ZipFile(path, "w") as archive:
        header = {"format": "nnlearn network", "version": 1, "layers": [],
                  "params": {f"{k}.W": {"dtype": "float64", "shape": [100, 100]} for k in range(2)}}  # fmt: skip
        archive.writestr("header.json", json.dumps(header))
        archive.writestr("0.W.npy", npy(np.zeros((100, 100))))
        info = archive.getinfo("0.W.npy")
        twin = zipfile.ZipInfo("1.W.npy", info.date_time)
        twin.header_offset, twin.CRC = info.header_offset, info.CRC
        twin.compress_size, twin.file_size = info.compress_size, info.file_size
        archive.filelist.append(twin)
        archive.NameToInfo["1.W.npy"] = twin
    assert refused(path) == f"it has {path.stat().st_size:,} bytes, and its parameters need 160,000"


def test_only_layers_of_ours_by_name_and_by_origin_are_saved(tmp_path):
    class ReLU(nnlearn.ReLU):
        """A namesake from elsewhere."""

    ours = type("Odd", (nnlearn.ReLU,), {"__module__": "nnlearn.activations"})
    for layer in (ReLU(), ours()):
        with pytest.raises(TypeError) as caught:
            nnlearn.save(nnlearn.Network([nnlearn.Tanh(), layer]), tmp_path / "n.npz")
        assert str(caught.value) == f"network must be made of nnlearn's own layers, layers[1] is {layer!r}"


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_new_file_has_the_permissions_that_the_umask_leaves(tmp_path):
    before = os.umask(0)
    try:
        storage.write_atomically(tmp_path / "open", b"")
        os.umask(0o027)
        storage.write_atomically(tmp_path / "closed", b"")
    finally:
        os.umask(before)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("open", "closed")] == [0o666, 0o640]


def test_what_a_killed_write_of_this_file_left_is_cleared_away_after_an_hour(tmp_path):
    storage.write_atomically(tmp_path / "n", b"old")
    family = f".nnlearn-{zlib.crc32(b'n'):08x}-"
    now = time.time()
    for name, age in ((f"{family}a.part", 3700), (f"{family}b.part", 3500), (".nnlearn-00000000-c.part", 9999), ("d.part", 9999)):
        (tmp_path / name).write_bytes(b"half")
        os.utime(tmp_path / name, (now - age, now - age))
    storage.write_atomically(tmp_path / "n", b"new")
    assert sorted(os.listdir(tmp_path)) == sorted([f"{family}b.part", ".nnlearn-00000000-c.part", "d.part", "n"])
    assert (tmp_path / "n").read_bytes() == b"new"


def test_a_long_reason_is_cut_after_300_characters():
    assert storage._short(ValueError("x" * 300)) == "x" * 300
    assert storage._short(ValueError("x" * 301)) == "x" * 300 + "..."


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}'])
def test_json_has_no_such_numbers(text):
    with pytest.raises(ValueError, match="^JSON has no number (NaN|-?Infinity)$"):
        storage.parse_json(text.encode())


def test_a_name_may_stand_once_in_each_table():
    assert storage.parse_json(b'{"a": {"a": 1}, "b": [{"a": 2}]}') == {"a": {"a": 1}, "b": [{"a": 2}]}
    with pytest.raises(ValueError, match="^a name stands twice in one table$"):
        storage.parse_json(b'{"b": {"a": 1, "a": 1}}')


def test_where_nothing_can_be_opened_that_is_what_is_said(tmp_path, monkeypatch):
    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(storage.os, "open", refuse)
    with pytest.raises(PermissionError):
        storage.write_atomically(tmp_path / "n", b"")
    monkeypatch.undo()
    assert os.listdir(tmp_path) == []
