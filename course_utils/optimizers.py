"""First-order optimizers: one class, one equation each.

Inside `step` every hyperparameter has shape (*grid, 1), so that it multiplies points of shape
(*grid, dim) as a number would; products and powers of vectors are taken coordinate by coordinate.
In the equations $t$ counts from 1 and $g_t$ is the gradient at $x_{t-1}$; in the code `t` counts
the steps taken, from 0. Imports numpy and `hyperparameters`; knows no objective.
"""

from collections.abc import Callable
from dataclasses import field
from typing import Any

import numpy as np

from course_utils.hyperparameters import (
    Array,
    Fraction,
    Hyperparameters,
    NonNegative,
    Number,
    norm,
    total,
)


class State(dict[str, Any]):
    """What an optimizer remembers from step to step, by name: arrays (*grid, ...), or anything.

    An entry that was never set is an array of zeros with the shape of the points, its own for each
    name, so that it may be changed in place.
    """

    __slots__ = ("_like",)  # what is remembered is an entry, which ends with its path

    def __init__(self, x: Array) -> None:
        self._like = x

    def __missing__(self, name: str) -> Array:
        self[name] = np.zeros_like(self._like)
        return self[name]


class Optimizer(Hyperparameters):
    r"""A rule that turns one point into the next; subclass it to write your own.

    List the hyperparameters with their defaults, and write one update. There is nothing else to
    do: numbers may become arrays, and whole grids of descents run at once.

    Raises
    ------
    TypeError
        If a hyperparameter is given that the rule does not have, or that is no number.
    ValueError
        If a number is outside of what its annotation allows; at least 0 for `float`.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> class SignDescent(Optimizer):
    ...     learning_rate: float = 0.1
    ...
    ...     def step(self, x, f, state, t):
    ...         return x - self.learning_rate * np.sign(f.gradient(x))
    >>> bowl = Quadratic(curvatures=[1, 1])
    >>> paths = descend(bowl, [1, -2], SignDescent(learning_rate=[0.25, 0.5]), steps=2)
    >>> paths.points[-1].tolist()
    [[0.5, -1.5], [0.0, -1.0]]
    """

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        """The next point.

        Parameters
        ----------
        x
            The point where the path stands, shape (*grid, dim). It may not be changed in place.
        f
            The objective of this step, with `value`, `gradient` and `hessian`.
        state
            What the rule remembers, by names of your choice; an entry that was never set is zero,
            with the shape of the points. When a path ends, its part of each array becomes zero.
        t
            The number of steps taken so far: 0 at the first step.
        """
        raise NotImplementedError(
            f"{type(self).__name__} needs a method step(self, x, f, state, t)."
        )


class DecayingOptimizer(Optimizer):
    r"""A rule that can also pull the point towards the origin, by an L2 penalty on the objective.

    $$g_t = \nabla f(x_{t-1}) + \lambda x_{t-1}$$
    """

    weight_decay: NonNegative = field(default=0.0, kw_only=True)

    def gradient(self, x: Array, f: Any) -> Array:
        """The gradient with the penalty's: g = ∇f(x) + λ x."""
        gradient = f.gradient(x)
        return gradient + self.weight_decay * x if np.count_nonzero(self.weight_decay) else gradient


class GradientDescent(DecayingOptimizer):
    r"""Step against the gradient.

    $$x_t = x_{t-1} - \eta g_t$$

    Parameters
    ----------
    learning_rate
        $\eta$, a number or an array over the grid.
    weight_decay
        $\lambda$, adds $\lambda x$ to the gradient: the gradient of $\tfrac{\lambda}{2} \|x\|^2$.

    Raises
    ------
    ValueError
        If a hyperparameter is negative, infinite or not a number.

    Notes
    -----
    `torch.optim.SGD` and `optax.sgd` without momentum are the same rule.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> path = descend(Quadratic([2.0]), [1.0], GradientDescent(learning_rate=0.1), steps=3)
    >>> path.points[:, 0].round(3).tolist()
    [1.0, 0.8, 0.64, 0.512]

    Source: Cauchy, *Méthode générale pour la résolution des systèmes d'équations*, 1847.
    """

    learning_rate: NonNegative = 0.1

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        return x - self.learning_rate * self.gradient(x, f)


