"""Training: show the network mini-batches, step against the gradient, and write down how it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from nnlearn import _checks, _workshop
from nnlearn._types import Array, Labels, Numbers, Params
from nnlearn.losses import Loss
from nnlearn.network import Network
from nnlearn.optimizers import NonFiniteGradient, Optimizer

#: A function of (output, y); and a function that is told of the progress after every epoch and returns True to stop.
Metric: TypeAlias = Callable[[Array, np.ndarray], Any]
Callback: TypeAlias = "Callable[[Progress], object]"


@dataclass
class History:
    """What happened in training, one entry for each epoch.

    `loss` is the mean loss over the epoch's mini-batches, each taken before its own step; `validation_loss` is taken
    at the end of the epoch with Dropout off; `metrics` has a list for each metric's name. Entries are floats, or
    arrays of shape (K,) for a population.

    >>> history = History(loss=[2.0, 0.5])
    >>> history.epochs, history
    (2, History(2 epochs, loss 2 -> 0.5))
    """

    loss: list[Numbers] = field(default_factory=list)
    validation_loss: list[Numbers] = field(default_factory=list)
    metrics: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def epochs(self) -> int:
        """The number of epochs that were finished."""
        return len(self.loss)

    def __repr__(self) -> str:
        last = "" if not self.loss else f", loss {_short(self.loss[0])} -> {_short(self.loss[-1])}"
        return f"History({self.epochs} epoch{'' if self.epochs == 1 else 's'}{last})"


class TrainingDiverged(ArithmeticError):
    """The loss is no longer a finite number. `history` holds the epochs that were finished before.

    >>> from nnlearn import Dense, MeanSquaredError, Network, SGD
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(20, 1))
    >>> network = Network([Dense(1, 1, rng=rng)])
    >>> try:
    ...     fit(network, x, 3 * x, loss=MeanSquaredError(), optimizer=SGD(lr=1e6), epochs=100, rng=rng)
    ... except TrainingDiverged as error:
    ...     print(error.history.epochs < 100)
    True
    """

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


def fit(
    network: Network, x: ArrayLike, y: ArrayLike, *,
    loss: Loss, optimizer: Optimizer, epochs: int, batch_size: int | None = None, rng: np.random.Generator,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    metrics: dict[str, Metric] | None = None, callbacks: Sequence[Callback] = (),
) -> History:  # fmt: skip
    """Train `network` in place and return its `History`.

    Every epoch shuffles the rows and goes through all of them once, in mini-batches of `batch_size` rows (the last
    may be smaller; None takes all rows at once). For each batch it does what chapter 9 does by hand:

        values = network.trace(x_batch)
        d_out = loss.gradient(values[-1], y_batch)
        _, gradients = network.backward(values, d_out)
        optimizer.step(network.params, gradients)

    - `x` (n, n_in) and `y`, as `loss` takes it: (n, n_out), or labels (n,). A population shares them.
    - `validation=(x, y)`: the loss of these rows is taken after every epoch.
    - `metrics={"accuracy": accuracy}`: functions of (output, y), with y as it was given here, taken after every epoch
      on the validation rows, or on the training rows where there are none.
    - `callbacks`: functions that are called as callback(progress) after every epoch; training ends early when one
      returns True. `EarlyStopping` and `ProgressBar` are such. One with a method `finish(progress)` has it called at
      the end, also when training stops with an error.

    Raises TrainingDiverged at the first loss or gradient that is not finite, or when an epoch ends with weights, with
    something that the optimizer remembers, or with a validation loss that is not. The network then has the weights
    again that it had before that epoch, all of them finite.

    Also raises TypeError or ValueError, which name the argument, for parts and data that do not fit each other.

    >>> from nnlearn import Dense, MeanSquaredError, Network, SGD
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(20, 1))
    >>> network = Network([Dense(1, 1, rng=rng)])
    >>> history = fit(network, x, 3 * x, loss=MeanSquaredError(), optimizer=SGD(lr=0.1), epochs=100, rng=rng)
    >>> network.params["0.W"].round(3)
    array([[3.]])
    """
    _check_parts(network, loss, optimizer, metrics, callbacks)
    x, y, validation, judged_y = _checked_data(network, loss, x, y, validation)
    epochs, rng = _checks.count(epochs, "epochs", least=0), _checks.generator(rng)
    n = x.shape[-2]
    batch_size = n if batch_size is None else _checks.count(batch_size, "batch_size")
    history = History(metrics={name: [] for name in metrics or {}})
    progress = Progress(network=network, optimizer=optimizer, history=history, epochs=epochs)
    # The same numbers sooner; None where it does not know the parts, or cannot do an epoch, and then the plain loop does it.
    workshop = _workshop.open_workshop(network, loss, optimizer, x, y, batch_size)
    try:
        for _ in range(epochs):
            order, before = rng.permutation(n), {} if validation is None else _copies(network)
            total = None if workshop is None else workshop.epoch(order)
            if total is None:
                workshop = None
                total = _plain_epoch(progress, x, y, order, batch_size, loss)
            else:
                progress.step += -(-n // batch_size)
            if validation is not None or metrics:
                out, validation_loss = _evaluate(network, x, validation, loss)
                if not np.isfinite(validation_loss).all():
                    what = f"the validation loss became {_short(validation_loss)}{_where(validation_loss)}"
                    _stop(what, progress.step, progress, before)
            history.loss.append(total / n)
            if validation is not None:
                history.validation_loss.append(validation_loss)
            for name, metric in (metrics or {}).items():
                history.metrics[name].append(metric(out, judged_y))
            progress.epoch += 1
            # A list, so that every callback hears of the epoch, also when an earlier one asks to stop.
            if any([_is_true(callback(progress)) for callback in callbacks]):
                break
    finally:
        for callback in callbacks:
            if hasattr(callback, "finish"):
                callback.finish(progress)
    return history


def shuffled_batches(rng: np.random.Generator, n: int, batch_size: int) -> Iterator[Labels]:
    """Yield arrays of row numbers: all of 0..n-1 once, in random order, `batch_size` at a time.

    >>> [len(rows) for rows in shuffled_batches(np.random.default_rng(0), 10, 4)]
    [4, 4, 2]
    """
    yield from _in_batches(rng.permutation(n), batch_size)


# ---- Callbacks ---------------------------------------------------------------------------------------------------


@dataclass
class Progress:
    """What a callback is told: the objects at work, the epochs finished so far (`epoch`) and the steps taken.

    >>> from nnlearn import Dense, Network, SGD
    >>> network = Network([Dense(1, 1, rng=np.random.default_rng(0))])
    >>> Progress(network=network, optimizer=SGD(lr=0.1), history=History(loss=[0.5]), epochs=9, epoch=1).history
    History(1 epoch, loss 0.5 -> 0.5)
    """

    network: Network
    optimizer: Optimizer
    history: History
    epochs: int
    epoch: int = 0
    step: int = 0


class EarlyStopping:
    """Stop when the validation loss has not improved for `patience` epochs, and put the best weights back.

    Needs `validation` data and a single network. `min_delta` is how much lower a loss has to be to count as better.

    Raises ValueError for a patience below 1; in training, where there is no validation data or a population.

    >>> from nnlearn import Dense, MeanSquaredError, Network, SGD
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(20, 1))
    >>> network = Network([Dense(1, 1, rng=rng)])
    >>> stopping = EarlyStopping(patience=3, min_delta=0.01)
    >>> history = fit(network, x, 3 * x, loss=MeanSquaredError(), optimizer=SGD(lr=0.1), epochs=1000, rng=rng,
    ...               validation=(x, 3 * x), callbacks=[stopping])
    >>> history.epochs < 100, stopping.best_epoch == history.epochs - 3
    (True, True)
    """

    def __init__(self, patience: int = 5, *, min_delta: float = 0.0) -> None:
        self.patience = _checks.count(patience, "patience")
        self.min_delta = _checks.at_least_0(min_delta, "min_delta")
        self._start_over()

    def _start_over(self) -> None:
        self.best_loss, self.best_epoch = np.inf, 0
        self._best_params: Params | None = None

    def __call__(self, progress: Progress) -> bool:
        if progress.epoch == 1:
            self._start_over()
        if not progress.history.validation_loss:
            raise ValueError("EarlyStopping needs validation data: fit(..., validation=(x, y))")
        latest = progress.history.validation_loss[-1]
        if np.ndim(latest) > 0:
            raise ValueError("EarlyStopping works on a single network, got a population")
        if latest < self.best_loss - self.min_delta:
            self.best_loss, self.best_epoch = float(latest), progress.epoch
            self._best_params = _copies(progress.network)
        return progress.epoch - self.best_epoch >= self.patience

    def finish(self, progress: Progress) -> None:
        """Put the weights of the best epoch back into the network."""
        if self._best_params is not None:
            _put_back(progress.network, self._best_params)
            self._best_params = None  # the next training may be that of another network


class ProgressBar:
    """Show a progress bar with the latest losses, in a terminal or a notebook. Needs the package tqdm.

    Raises ImportError where tqdm is missing.

    >>> from nnlearn import Dense, MeanSquaredError, Network, SGD
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(20, 1))
    >>> network = Network([Dense(1, 1, rng=rng)])
    >>> history = fit(network, x, 3 * x, loss=MeanSquaredError(), optimizer=SGD(lr=0.1), epochs=2, rng=rng,
    ...               callbacks=[ProgressBar()])
    >>> history.epochs
    2
    """

    def __init__(self) -> None:
        try:
            from tqdm.auto import tqdm
        except ImportError as error:
            raise ImportError("ProgressBar needs the package tqdm: pip install tqdm") from error
        self._tqdm: Any = tqdm
        self._bar: Any = None

    def __call__(self, progress: Progress) -> None:
        if self._bar is None:
            self._bar = self._tqdm(total=progress.epochs, unit="epoch")
        history = progress.history
        shown = {"loss": _short(history.loss[-1])}
        if history.validation_loss:
            shown["validation"] = _short(history.validation_loss[-1])
        self._bar.set_postfix(shown, refresh=False)
        self._bar.update(1)

    def finish(self, progress: Progress) -> None:
        """Close the bar, also when training ended early."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


