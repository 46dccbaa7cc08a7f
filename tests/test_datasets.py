"""What the data sets promise: the published shapes, units for people, and clear messages."""

import gzip
import struct
import subprocess
import sys

import numpy as np
import pytest
import sklearn.datasets

from course_utils import (
    Dataset,
    blobs,
    breast_cancer,
    circles,
    diabetes,
    digits,
    line_with_noise,
    mnist,
    moons,
    movielens,
    pride_and_prejudice,
    spirals,
    split,
    standardised,
    synthetic_ratings,
    temple,
    wine,
)
from course_utils.datasets import DATA


class TestDiabetes:
    def test_it_has_442_patients_in_their_own_units(self) -> None:
        data = diabetes()
        assert data.features.shape == (442, 10)
        assert data.targets.shape == (442,)
        assert data.column("age").min() == 19
        assert np.isclose(data.column("bmi").mean(), 26.3758, atol=1e-4)
        assert np.isclose(data.targets.mean(), 152.1335, atol=1e-4)
        assert len(data.feature_names) == len(data.units) == len(data.labels) == 10
        assert "Least Angle Regression" in data.source

    def test_a_label_has_words_and_a_unit(self) -> None:
        assert diabetes().label("bp") == "mean blood pressure (mmHg)"
        assert diabetes().label("s4") == "total cholesterol / HDL"

    def test_an_unknown_column_is_named_with_those_that_exist(self) -> None:
        with pytest.raises(KeyError, match="no column 'weight'; its columns are age, sex, bmi"):
            diabetes().column("weight")


@pytest.mark.parametrize(
    ("load", "shape", "classes"),
    [(breast_cancer, (569, 30), 2), (wine, (178, 13), 3), (digits, (1797, 64), 10)],
)
def test_the_other_sets_have_the_published_shapes(load, shape, classes) -> None:
    data = load()
    assert data.features.shape == shape
    assert sorted(set(data.targets)) == list(range(classes))
    assert len(data.labels) == shape[1]
    assert data.source


@pytest.mark.parametrize("load", [diabetes, breast_cancer, wine, digits])
def test_the_numbers_are_those_that_scikit_learn_distributes(load) -> None:
    options = {"scaled": False} if load is diabetes else {}
    theirs = getattr(sklearn.datasets, f"load_{load.__name__}")(**options)
    assert np.array_equal(load().features, theirs.data)
    assert np.array_equal(load().targets, theirs.target)
    assert load().feature_names == tuple(n.replace(" ", "_") for n in theirs.feature_names)


def test_a_picture_and_a_text_are_there() -> None:
    assert temple().shape == (80, 120)
    assert (temple().min(), temple().max()) == (2, 254)
    text = pride_and_prejudice()
    assert len(text) == 125_342
    assert text.count("Chapter ") == 15
    assert text.isascii()


def test_source_and_licence_of_each_file_are_named() -> None:
    listed = (DATA / "README.md").read_text("utf-8")
    files = [path for path in DATA.iterdir() if path.name != "README.md"]
    assert files
    for path in files:
        assert f"`{path.name}`" in listed
        assert path.stat().st_size < 200_000


@pytest.mark.parametrize("make", [line_with_noise, blobs, moons, circles, spirals])
def test_toy_sets_are_the_same_for_one_seed_and_others_for_another(make) -> None:
    first, again, other = make(rows=30, seed=1), make(rows=30, seed=1), make(rows=30, seed=2)
    assert isinstance(first, Dataset)
    assert first.features.shape[0] == first.targets.shape[0] == 30
    assert np.array_equal(first.features, again.features)
    assert not np.array_equal(first.features, other.features)


@pytest.mark.parametrize(
    "make",
    [
        lambda: line_with_noise(rows=0),
        lambda: moons(rows=2.5),
        lambda: circles(noise=-1),
        lambda: blobs(classes=0),
        lambda: spirals(noise=np.nan),
        lambda: synthetic_ratings(share=2),
        lambda: synthetic_ratings(users=0),
    ],
)
def test_toy_sets_of_no_rows_or_negative_noise_are_refused(make) -> None:
    with pytest.raises(ValueError, match="must be"):
        make()


def test_a_split_loses_no_row_and_is_drawn_from_the_seed() -> None:
    data = diabetes()
    (features, targets), (others, rest) = split(data, share=0.8, seed=3)
    assert (len(features), len(others)) == (354, 88)
    assert sorted([*targets, *rest]) == sorted(data.targets)
    assert np.array_equal(split(data, share=0.8, seed=3)[0][0], features)
    with pytest.raises(ValueError, match="share must leave rows on both sides"):
        split(data, share=1.0)