class Momentum(DecayingOptimizer):
    r"""Add up the gradients in a velocity that decays: the heavy ball.

    $$v_t = \beta v_{t-1} + (1 - d)\, g_t \qquad x_t = x_{t-1} - \eta v_t$$

    With `nesterov` the step is $x_t = x_{t-1} - \eta (g_t + \beta v_t)$.

    Parameters
    ----------
    learning_rate
        $\eta$, a number or an array over the grid.
    momentum
        $\beta$, a number or an array over the grid; 0 is gradient descent.
    dampening
        $d$, the share of a new gradient that is left out. It does not act at the first step,
        where $v_1 = g_1$.
    nesterov
        Whether to step along $g_t + \beta v_t$ instead of $v_t$.
    weight_decay
        $\lambda$, adds $\lambda x$ to the gradient.

    Raises
    ------
    ValueError
        If a hyperparameter is negative, infinite or not a number.

    Notes
    -----
    This is `torch.optim.SGD(momentum=...)`, and, without dampening, `optax.sgd(momentum=...)`.
    Textbooks often put the rate into the velocity, $v_t = \beta v_{t-1} - \eta g_t$: the same
    path as long as the rate is constant.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> heavy_ball = Momentum(learning_rate=0.1, momentum=0.5)
    >>> descend(Quadratic([2.0]), [1.0], heavy_ball, steps=3).points[:, 0].round(3).tolist()
    [1.0, 0.8, 0.54, 0.302]

    Source: Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964;
    Sutskever and others, *On the importance of initialization and momentum*, 2013.
    """

    learning_rate: NonNegative = 0.1
    momentum: NonNegative = 0.9
    dampening: NonNegative = field(default=0.0, kw_only=True)
    nesterov: bool = field(default=False, kw_only=True)

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g = self.gradient(x, f)
        fresh = (1 - self.dampening) * g if t > 0 and np.count_nonzero(self.dampening) else g
        v = state["v"] = self.momentum * state["v"] + fresh
        return x - self.learning_rate * (g + self.momentum * v if self.nesterov else v)


class Nesterov(Optimizer):
    r"""Momentum that reads the gradient where the velocity is about to carry it.

    $$v_t = \beta v_{t-1} - \eta \nabla f(x_{t-1} + \beta v_{t-1}) \qquad x_t = x_{t-1} + v_t$$

    Parameters
    ----------
    learning_rate, momentum
        $\eta$ and $\beta$, numbers or arrays over the grid.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    With a constant rate the points of `torch.optim.SGD(nesterov=True)` and of
    `Momentum(nesterov=True)` are the look-ahead points $x_t + \beta v_t$ of this form.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> rule = Nesterov(learning_rate=0.1, momentum=0.5)
    >>> descend(Quadratic([2.0]), [1.0], rule, steps=3).points[:, 0].round(3).tolist()
    [1.0, 0.8, 0.56, 0.352]

    Source: Nesterov, *A method for solving the convex programming problem*, 1983; in this form
    Sutskever and others, *On the importance of initialization and momentum*, 2013.
    """

    learning_rate: NonNegative = 0.1
    momentum: NonNegative = 0.9

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        ahead = x + self.momentum * state["v"]
        state["v"] = self.momentum * state["v"] - self.learning_rate * f.gradient(ahead)
        return x + state["v"]


class SignDescent(Optimizer):
    r"""Step by the learning rate along each coordinate, whatever the size of the gradient.

    $$x_t = x_{t-1} - \eta\, \mathrm{sign}(g_t)$$

    Parameters
    ----------
    learning_rate
        $\eta$, a number or an array over the grid.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> descend(Quadratic([1, 100]), [1, -1], SignDescent(0.25), steps=2).points[-1].tolist()
    [0.5, -0.5]

    Source: Bernstein and others, *signSGD: Compressed Optimisation for Non-Convex Problems*, 2018.
    """

    learning_rate: NonNegative = 0.01

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        return x - self.learning_rate * np.sign(f.gradient(x))


class Adagrad(DecayingOptimizer):
    r"""Divide the rate of each coordinate by the root of the sum of its squared gradients.

    $$G_t = G_{t-1} + g_t^2 \qquad
      x_t = x_{t-1} - \frac{\eta}{1 + (t - 1) \gamma} \frac{g_t}{\sqrt{G_t} + \epsilon}$$

    Parameters
    ----------
    learning_rate, epsilon, weight_decay
        $\eta$, $\epsilon$, $\lambda$, numbers or arrays over the grid.
    learning_rate_decay
        $\gamma$, a further decay of the rate with time.
    initial_accumulator_value
        $G_0$.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    The defaults are those of `torch.optim.Adagrad`. `optax.adagrad` starts at $G_0 = 0.1$ and has
    $\epsilon = 10^{-7}$ inside the root.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> path = descend(Quadratic([1, 100]), [1, 1], Adagrad(learning_rate=0.5), steps=2)
    >>> path.points[1].round(6).tolist()
    [0.5, 0.5]

    Source: Duchi, Hazan and Singer, *Adaptive Subgradient Methods for Online Learning*, 2011.
    """

    learning_rate: NonNegative = 0.01
    epsilon: NonNegative = 1e-10
    learning_rate_decay: NonNegative = field(default=0.0, kw_only=True)
    initial_accumulator_value: NonNegative = field(default=0.0, kw_only=True)

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g = self.gradient(x, f)
        state["G"] = (state["G"] if t > 0 else self.initial_accumulator_value) + g**2
        rate = self.learning_rate / (1 + t * self.learning_rate_decay)
        return x - rate * g / (np.sqrt(state["G"]) + self.epsilon)