# ---- Helpers -----------------------------------------------------------------------------------------------------


def _in_batches(order: Labels, batch_size: int) -> Iterator[Labels]:
    """Yield the row numbers of `order`, `batch_size` at a time."""
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]


def _plain_epoch(progress: Progress, x: Array, y: Array, order: Labels, batch_size: int, loss: Loss) -> Numbers:
    """Take one step on each batch and return the sum of the losses of all rows, each before its own step."""
    network, start = progress.network, _copies(progress.network)
    total: Numbers = 0.0
    for rows in _in_batches(order, batch_size):
        x_batch, y_batch = np.take(x, rows, axis=-2), np.take(y, rows, axis=-2)
        try:
            batch_loss = _train_on(network, x_batch, y_batch, loss, progress.optimizer)
        except NonFiniteGradient as error:
            sizes = np.abs(error.gradient).max(axis=(-2, -1))
            _stop(f"the gradient of {error.name} became infinite or nan{_where(sizes)}", progress.step + 1, progress, start)
        if not np.isfinite(batch_loss).all():
            what = f"the loss became {_short(batch_loss)}{_where(batch_loss)}"
            _stop(what, progress.step + 1, progress, start)
        total = total + batch_loss * len(rows)
        progress.step += 1
    if not all(np.isfinite(array).all() for array in network.params.values()):
        _stop("the weights became infinite or nan", progress.step, progress, start)
    if not all(np.isfinite(array).all() for arrays in _remembered(progress.optimizer) for array in arrays):
        what = f"the averages that {type(progress.optimizer).__name__} keeps became infinite or nan"
        _stop(what, progress.step, progress, start)
    return total


