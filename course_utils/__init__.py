"""An interactive course on gradient descent: what the lessons import.

Every public name can be imported from here. Each module is loaded when one of its names is first
asked for, so that nobody waits for a figure's libraries who draws none.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for editors and type checkers, which do not run __getattr__
    from course_utils.circuits import *  # noqa: F403
    from course_utils.costs import *  # noqa: F403
    from course_utils.curvature import *  # noqa: F403
    from course_utils.datasets import *  # noqa: F403
    from course_utils.descent import *  # noqa: F403
    from course_utils.factorisation import *  # noqa: F403
    from course_utils.federated import *  # noqa: F403
    from course_utils.hyperparameters import *  # noqa: F403
    from course_utils.libraries import installed as installed
    from course_utils.networks import *  # noqa: F403
    from course_utils.objectives import *  # noqa: F403
    from course_utils.optimizers import *  # noqa: F403
    from course_utils.paths import *  # noqa: F403
    from course_utils.planning import *  # noqa: F403
    from course_utils.player import Player as Player
    from course_utils.quiz import Answer as Answer
    from course_utils.quiz import Question as Question
    from course_utils.schedules import *  # noqa: F403
    from course_utils.search import *  # noqa: F403
    from course_utils.stopping import *  # noqa: F403
    from course_utils.transfer import *  # noqa: F403
    from course_utils.tuning import *  # noqa: F403

_NAMES = {
    "hyperparameters": "grid",
    "objectives": "Objective Quadratic Ravine Rosenbrock Beale Himmelblau StyblinskiTang Rastrigin"
    " Saddle DoubleWell Function check_gradient",
    "costs": "LinearRegression AbsoluteError Huber LogisticRegression Hinge SoftmaxRegression"
    " Minibatches Noisy DataCost",
    "schedules": "Schedule Constant StepDecay MultiStep Exponential InverseTime Polynomial Cosine"
    " WarmRestarts Warmup OneCycle Cyclical",
    "curvature": "Backtracking ExactLineSearch Polyak BarzilaiBorwein Newton BFGS LBFGS",
    "datasets": "Dataset Ratings diabetes breast_cancer wine digits temple pride_and_prejudice"
    " split standardised line_with_noise blobs moons circles spirals synthetic_ratings mnist"
    " movielens",
    "networks": "Network ConvolutionalNetwork NetworkCost",
    "factorisation": "MatrixFactorisation",
    "planning": "PathRoundObstacles",
    "federated": "Clients FederatedAveraging",
    "circuits": "Circuit Shots",
    "transfer": "rotated Frozen fisher Elastic Moving",
    "optimizers": "Optimizer GradientDescent Momentum Nesterov SignDescent Adagrad RMSprop Adadelta"
    " Adam AMSGrad AdamW Adamax NAdam RAdam Rprop Hypergradient Lion ScheduleFree SAM"
    " ProximalGradient Clipped Projected Box Ball",
    "stopping": "Stop",
    "search": "explore SearchRule RandomSearch Annealing Genetic Swarm Descents SwarmThenDescent"
    " EvolutionStrategy SPSA",
    "paths": "Descent Axis stack",
    "descent": "descend",
    "libraries": "installed",
    "tuning": "tune Tuned",
    "player": "Player",
    "quiz": "Answer Question",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}

__version__ = "0.1.0"
__all__ = sorted(_HOME)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"course_utils has no {name!r}; it has {', '.join(__all__)}.")
    found = getattr(import_module(f"course_utils.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
