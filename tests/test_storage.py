"""Storage: what was saved comes back, what was not saved here does not come in, and no crash harms an old file."""

import io
import json
import os
import pickle
import zipfile
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
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        W = np.lib.format.read_array(io.BytesIO(archive.read("0.W.npy")), allow_pickle=False)
    assert np.array_equal(W, a_network().params["0.W"])


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
    "a missing parameter": (dict(leave_out=["0.W.npy"]), "KeyError"),
    "a pickle in a parameter": (dict(change={"0.W.npy": PICKLED}), "cannot be loaded"),
    "a pickle in the header": (dict(change={"header.json": pickle.dumps(Evil())}), "cannot be loaded"),
    "another shape": (dict(change={"0.W.npy": npy(np.zeros((4, 3)))}), "is not what the header says"),
    "packed members": (dict(compress=zipfile.ZIP_DEFLATED), "does not have the size"),
    "a header of lists": (dict(change={"header.json": b"[1, 2]"}), "does not say"),
    "a huge layer": (dict(header=lambda h: h["layers"][0]["settings"].update(n_in=10**7, n_out=10**7)), "limit of"),
    "a huge parameter": (dict(header=lambda h: h["params"]["0.W"].update(shape=[10**6, 10**6])), "does not have the size"),
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


def test_a_file_over_the_limit_is_refused(tmp_path):
    nnlearn.save(a_network(), tmp_path / "n.npz")
    with pytest.raises(storage.StorageError, match="limit of 100 bytes"):
        nnlearn.load(tmp_path / "n.npz", limit=100)


def test_a_missing_file_is_an_ordinary_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        nnlearn.load(tmp_path / "none.npz")


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
