"""Run the comparisons, or those that are named (a b c d population breakdown others); keep the results in bench/measured.json.

Peers take turns: one stretch of training each, again and again, so that a machine that is busy for a while is so for all of them.
What is compared are the medians of the stretches. All start with the same weights and train for the same five epochs on the same
batches before they are timed; the share of rows that each then gets right shows that they do the same work.
"""

import dataclasses
import importlib.metadata
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_info, threadpool_limits

import nnlearn
from bench import networks, report
from bench.breakdown import breakdown
from bench.peers import ours, with_autograd, with_jax, with_micrograd, with_sklearn, with_torch

HERE = Path(__file__).parent
MEASURED = HERE / "measured.json"
#: After so many epochs the peers are asked how many rows they get right. A turn takes about so long, and each has so many turns.
FIRST_EPOCHS = 5
TURN_SECONDS = 0.12
TURNS = 15
#: One epoch of micrograd takes seconds; it gets this many batches.
MICROGRAD_BATCHES = 2


def compare(peers, task, turns=TURNS):
    """Let the peers take turns; `peers` is a list of (peer, threads). Return a row for each: its name and what was measured."""
    first, results = task.orders(FIRST_EPOCHS), []
    for peer, threads in peers:  # the same epochs for all, which warm up too
        with limited(threads):
            start = time.perf_counter()
            peer.train(first)
            took = (time.perf_counter() - start) / FIRST_EPOCHS
        weights = peer.weights()
        results.append({
            "name": peer.name, "threads": threads, "accuracy": None if weights is None else float(task.accuracy(weights)),
            "epochs": max(1, min(40, round(TURN_SECONDS / took))), "seconds": [],
        })  # fmt: skip
    for _ in range(turns):
        for (peer, threads), result in zip(peers, results, strict=True):
            orders = task.orders(result["epochs"])
            with limited(threads):
                start = time.perf_counter()
                peer.train(orders)
                result["seconds"].append((time.perf_counter() - start) / len(orders) / task.steps)
    for result in results:
        low, middle, high = (1e6 * float(np.quantile(result["seconds"], share)) for share in (0.25, 0.5, 0.75))
        result |= {"microseconds": middle, "quartiles": [low, high]}
        del result["seconds"]
        print(f"{task.name}  {result['name']:<28} {result['threads']} threads {middle:>12.1f} µs a step", flush=True)
    return results


@contextmanager
def limited(threads):
    """Let numpy's BLAS and PyTorch use so many threads. JAX always takes all."""
    torch.set_num_threads(threads)
    with threadpool_limits(threads):
        yield


# ---- The parts ----------------------------------------------------------------------------------------------------------------


def small_network(name):
    """Networks (a) and (b), on which a second thread is of no use to numpy."""
    task = networks.task(name)
    kinds = [
        (ours.Ours, 1), (ours.Plain, 1), (ours.Gemms, 1), (with_torch.Torch, 1), (with_torch.Torch, 2), (with_torch.TorchFused, 1),
        (with_sklearn.Sklearn, 1), (with_jax.JaxStep, 2), (with_jax.JaxScan, 2), (with_autograd.Autograd, 1),
    ]  # fmt: skip
    rows = compare([(kind(task), threads) for kind, threads in kinds], task)
    if name == "a":
        rows.append(_micrograd(task))
    return rows


def large_network(name):
    """Networks (c) and (d), with one thread and with two."""
    task, rows = networks.task(name), []
    for threads in (1, 2):
        kinds = [ours.Ours, ours.Plain, ours.Gemms, with_torch.Torch, with_torch.TorchFused, with_sklearn.Sklearn]
        kinds += [with_jax.JaxStep, with_jax.JaxScan] if threads == 2 else []
        rows += compare([(kind(task), threads) for kind in kinds], task, turns=9)
    return rows


