"""Links to other places that run a notebook, where the build knows the repository."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlparse

from course_utils.notebooks import INSTALL_ID, install, repository, tidied

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
import other_ways  # noqa: E402

sys.path.pop(0)

PATH = "notebooks/2_learning_rate/04_step_size.ipynb"
ADDRESS = "https://github.com/ada/descent"


def test_the_address_of_the_repository_stands_in_one_place(tmp_path):
    project = tmp_path / "pyproject.toml"
    assert repository(project) == ""
    project.write_text("[project]\nname = 'a'\n", "utf-8")
    assert repository(project) == ""
    project.write_text(f"[project]\nname = 'a'\nurls.Repository = '{ADDRESS}/'\n", "utf-8")
    assert repository(project) == ADDRESS


def test_each_link_names_the_repository_and_the_notebook():
    found = other_ways.links("ada/descent", "https://hub.example.edu/", PATH, installs=True)
    assert list(found) == ["Colab", "Binder", "JupyterHub"]
    assert found["Colab"].endswith(f"/github/ada/descent/blob/HEAD/{PATH}")
    assert parse_qs(urlparse(found["Binder"]).query) == {"urlpath": [f"lab/tree/{PATH}"]}
    assert parse_qs(urlparse(found["JupyterHub"]).query) == {
        "repo": [ADDRESS],
        "urlpath": [f"lab/tree/descent/{PATH}"],
    }


def test_colab_is_offered_only_where_the_notebook_installs_the_course():
    assert list(other_ways.links("ada/descent", "", PATH, installs=False)) == ["Binder"]


def test_a_cell_installs_the_course_in_colab_and_does_nothing_elsewhere():
    [cell] = install(ADDRESS)
    source = "".join(cell["source"])
    assert f"git+{ADDRESS}" in source
    subprocess.run([sys.executable, "-c", source], check=True)
    # In Colab, without the course: what would be run is printed.
    colab = (
        "import importlib.util, subprocess, sys\n"
        "sys.modules['google.colab'] = sys\n"
        "importlib.util.find_spec = lambda name: None\n"
        "subprocess.run = lambda command, check: print(command[2:])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", colab + source], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout == f"['pip', 'install', '--quiet', 'git+{ADDRESS}']\n"


def test_a_tidy_lesson_has_that_cell_only_where_the_address_is_known(monkeypatch):
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Title"}
    figure = {
        "cell_type": "code",
        "id": "figure",
        "metadata": {"tags": ["hide-input"]},
        "source": "1 + 1",
        "execution_count": None,
        "outputs": [],
    }
    lesson = {"cells": [title, figure]}
    assert INSTALL_ID not in [cell["id"] for cell in tidied(lesson)["cells"]]
    monkeypatch.setattr("course_utils.notebooks.repository", lambda: ADDRESS)
    once = tidied(lesson)
    assert [cell["id"] for cell in once["cells"]] == ["title", "run-all", INSTALL_ID, "figure"]
    assert once["cells"][2] == install(ADDRESS)[0]
    assert tidied(once) == once
