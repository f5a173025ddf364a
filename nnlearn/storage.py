"""Storage: a network as one file, without pickle, so that opening a file never runs code from it.

The file is a ZIP archive, as numpy's `.npz`: a member `header.json` that says what the network is made of, and one
`.npy` member for each parameter.
"""

from __future__ import annotations

import io
import json
import math
import os
import pathlib
import secrets
import shutil
import struct
import zipfile
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np

from nnlearn import _checks
from nnlearn._types import Array, Params, PathLike, Settings
from nnlearn.activations import LeakyReLU, ReLU, Sigmoid, Softmax, Step, Tanh
from nnlearn.initializers import zeros
from nnlearn.layers import Dense, Dropout, Layer
from nnlearn.network import Network

FORMAT = "nnlearn network"
VERSION = 1
#: What `load` reads at most, unless it is told otherwise: 1 GiB of parameters.
LIMIT = 2**30
#: What a file can hold at most, so that it stays a plain ZIP archive: 2 GiB, less some room for the archive itself.
LARGEST = 2**31 - 2**24
#: What the header, and the archive's table of contents, can hold at most.
HEADER_LIMIT = 2**20
NPY_HEADER_LIMIT = 2**12

#: The layers that a file may name, and how to make each from its settings. A file can ask for nothing else.
LAYERS: dict[str, Callable[[Settings, np.random.Generator], Layer]] = {
    "Dense": lambda settings, rng: Dense(**settings, rng=rng, init=zeros),
    "Dropout": lambda settings, rng: Dropout(**settings, rng=rng),
    "LeakyReLU": lambda settings, rng: LeakyReLU(**settings),
    "ReLU": lambda settings, rng: ReLU(**settings),
    "Sigmoid": lambda settings, rng: Sigmoid(**settings),
    "Softmax": lambda settings, rng: Softmax(**settings),
    "Step": lambda settings, rng: Step(**settings),
    "Tanh": lambda settings, rng: Tanh(**settings),
}


class StorageError(ValueError):
    """The file cannot be read as a network; the message says why.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "letter.txt"
    ...     _ = path.write_text("Dear reader")
    ...     try:
    ...         load(path)
    ...     except StorageError as error:
    ...         print("cannot be loaded" in str(error))
    True
    """


def save(network: Network, path: PathLike) -> None:
    """Write `network` to the file `path`, all or nothing: until the new file is whole, an old one stays as it was.

    Equal networks give equal bytes. Dropout's generator is not kept: the Dropout layers of a loaded network share a new
    one. A link stays a link, and a file that is there already keeps its permissions.

    Raises TypeError for a network with layers that this format does not know, ValueError for one that is too large for
    it (2 GiB of parameters, or thousands of layers), and FileNotFoundError where there is no such folder.

    >>> import tempfile
    >>> network = Network([Dense(2, 1, rng=np.random.default_rng(0))])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "network.nn"
    ...     save(network, path)
    ...     print(load(path))
    Network([Dense(n_in=2, n_out=1)])
    """
    path = _path(path)
    if not isinstance(network, Network):
        raise TypeError(f"network must be a Network, got {network!r}")
    for place, layer in enumerate(network.layers):
        if LAYERS.get(type(layer).__name__) is None or not type(layer).__module__.startswith("nnlearn."):
            raise TypeError(f"network must be made of nnlearn's own layers, layers[{place}] is {layer!r}")
    contents = {
        "format": FORMAT,
        "version": VERSION,
        "layers": [{"kind": type(layer).__name__, "settings": layer.settings()} for layer in network.layers],
        "params": {
            key: {"dtype": array.dtype.name, "shape": list(array.shape)} for key, array in network.params.items()
        },
    }
    header = json.dumps(contents, indent=1).encode()
    n_bytes = sum(array.nbytes for array in network.params.values())
    # Nothing may be written that could not be read again.
    if len(header) > HEADER_LIMIT or n_bytes > LARGEST:
        raise ValueError(
            f"network must fit the file: at most {LARGEST:,} bytes of parameters and {HEADER_LIMIT:,} of header, "
            f"got {n_bytes:,} and {len(header):,}"
        )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        _write_member(archive, "header.json", header)
        for key, array in network.params.items():
            member = io.BytesIO()
            numbers = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
            np.lib.format.write_array(member, numbers, version=(1, 0), allow_pickle=False)
            _write_member(archive, f"{key}.npy", member.getvalue())
    write_atomically(path, content.getvalue())


