"""How the tests run the player's modules in Node.js, which comes with the book's requirements."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from npm_package import fetch, program  # noqa: E402, the build of the book keeps it there

TYPESCRIPT = (
    "typescript",
    "5.9.3",
    "jl1vZzPDinLr9eUt3J/t7V6FgNEw9QjvBPdysz9KfQDD41fQrC2Y4vKQdiaUpFT4bXlb1RHhLpp8wtm6M5TgSw==",
)


def node(*arguments: str, told: str = "") -> subprocess.CompletedProcess[str]:
    """Run Node.js and return what it said."""
    return subprocess.run(
        [*program("node"), "--no-warnings", *arguments],
        input=told,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def typescript() -> Path:
    """Return the folder of the TypeScript compiler, which is fetched once."""
    return fetch(*TYPESCRIPT, cache=ROOT / ".cache" / "npm")


def asked(script: str, question: Any) -> Any:
    """Return what a script of this folder answers to a question, both as JSON."""
    done = node(str(HERE / script), told=json.dumps(question))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
