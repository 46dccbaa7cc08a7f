"""Linear models of the engine have the weights of scikit-learn once the objectives are the same."""

import numpy as np
import pytest

from course_utils import (
    GradientDescent,
    Hinge,
    InverseTime,
    LinearRegression,
    LogisticRegression,
    Minibatches,
    Nesterov,
    breast_cancer,
    descend,
    standardised,
)

CASES = breast_cancer()
FEATURES, BENIGN = standardised(CASES.features), CASES.targets
SIGNS = 2 * BENIGN - 1
ROWS, COLUMNS = FEATURES.shape


def test_logistic_regression_has_the_weights_of_the_library_if_c_is_one_over_n_l2():
    library = pytest.importorskip("sklearn.linear_model")
    cost = LogisticRegression(FEATURES, BENIGN, l2=1 / ROWS)
    rule = Nesterov(0.5, momentum=0.97)
    ours = descend(cost, np.zeros(COLUMNS + 1), rule, steps=3000).points[-1]
    theirs = library.LogisticRegression(C=1, tol=1e-10, max_iter=10_000).fit(FEATURES, BENIGN)
    assert np.abs(ours[1:] - theirs.coef_[0]).max() < 1e-5
    assert abs(ours[0] - theirs.intercept_[0]) < 1e-5


def test_a_penalised_line_has_the_weights_of_ridge_if_alpha_is_half_n_l2():
    library = pytest.importorskip("sklearn.linear_model")
    cost = LinearRegression(FEATURES, SIGNS, l2=0.1)
    rule = Nesterov(0.03, momentum=0.95)
    ours = descend(cost, np.zeros(COLUMNS + 1), rule, steps=3000).points[-1]
    theirs = library.Ridge(alpha=ROWS * 0.1 / 2).fit(FEATURES, SIGNS)
    assert np.allclose(ours, np.append(theirs.intercept_, theirs.coef_), atol=1e-8)


def test_descent_on_the_hinge_comes_near_the_cost_of_a_support_vector_machine():
    library = pytest.importorskip("sklearn.svm")
    cost = Hinge(FEATURES[:, :2], SIGNS, l2=0.01)
    rule = GradientDescent(InverseTime(0.02))
    ours = descend(cost, np.zeros(3), rule, steps=1000)
    machine = library.SVC(kernel="linear", C=1 / (ROWS * 0.01), tol=1e-8).fit(
        FEATURES[:, :2], SIGNS
    )
    least = cost.value(np.append(machine.intercept_, machine.coef_))
    assert least <= ours.costs[-1] < least + 1e-5


def test_pegasos_nears_the_optimum_about_in_proportion_to_one_over_the_steps():
    library = pytest.importorskip("sklearn.svm")
    cost = Hinge(FEATURES, SIGNS, intercept=False, l2=0.01)
    rows = Minibatches(cost, 1, seed=np.arange(5), sampling="with replacement")
    costs = descend(rows, np.zeros(COLUMNS), GradientDescent(100 * InverseTime(1)), 3000).costs
    machine = library.LinearSVC(
        loss="hinge", C=1 / (ROWS * 0.01), fit_intercept=False, tol=1e-9, max_iter=100_000
    ).fit(FEATURES, SIGNS)
    above = np.median(costs - cost.value(machine.coef_[0]), axis=1)
    assert (costs >= cost.value(machine.coef_[0]) - 1e-9).all()
    assert above[3000] < above[300] / 4 < above[30] / 16


def test_without_the_rows_beyond_the_margin_the_hinge_has_the_same_gradient():
    cost = Hinge(FEATURES, SIGNS)
    w = np.append(0.3, np.linspace(-0.2, 0.1, COLUMNS))
    near = SIGNS * cost.outputs(w, FEATURES) < 1
    fewer = Hinge(FEATURES[near], SIGNS[near])
    assert 0 < near.sum() < ROWS
    assert np.allclose(fewer.gradient(w) * near.mean(), cost.gradient(w), atol=1e-14)


def test_a_copy_of_a_row_counts_as_a_weight_of_two():
    copies = np.repeat(np.arange(ROWS), np.where(BENIGN, 1, 2))
    cost, w = LogisticRegression(FEATURES[copies], BENIGN[copies]), np.linspace(-1, 1, COLUMNS + 1)
    counts = np.where(BENIGN, 1, 2)
    inputs = np.column_stack([np.ones(ROWS), FEATURES])
    pulls = counts * (1 / (1 + np.exp(-inputs @ w)) - BENIGN)
    assert np.allclose(cost.gradient(w), inputs.T @ pulls / counts.sum())
