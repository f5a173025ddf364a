"""Optimizers turn gradients into steps: each is one short rule that changes the parameters in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from nnlearn import _checks
from nnlearn._types import Array, ArrayOrArrays, Numbers, Params, Rate, Settings


class NonFiniteGradient(ValueError):
    """A gradient has nan or inf in it, and no step was taken. `name` is its parameter's, `gradient` the array.

    >>> try:
    ...     SGD(lr=0.1).step({"0.W": np.ones(1)}, {"0.W": np.array([np.nan])})
    ... except NonFiniteGradient as error:
    ...     print(error.name)
    0.W
    """

    def __init__(self, name: str, gradient: Array) -> None:
        super().__init__(f"gradients must be finite, got nan or inf in that of {name}")
        self.name, self.gradient = name, gradient


class Optimizer:
    """What every optimizer does: count its steps, keep its memory for each parameter, and apply its rule.

    `lr` is the learning rate η: a positive number; a schedule, which is a function of the step t = 0, 1, 2, …
    (see `nnlearn.schedules`); or K positive numbers, one for each network of a population.

    A subclass says in `memory` how many arrays it remembers for each parameter (they start at zero), and in
    `rule(gradient, memory, t)` which change comes of a gradient at step t = 1, 2, 3, …; the parameter then becomes
    w - η · change.

    Raises ValueError for a rate that is not positive; `step` for gradients that do not fit the parameters, and for other
    parameters than those of the first step.

    >>> class Sign(Optimizer):
    ...     def rule(self, gradient, memory, t):
    ...         return np.sign(gradient)
    >>> w = np.array([1.0, -1.0])
    >>> Sign(lr=0.1).step(w, np.array([5.0, -0.2]))
    >>> w
    array([ 0.9, -0.9])
    """

    memory: int = 0

    def __init__(self, lr: Rate) -> None:
        self.lr = lr if callable(lr) else _rates(lr)
        self.t = 0
        self._params: Params | None = None
        self._memories: dict[str, tuple[Array, ...]] | None = None

    def rule(self, gradient: Array, memory: tuple[Array, ...], t: int) -> Array:
        """Return the change for one parameter; may overwrite the arrays in `memory`, never `gradient`."""
        raise NotImplementedError(f"{type(self).__name__} has to define rule(gradient, memory, t)")

    def rate(self, t: int) -> Numbers:
        """Return η for step t = 0, 1, 2, …"""
        return _rates(self.lr(t), "lr(t)", least=0.0) if callable(self.lr) else self.lr

    def step(self, params: ArrayOrArrays, gradients: ArrayOrArrays) -> None:
        """Change `params` in place by one step against `gradients`.

        Both are dicts with the same keys, lists of the same length, or single arrays. An optimizer remembers the
        arrays that it was first used with, so each network needs an optimizer of its own.

        Raises NonFiniteGradient, a ValueError, for a gradient with nan or inf in it, before anything is changed.
        """
        params, gradients = _named(params, "params"), _named(gradients, "gradients")
        gradients = {name: _checks.real_array(array, f"the gradient of {name}") for name, array in gradients.items()}
        for name, gradient in gradients.items():
            if not np.isfinite(gradient).all():
                raise NonFiniteGradient(name, gradient)
        self._step(params, gradients)

    def _step(self, params: Params, gradients: Params) -> None:
        """Take a step with dicts of arrays; nan in a gradient goes into its parameter."""
        self._check(params, gradients)
        rate = self.rate(self.t)
        rates = {name: along_first_axis(rate, w) for name, w in params.items()}
        memories = self._memories_of(params)
        self.t += 1
        for name, w in params.items():
            w -= rates[name] * self.rule(gradients[name], memories[name], self.t)

    def path(self, gradient: Callable[[Array], ArrayLike], start: ArrayLike, steps: int) -> Array:
        """Walk `steps` steps down from `start`, where gradient(w) gives the gradient at w; return all the points.

        Shapes: start (d,) gives (steps + 1, d). Several walks at once are a start of (K, d), with one rate or K. The
        optimizer itself stays as it was. A walk that runs away ends at inf and then nan, with numpy's RuntimeWarning, and
        those beside it go on.

        >>> SGD(lr=0.25).path(lambda w: 2 * w, start=[8.0], steps=3).ravel()
        array([8., 4., 2., 1.])
        """
        walker = self.fresh()
        if not callable(gradient):
            raise TypeError(f"gradient must be a function of w, got {_checks.describe(gradient)}")
        w = _checks.finite_array(start, "start").copy()
        points = [w.copy()]
        for _ in range(_checks.count(steps, "steps", least=0)):
            slope = _checks.real_array(gradient(w), "gradient(w)").astype(w.dtype, copy=False)
            walker._step({"w": w}, {"w": slope})
            points.append(w.copy())
        return np.stack(points)

    def fresh(self) -> Self:
        """Return an optimizer with the same settings that has not taken a step yet."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__, t=0, _params=None, _memories=None)
        return new

    def settings(self) -> Settings:
        """Return the numbers that this optimizer was made with, `lr` first."""
        return {name: value for name, value in vars(self).items() if name != "t" and name[0] != "_"}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in self.settings().items())})"

    def _memories_of(self, params: Params) -> dict[str, tuple[Array, ...]]:
        """Return the arrays remembered for each parameter, by name; at the first step they are made."""
        if self._memories is None:
            self._params = dict(params)
            self._memories = {
                name: tuple(np.zeros_like(w) for _ in range(self.memory)) for name, w in params.items()
            }
        return self._memories

    def _check(self, params: Params, gradients: Params) -> None:
        if params.keys() != gradients.keys():
            raise ValueError(
                f"gradients must be for the same parameters as params, {list(params)}, got {list(gradients)}"
            )
        if len({id(w) for w in params.values()}) < len(params):
            raise ValueError(f"params must be different arrays, got one array more than once among {list(params)}")
        for name, w in params.items():
            if not isinstance(w, np.ndarray) or w.dtype not in _checks.FLOATS:
                raise TypeError(
                    f"params must be float arrays, which can be changed in place; {name} is {_checks.describe(w)}"
                )
            if not w.flags.writeable:
                raise ValueError(f"params must be arrays that can be changed in place; {name} is read-only")
            if np.shape(gradients[name]) != w.shape:
                raise ValueError(
                    f"gradients must have the shapes of params; {name} has shape {w.shape}, "
                    f"its gradient {np.shape(gradients[name])}"
                )
        # Equal shapes are not enough: a new network of the same form would go on with the old one's velocities.
        if self._params is not None and (
            self._params.keys() != params.keys() or not all(_same(w, params[name]) for name, w in self._params.items())
        ):
            raise ValueError(
                "this optimizer has taken steps with other parameters and remembers those; "
                "make a new one for each network, or use optimizer.fresh()"
            )


