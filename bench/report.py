"""Write what was measured as a page of tables: `bench/RESULTS.md`."""

TITLES = {
    "a": "(a) 2-16-16-1 tanh, moons (1,024 rows), batch 32",
    "b": "(b) 64-32-10 ReLU, digits (1,792 rows), batch 32",
    "c": "(c) 784-128-10 ReLU, 6,400 made-up rows in the shape of Fashion-MNIST, batch 64",
    "d": "(d) 784-512-512-10 ReLU, 6,400 made-up rows in the shape of Fashion-MNIST, batch 256",
    "population": "32 × (a), different first weights and rates (a step is one step of all 32)",
}
OURS, GEMMS, TORCH, SKLEARN = "nnlearn", "its matrix products alone", "PyTorch eager", "scikit-learn"
MEMBERS = 32
POPULATION, JAX_POPULATION = "nnlearn, one population", "JAX, jit(vmap(scan))"
JAX_STEP = "JAX, jit per step"
#: What is aimed at: the part, what is divided by what (name, threads), at least or at most, and how much.
TARGETS = [
    ("a", (TORCH, 1), (OURS, 1), "≥", 13), ("a", (SKLEARN, 1), (OURS, 1), "≥", 6), ("a", (JAX_STEP, 2), (OURS, 1), "≥", 2),
    ("b", (TORCH, 1), (OURS, 1), "≥", 7.5), ("b", (SKLEARN, 1), (OURS, 1), "≥", 4.5),
    ("b", (JAX_STEP, 2), (OURS, 1), "≥", 1.5),
    ("c", (OURS, 1), (GEMMS, 1), "≤", 1.85), ("c", (TORCH, 1), (OURS, 1), "≥", 1.8), ("c", (SKLEARN, 1), (OURS, 1), "≥", 1.9),
    ("d", (OURS, 1), (GEMMS, 1), "≤", 1.2), ("d", (TORCH, 1), (OURS, 1), "≥", 1.2), ("d", (TORCH, 2), (OURS, 2), "≥", 1.0),
]  # fmt: skip


def markdown(measured):
    """Return the page for everything that `run` has measured."""
    parts = [_head(measured["machine"]), _targets(measured)]
    parts += [_table(TITLES[name], measured[name]) for name in TITLES]
    parts.append(_reasons())
    return "\n\n".join(parts) + "\n"


def _head(machine):
    peers = ("numpy", "torch", "scikit-learn", "jax", "autograd", "micrograd")
    return f"""# Speed, measured

`make bench` writes this page; do not edit it. How it is measured, and what each peer does, is said in `run.py` and `peers/`.
Everything is float32 with Adam, on the same batches from the same first weights; the last column of each table, the share of the
training rows that are right after five epochs, shows that the same was learnt. Compare ratios: microseconds are those of one
machine.

- Machine: {machine["processor"]}; Python {machine["python"]}; numpy's BLAS is {machine["blas"]}.
- Versions: {", ".join(f"{name} {machine[name]}" for name in peers)}.
- A step fetches a batch, computes loss and gradients, and changes the weights. `nnlearn` is a call of `fit` for several epochs,
  with all its checks. JAX always has all cores. scikit-learn gets its rows in order, which is not timed.
- micrograd is timed on two batches only, and so has learnt nothing yet.
- Fashion-MNIST is not shipped; (c) and (d) use rows of the same shape from a fixed generator."""


def _targets(measured):
    lines = ["| network | what (threads) | aim | measured | |", "|---|---|---|---|---|"]
    for part, above, below, sense, aim in TARGETS:
        what = f"{above[0]} ({above[1]}) / {below[0]} ({below[1]})"
        lines.append(_target(f"({part})", what, sense, aim, _time(measured, part, *above) / _time(measured, part, *below)))
    together = _time(measured, "population", POPULATION, 1)
    one_by_one = MEMBERS * _time(measured, "population", OURS, 1)
    others = measured["others"]
    lines += [
        _target("32 × (a)", "32 runs one by one / one population (1)", "≥", 6, one_by_one / together),
        _target("32 × (a)", f"{JAX_POPULATION} (2) / one population (1)", "≥", 1,
                _time(measured, "population", JAX_POPULATION, 2) / together),
        _target("64-32-10", f"gradient check of all {others['parameters']:,} parameters, seconds", "≤", 0.3,
                others["gradient_check_seconds"]),
        _target("", "import nnlearn / import numpy, beyond the start of Python", "≤", 1.25, others["import_ratio"]),
        _target("", "wheel, MB", "≤", 1, others["wheel_bytes"] / 1e6),
    ]  # fmt: skip
    return "\n".join(["## What was aimed at, and what was reached", "", *lines])


def _target(network, what, sense, aim, found):
    is_met = found >= aim if sense == "≥" else found <= aim
    return f"| {network} | {what} | {sense} {aim:g} | {found:.2f} | {'reached' if is_met else 'not reached'} |"


def _table(title, rows):
    fastest = next(row["microseconds"] for row in rows if row["name"] == OURS)
    lines = [f"## {title}", "", "| | threads | µs a step | middle half of the turns | times nnlearn | right after 5 epochs |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for row in rows:
        low, high = row["quartiles"]
        right = "" if row["accuracy"] is None else f"{row['accuracy']:.1%}"
        lines.append(
            f"| {row['name']} | {row['threads']} | {row['microseconds']:,.1f} | {low:,.1f} to {high:,.1f} "
            f"| {row['microseconds'] / fastest:.2f} | {right} |"
        )
    return "\n".join(lines)


def _time(measured, part, name, threads):
    return next(row["microseconds"] for row in measured[part] if (row["name"], row["threads"]) == (name, threads))


def _reasons():
    return (
        "## What stands in the way of more\n\n"
        "TODO"
    )
