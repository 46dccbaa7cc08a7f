"""Make what students get: the instructor's command, `make handout`.

    python -m course_utils.handout                      # _build/handout and _build/handout.zip
    python -m course_utils.handout --branch students    # and a commit on a branch, for nbgitpuller
    python -m course_utils.handout --hub ADDRESS --repository ADDRESS   # and links, for students

A folder with the lessons, the exercises, the package that they import, the pages that they link to
and a README of its own, and the same as a zip. Solutions, the grader, tests and the rest of the
book stay behind.

Run from a clone of the course; knows no other part of it.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

__all__ = ["main", "make"]

ROOT = Path(__file__).parents[1]
NAME = "gradient-descent"

FILES = [
    *(".jupyter/lab.json", ".jupyter/settings/*.json"),
    *("notebooks/[0-9]*/*.ipynb", "notebooks/exercises/*.ipynb"),
    "course_utils/**/*",
    *("CITATION.cff", "LICENSE", "LICENSE-TEXT", "environment.yml", "requirements.txt"),
    "pyproject.toml",
]
# Of the grader, students' notebooks need the name that they import `check` by.
LEFT_OUT = re.compile(r"course_utils/grading/(?!__init__\.py$)|__pycache__|\.ipynb_checkpoints")
# The first page of the book speaks of the site, and so the README stands in for it.
FIRST_PAGE, STAND_IN = b"../../book/intro.md", b"../../README.md"

README = ROOT / "book" / "_templates" / "handout.md"


def make(folder: Path) -> Path:
    """Write what students get into a new folder, and beside it into a zip.

    Parameters
    ----------
    folder
        Where to write; what was there is replaced.

    Returns
    -------
    Path
        The zip, named as the folder.

    Raises
    ------
    FileNotFoundError
        Where the package is installed without the notebooks.
    """
    if not (ROOT / "notebooks").is_dir():
        raise FileNotFoundError(
            f"There are no notebooks beside {Path(__file__).parent}; run this in a clone of the "
            "course, with its package installed by `pip install --editable .`."
        )
    if folder.exists():
        shutil.rmtree(folder)
    for path in chosen():
        copy = folder / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        content = (ROOT / path).read_bytes()
        if path.suffix == ".ipynb":
            content = content.replace(FIRST_PAGE, STAND_IN)
        copy.write_bytes(content)
    (folder / "README.md").write_bytes(readme().encode())
    return zipped(folder)


def pages() -> list[str]:
    """Return the pages of the book that lessons link to, and those that these link to."""
    found: set[str] = set()
    new = {"notation"}
    for path in ROOT.glob("notebooks/*/*.ipynb"):
        new.update(re.findall(r"/book/(\w+)\.md", path.read_text("utf-8")))
    while new := new - found - {"intro"}:
        found |= new
        texts = [(ROOT / "book" / f"{name}.md").read_text("utf-8") for name in new]
        new = {name for text in texts for name in re.findall(r"\]\((\w+)\.md", text)}
    return [f"book/{name}.md" for name in sorted(found)]


def chosen() -> Iterator[Path]:
    """Yield the files that students get, by their paths in the course."""
    for pattern in [*FILES, *pages()]:
        for path in sorted(ROOT.glob(pattern)):
            relative = path.relative_to(ROOT)
            if path.is_file() and not LEFT_OUT.search(relative.as_posix()):
                yield relative


def readme() -> str:
    """Return the students' README, with the range of Pythons and the list of lessons."""
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    [(lowest, beyond)] = re.findall(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', project)
    lessons = [path for path in chosen() if re.match(r"notebooks/\d.*ipynb", path.as_posix())]
    return README.read_text("utf-8").format(
        lowest=lowest,
        highest=int(beyond) - 1,
        lessons="\n".join(f"- [{title(path)}]({path.as_posix()})" for path in lessons),
    )


def hub_links(hub: str, repository: str) -> Iterator[str]:
    """Yield a line of Markdown for each notebook: a link that opens it on a JupyterHub.

    nbgitpuller, which answers there, fetches the branch `main` of the repository first.
    """
    name = repository.rstrip("/").rpartition("/")[2].removesuffix(".git")
    for path in chosen():
        if path.suffix == ".ipynb":
            query = {"repo": repository, "branch": "main"}
            query["urlpath"] = f"lab/tree/{name}/{path.as_posix()}"
            address = f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(query)}"
            yield f"- [{title(path)}]({address})"


def title(notebook: Path) -> str:
    """Return the heading that a notebook begins with."""
    found = re.search(r'"# (.*?)(\\n)?"', (ROOT / notebook).read_text("utf-8"))
    return found[1] if found else notebook.stem


def zipped(folder: Path) -> Path:
    """Write a folder into a zip, the same bytes for the same files."""
    target = folder.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            name = f"{NAME}/{path.relative_to(folder).as_posix()}"
            # The time of a file in a zip is its own, which is when it was copied.
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, path.read_bytes())
    return target


def commit(folder: Path, branch: str) -> bool:
    """Commit a folder as the whole of a branch, on top of what is there; say whether it differs.

    The branch is not checked out, and the working tree stays as it is.
    """

    def git(*arguments: str) -> str:
        command = ["git", *arguments]
        done = subprocess.run(  # noqa: S603, a fixed program
            command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            raise OSError(f"`{' '.join(command)}` failed: {done.stderr.strip()}")
        return done.stdout.strip()

    index = folder.with_suffix(".index")
    environment = {**os.environ, "GIT_INDEX_FILE": str(index)}
    index.unlink(missing_ok=True)
    git("--work-tree", str(folder), "add", "--all", "--force")
    tree = git("write-tree")
    index.unlink()
    old = git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")
    if old and git("rev-parse", f"{old}^{{tree}}") == tree:
        return False
    parents = ["-p", old] if old else []
    new = git("commit-tree", tree, *parents, "-m", "Hand out lessons and exercises")
    git("update-ref", f"refs/heads/{branch}", new)
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 2 where something is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.handout", description="Make what students get."
    )
    parser.add_argument("--branch", help="also commit it to this branch of the repository")
    parser.add_argument("--hub", help="also write links for this JupyterHub, which has nbgitpuller")
    parser.add_argument("--repository", help="the repository that the branch is pushed to")
    options = parser.parse_args(arguments)
    if bool(options.hub) != bool(options.repository):
        parser.error("a link names both: give --hub and --repository, or neither")
    folder = ROOT / "_build" / "handout"
    try:
        archive = make(folder)
        print(f"{archive.relative_to(ROOT)}: for students to download")
        print(f"{folder.relative_to(ROOT)}: the same as a folder")
        if options.branch:
            new = commit(folder, options.branch)
            print(f"branch {options.branch}: {'a new commit' if new else 'nothing has changed'}")
        if options.hub:
            links = folder.with_name("links.md")
            text = "\n".join(hub_links(options.hub, options.repository))
            links.write_bytes(f"{text}\n".encode())
            print(f"{links.relative_to(ROOT)}: a link for each notebook")
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
