"""Where the build gets Pyodide's packages from, and what it says when it can't."""

import hashlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from sphinx.errors import ExtensionError

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
import pyodide_files  # noqa: E402
import python_in_the_page  # noqa: E402

sys.path.pop(0)

FILES = {"numpy.whl": b"numbers", "traitlets.whl": b"traits", "matplotlib.whl": b"pictures"}


@pytest.fixture(autouse=True)
def core(tmp_path, monkeypatch):
    """A release of three small packages."""
    folder = tmp_path / "core"
    folder.mkdir()
    packages = {
        name.removesuffix(".whl"): {
            "file_name": name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "depends": ["numpy"] if name == "matplotlib.whl" else [],
        }
        for name, content in FILES.items()
    }
    lock = {"packages": packages | {"scipy": {"file_name": "scipy.whl", "depends": []}}}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")
    (folder / "pyodide.mjs").write_text("u=`https://files.invalid/v${x.version}/full/`", "utf-8")
    monkeypatch.setattr(pyodide_files, "fetch", lambda *_: folder)
    return folder


@pytest.fixture
def mirror(tmp_path):
    folder = tmp_path / "mirror" / "deep"
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


def test_what_a_page_imports_is_taken_from_a_folder_and_kept(tmp_path, mirror):
    _, folder, lock = pyodide_files.collect(tmp_path, str(mirror.parent))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES
    assert set(lock["packages"]) == {"numpy", "traitlets", "matplotlib"}
    for path in mirror.iterdir():
        path.unlink()
    assert pyodide_files.collect(tmp_path, str(mirror))[1] == folder


def test_a_file_that_the_lock_does_not_name_is_refused(tmp_path, mirror):
    (mirror / "traitlets.whl").write_bytes(b"something else")
    with pytest.raises(pyodide_files.MissingFileError, match=r"traitlets\.whl is not the file"):
        pyodide_files.collect(tmp_path, str(mirror))
    assert not list(tmp_path.glob("pyodide-*/traitlets*"))


def test_a_mirror_that_lacks_a_file_is_named_with_the_file(tmp_path, mirror):
    (mirror / "numpy.whl").unlink()
    with pytest.raises(pyodide_files.MissingFileError, match=r"numpy\.whl is not in .*mirror"):
        pyodide_files.collect(tmp_path, str(mirror))


def test_without_a_mirror_pyodides_own_place_is_asked(tmp_path, monkeypatch):
    asked = []

    def refuse(address):
        asked.append(address)
        raise OSError("no network")

    monkeypatch.setattr(pyodide_files, "download", refuse)
    with pytest.raises(pyodide_files.MissingFileError, match="no network"):
        pyodide_files.collect(tmp_path, "")
    assert asked == [f"https://files.invalid/v{pyodide_files.VERSION}/full/numpy.whl"]


def build(tmp_path, monkeypatch, wish):
    """Return the settings of a build that cannot have the files."""
    monkeypatch.setenv("PYTHON", wish)
    monkeypatch.setenv("PYODIDE_MIRROR", str(tmp_path / "nowhere"))
    app, config = SimpleNamespace(confdir=str(tmp_path)), SimpleNamespace()
    python_in_the_page.prepare(app, config)
    return app


def test_where_files_are_missing_the_site_is_built_without_and_one_sentence_says_so(
    tmp_path, monkeypatch, capsys
):
    assert build(tmp_path, monkeypatch, "").python_files is None
    said = capsys.readouterr().err
    assert "without Python in its pages: numpy.whl is not in" in said
    assert "set PYODIDE_MIRROR to a folder, an address or a wheel" in said
    assert said.count("\n") == 1


def test_python_can_be_required(tmp_path, monkeypatch):
    with pytest.raises(ExtensionError, match=r"numpy\.whl is not in"):
        build(tmp_path, monkeypatch, "required")


def test_python_can_be_left_out(tmp_path, monkeypatch, capsys):
    assert build(tmp_path, monkeypatch, "no").python_files is None
    assert capsys.readouterr().err == ""
