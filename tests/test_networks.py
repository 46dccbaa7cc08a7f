"""What networks promise: right gradients, known sizes of signals, and training over grids."""

import numpy as np
import pytest

from course_utils import (
    Adam,
    ConvolutionalNetwork,
    GradientDescent,
    Minibatches,
    Momentum,
    Network,
    NetworkCost,
    check_gradient,
    descend,
    digits,
)
from course_utils.datasets import moons
from tests.reference import networks

random = np.random.default_rng(0)
X = random.normal(size=(20, 4))
LABELS = random.integers(3, size=20)


def cost(activation="tanh", **options) -> NetworkCost:
    return NetworkCost(Network([4, 5, 5, 3], activation), X, LABELS, **options)


@pytest.mark.parametrize("name", networks.COSTS)
def test_backpropagation_is_the_derivative_of_the_cost(name) -> None:
    tested = networks.COSTS[name]
    assert check_gradient(tested, networks.weights(tested), tolerance=1e-7)


@pytest.mark.parametrize("options", [{"l2": 0.3}, {"dropout": 0.4, "seed": 2}])
def test_it_is_so_with_penalty_and_with_dropout_too(options) -> None:
    step = cost(**options).at(3)
    assert check_gradient(step, step.network.initial(1), tolerance=1e-7)


NORMALISED = [
    Network([4, 5, 6, 3], activation, normalisation=normalisation, residual=residual)
    for activation in ("tanh", "relu")
    for normalisation in ("layer", "batch")
    for residual in (False, True)
]


@pytest.mark.parametrize("network", NORMALISED, ids=repr)
class TestNormalisation:
    def test_backpropagation_goes_through_it(self, network) -> None:
        whole = NetworkCost(network, X, LABELS, l2=0.1, dropout=0.2)
        # With biases that are not 0, no unit stands at the kink of its activation.
        weights = network.initial(seed=np.arange(3)) + 0.1 * np.sin(np.arange(network.dim))
        assert check_gradient(whole, weights, tolerance=1e-7)
        assert check_gradient(whole.at(3), weights, tolerance=1e-7)
        assert check_gradient(whole.rows(np.arange(3, 12)), weights, tolerance=1e-7)

    def test_the_sums_have_mean_0_and_deviation_1(self, network) -> None:
        _, trace = network.forward(network.initial(1), 50 * X)
        for _, _, (sums, _) in trace[:-1]:
            assert np.allclose(sums.mean(network.along), 0)
            assert np.allclose(sums.std(network.along), 1, atol=1e-2)

    def test_the_outputs_do_not_feel_the_size_of_the_hidden_weights(self, network) -> None:
        weights = network.initial(1)
        larger = weights.copy()
        for w, _ in network.unpack(larger)[:-1]:
            w *= 1000
        assert np.allclose(network.outputs(weights, X), network.outputs(larger, X), atol=1e-3)

    def test_a_grid_equals_single_runs_bit_for_bit(self, network) -> None:
        data = Minibatches(NetworkCost(network, X, LABELS), 8)
        starts, rates = network.initial(np.arange(2))[:, None], np.array([0.1, 0.5])
        paths = descend(data, starts, Momentum(rates), steps=8)
        for i, j in np.ndindex(2, 2):
            single = descend(data, starts[i, 0], Momentum(rates[j]), steps=8)
            assert np.array_equal(single.points, paths.points[:, i, j])


def test_an_example_is_scaled_alone_by_layers_and_among_others_by_batches() -> None:
    layer, batch = (Network([4, 5, 3], normalisation=kind) for kind in ("layer", "batch"))
    weights = layer.initial(1)
    assert np.allclose(layer.outputs(weights, X[:3])[0], layer.outputs(weights, X)[0])
    assert not np.allclose(batch.outputs(weights, X[:3])[0], batch.outputs(weights, X)[0])


def test_the_norms_of_layers_make_up_the_norm_of_the_gradient() -> None:
    tested = cost()
    weights = tested.network.initial(np.arange(6).reshape(2, 3))
    of_weights, of_biases = tested.gradient_norms(weights)
    assert of_weights.shape == of_biases.shape == (2, 3, 3)
    squares = (of_weights**2 + of_biases**2).sum(-1)
    assert np.allclose(squares, (tested.gradient(weights) ** 2).sum(-1))


PICTURES = random.normal(size=(9, 35))