def _train_on(network: Network, x: Array, y: Array, loss: Loss, optimizer: Optimizer) -> Numbers:
    """Take one step on one batch and return the batch's loss before it; no step where that is not finite."""
    # An overflow shows as a loss that is not finite, which `fit` reports with advice in place of numpy's warning.
    with np.errstate(over="ignore", invalid="ignore"):
        with network.training():
            values = network.trace(x)
            out = loss.outputs(values[-1])
            batch_loss = loss.value(out, y)
            if not np.isfinite(batch_loss).all():
                return _plain(batch_loss)
            d_out = loss.mean_slope(out, y)
            _, gradients = network.backward(values, d_out, input_gradient=False)
        optimizer.step(network.params, gradients)
    return _plain(batch_loss)


def _evaluate(
    network: Network, x: Array, validation: tuple[Array, Array] | None, loss: Loss
) -> tuple[Array, Numbers]:
    """Return the output for the rows that are judged, and the validation loss, which is 0 where there are no such rows."""
    with np.errstate(over="ignore", invalid="ignore"):
        if validation is None:
            return network.predict(x), 0.0
        out = network.predict(validation[0])
        return out, _plain(loss.value(loss.outputs(out), validation[1]))


def _remembered(optimizer: Optimizer) -> Iterable[tuple[Array, ...]]:
    """Return what the optimizer remembers of each parameter: tuples of arrays."""
    return (optimizer._memories or {}).values()


def _copies(network: Network) -> Params:
    """Return a copy of every parameter, by name."""
    return {name: array.copy() for name, array in network.params.items()}


def _put_back(network: Network, copies: Params) -> None:
    """Give the network's parameters the values of the copies, in place."""
    for name, array in network.params.items():
        array[...] = copies[name]