class RMSprop(DecayingOptimizer):
    r"""Divide the rate of each coordinate by a running root mean square of its gradients.

    $$v_t = \rho v_{t-1} + (1 - \rho)\, g_t^2 \qquad
      u_t = \mu u_{t-1} + \frac{g_t}{\sqrt{v_t} + \epsilon} \qquad x_t = x_{t-1} - \eta u_t$$

    With `centered` the root is of the variance $v_t - m_t^2$, where $m_t$ is the running mean.

    Parameters
    ----------
    learning_rate, epsilon, weight_decay
        $\eta$, $\epsilon$, $\lambda$, numbers or arrays over the grid.
    alpha
        $\rho$, how long the averages remember; `alpha` is PyTorch's name for it.
    momentum
        $\mu$, numbers or arrays over the grid.
    centered
        Whether to subtract the square of the running mean.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    As in `torch.optim.RMSprop`, $\epsilon$ is added to the root. `optax.rmsprop` has it inside the
    root and remembers for a shorter time, $\rho = 0.9$.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> path = descend(Quadratic([1, 100]), [1, 1], RMSprop(learning_rate=0.01), steps=1)
    >>> path.points[1].round(6).tolist()
    [0.9, 0.9]

    Source: Hinton, *Neural Networks for Machine Learning*, lecture 6e, 2012; centred: Graves,
    *Generating Sequences With Recurrent Neural Networks*, 2013.
    """

    learning_rate: NonNegative = 0.01
    alpha: Fraction = 0.99
    epsilon: NonNegative = 1e-8
    momentum: NonNegative = field(default=0.0, kw_only=True)
    centered: bool = field(default=False, kw_only=True)

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g = self.gradient(x, f)
        spread = state["v"] = self.alpha * state["v"] + (1 - self.alpha) * g**2
        if self.centered:
            state["m"] = self.alpha * state["m"] + (1 - self.alpha) * g
            spread = np.maximum(spread - state["m"] ** 2, 0)
        state["u"] = self.momentum * state["u"] + g / (np.sqrt(spread) + self.epsilon)
        return x - self.learning_rate * state["u"]


class Adadelta(DecayingOptimizer):
    r"""Make each step as long as recent steps were, in units of the variable itself.

    $$v_t = \rho v_{t-1} + (1 - \rho)\, g_t^2 \qquad
      d_t = \frac{\sqrt{u_{t-1} + \epsilon}}{\sqrt{v_t + \epsilon}}\, g_t \qquad
      u_t = \rho u_{t-1} + (1 - \rho)\, d_t^2 \qquad x_t = x_{t-1} - \eta d_t$$

    Parameters
    ----------
    learning_rate, rho, epsilon, weight_decay
        $\eta$, $\rho$, $\epsilon$, $\lambda$, numbers or arrays over the grid.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    `torch.optim.Adadelta` and `optax.adadelta` are the same rule.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> path = descend(Quadratic([1.0]), [1.0], Adadelta(), steps=1)
    >>> path.points[1].round(6).tolist()  # the first step is nearly sqrt(epsilon / (1 - rho))
    [0.996838]

    Source: Zeiler, *ADADELTA: An Adaptive Learning Rate Method*, 2012.
    """

    learning_rate: NonNegative = 1.0
    rho: Fraction = 0.9
    epsilon: NonNegative = 1e-6

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g = self.gradient(x, f)
        state["v"] = self.rho * state["v"] + (1 - self.rho) * g**2
        d = np.sqrt(state["u"] + self.epsilon) / np.sqrt(state["v"] + self.epsilon) * g
        state["u"] = self.rho * state["u"] + (1 - self.rho) * d**2
        return x - self.learning_rate * d