def convolutional(activation="tanh", **options) -> NetworkCost:
    network = ConvolutionalNetwork((5, 7), 3, kernels=2, kernel_size=2, activation=activation)
    return NetworkCost(network, PICTURES, LABELS[:9], **options)


class TestConvolution:
    @pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
    def test_backpropagation_is_the_derivative_of_the_cost(self, activation) -> None:
        tested = convolutional(activation, l2=0.1, dropout=0.3)
        weights = tested.network.initial(seed=np.arange(3)) + 0.1 * np.sin(np.arange(tested.dim))
        assert check_gradient(tested, weights, tolerance=1e-7)
        assert check_gradient(tested.at(4), weights, tolerance=1e-7)
        assert check_gradient(tested.rows([0, 3]), weights[0], tolerance=1e-7)

    def test_a_map_holds_the_sums_that_a_loop_over_all_places_finds(self) -> None:
        network = convolutional("linear").network
        weights = network.initial(seed=1) + 0.1
        (kernels, bias), _ = network.unpack(weights)
        maps = network.feature_maps(weights, PICTURES)
        assert maps.shape == (9, 4, 6, 2)
        for n, u, v, c in np.ndindex(maps.shape):
            seen = PICTURES[n].reshape(5, 7)[u : u + 2, v : v + 2].ravel()
            assert maps[n, u, v, c] == pytest.approx(seen @ kernels[:, c] + bias[0, c])

    def test_a_picture_that_moves_moves_its_map(self) -> None:
        network = ConvolutionalNetwork((5, 7), 3, kernel_size=2, pool=1)
        weights, moved = network.initial(seed=1), np.roll(PICTURES.reshape(9, 5, 7), 1, axis=2)
        before = network.feature_maps(weights, PICTURES)
        after = network.feature_maps(weights, moved.reshape(9, 35))
        assert np.allclose(after[:, :, 1:], before[:, :, :-1])

    def test_a_grid_equals_single_runs_bit_for_bit(self) -> None:
        data = Minibatches(convolutional(), 4, seed=[[0], [1]])
        start, rates = data.cost.network.initial(3), np.array([0.1, 0.5])
        paths = descend(data, start, Momentum(rates), steps=8)
        for i, j in np.ndindex(2, 2):
            one = Minibatches(convolutional(), 4, seed=i)
            single = descend(one, start, Momentum(rates[j]), steps=8)
            assert np.array_equal(single.points, paths.points[:, i, j])

    def test_few_weights_learn_digits(self) -> None:
        data = digits()
        x, y = data.features[:300] / 16, data.targets[:300]
        network = ConvolutionalNetwork((8, 8), 10, kernels=4)
        path = descend(NetworkCost(network, x, y), network.initial(), Adam(0.05), steps=60)
        answers = network.outputs(path.points[-1], x).argmax(-1)
        assert (answers == y).mean() > 0.9

    @pytest.mark.parametrize("options", [{"kernel_size": 7}, {"kernel_size": 2}, {"pool": 0}])
    def test_windows_and_squares_have_to_fit(self, options) -> None:
        with pytest.raises(ValueError, match="divide into squares"):
            ConvolutionalNetwork((6, 6), 3, **options)


def test_many_networks_at_once_have_the_gradients_of_each() -> None:
    tested = cost()
    weights = tested.network.initial(np.arange(6).reshape(2, 3))
    together = tested.gradient(weights)
    assert together.shape == weights.shape
    for index in np.ndindex(2, 3):
        assert np.array_equal(together[index], tested.gradient(weights[index][None])[0])


def test_a_grid_equals_single_runs_bit_for_bit() -> None:
    data = Minibatches(cost(dropout=[[0.0], [0.5]]), 8, seed=1)
    start, rates = data.cost.network.initial(3), np.array([0.1, 0.5])
    paths = descend(data, start, Momentum(rates), steps=12)
    assert [axis.name for axis in paths.axes] == ["dropout", "learning_rate"]
    for i, j in np.ndindex(2, 2):
        one = Minibatches(cost(dropout=[0.0, 0.5][i]), 8, seed=1)
        single = descend(one, start, Momentum(rates[j]), steps=12)
        assert np.array_equal(single.points, paths.points[:, i, j])
        assert np.array_equal(single.costs, paths.costs[:, i, j])


