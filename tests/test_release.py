"""What is released: the wheel and the source distribution, built, looked into, installed in a fresh environment, and used."""

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import nnlearn

ROOT = Path(__file__).resolve().parent.parent
BUILD = [sys.executable, ROOT / "tools" / "dist.py"]
#: With what the wheel brings and numpy: train on the data that it carries.
USE = """
import pathlib, numpy as np, nnlearn
from nnlearn import SGD, Dense, Network, SoftmaxCrossEntropy, datasets, fit
rng = np.random.default_rng(0)
data, spam = datasets.digits(), datasets.spam()
network = Network([Dense(64, 10, rng=rng)])
fit(network, data.x / 16, data.y, loss=SoftmaxCrossEntropy(), optimizer=SGD(lr=0.5), epochs=5, batch_size=32, rng=rng)
learnt = datasets.accuracy(network.predict(data.x / 16), data.y) > 0.9
print(nnlearn.__version__, learnt, pathlib.Path(nnlearn.__file__).parent.parent)
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The folder with what `make dist` builds."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([*BUILD, folder], check=True, capture_output=True)
    return folder


def test_the_wheel_holds_the_package_with_its_data_and_nothing_else(released):
    (wheel,) = released.glob("*.whl")
    assert wheel.stat().st_size < 1_000_000
    with zipfile.ZipFile(wheel) as content:
        names = set(content.namelist())
    data = {f"nnlearn/data/{name}" for name in ("digits.csv.gz", "spambase.csv.gz", "LICENSE-DATA.md")}
    assert data | {"nnlearn/py.typed", "nnlearn/explore/with_torch.json"} <= names
    assert {name.split("/")[0] for name in names} == {"nnlearn", f"nnlearn-{nnlearn.__version__}.dist-info"}
    assert not [name for name in names if "test" in Path(name).name or "__pycache__" in name]
    assert {name.removeprefix("nnlearn/") for name in names if name.endswith(".py")} == {
        path.relative_to(ROOT / "nnlearn").as_posix() for path in (ROOT / "nnlearn").rglob("*.py")
    }


def test_the_wheel_works_in_a_fresh_environment(released, tmp_path):
    (wheel,) = released.glob("*.whl")
    # numpy alone comes from here; everything else that is installed here stays out of sight.
    numpy = Path(__import__("numpy").__file__).parent
    (tmp_path / "needs").mkdir()
    for part in (numpy, numpy.with_name("numpy.libs")):
        if part.exists():
            (tmp_path / "needs" / part.name).symlink_to(part)
    install = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-index", "--no-deps"]
    subprocess.run([*install, "--target", tmp_path / "here", wheel], check=True, capture_output=True)
    run = subprocess.run(
        [sys.executable, "-S", "-c", USE], capture_output=True, text=True, cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path / 'here'}:{tmp_path / 'needs'}"},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == [nnlearn.__version__, "True", str(tmp_path / "here")]


def test_the_source_distribution_builds_the_same_wheel(released, tmp_path):
    (source,), (wheel,) = released.glob("*.tar.gz"), released.glob("*.whl")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path, filter="data")
    (root,) = tmp_path.iterdir()
    subprocess.run([sys.executable, "-m", "flit_core.wheel", "--outdir", tmp_path / "again", root], check=True, capture_output=True)
    (again,) = (tmp_path / "again").glob("*.whl")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())
        assert all(one.read(name) == other.read(name) for name in one.namelist())


def test_two_builds_give_the_same_bytes(released, tmp_path):
    subprocess.run([*BUILD, tmp_path], check=True, capture_output=True)
    digests = [{p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()} for folder in (released, tmp_path)]
    assert digests[0] == digests[1] and len(digests[0]) == 2
