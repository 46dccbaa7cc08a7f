"""A class on the workers of a scheduler: what happens to a worker changes nothing in the marks."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from course_utils.grading.batch import BatchError
from course_utils.grading.intake import Submission, known_exercises

from . import classroom

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = classroom.needs_sandbox

ROOT = Path(__file__).parents[2]
CLASS = 24
FILES = ("results.jsonl", "batch.json", "gradebook.csv")
# Long enough that a worker is in the middle of its work when something happens to it.
SLOW = "import time\ntime.sleep(0.25)"


class Cluster:
    """A scheduler and workers on this machine, each a process of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.processes = []
        self.environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}

    def __enter__(self):
        told = self.folder / "scheduler.json"
        self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", told)
        self.wait(told.exists)
        self.address = json.loads(told.read_text("utf-8"))["address"]
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()

    def start(self, what, *arguments):
        command = [sys.executable, "-m", "dask", what, "--no-dashboard", *map(str, arguments)]
        with (self.folder / f"{what}.log").open("ab") as log:
            self.processes.append(
                subprocess.Popen(
                    command, cwd=self.folder, env=self.environment, stdout=log, stderr=log
                )
            )
        return self.processes[-1]

    def worker(self):
        return self.start("worker", self.address, "--nthreads", "1", "--no-nanny")

    def grade(self, submissions, sources, out, *more):
        command = [sys.executable, "-m", "course_utils.grading"]
        command += ["grade", submissions, "--out", out, "--sources", sources, "--seed", "s", *more]
        done = subprocess.Popen([str(one) for one in command], cwd=ROOT, env=self.environment)
        self.processes.append(done)
        return done

    @staticmethod
    def wait(until):
        for _ in range(1200):
            if until():
                return
            time.sleep(0.05)
        raise AssertionError("it never happened")


@pytest.fixture
def sources(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    classroom.write_sources(folder)
    return folder


@pytest.fixture
def submissions(tmp_path):
    folder = tmp_path / "submissions"
    for number in range(CLASS):
        student = folder / f"student {number:02}"
        student.mkdir(parents=True)
        wrong = {"double": classroom.WRONG["double"]} if number % 3 == 0 else {}
        text = classroom.notebook(classroom.ANSWERS | wrong, SLOW)
        (student / f"{classroom.SLUG}.ipynb").write_text(text, "utf-8")
    return folder


def lines(out):
    file = out / "results.jsonl"
    return file.read_bytes().count(b"\n") if file.exists() else 0


def test_a_worker_that_dies_or_joins_in_the_middle_changes_no_byte_of_the_results(
    tmp_path, sources, submissions
):
    here, there = tmp_path / "here", tmp_path / "there"
    with Cluster(tmp_path) as cluster:
        alone = cluster.grade(submissions, sources, here, "--jobs", "2")
        assert alone.wait(120) == 0
        killed, _ = cluster.worker(), cluster.worker()
        grading = cluster.grade(submissions, sources, there, "--scheduler", cluster.address)
        cluster.wait(lambda: lines(there) >= 2)
        killed.send_signal(signal.SIGKILL)
        seen = lines(there)
        cluster.wait(lambda: lines(there) >= seen + 2)
        cluster.worker()
        assert lines(there) < CLASS
        assert grading.wait(120) == 0
    assert [(there / name).read_bytes() for name in FILES] == [
        (here / name).read_bytes() for name in FILES
    ]


def test_a_worker_that_hangs_in_the_middle_changes_no_byte_of_the_results(
    tmp_path, sources, submissions
):
    here, there = tmp_path / "here", tmp_path / "there"
    with Cluster(tmp_path) as cluster:
        alone = cluster.grade(submissions, sources, here, "--jobs", "2")
        assert alone.wait(240) == 0
        stopped, _ = cluster.worker(), cluster.worker()
        remote = ("--scheduler", cluster.address, "--patience", "3")
        grading = cluster.grade(submissions, sources, there, *remote)
        cluster.wait(lambda: lines(there) >= 2)
        stopped.send_signal(signal.SIGSTOP)
        assert lines(there) < CLASS
        assert grading.wait(240) == 0
    assert [(there / name).read_bytes() for name in FILES] == [
        (here / name).read_bytes() for name in FILES
    ]


def test_where_no_scheduler_answers_it_says_so_in_a_sentence(sources, monkeypatch):
    from course_utils.grading import cluster

    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 0.2)
    with pytest.raises(BatchError, match="No scheduler of Dask answers"):
        cluster.Cluster("tcp://127.0.0.1:9", known_exercises(sources))


