"""The data sets that the lessons use.

Real data stand as small files in the folder `data`, whose README.md names source and licence of
each; nothing is fetched from a network. Imports numpy and `hyperparameters`.
"""

import gzip
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.hyperparameters import Array, Number, check_range, floats

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, eq=False)
class Dataset:
    """Features of shape (n, d) and targets of shape (n,), with names and units for figures.

    Parameters
    ----------
    name, description, source
        What it is and where it is from.
    features, targets
        Shapes (n, d) and (n,).
    feature_names, units, labels
        For each column: its name in code, its unit and its name in words.
    target_name
        What the targets are.

    Raises
    ------
    KeyError
        From `column` and `label`, if there is no column of that name; the message lists them.

    Examples
    --------
    >>> wine()
    wine: 178 rows, 13 features (alcohol, malic_acid, ash, ...)
    """

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
        names = ", ".join(self.feature_names[: columns if columns <= 10 else 3])
        return f"{self.name}: {rows} rows, {columns} features ({names}{', ...' * (columns > 10)})"


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
    _, labels, units = zip(*_DIABETES_COLUMNS, strict=True)
    return _from_package(
        "diabetes",
        "disease progression after one year",
        "Ten measurements of 442 diabetes patients at the start of a study, and a score of how far "
        "the disease had advanced one year later. Six of the measurements are from blood serum; s4 "
        "is the ratio of total cholesterol to HDL, s5 is thought to be the logarithm of the "
        "triglycerides.",
        "Bradley Efron, Trevor Hastie, Iain Johnstone and Robert Tibshirani (2004), "
        "Least Angle Regression, Annals of Statistics 32(2), 407-499",
        labels=labels,
        units=units,
    )


def breast_cancer() -> Dataset:
    """569 tumours, 30 measurements of cell nuclei each; target 0 is malignant, 1 is benign.

    Examples
    --------
    >>> breast_cancer().features.shape
    (569, 30)

    Source: Street, Wolberg and Mangasarian, *Nuclear feature extraction for breast tumor
    diagnosis*, 1993.
    """
    return _from_package(
        "breast_cancer",
        "benign",
        "Measurements of the cell nuclei in images of 569 breast tumours, 357 of them benign.",
        "W. Nick Street, William Wolberg and Olvi Mangasarian (1993), "
        "Nuclear feature extraction for breast tumor diagnosis",
    )


def wine() -> Dataset:
    """178 wines of three grape varieties, 13 chemical measurements each; the target is the variety.

    Examples
    --------
    >>> wine().features.shape
    (178, 13)

    Source: Forina and others, *PARVUS*, 1988; UCI Machine Learning Repository.
    """
    return _from_package(
        "wine",
        "variety",
        "A chemical analysis of 178 wines of one region in Italy, made of three grape varieties.",
        "Michele Forina and others (1988), PARVUS; UCI Machine Learning Repository",
    )


def digits() -> Dataset:
    """1797 handwritten digits, 8 by 8 pixels from 0 to 16; the target is the digit.

    Examples
    --------
    >>> digits().features.shape
    (1797, 64)

    Source: Alpaydin and Kaynak, *Optical Recognition of Handwritten Digits*, 1998; UCI Machine
    Learning Repository.
    """
    return _from_package(
        "digits",
        "digit",
        "Images of 1797 handwritten digits, 8 by 8 pixels with values from 0 to 16.",
        "Ethem Alpaydin and Cenk Kaynak (1998), Optical Recognition of Handwritten Digits; "
        "UCI Machine Learning Repository",
    )


def _from_package(
    name: str,
    target_name: str,
    description: str,
    source: str,
    *,
    labels: tuple[str, ...] = (),
    units: tuple[str, ...] = (),
) -> Dataset:
    """A data set from the folder `data`: a line of names, then rows with the target last."""
    [path] = DATA.glob(f"{name}.csv*")
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        names = tuple(lines.readline().strip().split(",")[:-1])
        table = np.loadtxt(lines, delimiter=",")
    return Dataset(
        name=name.replace("_", " "),
        features=np.ascontiguousarray(table[:, :-1]),
        targets=table[:, -1].copy(),
        feature_names=names,
        units=units or ("",) * len(names),
        labels=labels or tuple(column.replace("_", " ") for column in names),
        target_name=target_name,
        description=description,
        source=source,
    )