def test_scaling_uses_the_mean_and_deviation_of_the_training_rows() -> None:
    (features, _), (others, _) = split(diabetes())
    scaled = standardised(features)
    assert np.allclose(scaled.mean(0), 0)
    assert np.allclose(scaled.std(0), 1)
    expected = (others - features.mean(0)) / features.std(0)
    assert np.allclose(standardised(others, like=features), expected)


@pytest.mark.parametrize("number", [0.0, 26.4, -26.4, 1e-9, 1e9, 1 / 3])
def test_a_constant_column_becomes_0_whatever_its_size(number) -> None:
    random = np.random.default_rng(0)
    table = np.column_stack([np.full(406, number), random.normal(size=406)])
    later = table[:2] + np.array([[3.0, 0.0]])
    assert (standardised(table)[:, 0] == 0).all()
    assert (standardised(later, like=table)[:, 0] == 0).all()
    assert np.allclose(standardised(table)[:, 1].std(), 1)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_a_column_that_varies_is_scaled_whatever_its_unit(scale) -> None:
    column = scale * np.array([[1.0], [2.0], [4.0]])
    assert np.allclose(standardised(column), standardised(column / scale))


def test_scaling_by_rows_with_other_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="must have the same columns"):
        standardised(np.ones((3, 2)), like=np.ones((3, 4)))


def test_synthetic_ratings_leave_no_user_and_no_item_out() -> None:
    rated = synthetic_ratings(users=30, items=50, share=0.05, seed=4)
    assert rated.shape == (30, 50)
    assert set(rated.users) == set(range(30))
    assert set(rated.items) == set(range(50))
    assert set(rated.ratings) <= {1, 2, 3, 4, 5}


class TestMNIST:
    @staticmethod
    def write(folder, *, images=7, labels=7, packed=False, prefix="train") -> None:
        pixels = np.arange(images * 6, dtype=np.uint8)
        files = {
            f"{prefix}-images-idx3-ubyte": struct.pack(">IIII", 2051, images, 2, 3)
            + pixels.tobytes(),
            f"{prefix}-labels-idx1-ubyte": struct.pack(">II", 2049, labels) + bytes(range(labels)),
        }
        for name, content in files.items():
            if packed:
                (folder / f"{name}.gz").write_bytes(gzip.compress(content))
            else:
                (folder / name).write_bytes(content)

    @pytest.mark.parametrize("packed", [False, True])
    @pytest.mark.parametrize(("part", "prefix"), [("train", "train"), ("test", "t10k")])
    def test_files_are_read_packed_or_not(self, tmp_path, packed, part, prefix) -> None:
        self.write(tmp_path, packed=packed, prefix=prefix)
        data = mnist(tmp_path, part)
        assert data.features.shape == (7, 6)
        assert data.features[1].tolist() == [6, 7, 8, 9, 10, 11]
        assert data.targets.tolist() == list(range(7))

    def test_a_missing_file_is_named_with_the_folder(self, tmp_path) -> None:
        with pytest.raises(FileNotFoundError, match=r"train-images-idx3-ubyte .* is not in"):
            mnist(tmp_path)

    def test_a_file_that_is_cut_short_or_of_another_kind_is_refused(self, tmp_path) -> None:
        self.write(tmp_path)
        path = tmp_path / "train-images-idx3-ubyte"
        for content in (path.read_bytes()[:-1], b"", b"not a picture at all"):
            path.write_bytes(content)
            with pytest.raises(ValueError, match="is not a complete file of MNIST"):
                mnist(tmp_path)

    def test_images_without_labels_are_refused(self, tmp_path) -> None:
        self.write(tmp_path, labels=5)
        with pytest.raises(ValueError, match="7 images but 5 labels"):
            mnist(tmp_path)

    def test_an_unknown_part_is_refused(self, tmp_path) -> None:
        with pytest.raises(ValueError, match="part must be 'train' or 'test'"):
            mnist(tmp_path, "validation")


