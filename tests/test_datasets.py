"""What the data sets promise: the published shapes, units for people, and clear messages."""

import subprocess
import sys

import numpy as np
import pytest

from course_utils import diabetes


def test_diabetes_has_442_patients_in_their_own_units() -> None:
    data = diabetes()
    assert data.features.shape == (442, 10)
    assert data.targets.shape == (442,)
    assert data.column("age").min() == 19
    assert np.isclose(data.column("bmi").mean(), 26.3758, atol=1e-4)
    assert np.isclose(data.targets.mean(), 152.1335, atol=1e-4)
    assert len(data.feature_names) == len(data.units) == len(data.labels) == 10
    assert "Least Angle Regression" in data.source


def test_a_label_has_words_and_a_unit() -> None:
    assert diabetes().label("bp") == "mean blood pressure (mmHg)"
    assert diabetes().label("s4") == "total cholesterol / HDL"


def test_an_unknown_column_is_named_with_those_that_exist() -> None:
    with pytest.raises(KeyError, match="no column 'weight'; its columns are age, sex, bmi"):
        diabetes().column("weight")


def test_importing_the_course_loads_no_library_that_only_some_need() -> None:
    code = (
        "import sys, course_utils; from course_utils import descend, diabetes, Quadratic; "
        "heavy = {'matplotlib', 'ipywidgets', 'anywidget', 'sklearn', 'scipy'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_every_public_name_is_listed_and_an_unknown_one_is_refused() -> None:
    import course_utils

    assert {"descend", "Player", "Question"} <= set(dir(course_utils))
    with pytest.raises(AttributeError, match="has no 'adagard'"):
        _ = course_utils.adagard