def population():
    """32 networks (a) with different first weights and rates, in one pass and one by one."""
    tasks = [networks.task("a", seed) for seed in range(report.MEMBERS)]
    tasks = [dataclasses.replace(task, lr=0.001 + 0.0005 * member) for member, task in enumerate(tasks)]
    peers = [(ours.Ours(tasks[0]), 1), (ours.Population(tasks), 1), (ours.Population(tasks), 2), (with_jax.JaxPopulation(tasks), 2)]
    return compare(peers, tasks[0])


def where_it_goes():
    """The parts of a step of each network and of the population."""
    tasks = [networks.task("a", seed) for seed in range(report.MEMBERS)]
    found = {name: breakdown(ours.Ours(networks.task(name))) for name in "abcd"}
    return found | {"population": breakdown(ours.Population(tasks))}


def _micrograd(task):
    peer = with_micrograd.Micrograd(task)
    start = time.perf_counter()
    peer.train([task.orders(1)[0][: MICROGRAD_BATCHES * task.batch]])
    micros = (time.perf_counter() - start) / MICROGRAD_BATCHES * 1e6
    return {"name": peer.name, "threads": 1, "microseconds": micros, "quartiles": [micros, micros], "accuracy": None}


def others():
    """The gradient check, the import and the wheel."""
    rng = np.random.default_rng(0)
    network = nnlearn.Network([nnlearn.Dense(64, 32, rng=rng), nnlearn.Tanh(), nnlearn.Dense(32, 10, rng=rng)])
    x, y = rng.normal(size=(32, 64)), rng.integers(0, 10, 32)
    checks = []
    for _ in range(7):
        start = time.perf_counter()
        assert nnlearn.gradient_check(network, nnlearn.SoftmaxCrossEntropy(), x, y, samples=None)
        checks.append(time.perf_counter() - start)
    starts = {code: [] for code in ("", "import numpy", "import nnlearn")}
    for _ in range(40):
        for code, found in starts.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            found.append(time.perf_counter() - start)
    empty, numpy_alone, with_ours = (statistics.median(found) for found in starts.values())
    with tempfile.TemporaryDirectory() as folder:
        wheel = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, str(HERE.parent)]
        subprocess.run(wheel, check=True)
        size = max(found.stat().st_size for found in Path(folder).glob("*.whl"))
    return {
        "parameters": network.n_params, "gradient_check_seconds": statistics.median(checks),
        "import_ratio": (with_ours - empty) / (numpy_alone - empty), "wheel_bytes": size,
    }  # fmt: skip


PARTS = {
    "a": lambda: small_network("a"),
    "b": lambda: small_network("b"),
    "c": lambda: large_network("c"),
    "d": lambda: large_network("d"),
    "population": population,
    "breakdown": where_it_goes,
    "others": others,
}


def machine():
    """Say what it was measured on and with which versions."""
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text().splitlines()
        processor = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), processor)
        processor += f", {sum(line.startswith('processor') for line in lines)} cores"
    blas = next((f"{pool['internal_api']} {pool['version']} ({pool['architecture']})" for pool in threadpool_info()
                 if pool["user_api"] == "blas" and "numpy" in pool["filepath"]), "unknown")  # fmt: skip
    packages = ("numpy", "torch", "scikit-learn", "jax", "autograd", "micrograd")
    versions = {name: importlib.metadata.version(name) for name in packages}
    return {"processor": processor, "python": platform.python_version(), "blas": blas, **versions}


def main():
    """Run the parts that are named, or all, and write the report."""
    warnings.filterwarnings("ignore", module="sklearn")  # it says after every epoch that there could be more of them
    names = sys.argv[1:] or list(PARTS)
    for name in names:
        measured = json.loads(MEASURED.read_text()) if MEASURED.exists() else {}
        measured[name] = PARTS[name]()
        measured["machine"] = machine()
        MEASURED.write_text(json.dumps(measured, indent=1) + "\n")
    if set(PARTS) <= set(measured):
        (HERE / "RESULTS.md").write_text(report.markdown(measured), encoding="utf-8")
        print(report.markdown(measured))


if __name__ == "__main__":
    main()