class SGD(Optimizer):
    """Gradient descent: w ← w - η g. "Stochastic" when g comes from a mini-batch.

    >>> w = np.array([1.0])
    >>> SGD(lr=0.1).step(w, np.array([2.0]))
    >>> w
    array([0.8])
    """

    def rule(self, gradient: Array, memory: tuple[Array, ...], t: int) -> Array:
        return gradient


class Momentum(Optimizer):
    """Gradient descent with a velocity that remembers earlier gradients.

        v ← β v + (1 - β) g,    w ← w - η v          the averaged form, the default
        v ← β v + g,            w ← w - η v          `classical=True` (Polyak 1964)

    The classical velocity is 1 / (1 - β) times the averaged one, ten times for β = 0.9, and a learning rate does not
    carry over from one form to the other. With `nesterov=True` the step uses the velocity that will be there after
    the same gradient once more (Nesterov 1983, as written in Sutskever et al. 2013):

        w ← w - η (β v + (1 - β) g),  or  w ← w - η (β v + g)

    Raises ValueError for a β outside [0, 1).

    >>> Momentum(lr=1.0, beta=0.5).path(lambda w: np.ones_like(w), start=[0.0], steps=3).ravel()
    array([ 0.   , -0.5  , -1.25 , -2.125])
    """

    memory = 1

    def __init__(self, lr: Rate, beta: float = 0.9, *, classical: bool = False, nesterov: bool = False) -> None:
        super().__init__(lr)
        self.beta = _checks.share(beta, "beta")
        self.classical = _checks.flag(classical, "classical")
        self.nesterov = _checks.flag(nesterov, "nesterov")

    def rule(self, gradient: Array, memory: tuple[Array, ...], t: int) -> Array:
        (v,) = memory
        push = gradient if self.classical else (1 - self.beta) * gradient
        v *= self.beta
        v += push
        return self.beta * v + push if self.nesterov else v