class Adam(DecayingOptimizer):
    r"""Momentum, divided by a running root mean square, both corrected for starting at zero.

    $$m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \qquad
      v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2$$
    $$\hat m_t = \frac{m_t}{1 - \beta_1^t} \qquad \hat v_t = \frac{v_t}{1 - \beta_2^t} \qquad
      x_t = x_{t-1} - \eta \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}$$

    Parameters
    ----------
    learning_rate, beta1, beta2, epsilon
        $\eta$, $\beta_1$, $\beta_2$, $\epsilon$, numbers or arrays over the grid.
    weight_decay
        $\lambda$, adds $\lambda x$ to the gradient. For decay beside the gradient see `AdamW`.
    bias_correction
        Without it, $\hat m_t = m_t$ and $\hat v_t = v_t$.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    As in `torch.optim.Adam` and `optax.adam`, $\epsilon$ is added to the corrected root. The
    paper's short form and TensorFlow add it to the uncorrected one: a larger $\epsilon$ at first.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> path = descend(Quadratic([1, 1000]), [1, 1], Adam(learning_rate=0.1), steps=1)
    >>> path.points[1].round(6).tolist()
    [0.9, 0.9]

    Source: Kingma and Ba, *Adam: A Method for Stochastic Optimization*, 2015.
    """

    learning_rate: NonNegative = 0.001
    beta1: Fraction = 0.9
    beta2: Fraction = 0.999
    epsilon: NonNegative = 1e-8
    bias_correction: bool = field(default=True, kw_only=True)

    def moments(self, g: Array, state: State) -> tuple[Array, Array]:
        """Running means of the gradient and of its square."""
        m = state["m"] = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = state["v"] = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        return m, v

    def corrections(self, t: int) -> tuple[Array, Array]:
        """How much of a running mean is real after t + 1 gradients: the rest is its start at 0."""
        if not self.bias_correction:
            return np.ones(1), np.ones(1)
        return 1 - self.beta1 ** (t + 1), 1 - self.beta2 ** (t + 1)

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        m, v = self.moments(self.gradient(x, f), state)
        first, second = self.corrections(t)
        return x - self.learning_rate * (m / first) / (np.sqrt(v / second) + self.epsilon)


class AMSGrad(Adam):
    r"""Adam that divides by the largest second moment so far.

    $$v^{\max}_t = \max(v^{\max}_{t-1}, v_t) \qquad
      x_t = x_{t-1} - \eta \frac{\hat m_t}{\sqrt{v^{\max}_t / (1 - \beta_2^t)} + \epsilon}$$

    Parameters
    ----------
    learning_rate, beta1, beta2, epsilon, weight_decay
        As for `Adam`.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    As in `torch.optim.Adam(amsgrad=True)` the maximum is of the uncorrected $v_t$. `optax.amsgrad`
    takes it of the corrected one, which is a different rule.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> path = descend(Quadratic([1, 1000]), [1, 1], AMSGrad(learning_rate=0.1), steps=1)
    >>> path.points[1].round(6).tolist()
    [0.9, 0.9]

    Source: Reddi, Kale and Kumar, *On the Convergence of Adam and Beyond*, 2018.
    """

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        m, v = self.moments(self.gradient(x, f), state)
        largest = state["largest"] = np.maximum(state["largest"], v)
        first, second = self.corrections(t)
        return x - self.learning_rate * (m / first) / (np.sqrt(largest / second) + self.epsilon)


class AdamW(Adam):
    r"""Adam with weight decay beside the gradient, so that no division weakens it.

    $$x_t = x_{t-1} - \eta \lambda x_{t-1} - \eta \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}$$

    Parameters
    ----------
    learning_rate, beta1, beta2, epsilon
        As for `Adam`.
    weight_decay
        $\lambda$, a number or an array over the grid.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    As in `torch.optim.AdamW` and `optax.adamw` the decay is multiplied by the learning rate, and so
    by its schedule; the paper's is not multiplied by $\eta$. The default of `optax.adamw` is
    $\lambda = 10^{-4}$.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> path = descend(Quadratic([1, 1]), [1, 0], AdamW(0.1, weight_decay=0.5), steps=1)
    >>> path.points[1].round(6).tolist()
    [0.85, 0.0]

    Source: Loshchilov and Hutter, *Decoupled Weight Decay Regularization*, 2019.
    """

    weight_decay: NonNegative = field(default=0.01, kw_only=True)

    def gradient(self, x: Array, f: Any) -> Array:
        return f.gradient(x)

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        return super().step(x, f, state, t) - self.learning_rate * self.weight_decay * x