def load(path: PathLike, *, limit: int = LIMIT) -> Network:
    """Return the network from the file `path`, which may hold at most `limit` bytes of parameters.

    All sizes are checked before anything of that size is read or made. Raises StorageError for a file that is foreign,
    cut, changed, too large or from a newer version, and FileNotFoundError where there is none.

    >>> load("no-such-file.nn")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    FileNotFoundError: [Errno 2] No such file or directory: 'no-such-file.nn'...
    """
    path, limit = _path(path), _checks.count(limit, "limit")
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


def write_atomically(path: PathLike, content: bytes, *, private: bool = False) -> None:
    """Write bytes to `path` so that at every moment there is either the old file or the whole new one.

    A link is followed. A `private` file can be read by its owner alone; another keeps the permissions of the old file.

    Raises FileNotFoundError where there is no such folder.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "note"
    ...     write_atomically(path, b"kept")
    ...     print(path.read_bytes())
    b'kept'
    """
    path = pathlib.Path(os.path.realpath(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(f"path must be in a folder that exists, got {path}")
    # In the same folder, since a file can be renamed only within its file system; its name is short, since names have
    # a limit.
    temporary = path.with_name(f".nnlearn-{secrets.token_hex(8)}.part")
    permissions = 0o600 if private else 0o666  # of which the system takes away what the user's umask says
    try:
        with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, permissions)) as file:
            if path.exists() and not private:
                shutil.copymode(path, temporary)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _path(path: PathLike) -> pathlib.Path:
    if not isinstance(path, (str, os.PathLike)):  # open() would take a number for a file that is open already
        raise TypeError(f"path must be the name of a file, got {_checks.describe(path)}")
    return pathlib.Path(path)