def temple() -> Array:
    """A photograph of a temple in China, 80 by 120 grey pixels from 0 (black) to 255 (white).

    Returns
    -------
    array
        Shape (80, 120), the first row at the top.

    Examples
    --------
    >>> temple().shape
    (80, 120)

    Source: danielbuechele, Flickr, 2011; CC BY 2.0, made grey and smaller.
    """
    return np.loadtxt(DATA / "temple.csv", delimiter=",", encoding="utf-8")


def pride_and_prejudice() -> str:
    """The first fifteen chapters of Jane Austen's novel, a text of 125,342 characters.

    Examples
    --------
    >>> print(pride_and_prejudice()[11:83])
    It is a truth universally acknowledged, that a single man in possession

    Source: Austen, *Pride and Prejudice*, 1813; the text of Project Gutenberg.
    """
    return (DATA / "pride_and_prejudice.txt").read_text("utf-8")


def split(
    dataset: Dataset, share: float = 0.75, seed: int = 0
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Training rows and the others, in an order drawn from the seed.

    Parameters
    ----------
    dataset
        What to split.
    share
        The share of the rows that goes to the training part, above 0 and below 1.
    seed
        A whole number.

    Returns
    -------
    tuple
        (features, targets) for training, and (features, targets) to validate on.

    Raises
    ------
    ValueError
        If no row is left on one of the sides.

    Examples
    --------
    >>> (features, targets), (others, _) = split(line_with_noise(rows=20), share=0.8)
    >>> features.shape, others.shape
    ((16, 1), (4, 1))
    """
    if not isinstance(dataset, Dataset):
        raise TypeError(f"split() needs a Dataset such as wine(), but {dataset!r} was given.")
    rows = len(dataset.targets)
    if (
        not isinstance(share, int | float | np.floating)
        or not 0 < round(np.nan_to_num(share) * rows) < rows
    ):
        raise ValueError(f"share must leave rows on both sides of {rows}, but {share!r} was given.")
    count = round(share * rows)
    order = _from_seed(seed).permutation(rows)
    first, second = order[:count], order[count:]
    features, targets = dataset.features, dataset.targets
    return (features[first], targets[first]), (features[second], targets[second])


def standardised(features: Array, like: Array | None = None) -> Array:
    r"""Each column less its mean, divided by its standard deviation; constant columns become 0.

    $$z_{ij} = \frac{x_{ij} - \bar x_j}{s_j}$$

    Parameters
    ----------
    features
        Shape (n, d).
    like
        Take mean and deviation from these rows, of shape (m, d): the training part. What is
        constant there says nothing, and becomes 0 in all rows.

    Raises
    ------
    TypeError, ValueError
        If they are no numbers, a number is missing or infinite, there are no rows, or the two have
        different columns.

    Examples
    --------
    >>> standardised(np.array([[1.0, 5.0], [3.0, 5.0]])).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    features = _rows_of_numbers("features", features)
    like = features if like is None else _rows_of_numbers("like", like)
    if features.shape[1:] != like.shape[1:]:
        raise ValueError(
            f"features of shape {features.shape} and like of shape {like.shape} must have the same "
            f"columns."
        )
    deviation = like.std(0)
    # The deviation of equal numbers is not 0 but of the size of their rounding.
    constant = deviation <= 1e-12 * np.abs(like).max(0)
    return np.where(constant, 0, (features - like.mean(0)) / np.where(constant, 1, deviation))


def _rows_of_numbers(name: str, values: ArrayLike) -> Array:
    try:
        rows = floats(values)
    except (TypeError, ValueError, OverflowError) as error:
        raise TypeError(f"{name} must be a table of numbers ({error}).") from None
    if rows.ndim == 0 or not len(rows):
        raise ValueError(f"{name} must have at least one row, but has shape {rows.shape}.")
    if not (np.abs(rows) < 1e150).all():  # larger ones have no deviation
        raise ValueError(
            f"{name} has numbers that are missing, infinite or too large; remove those rows."
        )
    return rows


def line_with_noise(
    rows: int = 50, intercept: float = 1.0, slope: float = 2.0, noise: float = 0.5, seed: int = 0
) -> Dataset:
    r"""Points around a line, with normal noise.

    $$y = a + b x + s \xi, \qquad x \sim \mathcal U(-2, 2), \quad \xi \sim \mathcal N(0, 1)$$

    Parameters
    ----------
    rows
        How many points.
    intercept, slope
        $a$ and $b$.
    noise
        $s$, the standard deviation.
    seed
        A whole number.

    Raises
    ------
    ValueError
        If there are no rows, or the noise is negative.

    Examples
    --------
    >>> line_with_noise(rows=20).features.shape
    (20, 1)
    """
    random = _random(rows, noise, seed)
    for name, value in (("intercept", intercept), ("slope", slope)):
        check_range(name, value, Number)
        if np.ndim(value):
            raise ValueError(f"{name} must be one number, but {value!r} was given.")
    x = random.uniform(-2, 2, rows)
    y = intercept + slope * x + noise * random.normal(size=rows)
    return _toy("line with noise", x[:, None], y, f"y = {intercept:g} + {slope:g} x, with noise.")


def blobs(rows: int = 100, classes: int = 2, spread: float = 0.5, seed: int = 0) -> Dataset:
    """Classes around points on a circle of radius 2; the target is the class.

    Parameters
    ----------
    rows, classes
        How many points and how many classes, as equal in size as can be.
    spread
        Standard deviation within a class.
    seed
        A whole number.

    Raises
    ------
    ValueError
        If there are no rows or no classes, or the spread is negative.

    Examples
    --------
    >>> sorted(set(blobs(classes=3).targets.tolist()))
    [0.0, 1.0, 2.0]
    """
    random = _random(rows, spread, seed)
    _require_count("classes", classes)
    label = np.arange(rows) % classes
    angle = 2 * np.pi * label / classes
    centre = 2 * np.stack([np.cos(angle), np.sin(angle)], -1)
    points = centre + spread * random.normal(size=(rows, 2))
    return _toy("blobs", points, label, f"{classes} round classes in the plane.")


def moons(rows: int = 100, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Two half circles that reach into each other; the target is the class.

    Parameters
    ----------
    rows
        How many points, half of them in each class.
    noise
        Standard deviation of the points around their curve.
    seed
        A whole number.

    Raises
    ------
    ValueError
        If there are no rows, or the noise is negative.

    Examples
    --------
    >>> moons(rows=40).features.shape
    (40, 2)
    """
    random = _random(rows, noise, seed)
    label = np.arange(rows) % 2
    angle = random.uniform(0, np.pi, rows)
    upper = np.stack([np.cos(angle), np.sin(angle)], -1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], -1)
    points = np.where(label[:, None] == 0, upper, lower) + noise * random.normal(size=(rows, 2))
    return _toy("moons", points, label, "Two half circles that reach into each other.")


def circles(rows: int = 100, noise: float = 0.1, seed: int = 0) -> Dataset:
    """A ring around a ring: no straight line divides them; the target is the class.

    Parameters
    ----------
    rows
        How many points, half of them in each class.
    noise
        Standard deviation of the points around their curve.
    seed
        A whole number.

    Raises
    ------
    ValueError
        If there are no rows, or the noise is negative.

    Examples
    --------
    >>> circles(rows=40).features.shape
    (40, 2)
    """
    random = _random(rows, noise, seed)
    label = np.arange(rows) % 2
    angle = random.uniform(0, 2 * np.pi, rows)
    radius = np.where(label == 0, 1.0, 0.4)
    points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], -1)
    points = points + noise * random.normal(size=(rows, 2))
    return _toy("circles", points, label, "A ring around a smaller ring.")


def spirals(rows: int = 150, noise: float = 0.05, seed: int = 0) -> Dataset:
    """Two spirals wound around each other; the target is the class.

    Parameters
    ----------
    rows
        How many points, half of them in each class.
    noise
        Standard deviation of the points around their curve.
    seed
        A whole number.

    Raises
    ------
    ValueError
        If there are no rows, or the noise is negative.

    Examples
    --------
    >>> spirals(rows=40).features.shape
    (40, 2)
    """
    random = _random(rows, noise, seed)
    label = np.arange(rows) % 2
    along = np.sqrt(random.uniform(0.05, 1, rows))
    angle = 3 * np.pi * along + np.pi * label
    points = along[:, None] * np.stack([np.cos(angle), np.sin(angle)], -1)
    points = points + noise * random.normal(size=(rows, 2))
    return _toy("spirals", points, label, "Two spirals wound around each other.")


def _random(rows: int, noise: float, seed: int) -> np.random.Generator:
    """The source of chance for so many rows, once the numbers are checked."""
    _require_count("rows", rows)
    check_range("noise", noise)
    if np.ndim(noise):
        raise ValueError(f"noise must be one number, but {noise!r} was given.")
    return _from_seed(seed)


def _from_seed(seed: object) -> np.random.Generator:
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"seed must be a whole number of at least 0, but {seed!r} was given.")
    return np.random.default_rng(int(seed))


def _require_count(name: str, count: object) -> None:
    if not isinstance(count, int | np.integer) or isinstance(count, bool) or count < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, but {count!r} was given.")


def _toy(name: str, points: Array, targets: NDArray[np.generic], description: str) -> Dataset:
    names = ("x", "y")[: points.shape[1]]
    return Dataset(
        name=name,
        # Sines and cosines differ in their last digit from one processor to the next.
        features=np.round(points, 12),
        targets=np.round(targets.astype(float), 12),
        feature_names=names,
        units=("",) * len(names),
        labels=names,
        target_name="y" if len(names) == 1 else "class",
        description=description,
        source="Generated from a seed.",
    )


@dataclass(frozen=True, eq=False)
class Ratings:
    """Who rated what, and how: three arrays of shape (n,), with users and items counted from 0.

    Parameters
    ----------
    users, items, ratings
        Shape (n,) each.
    description
        Where they are from.

    Examples
    --------
    >>> Ratings(np.array([0, 0, 1]), np.array([0, 2, 1]), np.array([4.0, 5.0, 1.0]), "three")
    3 ratings of 3 items by 2 users
    """

    users: NDArray[np.int_]
    items: NDArray[np.int_]
    ratings: Array
    description: str

    @property
    def shape(self) -> tuple[int, int]:
        """How many users and how many items there are."""
        return int(self.users.max(initial=-1)) + 1, int(self.items.max(initial=-1)) + 1

    def rows(self, index: ArrayLike) -> Self:
        """Those of the ratings that an index or a mask chooses, with users and items as they were.

        Examples
        --------
        >>> first, rest = np.split(np.random.default_rng(0).permutation(300), [200])
        >>> ratings = synthetic_ratings(users=20, items=15, share=1.0)
        >>> ratings.rows(first)
        200 ratings of 15 items by 20 users
        """
        chosen = np.asarray(index)
        chosen = chosen if chosen.size else chosen.astype(int)  # an empty list has no type
        parts = self.users[chosen], self.items[chosen], self.ratings[chosen]
        return type(self)(*parts, self.description)

    def __repr__(self) -> str:
        users, items = self.shape
        return f"{len(self.ratings)} ratings of {items} items by {users} users"


def synthetic_ratings(
    users: int = 60,
    items: int = 40,
    rank: int = 2,
    *,
    share: float = 0.3,
    noise: float = 0.3,
    bias: float = 0.0,
    seed: int = 0,
) -> Ratings:
    """Ratings from 1 to 5 by people whose taste has a few dimensions.

    Parameters
    ----------
    users, items
        How many there are.
    rank
        Dimensions of taste.
    share
        The share of all pairs that is rated; every user and item has at least one rating.
    noise
        Standard deviation of the moods.
    bias
        Standard deviation of what a user adds to all ratings, and of what an item gets from all.
    seed
        A whole number.

    Raises
    ------
    ValueError
        If there are no users, no items or no dimensions, the share is not from 0 to 1, or `noise`
        or `bias` is below 0.

    Examples
    --------
    >>> synthetic_ratings(users=20, items=10).shape
    (20, 10)
    """
    for name, count in (("users", users), ("items", items), ("rank", rank)):
        _require_count(name, count)
    if not isinstance(share, int | float | np.floating) or not 0 <= share <= 1:
        raise ValueError(f"share must be a number from 0 to 1, but {share!r} was given.")
    random = _random(users, noise, seed)
    taste, style = random.normal(size=(users, rank)), random.normal(size=(items, rank))
    liking = 3 + taste @ style.T / np.sqrt(rank) + noise * random.normal(size=(users, items))
    rated = random.random((users, items)) < share
    check_range("bias", bias)
    liking += bias * random.normal(size=(users, 1)) + bias * random.normal(size=items)
    rated[np.arange(users), np.arange(users) % items] = True
    rated[np.arange(items) % users, np.arange(items)] = True
    who, what = np.nonzero(rated)
    ratings = np.clip(np.round(liking[who, what]), 1, 5)
    return Ratings(who, what, ratings, f"Generated from a seed: taste has {rank} dimensions.")


def mnist(folder: str | Path, part: str = "train") -> Dataset:
    """MNIST's images of handwritten digits, from files on this machine.

    Parameters
    ----------
    folder
        Where the four files are, as they are published, packed with gzip or not:
        train-images-idx3-ubyte, train-labels-idx1-ubyte, and t10k in place of train.
    part
        "train" (60,000 images) or "test" (10,000).

    Returns
    -------
    Dataset
        `features` of shape (n, 784), from 0 to 255; `targets` of shape (n,), the digits.

    Raises
    ------
    FileNotFoundError
        If a file is not there; the message says which, and where to put it.
    ValueError
        If a file is not what its name says, or there is no such part.

    Examples
    --------
    >>> mnist("an empty folder")
    Traceback (most recent call last):
    FileNotFoundError: train-images-idx3-ubyte (or train-images-idx3-ubyte.gz) is not in an empty
    folder: put MNIST's four files there, unchanged.

    Source: LeCun, Bottou, Bengio and Haffner, *Gradient-Based Learning Applied to Document
    Recognition*, 1998.
    """
    if part not in {"train", "test"}:
        raise ValueError(f"part must be 'train' or 'test', but {part!r} was given.")
    prefix = "train" if part == "train" else "t10k"
    images = _read_idx(Path(folder), f"{prefix}-images-idx3-ubyte", magic=2051)
    labels = _read_idx(Path(folder), f"{prefix}-labels-idx1-ubyte", magic=2049)
    if len(images) != len(labels):
        raise ValueError(f"{folder} has {len(images)} images but {len(labels)} labels.")
    height, width = images.shape[1:]
    names = tuple(f"pixel_{row}_{column}" for row in range(height) for column in range(width))
    return Dataset(
        name="MNIST",
        features=images.reshape(len(images), -1).astype(float),
        targets=labels.astype(float),
        feature_names=names,
        units=("",) * len(names),
        labels=names,
        target_name="digit",
        description=f"{len(images)} handwritten digits of {height} by {width} pixels.",
        source=(
            "Yann LeCun, Léon Bottou, Yoshua Bengio and Patrick Haffner (1998), "
            "Gradient-Based Learning Applied to Document Recognition"
        ),
    )


def _read_idx(folder: Path, name: str, magic: int) -> NDArray[np.uint8]:
    """An array of bytes: four that name the kind, a size for each axis, then the numbers."""
    plain, packed = folder / name, folder / f"{name}.gz"
    if not plain.exists() and not packed.exists():
        raise FileNotFoundError(
            f"{name} (or {name}.gz) is not in {folder}: put MNIST's four files there, unchanged."
        )
    content = plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes())
    axes = magic % 256
    header = np.frombuffer(content[: 4 + 4 * axes], ">u4")
    shape = tuple(int(size) for size in header[1:])
    if len(header) != 1 + axes or header[0] != magic or len(content) != header.nbytes + prod(shape):
        raise ValueError(f"{name} in {folder} is not a complete file of MNIST; fetch it again.")
    return np.frombuffer(content, np.uint8, offset=header.nbytes).reshape(shape)


def movielens(folder: str | Path) -> Ratings:
    r"""MovieLens' ratings of films, from files on this machine.

    Parameters
    ----------
    folder
        Where `u.data` (100k), `ratings.dat` (1M, 10M) or `ratings.csv` (later ones) is.

    Returns
    -------
    Ratings
        Users and films are numbered anew from 0.

    Raises
    ------
    FileNotFoundError
        If none of the files is there; the message says where to put one.
    ValueError
        If a line is not a rating; the message names it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "ratings.csv").write_text("userId,movieId,rating\n7,3,5\n7,9,2.5\n")
    ...     movielens(folder)
    2 ratings of 2 items by 1 users

    Source: Harper and Konstan, *The MovieLens Datasets: History and Context*, 2015.
    """
    kinds = {"u.data": ("\t", 0), "ratings.dat": ("::", 0), "ratings.csv": (",", 1)}
    found = [name for name in kinds if (Path(folder) / name).exists()]
    if not found:
        raise FileNotFoundError(
            f"None of {', '.join(kinds)} is in {folder}: unpack a MovieLens archive there."
        )
    separator, skipped = kinds[found[0]]
    path = Path(folder) / found[0]
    rows = []
    for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            user, film, rating = line.split(separator)[:3]
            check_range("a rating", float(rating), Number)
            rows.append((int(user), int(film), float(rating)))
        except ValueError:
            if number <= skipped:  # the names of the columns, if they are there
                continue
            raise ValueError(f"Line {number} of {path} is no rating: {line!r}.") from None
    if not rows:
        raise ValueError(f"{path} has no ratings.")
    who, what, ratings = zip(*rows, strict=True)
    _, users = np.unique(who, return_inverse=True)
    _, items = np.unique(what, return_inverse=True)
    return Ratings(users, items, np.array(ratings), f"MovieLens, from {found[0]}.")