class Adamax(Adam):
    r"""Adam with the largest recent gradient in place of the root mean square.

    $$u_t = \max(\beta_2 u_{t-1}, |g_t| + \epsilon) \qquad
      x_t = x_{t-1} - \frac{\eta}{1 - \beta_1^t} \frac{m_t}{u_t}$$

    Parameters
    ----------
    learning_rate, beta1, beta2, epsilon, weight_decay
        As for `Adam`.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    `torch.optim.Adamax` and `optax.adamax` are the same rule; the paper has no $\epsilon$.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> path = descend(Quadratic([1, 1000]), [1, 1], Adamax(learning_rate=0.1), steps=1)
    >>> path.points[1].round(6).tolist()
    [0.9, 0.9]

    Source: Kingma and Ba, *Adam: A Method for Stochastic Optimization*, section 7.1, 2015.
    """

    learning_rate: NonNegative = 0.002

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g = self.gradient(x, f)
        m, _ = self.moments(g, state)
        u = state["u"] = np.maximum(self.beta2 * state["u"], np.abs(g) + self.epsilon)
        first, _ = self.corrections(t)
        return x - self.learning_rate / first * m / u


class NAdam(Adam):
    r"""Adam with Nesterov's look-ahead, and a momentum that grows.

    $$\mu_t = \beta_1 \left(1 - \tfrac12\, 0.96^{t \psi}\right) \qquad P_t = \mu_1 \cdots \mu_t$$
    $$x_t = x_{t-1} - \eta \left(\frac{1 - \mu_t}{1 - P_t}\, g_t
      + \frac{\mu_{t+1}}{1 - P_{t+1}}\, m_t\right) \Big/ \left(\sqrt{\hat v_t} + \epsilon\right)$$

    Parameters
    ----------
    learning_rate, beta1, beta2, epsilon, weight_decay
        As for `Adam`.
    momentum_decay
        $\psi$, how fast $\mu_t$ grows to $\beta_1$.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    `torch.optim.NAdam` is the same rule. `optax.nadam` keeps $\mu_t = \beta_1$.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> path = descend(Quadratic([1, 1000]), [1, 1], NAdam(learning_rate=0.1), steps=1)
    >>> bool(np.allclose(path.points[1, 0], path.points[1, 1]))
    True

    Source: Dozat, *Incorporating Nesterov Momentum into Adam*, 2016.
    """

    learning_rate: NonNegative = 0.002
    momentum_decay: NonNegative = field(default=0.004, kw_only=True)

    def mu(self, t: int) -> Array:
        """The momentum at step t, counted from 1."""
        return self.beta1 * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g = self.gradient(x, f)
        m, v = self.moments(g, state)
        now, after = self.mu(t + 1), self.mu(t + 2)
        product = state["product"] = now * (state["product"] if t > 0 else np.ones_like(x))
        ahead = (1 - now) / (1 - product) * g + after / (1 - product * after) * m
        return x - self.learning_rate * ahead / (np.sqrt(v / self.corrections(t)[1]) + self.epsilon)


class RAdam(Adam):
    r"""Adam that waits with its division until the running mean square can be trusted.

    $$\rho_\infty = \frac{2}{1 - \beta_2} - 1 \qquad
      \rho_t = \rho_\infty - \frac{2 t \beta_2^t}{1 - \beta_2^t} \qquad
      r_t^2 = \frac{(\rho_t - 4)(\rho_t - 2)\, \rho_\infty}
                   {(\rho_\infty - 4)(\rho_\infty - 2)\, \rho_t}$$
    $$x_t = x_{t-1} - \eta \hat m_t \cdot \begin{cases}
      r_t \sqrt{1 - \beta_2^t} \,/\, (\sqrt{v_t} + \epsilon) & \rho_t > 5 \\
      1 & \text{otherwise}\end{cases}$$

    Parameters
    ----------
    learning_rate, beta1, beta2, epsilon, weight_decay
        As for `Adam`.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    `torch.optim.RAdam` is the same rule, with $\epsilon$ added to the uncorrected root;
    `optax.radam` adds it to the corrected one.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> path = descend(Quadratic([1.0]), [1.0], RAdam(learning_rate=0.1), steps=1)
    >>> path.points[1].round(6).tolist()  # at first the step is that of momentum
    [0.9]

    Source: Liu and others, *On the Variance of the Adaptive Learning Rate and Beyond*, 2020.
    """

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        m, v = self.moments(self.gradient(x, f), state)
        first, second = self.corrections(t)
        longest = 2 / (1 - self.beta2) - 1
        length = longest - 2 * (t + 1) * self.beta2 ** (t + 1) / second
        trusted = length > 5
        n = np.where(trusted, length, 6)  # any number will do where it is not used
        r = np.sqrt((n - 4) * (n - 2) * longest / ((longest - 4) * (longest - 2) * n))
        adapted = r * np.sqrt(second) / (np.sqrt(v) + self.epsilon)
        return x - self.learning_rate * m / first * np.where(trusted, adapted, 1)