def test_dropout_leaves_the_mean_signal_as_it_is_and_recorded_costs_alone() -> None:
    tested = cost(dropout=0.3)
    masks = np.array([tested.at(t).masks[0] for t in range(500)])
    assert masks.mean() == pytest.approx(1, abs=0.01)
    assert (masks == 0).mean() == pytest.approx(0.3, abs=0.01)
    weights = tested.network.initial(0)
    assert tested.value(weights) == cost().value(weights)


@pytest.mark.parametrize(("activation", "scheme"), [("relu", "he"), ("linear", "lecun")])
def test_the_right_initialisation_keeps_the_size_of_the_signal_through_many_layers(
    activation, scheme
) -> None:
    network = Network([200] * 12, activation)
    x = random.normal(size=(50, 200))
    out = network.outputs(network.initial(0, scheme), x)
    assert 0.3 < np.mean(out**2) / np.mean(x**2) < 3
    assert np.mean(network.outputs(network.initial(0, "small"), x) ** 2) < 1e-15


def test_from_zero_weights_all_units_stay_alike_and_the_hidden_layer_learns_nothing() -> None:
    tested = cost()
    path = descend(tested, tested.network.initial(scheme="zeros"), GradientDescent(0.5), steps=50)
    (w, _), *_ = tested.network.unpack(path.points[-1])
    assert (w == 0).all()


def test_bridges_carry_the_gradient_through_layers_that_kill_it() -> None:
    deep = [4, *[4] * 20, 3]
    sizes = []
    for residual in (False, True):
        network = Network(deep, "sigmoid", residual=residual)
        tested = NetworkCost(network, X, LABELS)
        gradient = tested.gradient(network.initial(0))
        sizes.append(np.abs(network.unpack(gradient)[0][0]).max())
    assert sizes[0] < 1e-9
    assert sizes[1] > 1e-4


def test_a_small_network_learns_two_moons() -> None:
    data = moons(rows=80)
    network = Network([2, 8, 2])
    tested = NetworkCost(network, data.features, data.targets)
    path = descend(tested, network.initial(0), Adam(0.05), steps=300)
    guesses = np.argmax(network.outputs(path.points[-1], data.features), -1)
    assert (guesses == data.targets).mean() > 0.97


def test_large_outputs_do_not_overflow() -> None:
    tested = cost("relu")
    assert np.isfinite(tested.value(np.full(tested.dim, 50.0)))
    assert np.isfinite(tested.gradient(np.full(tested.dim, 50.0))).all()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Network([3]),
        lambda: Network([3, 0, 1]),
        lambda: Network([3, 1], "swish"),
        lambda: Network([3, 1], normalisation="group"),
        lambda: Network([3, 1]).initial(0, "random"),
        lambda: NetworkCost(Network([3, 2]), X, LABELS),
        lambda: NetworkCost(Network([4, 2]), X, LABELS),
        lambda: NetworkCost(Network([4, 3]), X, LABELS[:5]),
        lambda: cost(loss="zero-one"),
        lambda: cost(dropout=1.0),
    ],
)
def test_what_does_not_fit_together_is_refused(make) -> None:
    with pytest.raises(ValueError, match=r"must be|needs features"):
        make()


class TestWhatIsNoNetwork:
    @pytest.mark.parametrize("layers", [None, "231", [2], [2, 1.5, 1], [2, 0, 1], 3])
    def test_layers_are_whole_numbers(self, layers) -> None:
        with pytest.raises(ValueError, match="layers must be two or more whole numbers"):
            Network(layers)

    def test_shapes_that_do_not_fit_are_named(self) -> None:
        network = Network([2, 3, 1])
        with pytest.raises(ValueError, match="A point has 13 coordinates here"):
            network.outputs(np.zeros(5), np.ones((4, 2)))
        with pytest.raises(ValueError, match=r"needs features of shape \(n, 2\)"):
            network.outputs(np.zeros(13), np.ones((4, 3)))
        assert network.outputs(np.zeros(13), np.ones((5, 4, 2))).shape == (5, 4, 1)

    def test_missing_data_and_other_things_are_refused(self) -> None:
        with pytest.raises(ValueError, match="missing or infinite"):
            NetworkCost(Network([2, 1]), [[np.nan, 1.0]], [1.0], loss="squared error")
        with pytest.raises(ValueError, match="have no row; give at least one"):
            NetworkCost(Network([2, 1]), np.empty((0, 2)), [])
        with pytest.raises(TypeError, match="network must be like Network"):
            NetworkCost(3, [[1.0, 1.0]], [1.0])
