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
    parts += [_breakdown(measured["breakdown"]), REASONS]
    return "\n\n".join(parts) + "\n"


def _head(machine):
    peers = ("numpy", "torch", "scikit-learn", "jax", "autograd", "micrograd")
    return f"""# Speed, measured

`make bench` writes this page; do not edit it. How it is measured, and what each peer does, is said in `run.py` and `peers/`.
Everything is float32 with Adam, on the same batches from the same first weights; the last column of each table, the share of the
training rows that are right after five epochs, shows that the same was learnt. Compare ratios: microseconds are those of one
machine. How the pages feel stands in `PAGES.md`, how long it takes to build and to test in `MAKERS.md`.

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


def _breakdown(measured):
    parts = list(next(iter(measured.values())))
    lines = ["## Where the time of a step goes", "", "Microseconds, one thread, each call timed in its place in training.", "",
             f"| | {' | '.join(parts)} | together |", "|---" * (len(parts) + 2) + "|"]  # fmt: skip
    for name, found in measured.items():
        together = sum(found[part] for part in parts if part != "calls")
        numbers = " | ".join(f"{found[part]:,.0f}" if part == "calls" else f"{found[part]:,.1f}" for part in parts)
        lines.append(f"| {f'({name})' if len(name) == 1 else '32 × (a)'} | {numbers} | {together:,.1f} |")
    return "\n".join(lines)


REASONS = """## What stands in the way of more

- **(a), (b), JAX per step and scikit-learn.** Of a step of (a), one sixth is in the products; the rest is some 45 numpy
  calls at 0.2 to 1.5 µs each, most of it the price of a call and not of the numbers. To do with fewer calls would take other
  operations than the readable code has (the bias as a row of the weights, Adam's two corrections folded into its rate),
  which change the last digits: both were left out, since `fit` gives bit for bit what the loop of chapter 9 gives. In (b)
  the sums and maxima over rows of ten numbers cost most: numpy starts a new inner loop for each row.
- **(c), (d), the products alone and one thread.** Beside the products nearly everything is Adam: 13 passes over all weights, two of
  which divide and one takes a root, about 1.7 ns for each weight of (c). On 32,768 numbers a sum took 4 µs, a quotient 4 µs and
  the root 12 µs, which is what the processor can do. 1.85 and 1.2 times the products would need one fused loop in compiled code,
  as PyTorch has it in its fused Adam.
- **Would a thin compiled core be worth it?** "JAX, scan per epoch" shows what one could reach: about 2.5 times the speed on (a) and
  (b), 1.4 to 1.9 times on (c) and (d) with two threads. Training (a) for 100 epochs takes 0.1 s as it is. A compiled core would
  have to be built for every system and for the browser, and would stand between the reader and the code. Not for now.
- **The processor matters.** The table is from one with AVX-512. On another, an EPYC without it that was busy besides, all
  took two to three times as long and the ratios shifted: (a) 14.8 times faster than PyTorch, 6.4 than scikit-learn, 1.55 than
  JAX per step; (b) 9.0, 4.4 and 1.15; (c) 2.0 and 1.9, and 2.0 times the products; (d) 1.1 and 1.3 times PyTorch with one and
  two threads, and 1.28 times the products. The population fell behind there: 5.4 times faster than 32 runs one by one, and
  half as fast as JAX's. numpy's `tanh` of its 16,384 numbers took 55 µs there, and the 32 small products of a layer 28 µs."""
