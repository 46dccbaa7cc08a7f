"""What the clinic promises: runs that are ill in the way that the lesson says."""

import numpy as np
import pytest

from course_utils.clinic import charts, patients, treated

RATES = np.array([1 / 16, 1 / 4, 1, 4, 16])


@pytest.fixture(scope="module")
def ward():
    """Return the training and the validation curves of all, at five multiples of their rates."""
    paths, validation = charts(patients(RATES), rate_times=RATES)
    return {
        name: (paths.costs[:, i], validation[:, i]) for i, name in enumerate(paths.axes[0].values)
    }


def test_over_a_grid_of_rates_each_is_what_it_is_alone():
    alone, _ = charts({name: patients()[name] for name in "EF"}, steps=10)
    paths, _ = charts({name: patients(RATES)[name] for name in "EF"}, steps=10, rate_times=RATES)
    assert np.array_equal(alone.costs, paths.costs[:, :, 2])
    assert [axis.name for axis in paths.axes] == ["patient", "rate_times"]


def test_the_one_with_the_wrong_sign_climbs_at_every_rate(ward):
    training, _ = ward["D"]
    assert (training[-1] > training[0]).all()


def test_the_one_that_is_too_slow_learns_more_the_larger_its_rate(ward):
    training, _ = ward["E"]
    assert (np.diff(training[-1]) < 0).all()


def test_the_one_whose_data_leak_is_as_good_on_its_validation_rows(ward):
    training, validation = (curve[-1, 2] for curve in ward["J"])
    assert validation < 2 * training
    training, validation = (curve[-1, 2] for curve in ward["B"])
    assert validation > 10 * training


def test_the_one_whose_gradients_vanish_learns_nothing_at_any_rate(ward):
    training, _ = ward["G"]
    assert training.min() > 2.2


def test_after_its_treatment_each_learns():
    paths, _ = charts(treated())
    assert (paths.costs[-1] < 0.8 * paths.costs[0]).all()