class Rprop(Optimizer):
    r"""A step size for each coordinate: longer while the sign stays, shorter when it flips.

    $$h_t = \mathrm{clip}\big(h_{t-1} \cdot
      (\eta^+ \text{ if } g_t g_{t-1} > 0,\ \eta^- \text{ if } g_t g_{t-1} < 0),\
      h_{\min}, h_{\max}\big) \qquad x_t = x_{t-1} - h_t\, \mathrm{sign}(g_t)$$

    After a flip $g_t$ counts as 0: that coordinate rests for a step.

    Parameters
    ----------
    learning_rate
        $h_0$, the first step size.
    eta_minus, eta_plus, step_min, step_max
        $\eta^-$, $\eta^+$, $h_{\min}$, $h_{\max}$, numbers or arrays over the grid.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number, or a lower bound is
        above its upper one.

    Notes
    -----
    `torch.optim.Rprop` is the same rule. `optax.rprop` uses a changed step one iteration later.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> path = descend(Quadratic([1, 1000]), [1, 1], Rprop(learning_rate=0.1), steps=2)
    >>> path.points[:, 1].round(6).tolist()
    [1.0, 0.9, 0.78]

    Source: Riedmiller and Braun, *A direct adaptive method for faster backpropagation*, 1993.
    """

    learning_rate: NonNegative = 0.01
    eta_minus: NonNegative = field(default=0.5, kw_only=True)
    eta_plus: NonNegative = field(default=1.2, kw_only=True)
    step_min: NonNegative = field(default=1e-6, kw_only=True)
    step_max: NonNegative = field(default=50.0, kw_only=True)

    _ordered = (("eta_minus", "eta_plus"), ("step_min", "step_max"))

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g = f.gradient(x)
        agreement = g * state["g"]
        factor = np.where(agreement > 0, self.eta_plus, 1) * np.where(
            agreement < 0, self.eta_minus, 1
        )
        h = state["h"] if t > 0 else self.learning_rate + np.zeros_like(x)
        state["h"] = np.clip(h * factor, self.step_min, self.step_max)
        state["g"] = np.where(agreement < 0, 0, g)
        return x - np.sign(state["g"]) * state["h"]


class Hypergradient(Optimizer):
    r"""Descend with respect to the learning rate as well, one step of it before each step.

    $$\eta_t = \eta_{t-1} + \zeta\, g_t^\top g_{t-1} \qquad x_t = x_{t-1} - \eta_t g_t$$

    $-g_t^\top g_{t-1}$ is the derivative of $f(x_{t-1}) = f(x_{t-2} - \eta g_{t-1})$ with
    respect to $\eta$. The state remembers the rate in use as `"rate"`.

    Parameters
    ----------
    learning_rate
        $\eta_0$, the rate of the first step.
    meta_rate
        $\zeta$, the learning rate of the learning rate; with 0 it is gradient descent. Its unit
        is that of $\eta$ over a squared gradient, so that it changes with the scale of the cost.

    Raises
    ------
    ValueError
        If a hyperparameter is negative, infinite or not a number.

    Examples
    --------
    By hand: the gradients are 1 and 0.9, so that the second rate is 0.1 + 0.9 · 0.1 = 0.19.

    >>> from course_utils import Quadratic, descend
    >>> rule = Hypergradient(learning_rate=0.1, meta_rate=0.1)
    >>> path = descend(Quadratic([1]), [1.0], rule, steps=2, record=["rate"])
    >>> path.recorded["rate"][1:].round(3).tolist(), path.points[:, 0].round(3).tolist()
    ([0.1, 0.19], [1.0, 0.9, 0.729])

    Source: Baydin, Cornish, Martínez Rubio, Schmidt and Wood, *Online Learning Rate Adaptation
    with Hypergradient Descent*, 2018.
    """

    learning_rate: NonNegative = 0.01
    meta_rate: NonNegative = 0.001

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g = f.gradient(x)
        before = state["rate"] if t > 0 else self.learning_rate
        state["rate"] = before + self.meta_rate * total(g * state["g"])[..., None]
        state["g"] = g
        return x - state["rate"] * g


