"""The data sets that the lessons use. Imports numpy; scikit-learn only where its data are loaded."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Dataset:
    """Features of shape (n, d) and targets of shape (n,), with names and units for figures."""

    name: str
    features: Array
    targets: Array
    feature_names: tuple[str, ...]
    units: tuple[str, ...]
    labels: tuple[str, ...]
    target_name: str
    description: str
    source: str

    def column(self, name: str) -> Array:
        """One feature by its name, shape (n,)."""
        return self.features[:, self._index(name)]

    def label(self, name: str) -> str:
        """What to write on the axis of a figure: the feature in words, with its unit."""
        index = self._index(name)
        unit = f" ({self.units[index]})" if self.units[index] else ""
        return self.labels[index] + unit

    def _index(self, name: str) -> int:
        if name not in self.feature_names:
            names = ", ".join(self.feature_names)
            raise KeyError(f"{self.name} has no column {name!r}; its columns are {names}.")
        return self.feature_names.index(name)

    def __repr__(self) -> str:
        rows, columns = self.features.shape
        return f"{self.name}: {rows} rows, {columns} features ({', '.join(self.feature_names)})"


# name, what it is, unit
_DIABETES_COLUMNS = (
    ("age", "age", "years"),
    ("sex", "sex", "coded 1 or 2"),
    ("bmi", "body mass index", "kg/m²"),
    ("bp", "mean blood pressure", "mmHg"),
    ("s1", "total cholesterol", "mg/dl"),
    ("s2", "LDL cholesterol", "mg/dl"),
    ("s3", "HDL cholesterol", "mg/dl"),
    ("s4", "total cholesterol / HDL", ""),
    ("s5", "log of triglycerides", "log of mg/dl"),
    ("s6", "blood sugar", "mg/dl"),
)


def diabetes() -> Dataset:
    """442 diabetes patients: ten measurements, and how far the disease had advanced a year later.

    The measurements are in their own units: scikit-learn scales them by default, which hides what
    the lessons on scaling are about.

    Returns
    -------
    Dataset
        `features` of shape (442, 10), `targets` of shape (442,) on a scale from 25 to 346.

    Examples
    --------
    >>> data = diabetes()
    >>> data.column("bmi")[:3].tolist(), data.label("bmi")
    ([32.1, 21.6, 30.5], 'body mass index (kg/m²)')

    Source: Efron, Hastie, Johnstone and Tibshirani, *Least Angle Regression*, 2004.
    """
    try:
        from sklearn.datasets import load_diabetes
    except ImportError:
        raise ImportError(
            "The diabetes data come with scikit-learn, which is not installed: "
            "run 'pip install scikit-learn'."
        ) from None
    loaded = load_diabetes(scaled=False)
    names, labels, units = zip(*_DIABETES_COLUMNS, strict=True)
    return Dataset(
        name="diabetes",
        features=loaded.data,
        targets=loaded.target,
        feature_names=names,
        units=units,
        labels=labels,
        target_name="disease progression after one year",
        description=(
            "Ten measurements of 442 diabetes patients at the start of a study, and a score of how "
            "far the disease had advanced one year later. Six of the measurements are from blood "
            "serum; s4 is the ratio of total cholesterol to HDL, s5 is thought to be the logarithm "
            "of the triglycerides."
        ),
        source=(
            "Bradley Efron, Trevor Hastie, Iain Johnstone and Robert Tibshirani (2004), "
            "Least Angle Regression, Annals of Statistics 32(2), 407-499"
        ),
    )