def _write_member(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    # A fixed date and system, so that equal networks give equal bytes everywhere.
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr = 3, 0o644 << 16
    archive.writestr(info, content)


def _read_network(file: BinaryIO, limit: int) -> Network:
    _check_table_of_contents(file)
    with zipfile.ZipFile(file) as archive:
        header = _read_header(archive)
        _check_sizes(archive, header, limit)
        rng = np.random.default_rng(0)  # one for all, so that two Dropout layers do not draw the same masks
        network = Network([_make_layer(entry, rng) for entry in header["layers"]])
        params = {key: _read_array(archive, key, entry) for key, entry in header["params"].items()}
    _check_params(network, params)
    network._set_params(params)
    return network


def _check_table_of_contents(file: BinaryIO) -> None:
    """Refuse an archive with a table of contents that is too large: zipfile reads the whole of it.

    A ZIP archive ends with a record of 22 bytes that gives the size of the table; a larger archive has a pointer to a
    record of another kind (ZIP64) in the 20 bytes before. `save` writes neither that nor a comment after the record.
    """
    length = file.seek(0, os.SEEK_END)
    file.seek(max(0, length - 42))
    end = file.read()
    pointer, record = end[:-22], end[-22:]
    if len(record) < 22 or record[:4] != b"PK\5\6" or record[-2:] != b"\0\0":
        raise StorageError("it does not end as a file that nnlearn.save wrote; it is foreign or was cut off")
    (size,) = struct.unpack("<I", record[12:16])
    if pointer[-20:-16] == b"PK\6\7" or size > HEADER_LIMIT:
        raise StorageError("its table of contents is larger than nnlearn.save writes it")
    file.seek(0)


def _read_header(archive: zipfile.ZipFile) -> dict[str, Any]:
    if "header.json" not in archive.namelist():
        raise StorageError("it has no header.json, so nnlearn.save did not write it")
    if _stored_size(archive, "header.json") > HEADER_LIMIT:
        raise StorageError("its header is larger than a header can be")
    header = json.loads(archive.read("header.json"))
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise StorageError(f"its header does not say {FORMAT!r}")
    if type(header.get("version")) is not int or header["version"] != VERSION:
        raise StorageError(
            f"it has version {header.get('version')!r} of the format, and this nnlearn reads version {VERSION}"
        )
    if not isinstance(header.get("layers"), list) or not isinstance(header.get("params"), dict):
        raise StorageError("its header has no list of layers and no table of parameters")
    if sorted(archive.namelist()) != sorted(["header.json", *(f"{key}.npy" for key in header["params"])]):
        raise StorageError("its members are not the parameters that its header names")
    return header


def _stored_size(archive: zipfile.ZipFile, name: str) -> int:
    """Return the size of a member, which must not be packed: a packed one can unpack to more than it says."""
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
        raise StorageError(f"its member {name!r} is packed, which nnlearn.save never does")
    return info.file_size


def _check_sizes(archive: zipfile.ZipFile, header: dict[str, Any], limit: int) -> None:
    """Refuse what would need too much memory, or does not fit together, before any of it is read."""
    declared = 0
    for key, entry in header["params"].items():
        shape, dtype = entry["shape"], entry["dtype"]
        sizes_are_whole = isinstance(shape, list) and all(type(size) is int and size > 0 for size in shape)
        if dtype not in ("float64", "float32") or not sizes_are_whole or len(shape) not in (2, 3):
            raise StorageError(f"parameter {key!r} has the shape {shape} and dtype {dtype!r}, which no layer has")
        size = math.prod(shape) * np.dtype(dtype).itemsize
        declared += size
        if not size <= _stored_size(archive, f"{key}.npy") <= size + NPY_HEADER_LIMIT:
            raise StorageError(f"parameter {key!r} does not have the size that the header gives for it")
    if declared > limit:
        raise StorageError(
            f"it has {declared:,} bytes of parameters, more than the limit of {limit:,} bytes; see load(path, limit=...)"
        )
    # Making a Dense layer takes memory too, so its settings have to be those of its parameters.
    for place, entry in enumerate(header["layers"]):
        if entry["kind"] == "Dense":
            wanted = [entry["settings"]["n_in"], entry["settings"]["n_out"]]
            found = header["params"].get(f"{place}.W", {"shape": None})["shape"]
            if found is None or found[-2:] != wanted:
                raise StorageError(f"layer {place} needs weights of the shape {wanted}, but the file has {found}")


def _make_layer(entry: dict[str, Any], rng: np.random.Generator) -> Layer:
    if entry["kind"] not in LAYERS:
        raise StorageError(f"it names a layer {entry['kind']!r}, which this nnlearn does not have")
    return LAYERS[entry["kind"]](entry["settings"], rng)


def _read_array(archive: zipfile.ZipFile, key: str, entry: dict[str, Any]) -> Array:
    """Return a parameter, if its .npy member is what the header says: numpy would make what the member says."""
    content = archive.read(f"{key}.npy")
    member = io.BytesIO(content)
    if np.lib.format.read_magic(member) != (1, 0):
        raise StorageError(f"parameter {key!r} is in a form of .npy that nnlearn.save does not write")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(member)
    if by_columns or list(shape) != entry["shape"] or dtype != np.dtype(entry["dtype"]).newbyteorder("<"):
        raise StorageError(f"parameter {key!r} is not what the header says it is")
    numbers = content[member.tell() :]
    if len(numbers) != math.prod(shape) * dtype.itemsize:
        raise StorageError(f"parameter {key!r} does not have as many numbers as its shape {shape} needs")
    return np.frombuffer(numbers, dtype).reshape(shape).astype(entry["dtype"])


def _check_params(network: Network, params: Params) -> None:
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