class Lion(Optimizer):
    r"""Step by the sign of a momentum that mixes in the newest gradient more strongly.

    $$x_t = x_{t-1} - \eta\big(\mathrm{sign}(\beta_1 m_{t-1} + (1 - \beta_1)\, g_t)
      + \lambda x_{t-1}\big) \qquad m_t = \beta_2 m_{t-1} + (1 - \beta_2)\, g_t$$

    Parameters
    ----------
    learning_rate, beta1, beta2, weight_decay
        $\eta$, $\beta_1$, $\beta_2$, $\lambda$, numbers or arrays over the grid.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    `optax.lion` is the same rule (its weight decay is $10^{-3}$ by default). PyTorch has none.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> descend(Quadratic([1, 100]), [1, -1], Lion(0.25), steps=2).points[-1].tolist()
    [0.5, -0.5]

    Source: Chen and others, *Symbolic Discovery of Optimization Algorithms*, 2023.
    """

    learning_rate: NonNegative = 0.0001
    beta1: Fraction = 0.9
    beta2: Fraction = 0.99
    weight_decay: NonNegative = field(default=0.0, kw_only=True)

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        g = f.gradient(x)
        direction = np.sign(self.beta1 * state["m"] + (1 - self.beta1) * g)
        state["m"] = self.beta2 * state["m"] + (1 - self.beta2) * g
        return x - self.learning_rate * (direction + self.weight_decay * x)


class ScheduleFree(Optimizer):
    r"""Report the average of the iterates, and read the gradient between both: no schedule needed.

    $$z_t = z_{t-1} - \eta \nabla f\big((1 - \beta) z_{t-1} + \beta x_{t-1}\big) \qquad
      x_t = x_{t-1} + \frac{z_t - x_{t-1}}{t + 1}, \qquad z_0 = x_0$$

    Parameters
    ----------
    learning_rate, beta
        $\eta$, $\beta$, numbers or arrays over the grid.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    The start counts as one of the averaged iterates. The authors' package and
    `optax.contrib.schedule_free_sgd` give it no weight: their $x_t$ moves by $(z_t - x_{t-1}) / t$.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> descend(Quadratic([1.0]), [1.0], ScheduleFree(0.5), steps=2).points[:, 0].round(6).tolist()
    [1.0, 0.75, 0.545833]

    Source: Defazio and others, *The Road Less Scheduled*, 2024.
    """

    learning_rate: NonNegative = 0.1
    beta: Fraction = 0.9

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        z = state["z"] if t > 0 else x
        between = (1 - self.beta) * z + self.beta * x
        state["z"] = z - self.learning_rate * f.gradient(between)
        return x + (state["z"] - x) / (t + 2)


class SAM(Optimizer):
    r"""Sharpness-aware minimisation: use the gradient at the worst point close by.

    $$x_t = x_{t-1} - \eta \nabla f\!\left(x_{t-1} + \rho\, \frac{g_t}{\|g_t\|}\right)$$

    Parameters
    ----------
    learning_rate, rho
        $\eta$ and the radius $\rho$, numbers or arrays over the grid.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    `optax.contrib.sam` is the same for gradient descent. PyTorch has none.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> descend(Quadratic([1.0]), [1.0], SAM(0.1, rho=0.5), steps=1).points[:, 0].tolist()
    [1.0, 0.85]

    Source: Foret and others, *Sharpness-Aware Minimization*, 2021.
    """

    learning_rate: NonNegative = 0.1
    rho: NonNegative = 0.05

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        return x - self.learning_rate * f.gradient(x + self.rho * unit(f.gradient(x)))


class ProximalGradient(Optimizer):
    r"""A gradient step, then a pull of each coordinate towards 0 that sets small ones to 0.

    $$y = x_{t-1} - \eta g_t \qquad x_t = \mathrm{sign}(y) \max(|y| - \eta \lambda, 0)$$

    It minimises $f(x) + \lambda \|x\|_1$, whose corners a plain gradient step jumps across.

    Parameters
    ----------
    learning_rate, l1
        $\eta$ and the weight $\lambda$ of the L1 norm, numbers or arrays over the grid.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> bowl = Quadratic([1, 1], minimum=[3, 0.5])
    >>> descend(bowl, [0, 0], ProximalGradient(1.0, l1=1.0), steps=1).points[1].tolist()
    [2.0, 0.0]

    Source: Daubechies, Defrise and De Mol, *An iterative thresholding algorithm*, 2004.
    """

    learning_rate: NonNegative = 0.1
    l1: NonNegative = 0.0

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        y = x - self.learning_rate * f.gradient(x)
        return np.sign(y) * np.maximum(np.abs(y) - self.learning_rate * self.l1, 0)