def _plain(loss: Numbers) -> Numbers:
    """Return a single loss as a Python float; a population's stay an array."""
    return float(loss) if np.ndim(loss) == 0 else loss


def _is_true(answer: object) -> bool:
    """Whether a callback answered True: Python's, or numpy's, which a comparison of two losses gives."""
    return isinstance(answer, (bool, np.bool_)) and bool(answer)


def _check_parts(network: Network, loss: object, optimizer: object, metrics: object, callbacks: object) -> None:
    """Raise a TypeError for a class or a string where an object is needed, and for one function where a list is."""
    network = _checks.instance(network, Network, "network", "Network([Dense(2, 1, rng=rng)])")
    _checks.instance(loss, Loss, "loss", "MeanSquaredError()")
    _checks.instance(optimizer, Optimizer, "optimizer", "SGD(lr=0.1)")
    for name, array in network.params.items():
        if not np.isfinite(array).all():
            raise ValueError(f"network must have finite parameters, got nan or inf in {name}")
    if metrics is not None and not (isinstance(metrics, dict) and all(map(callable, metrics.values()))):
        raise TypeError(f"metrics must be a dict of functions by name, got {_checks.describe(metrics)}")
    if not isinstance(callbacks, (list, tuple)) or not all(map(callable, callbacks)):
        raise TypeError(f"callbacks must be a list of functions, got {_checks.describe(callbacks)}")


def _checked_data(
    network: Network, loss: Loss, x: ArrayLike, y: ArrayLike, validation: tuple[ArrayLike, ArrayLike] | None
) -> tuple[Array, Array, tuple[Array, Array] | None, np.ndarray]:
    """Return the data in the form that network and loss work with, and the y for the metrics as it was given."""
    judged_y = _checks.plain_array(y, "y")
    x, y = _checked_pair(network, loss, x, y, "x", "y")
    if validation is not None:
        if not isinstance(validation, (tuple, list)) or len(validation) != 2:
            raise TypeError(f"validation must be a pair (x, y), got {_checks.describe(validation)}")
        judged_y = _checks.plain_array(validation[1], "validation y")
        validation = _checked_pair(network, loss, *validation, "validation x", "validation y")
    return x, y, validation, judged_y


def _checked_pair(
    network: Network, loss: Loss, x: ArrayLike, y: ArrayLike, x_name: str, y_name: str
) -> tuple[Array, Array]:
    x = _checks.as_dtype(_checks.finite_array(x, x_name), network.dtype, x_name)
    if x.ndim < 2 or x.shape[-2] == 0:
        raise ValueError(f"{x_name} must hold one example in each row, shape (n, n_in), got {x.shape}")
    if len(np.shape(y)) == 0 or np.shape(y)[-2 if np.ndim(y) > 1 else -1] != x.shape[-2]:
        raise ValueError(
            f"{y_name} must hold one target for each of the {x.shape[-2]} rows of {x_name}, got shape {np.shape(y)}"
        )
    # One row shows what form the output has; all of them at once could fill the memory for a large population.
    try:
        out = loss.outputs(network.predict(x[..., :1, :]))
        return x, loss.targets(y, np.broadcast_to(out, (*out.shape[:-2], x.shape[-2], out.shape[-1])))
    except ValueError as error:
        if x_name == "x":
            raise
        raise ValueError(f"{x_name} and {y_name} must fit network and loss; for them {error}") from None


def _stop(what: str, step: int, progress: Progress, weights: Params) -> NoReturn:
    """Put `weights` back into the network and raise TrainingDiverged, with what to try."""
    _put_back(progress.network, weights)
    last_taken = max(progress.optimizer.t - 1, 0)  # the step that is to blame
    raise TrainingDiverged(
        f"{what} at step {step}, in epoch {progress.epoch + 1}, with "
        f"lr = {progress.optimizer.rate(last_taken)}. Try a learning rate ten times smaller; bring the inputs "
        "to mean 0 and standard deviation 1 (datasets.standardize); compute the loss from logits (SoftmaxCrossEntropy, "
        "SigmoidCrossEntropy)",
        progress.history,
    )


def _where(losses: Numbers) -> str:
    """Say which networks of a population have a loss that is not finite."""
    return "" if np.ndim(losses) == 0 else f" for networks {np.flatnonzero(~np.isfinite(losses)).tolist()}"


def _short(loss: Numbers) -> str:
    """A loss in four digits, or the mean of a population's with a word that says so."""
    return f"{loss:.4g}" if np.ndim(loss) == 0 else f"{np.mean(loss):.4g} (mean of {np.size(loss)})"