class Scheduler:
    """Stands for a client of Dask's whose tasks end when a test says so."""

    def __init__(self, threads):
        self.threads = threads
        self.tasks = []

    def scheduler_info(self, n_workers):
        return {"workers": {"tcp://there": {"nthreads": self.threads}}}

    def submit(self, function, messages, **_):
        task = SimpleNamespace(key=len(self.tasks), size=len(messages.splitlines()))
        task.release = lambda: None
        task.add_done_callback = lambda call: setattr(task, "done", lambda: call(task))
        self.tasks.append(task)
        return task

    def register_plugin(self, plugin):
        self.plugin = plugin

    def close(self):
        pass


@pytest.fixture
def on_two_threads(sources, monkeypatch):
    from course_utils.grading import cluster

    class AtOnce:
        """Fetches an answer in the thread that asks, so that a test sees what came of it."""

        def __init__(self, _):
            pass

        def submit(self, function, *arguments):
            function(*arguments)

        def shutdown(self, **_):
            pass

    client = Scheduler(2)
    monkeypatch.setattr(cluster, "Client", lambda *_, **__: client)
    monkeypatch.setattr(cluster, "ThreadPoolExecutor", AtOnce)
    made = cluster.Cluster("tcp://there", known_exercises(sources))
    yield made, client
    made.shutdown()


def asked(cluster, count):
    """Have a class graded; return what stands for the marks."""
    cluster.in_flight()
    one = Submission("Jane Doe", "1", "a.ipynb", "d", classroom.SLUG, (), ())
    return [cluster.submit(None, one, classroom.SLUG, seed="s", unsafe=False) for _ in range(count)]


def answer(task, count):
    """End a task with so many answers."""
    task.status = "finished"
    task.result = lambda **_: b"\n".join([b'{"failed": "no"}'] * count)
    task.done()


