"""Storage: a network as one file, without pickle, so that opening a file never runs code from it.

The file is a ZIP archive, as numpy's `.npz`: a member `header.json` that says what the network is made of, and one
`.npy` member for each parameter.
"""

import io
import json
import math
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from nnlearn import _checks
from nnlearn.activations import LeakyReLU, ReLU, Sigmoid, Softmax, Step, Tanh
from nnlearn.layers import Dense, Dropout
from nnlearn.network import Network

FORMAT = "nnlearn network"
VERSION = 1
#: What `load` reads at most, unless it is told otherwise: 1 GiB of parameters.
LIMIT = 2**30
HEADER_LIMIT = 2**20
NPY_HEADER_LIMIT = 2**12

#: The layers that a file may name, and how to make each from its settings. A file can ask for nothing else.
LAYERS = {
    "Dense": lambda settings: Dense(**settings, rng=np.random.default_rng(0)),
    "Dropout": lambda settings: Dropout(**settings, rng=np.random.default_rng(0)),
    "LeakyReLU": lambda settings: LeakyReLU(**settings),
    "ReLU": lambda settings: ReLU(**settings),
    "Sigmoid": lambda settings: Sigmoid(**settings),
    "Softmax": lambda settings: Softmax(**settings),
    "Step": lambda settings: Step(**settings),
    "Tanh": lambda settings: Tanh(**settings),
}


class StorageError(ValueError):
    """The file cannot be read as a network; the message says why."""


def save(network, path):
    """Write `network` to the file `path`, all or nothing: until the new file is whole, an old one stays as it was.

    Equal networks give equal bytes. Dropout's generator is not kept; a loaded Dropout starts a new one.

    Raises TypeError for a network with layers that this format does not know.
    """
    if not isinstance(network, Network):
        raise TypeError(f"network must be a Network, got {network!r}")
    for place, layer in enumerate(network.layers):
        if LAYERS.get(type(layer).__name__) is None or not type(layer).__module__.startswith("nnlearn."):
            raise TypeError(f"network must be made of nnlearn's own layers, layers[{place}] is {layer!r}")
    header = {
        "format": FORMAT,
        "version": VERSION,
        "layers": [{"kind": type(layer).__name__, "settings": layer.settings()} for layer in network.layers],
        "params": {
            key: {"dtype": array.dtype.name, "shape": list(array.shape)} for key, array in network.params.items()
        },
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        _write_member(archive, "header.json", json.dumps(header, indent=1).encode())
        for key, array in network.params.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            _write_member(archive, f"{key}.npy", member.getvalue())
    write_atomically(Path(path), content.getvalue())


def load(path, *, limit=LIMIT):
    """Return the network from the file `path`. At most `limit` bytes of parameters are read.

    Raises StorageError for a file that is foreign, cut, changed, too large or from a newer version.
    """
    limit = _checks.count(limit, "limit")
    with open(path, "rb") as file:
        try:
            return _read_network(file, limit)
        except StorageError as error:
            raise StorageError(f"{path} cannot be loaded: {error}") from None
        # What a damaged file can raise in zipfile, json and numpy is many kinds of exception, and all mean the same.
        except Exception as error:
            raise StorageError(
                f"{path} cannot be loaded: it is not a file that nnlearn.save wrote, or it is damaged "
                f"({type(error).__name__}: {error})"
            ) from error


def write_atomically(path, content, *, private=False):
    """Write bytes to `path` so that at every moment there is either the old file or the whole new one.

    A `private` file can be read by its owner alone.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if not private:  # as mkstemp makes them
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _write_member(archive, name, content):
    # A fixed date, so that equal networks give equal bytes.
    archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content)


def _read_network(file, limit):
    with zipfile.ZipFile(file) as archive:
        header = _read_header(archive)
        _check_sizes(archive, header, limit)
        network = Network([_make_layer(entry) for entry in header["layers"]])
        params = {key: _read_array(archive, key, entry) for key, entry in header["params"].items()}
    _check_params(network, params)
    network._set_params(params)
    return network


def _read_header(archive):
    if "header.json" not in archive.namelist():
        raise StorageError("it has no header.json, so nnlearn.save did not write it")
    if archive.getinfo("header.json").file_size > HEADER_LIMIT:
        raise StorageError("its header is larger than a header can be")
    header = json.loads(archive.read("header.json"))
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise StorageError(f"its header does not say {FORMAT!r}")
    if header.get("version") != VERSION:
        raise StorageError(
            f"it has version {header.get('version')!r} of the format, and this nnlearn reads version {VERSION}"
        )
    if not isinstance(header.get("layers"), list) or not isinstance(header.get("params"), dict):
        raise StorageError("its header has no list of layers and no table of parameters")
    return header


def _check_sizes(archive, header, limit):
    """Refuse what would need too much memory, before any of it is read."""
    declared = 0
    for key, entry in header["params"].items():
        shape, dtype = entry["shape"], entry["dtype"]
        if dtype not in ("float64", "float32") or not all(type(size) is int and size > 0 for size in shape):
            raise StorageError(f"parameter {key!r} has the shape {shape} and dtype {dtype!r}, which no layer has")
        size = math.prod(shape) * np.dtype(dtype).itemsize
        declared += size
        # A packed member can claim a small size and unpack to a large one; ours are never packed.
        info = archive.getinfo(f"{key}.npy")
        if info.compress_type != zipfile.ZIP_STORED or not size <= info.file_size <= size + NPY_HEADER_LIMIT:
            raise StorageError(f"parameter {key!r} does not have the size that the header gives for it")
    for entry in header["layers"]:
        settings = entry["settings"]
        if entry["kind"] == "Dense":
            declared += 8 * int(settings["n_in"]) * int(settings["n_out"])
    if declared > 2 * limit:
        raise StorageError(f"it needs more than the limit of {limit:,} bytes of parameters; see load(path, limit=...)")


def _make_layer(entry):
    if entry["kind"] not in LAYERS:
        raise StorageError(f"it names a layer {entry['kind']!r}, which this nnlearn does not have")
    return LAYERS[entry["kind"]](entry["settings"])


def _read_array(archive, key, entry):
    array = np.lib.format.read_array(io.BytesIO(archive.read(f"{key}.npy")), allow_pickle=False)
    if array.dtype.name != entry["dtype"] or list(array.shape) != entry["shape"]:
        raise StorageError(f"parameter {key!r} is not what the header says it is")
    return np.ascontiguousarray(array)


def _check_params(network, params):
    expected = network.params
    if params.keys() != expected.keys():
        raise StorageError(f"its parameters are {sorted(params)}, but its layers need {sorted(expected)}")
    members = {array.shape[:-2] for array in params.values()}
    if len(members) > 1 or any(len(shape) > 1 for shape in members):
        raise StorageError("its parameters do not belong to one network or one population")
    for key, array in params.items():
        if array.shape[-2:] != expected[key].shape:
            raise StorageError(
                f"parameter {key!r} has the shape {array.shape}, but its layer needs {expected[key].shape}"
            )