class TestMovieLens:
    lines = ((10, 500, 4), (10, 700, 2.5), (30, 500, 5))

    @pytest.mark.parametrize(
        ("name", "separator", "head"),
        [
            ("u.data", "\t", ""),
            ("ratings.dat", "::", ""),
            ("ratings.csv", ",", "userId,movieId,rating,timestamp\n"),
        ],
    )
    def test_each_layout_is_read_and_numbered_anew(self, tmp_path, name, separator, head) -> None:
        text = "".join(separator.join(map(str, (*line, 881250949))) + "\n" for line in self.lines)
        (tmp_path / name).write_text(head + text, "utf-8")
        rated = movielens(tmp_path)
        assert rated.users.tolist() == [0, 0, 1]
        assert rated.items.tolist() == [0, 1, 0]
        assert rated.ratings.tolist() == [4, 2.5, 5]
        assert repr(rated) == "3 ratings of 2 items by 2 users"

    def test_a_missing_file_says_what_to_do(self, tmp_path) -> None:
        with pytest.raises(FileNotFoundError, match="unpack a MovieLens archive there"):
            movielens(tmp_path)

    def test_a_line_that_is_no_rating_is_named(self, tmp_path) -> None:
        (tmp_path / "u.data").write_text("1\t2\t3\t4\n5\tsix\t7\t8\n", "utf-8")
        with pytest.raises(ValueError, match=r"Line 2 of .* is no rating"):
            movielens(tmp_path)

    def test_an_empty_file_is_refused(self, tmp_path) -> None:
        (tmp_path / "ratings.csv").write_text("userId,movieId,rating,timestamp\n", "utf-8")
        with pytest.raises(ValueError, match="has no ratings"):
            movielens(tmp_path)


class TestThePackage:
    def test_importing_it_loads_no_library_that_only_some_need(self) -> None:
        code = (
            "import sys; from course_utils import descend, diabetes, Quadratic, mnist; "
            "heavy = {'matplotlib', 'ipywidgets', 'anywidget', 'sklearn', 'scipy', 'torch'}; "
            "print(sorted(heavy & set(sys.modules)))"
        )
        command = [sys.executable, "-c", code]
        ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
        assert ran.stdout.strip() == "[]"

    def test_every_public_name_is_there_and_an_unknown_one_is_refused(self) -> None:
        import course_utils

        assert {"descend", "Player", "Question"} <= set(dir(course_utils))
        for name in set(dir(course_utils)) - {"Player", "Question", "Answer"}:
            assert getattr(course_utils, name) is not None
        with pytest.raises(AttributeError, match="has no 'adagard'"):
            _ = course_utils.adagard


class TestWhatIsNoData:
    @pytest.mark.parametrize(
        "table",
        [
            [[1, np.nan]],
            [[np.inf]],
            [[1e308], [-1e308]],
            np.ma.array([[1.0], [2]], mask=[[1], [0]]),
        ],
    )
    def test_missing_numbers_are_not_standardised(self, table) -> None:
        for given in ((table,), ([[1.0] * np.shape(table)[1]], table)):
            with pytest.raises(ValueError, match="missing, infinite or too large"):
                standardised(*given)

    @pytest.mark.parametrize("table", [5, [], np.empty((0, 2)), "a", [["a"]], [[1j]]])
    def test_what_is_no_table_is_refused_in_a_sentence(self, table) -> None:
        with pytest.raises((TypeError, ValueError), match="features must"):
            standardised(table)

    @pytest.mark.parametrize("share", [np.nan, "a", None, 0, 1, [0.5]])
    def test_a_share_leaves_rows_on_both_sides(self, share) -> None:
        with pytest.raises(ValueError, match="share must leave rows on both sides of 20"):
            split(line_with_noise(rows=20), share=share)

    @pytest.mark.parametrize("seed", [-1, 1.5, "a", None, True])
    def test_a_seed_is_a_whole_number(self, seed) -> None:
        for make in (line_with_noise, blobs, moons, circles, spirals, synthetic_ratings):
            with pytest.raises(ValueError, match="seed must be a whole number of at least 0"):
                make(seed=seed)
        with pytest.raises(ValueError, match="seed must be a whole number of at least 0"):
            split(wine(), seed=seed)

    def test_other_numbers_are_checked_too(self) -> None:
        with pytest.raises(ValueError, match="rows must be a whole number"):
            moons(rows=True)
        with pytest.raises(ValueError, match="noise must be one number"):
            moons(noise=[0.1, 0.2])
        with pytest.raises(ValueError, match="slope must be a finite number"):
            line_with_noise(slope=np.nan)
        with pytest.raises(ValueError, match="users must be a whole number"):
            synthetic_ratings(users=2.5)
        with pytest.raises(TypeError, match=r"split\(\) needs a Dataset"):
            split(np.ones((3, 2)))

    def test_no_ratings_are_ratings_too(self) -> None:
        assert repr(synthetic_ratings().rows([])) == "0 ratings of 0 items by 0 users"

    def test_ratings_are_numbers_and_the_names_of_their_columns_may_be_missing(self, tmp_path):
        (tmp_path / "ratings.csv").write_text("1,2,3\n1,3,4\n", "utf-8")
        assert movielens(tmp_path).ratings.tolist() == [3, 4]
        (tmp_path / "ratings.csv").write_text("userId,movieId,rating\n1,2,nan\n", "utf-8")
        with pytest.raises(ValueError, match=r"Line 2 of .* is no rating"):
            movielens(tmp_path)