class RMSprop(Optimizer):
    """Divide each gradient by the running size of its own kind:

        s ← ρ s + (1 - ρ) g²,    w ← w - η g / (√s + ε)

    From Tieleman & Hinton 2012 (a lecture). ε stands outside the root.

    Raises ValueError for a ρ outside [0, 1), or an ε that is not positive.

    >>> RMSprop(lr=0.1, rho=0.0).path(lambda w: 1000 * w, start=[1.0], steps=2).ravel()
    array([1. , 0.9, 0.8])
    """

    memory = 1

    def __init__(self, lr: Rate = 0.001, rho: float = 0.9, eps: float = 1e-8) -> None:
        super().__init__(lr)
        self.rho = _checks.share(rho, "rho")
        self.eps = _checks.positive(eps, "eps")

    def rule(self, gradient: Array, memory: tuple[Array, ...], t: int) -> Array:
        (s,) = memory
        s *= self.rho
        s += (1 - self.rho) * gradient**2
        return gradient / (np.sqrt(s) + self.eps)


class Adam(Optimizer):
    """Momentum in the numerator, RMSprop in the denominator, both corrected for having started at zero:

        m ← β₁ m + (1 - β₁) g          m̂ = m / (1 - β₁ᵗ)
        s ← β₂ s + (1 - β₂) g²         ŝ = s / (1 - β₂ᵗ)
        w ← w - η m̂ / (√ŝ + ε)

    t counts the steps, 1 at the first, for all parameters together. From Kingma & Ba 2015.

    Raises ValueError for a β₁ or β₂ outside [0, 1), or an ε that is not positive.

    >>> w = np.array([1.0, 1.0])
    >>> Adam(lr=0.1).step(w, np.array([1000.0, 0.001]))
    >>> w.round(4)
    array([0.9, 0.9])
    """

    memory = 2

    def __init__(self, lr: Rate = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> None:
        super().__init__(lr)
        self.beta1 = _checks.share(beta1, "beta1")
        self.beta2 = _checks.share(beta2, "beta2")
        self.eps = _checks.positive(eps, "eps")

    def rule(self, gradient: Array, memory: tuple[Array, ...], t: int) -> Array:
        m, s = memory
        m *= self.beta1
        m += (1 - self.beta1) * gradient
        s *= self.beta2
        s += (1 - self.beta2) * gradient**2
        m_hat = m / (1 - self.beta1**t)
        s_hat = s / (1 - self.beta2**t)
        return m_hat / (np.sqrt(s_hat) + self.eps)


# ---- Helpers -----------------------------------------------------------------------------------------------------


def _same(array: Array, other: Array) -> bool:
    """Whether both are the same array, or views of the same numbers in the same shape."""
    return array is other or (array.shape == other.shape and np.may_share_memory(array, other))


def _rates(lr: ArrayLike, name: str = "lr", least: float | None = None) -> Numbers:
    """Return `lr` as a positive float (or one of at least `least`), or as an array of such for a population."""
    if not isinstance(lr, (np.ndarray, list, tuple)) or np.shape(_checks.plain_array(lr, name)) == ():
        lr = _checks.number(lr, name)
    else:
        lr = _checks.real_array(lr, name).copy()
        if lr.ndim != 1 or lr.size == 0 or not np.isfinite(lr).all():
            raise ValueError(
                f"{name} must be a number or one finite number for each network, got {_checks.describe(lr)}"
            )
    if np.any(lr <= 0 if least is None else lr < least):
        raise ValueError(f"{name} must be {'positive' if least is None else f'at least {least}'}, got {lr}")
    return lr


def along_first_axis(rate: Numbers, w: Array) -> Numbers:
    """Return the rates in w's dtype, shaped so that rate k belongs to w[k]."""
    if not isinstance(rate, np.ndarray):
        return rate
    if w.ndim < 2 or w.shape[0] != len(rate):
        raise ValueError(
            f"lr holds {len(rate)} rates, which needs parameters of shape ({len(rate)}, ...), got {w.shape}"
        )
    return rate.astype(w.dtype).reshape((-1,) + (1,) * (w.ndim - 1))


def _named(arrays: ArrayOrArrays, argument: str) -> Params:
    """Return a dict of arrays, whether a dict, a list or a single array was given."""
    if isinstance(arrays, Mapping):
        return arrays
    if isinstance(arrays, (list, tuple)):
        return {str(place): array for place, array in enumerate(arrays)}
    if isinstance(arrays, np.ndarray):
        return {"0": arrays}
    raise TypeError(f"{argument} must be an array, or a list or dict of arrays, got {_checks.describe(arrays)}")