class Clipped(Optimizer):
    r"""Any rule, with gradients cut to a size that they may not exceed.

    $$g \leftarrow \min\left(1, \frac{c}{\|g\|}\right) g \quad\text{(by norm)} \qquad
      g_i \leftarrow \min(\max(g_i, -c), c) \quad\text{(by value)}$$

    Parameters
    ----------
    optimizer
        The rule that gets the clipped gradient.
    norm
        $c$ for the length of the gradient, which keeps its direction; or None.
    value
        $c$ for each coordinate; or None. It is applied before the norm.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    `torch.nn.utils.clip_grad_norm_` divides by $\|g\| + 10^{-6}$, which makes clipped gradients
    shorter by a millionth; `optax.clip_by_global_norm` does not.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> cliff = Quadratic([1000, 1000])
    >>> rule = Clipped(GradientDescent(learning_rate=0.1), norm=1.0)
    >>> descend(cliff, [3, 4], rule, steps=1).points[1].round(6).tolist()
    [2.94, 3.92]

    Source: Pascanu, Mikolov and Bengio, *On the difficulty of training recurrent networks*, 2013.
    """

    optimizer: Optimizer
    norm: NonNegative = None
    value: NonNegative = None

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        return self.optimizer.step(x, _ClippedGradient(f, self), state, t)


class _ClippedGradient:
    """An objective whose gradient is clipped."""

    def __init__(self, f: Any, limits: Clipped) -> None:
        self._f, self._limits = f, limits
        self.value, self.hessian = f.value, f.hessian

    def gradient(self, x: Array) -> Array:
        g = self._f.gradient(x)
        if self._limits.value is not None:
            g = np.clip(g, -self._limits.value, self._limits.value)
        if self._limits.norm is not None:
            g = np.minimum(length(g), self._limits.norm) * unit(g)
        return g


class Projected(Optimizer):
    r"""Any rule, with each new point moved to the nearest allowed one.

    $$x_t = P(\text{step}(x_{t-1})), \qquad P(y) = \arg\min_{x \in C} \|x - y\|$$

    Parameters
    ----------
    optimizer
        The rule that proposes the points.
    onto
        The projection $P$: `Box(low, high)`, `Ball(radius)`, or a function of your own from points
        of shape (*grid, dim) to points of the same shape.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Examples
    --------
    >>> from course_utils import Quadratic, descend
    >>> rule = Projected(GradientDescent(0.5), onto=Box(low=1, high=5))
    >>> descend(Quadratic([1, 1]), [4, 2], rule, steps=3).points[:, 0].tolist()
    [4.0, 2.0, 1.0, 1.0]

    Source: Goldstein, *Convex programming in Hilbert space*, 1964.
    """

    optimizer: Optimizer
    onto: Callable[[Array], Array]

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        return self.onto(self.optimizer.step(x, f, state, t))


class Box(Hyperparameters):
    """Project onto the points whose coordinates all lie between low and high.

    Parameters
    ----------
    low, high
        The same for every coordinate; numbers or arrays over the grid.

    Raises
    ------
    ValueError
        If a hyperparameter is infinite or not a number, or low is above high, also at one step.

    Examples
    --------
    >>> Box(low=0, high=1)(np.array([-1.0, 0.5, 2.0])).tolist()
    [0.0, 0.5, 1.0]
    """

    low: Number
    high: Number

    _ordered = (("low", "high"),)

    def __call__(self, x: Array) -> Array:
        return np.clip(x, self.low, self.high)


class Ball(Hyperparameters):
    """Project onto the points no farther than `radius` from the origin.

    Parameters
    ----------
    radius
        At least 0; a number or an array over the grid.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Examples
    --------
    >>> Ball(radius=1)(np.array([3.0, 4.0])).round(6).tolist()
    [0.6, 0.8]
    """

    radius: NonNegative

    def __call__(self, x: Array) -> Array:
        return np.minimum(length(x), self.radius) * unit(x)


def length(x: Array) -> Array:
    """The length of vectors (*grid, dim), shape (*grid, 1)."""
    return norm(x)[..., None]


def inner(x: Array, y: Array) -> Array:
    """The inner product of vectors (*grid, dim), shape (*grid, 1)."""
    return total(x * y)[..., None]


def unit(x: Array) -> Array:
    """Vectors of length 1 in the direction of x; 0 where x is 0."""
    size = length(x)
    return x / np.where(size > 0, size, 1)