@pytest.mark.parametrize("count", [1, 5, 24, 300])
def test_chunks_are_a_share_of_what_waits_so_that_a_small_class_is_spread_over_all_workers(
    on_two_threads, count
):
    cluster, client = on_two_threads
    futures = asked(cluster, count)
    ended, left = 0, count
    while ended < len(client.tasks):
        task = client.tasks[ended]
        assert task.size <= max(1, left // 2)
        answer(task, task.size)
        ended, left = ended + 1, left - task.size
    assert left == 0
    assert all(future.done() for future in futures)
    assert (max(task.size for task in client.tasks) == 8) is (count == 300)


def test_what_a_worker_hands_back_of_a_chunk_is_graded_by_the_next_and_nothing_twice(
    on_two_threads,
):
    cluster, client = on_two_threads
    futures = asked(cluster, 40)
    for task in client.tasks:  # it grows meanwhile
        answer(task, 1)
    assert len(client.tasks) == 40
    assert all(future.done() for future in futures)


def test_where_workers_die_with_a_chunk_each_of_its_submissions_goes_on_alone(on_two_threads):
    cluster, client = on_two_threads
    futures = asked(cluster, 40)
    for task in client.tasks[:4]:
        answer(task, task.size)
    before = len(client.tasks)
    chunk = client.tasks[4]
    assert chunk.size == 8
    chunk.status = "error"
    chunk.done()
    alone = client.tasks[before:]
    assert [task.size for task in alone] == [1] * 8
    answer(chunk, 8)  # it was late, not dead: too late
    assert sum(future.done() for future in futures) == 4
    for task in client.tasks:  # it grows meanwhile
        answer(task, task.size)
    assert all(future.result(0).endswith("no") for future in futures)


@pytest.mark.parametrize("count", [0, 2])
def test_an_answer_that_is_not_of_the_chunk_ends_the_batch_with_a_sentence(on_two_threads, count):
    cluster, client = on_two_threads
    (future,) = asked(cluster, 1)
    answer(client.tasks[0], count)
    with pytest.raises(BatchError, match=f"{count} answers came for 1 submissions"):
        future.result(0)


def test_a_worker_leaves_to_others_what_it_has_not_begun_in_time(monkeypatch):
    from course_utils.grading import cluster

    clock = iter(range(100))
    monkeypatch.setattr(cluster.time, "monotonic", lambda: 0.4 * next(clock))
    monkeypatch.setattr(cluster, "grade_bytes", bytes.upper)
    assert cluster.grade_lines(b"a\nb\nc\nd\ne") == b"A\nB\nC"
    monkeypatch.setattr(cluster, "_SECONDS_OF_A_CHUNK", 0)
    assert cluster.grade_lines(b"a\nb\nc\nd\ne") == b"A"


def test_a_worker_of_another_version_is_refused_and_one_of_the_same_gets_the_sources(
    sources, tmp_path, monkeypatch
):
    from course_utils.grading import cluster

    brought = cluster._Sources(known_exercises(sources), unsafe=False)
    worker = SimpleNamespace(address="tcp://there", local_directory=str(tmp_path))
    brought.setup(worker)
    brought.setup(worker)
    there = {file.name: file.read_bytes() for file in (tmp_path / brought.name).iterdir()}
    assert there == {file.name: file.read_bytes() for file in sources.iterdir()}
    monkeypatch.setattr(cluster, "versions", lambda: {"python": "3.1", "numpy": "1", "course": "0"})
    with pytest.raises(RuntimeError, match=r"has Python 3\.1, numpy 1, .*and the grader"):
        brought.setup(worker)


def test_a_worker_without_a_sandbox_is_refused_unless_the_instructor_says_so(
    sources, tmp_path, monkeypatch
):
    from course_utils.grading import cluster

    monkeypatch.setattr(cluster, "available", lambda: "There is no bubblewrap.")
    worker = SimpleNamespace(address="tcp://there", local_directory=str(tmp_path))
    with pytest.raises(RuntimeError, match="tcp://there: There is no bubblewrap"):
        cluster._Sources(known_exercises(sources), unsafe=False).setup(worker)
    cluster._Sources(known_exercises(sources), unsafe=True).setup(worker)


def test_what_travels_is_json_and_what_comes_back_is_read_as_plain_data():
    from course_utils.grading import cluster

    part = {"name": "ordinary inputs", "points": 0.0, "out_of": 1.0, "sentence": "Not right."}
    question = dict.fromkeys(("sentence", "hint", "wrong", "detail"), "\ud800 <b>")
    question |= {
        "name": "double",
        "points": 0,
        "out_of": 1,
        "kind": "wrong",
        "parts": [part],
        "picture": None,
    }
    told = dict.fromkeys(("student", "identifier", "path", "digest", "exercise", "sandbox"), "x")
    told |= {"questions": [question], "notes": ["a", "b"], "states": "", "states_other": "Bo"}
    result = cluster._read(json.dumps({"result": told}).encode())
    assert (result.points, result.questions[0].parts[0].name) == (0, "ordinary inputs")
    assert json.loads(json.dumps(cluster.asdict(result))) == told
    assert cluster._read(b'{"failed": "ValueError: no"}').endswith("ValueError: no")
    for hostile in (b"", b"cposix\nsystem\n", b"\x80\x04K\x01.", b'{"result": 1}'):
        with pytest.raises((ValueError, TypeError, KeyError)):
            cluster._read(hostile)
