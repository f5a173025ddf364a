"""A reader's progress: kept, merged, never lost, and never in the way."""

import errno
import importlib.util
import json
import os
import stat
import subprocess
import sys
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlearn import exercises
from nnlearn.exercises import progress_file as store
from nnlearn.exercises.progress_file import Progress, ProgressError, merged

tables = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["ok", "wrong", "error"]))


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Every test has a folder of its own, so that nobody's real progress is touched."""
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path / "data"))
    monkeypatch.setattr(exercises, "_progress", Progress())


def test_it_is_kept_for_the_next_session():
    Progress().record("03-step", "wrong")
    Progress().record("03-tanh", "ok")
    assert Progress().all() == {"03-step": "wrong", "03-tanh": "ok"}
    assert json.loads(Progress().path.read_text())["version"] == 1


@given(tables, tables, tables)
def test_merging_loses_nothing_that_was_solved(a, b, c):
    assert merged(merged(a, b), c) == merged(a, merged(b, c))
    both = merged(a, b)
    assert set(both) == set(a) | set(b)
    assert all(both[name] == "ok" for table in (a, b) for name, verdict in table.items() if verdict == "ok")


def test_two_processes_at_once_lose_nothing(tmp_path):
    code = (
        "import sys; from nnlearn.exercises.progress_file import Progress; p = Progress()\n"
        "for k in range(30): Progress().record(f'{sys.argv[1]}-{k}', 'ok')"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, name]) for name in ("a", "b", "c")]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert len(Progress().all()) == 90
    assert sorted(os.listdir(tmp_path / "data")) == ["progress.json", "progress.lock"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"format": "nnlearn progress", "version": 0}', b"[" * 5000, b'{"version": 1, "verdicts": {}}',
     b'{"format": "nnlearn progress", "version": 1, "verdicts": {"a": 1}}', b" " * (store.LARGEST + 1),
     b'{"format": "nnlearn progress", "version": 0, "verdicts": {"a": "ok"}}',
     b'{"format": "nnlearn progress", "version": true, "verdicts": {"a": "ok"}}'],
    ids=range(11),
)  # fmt: skip
def test_a_damaged_file_is_set_aside_and_said(content):
    progress = Progress()
    progress.path.parent.mkdir()
    progress.path.write_bytes(content)
    progress.record("03-step", "ok")
    assert progress.all() == {"03-step": "ok"} == Progress().all()
    aside = progress.path.with_name("progress.damaged-1.json")
    assert aside.read_bytes() == content and aside.name in progress.note


def test_where_no_more_can_be_set_aside_nothing_is_written_over(monkeypatch):
    monkeypatch.setattr(store, "MOST_ASIDE", 2)
    progress = Progress()
    progress.path.parent.mkdir()
    for content in (b"first", b"second", b"third"):
        progress.path.write_bytes(content)
        progress.record("03-step", "ok")
    left = {path.name: path.read_bytes() for path in progress.path.parent.glob("*.json")}
    assert left == {"progress.damaged-1.json": b"first", "progress.damaged-2.json": b"second", "progress.json": b"third"}
    assert "cannot be saved (it is damaged, and 2 damaged ones stand beside it already)" in progress.note
    assert progress.all() == {"03-step": "ok"}, "in memory"


def test_a_crash_while_writing_leaves_the_old_file(monkeypatch):
    Progress().record("03-step", "ok")

    def crash(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "replace", crash)
    progress = Progress()
    progress.record("03-tanh", "ok")
    assert progress.all() == {"03-step": "ok", "03-tanh": "ok"}, "in memory"
    assert "No space left" in progress.note
    monkeypatch.undo()


def test_where_nothing_can_be_written_it_is_kept_in_memory(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path / "file" / "below"))
    progress = Progress()
    progress.record("03-step", "ok")
    assert progress.all() == {"03-step": "ok"} and "kept until Python ends" in progress.note


def test_a_file_of_a_newer_version_is_left_as_it_is():
    progress = Progress()
    progress.path.parent.mkdir()
    progress.path.write_text('{"format": "nnlearn progress", "version": 2, "more": 1}')
    progress.record("03-step", "ok")
    assert progress.all() == {"03-step": "ok"} and "a newer nnlearn wrote it (version 2" in progress.note
    assert progress.path.read_text() == '{"format": "nnlearn progress", "version": 2, "more": 1}'


def test_in_a_folder_that_is_read_only_it_is_kept_in_memory(monkeypatch):
    Progress().record("03-step", "ok")

    def refuse(*arguments, **named):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(store, "write_atomically", refuse)  # by hand: whoever is root may write everywhere
    progress = Progress()
    progress.record("03-tanh", "ok")
    assert progress.all() == {"03-step": "ok", "03-tanh": "ok"} and "Permission denied" in progress.note
    monkeypatch.undo()


def test_without_a_home_it_is_kept_in_memory(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("NNLEARN_PROGRESS")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(store.sys, "platform", "linux")
    monkeypatch.setattr(store.Path, "home", homeless)
    progress = Progress()
    progress.record("03-step", "ok")
    assert progress.all() == {"03-step": "ok"} and "Could not determine home directory" in progress.note


def test_the_lock_of_a_process_that_died_is_free():
    code = (
        "import os; from nnlearn.exercises.progress_file import Progress, _lock; p = Progress().path\n"
        "p.parent.mkdir()\n"
        "with _lock(p.with_suffix('.lock')): os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    progress = Progress()
    progress.record("03-step", "ok")
    assert Progress().all() == {"03-step": "ok"} and not progress.note


def test_a_lock_that_is_held_for_long_is_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr(store, "PATIENCE", 0.05)
    progress = Progress()
    progress.path.parent.mkdir()
    with store._lock(progress.path.with_suffix(".lock")):
        progress.record("03-step", "ok")
    assert "another notebook holds the file" in progress.note and progress.all() == {"03-step": "ok"}
    progress.record("03-tanh", "ok")
    assert Progress().all() == {"03-step": "ok", "03-tanh": "ok"}, "what was kept in memory is written with the next"


def test_where_a_file_system_or_a_browser_knows_no_locks_it_is_kept_all_the_same(monkeypatch):
    def no_locks(*arguments):
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(store, "flock", no_locks)
    Progress().record("03-step", "ok")
    monkeypatch.setattr(store, "flock", None)
    monkeypatch.setattr(store, "msvcrt", None)
    progress = Progress()
    progress.record("03-tanh", "ok")
    assert Progress().all() == {"03-step": "ok", "03-tanh": "ok"} and not progress.note


def test_on_windows_the_first_byte_is_locked_and_freed_again(monkeypatch):
    calls = []

    def locking(file, mode, length):
        calls.append((mode, os.lseek(file, 0, os.SEEK_CUR), length))

    monkeypatch.setattr(store, "flock", None)
    monkeypatch.setattr(store, "msvcrt", types.SimpleNamespace(LK_NBLCK="lock", LK_UNLCK="free", locking=locking))
    Progress().record("03-step", "ok")
    assert calls == [("lock", 0, 1), ("free", 0, 1)] and Progress().all() == {"03-step": "ok"}


def test_what_another_notebook_found_out_later_stays():
    mine, other = Progress(), Progress()
    mine.record("03-step", "wrong")
    other.record("03-step", "error")
    mine.record("03-tanh", "ok")
    assert Progress().all() == {"03-step": "error", "03-tanh": "ok"}


def test_export_and_import(tmp_path):
    Progress().record("03-step", "ok")
    exercises.export_progress(tmp_path / "mine.json")
    Progress().path.unlink()
    Progress().record("03-step", "wrong")
    Progress().record("03-tanh", "ok")
    exercises.import_progress(tmp_path / "mine.json")
    assert Progress().all() == {"03-step": "ok", "03-tanh": "ok"}
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(ProgressError, match="does not say that it is a progress file"):
        exercises.import_progress(tmp_path / "other.json")


def test_checks_are_recorded_and_shown_as_a_table(monkeypatch):
    monkeypatch.delenv("NNLEARN_EXPLORERS", raising=False)
    exercises.check("03-relu-derivative", lambda z: (z > 0) * 1.0)
    exercises.check("03-step")
    text, page = str(exercises.progress()), exercises.progress()._repr_html_()
    lines = {line.split()[1] if line.startswith("✓") else line.split()[0]: line for line in text.splitlines()[1:-1]}
    assert lines["03-relu-derivative"].startswith("✓") and lines["03-relu-derivative"].endswith("Correct.")
    assert lines["03-step"].rstrip().endswith("The step function")
    assert text.splitlines()[-1] == f"1 of {len(exercises.EXERCISES)} solved."
    assert '<a href="03-activations.ipynb#Exercises">03-step</a>' in page
    monkeypatch.setenv("NNLEARN_EXPLORERS", "recorded")
    assert '<a href="03-activations.html#exercise-03-step">03-step</a>' in exercises.progress()._repr_html_()


def test_a_check_says_once_what_happened_to_the_progress():
    path = Progress().path
    path.parent.mkdir()
    path.write_text("{")
    first, second = (exercises.check("03-step", lambda z: (z >= 0) * 1) for _ in range(2))
    assert first.ok and str(first).endswith("it was set aside as progress.damaged-1.json.") and "damaged" in first._repr_html_()
    assert str(second) == "✓ 03-step: Correct." and "damaged" in str(exercises.progress())


def test_the_folder_follows_the_customs_of_the_system(monkeypatch):
    monkeypatch.delenv("NNLEARN_PROGRESS")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    monkeypatch.setattr(store.sys, "platform", "linux")
    assert store.folder().as_posix() == "/data/nnlearn"
    monkeypatch.setattr(store.sys, "platform", "darwin")
    assert store.folder().as_posix().endswith("/Library/Application Support/nnlearn")
    monkeypatch.setattr(store.sys, "platform", "win32")
    monkeypatch.setenv("APPDATA", "/roaming")
    assert store.folder().as_posix() == "/roaming/nnlearn"


def test_the_file_is_the_readers_own():
    Progress().record("03-step", "ok")
    assert stat.S_IMODE(Progress().path.stat().st_mode) & 0o077 == 0


def test_the_folder_is_made_with_all_that_it_lies_in(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path / "a" / "b" / "c"))
    progress = Progress()
    progress.record("03-step", "ok")
    assert progress.note == "" and progress.path == tmp_path / "a" / "b" / "c" / "progress.json" and progress.path.is_file()


def told(content):
    """Return what is said of a file that cannot be imported."""
    path = Progress().path.with_name("other.json")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    with pytest.raises(ProgressError) as caught:
        exercises.import_progress(path)
    return str(caught.value).removeprefix(f"{path} cannot be imported: "), type(caught.value)


@pytest.mark.parametrize(
    ("content", "words", "kind"),
    [
        (b" " * (2**20 + 1), "it is too large", ProgressError),
        (b" " * 2**20, "it is not JSON", ProgressError),
        (b'{"format": "other"}', "it does not say that it is a progress file", ProgressError),
        (b'{"format": "nnlearn progress"}', "it has version None, and this nnlearn reads version 1", ProgressError),
        (b'{"format": "nnlearn progress", "version": 0}', "it has version 0, and this nnlearn reads version 1", ProgressError),
        (b'{"format": "nnlearn progress", "version": "%s"}' % (b"x" * 99),
         f"it has version {'x' * 40}, and this nnlearn reads version 1", ProgressError),
        (b'{"format": "nnlearn progress", "version": 2}', "a newer nnlearn wrote it (version 2; this one reads 1)",
         store.NewerProgressError),
        (b'{"format": "nnlearn progress", "version": %s}' % (b"7" * 99),
         f"a newer nnlearn wrote it (version {'7' * 40}; this one reads 1)", store.NewerProgressError),
        (b'{"format": "nnlearn progress", "version": 1}', "its table of verdicts is not one", ProgressError),
        (b'{"format": "nnlearn progress", "version": 1, "verdicts": {"a": "ok", "b": null}}', "its table of verdicts is not one",
         ProgressError),
    ],
    ids=range(10),
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_whole(content, words, kind):
    assert told(content) == (words, kind)


def test_a_file_of_a_newer_version_is_said_in_the_same_words_whether_it_is_read_or_written():
    path = Progress().path
    path.parent.mkdir()
    path.write_text('{"format": "nnlearn progress", "version": 3}')
    words = (
        "Your progress file cannot be used: a newer nnlearn wrote it (version 3; this one reads 1). Until Python ends, what you "
        "solve is kept in memory."
    )
    reading, writing = Progress(), Progress()
    assert reading.all() == {} and reading.note == words
    writing.record("03-step", "ok")
    assert writing.note == words


def test_a_folder_in_the_place_of_the_file_is_neither_read_nor_set_aside():
    progress = Progress()
    progress.path.mkdir(parents=True)
    assert progress.all() == {} and progress.note == "Your progress cannot be read (it is a folder or a device, and not a file)."
    progress.record("03-step", "ok")
    words = "Your progress cannot be saved (it is a folder or a device, and not a file); it is kept until Python ends."
    assert progress.note == words and progress.path.is_dir() and progress.all() == {"03-step": "ok"}


def test_the_file_holds_its_table_in_order():
    progress = Progress()
    progress.add({"b": "wrong", "a": "ok"})
    content = json.loads(progress.path.read_text())
    assert content == {"format": "nnlearn progress", "version": 1, "verdicts": {"a": "ok", "b": "wrong"}}
    assert list(content["verdicts"]) == ["a", "b"]


@pytest.mark.parametrize("missing", [("fcntl",), ("msvcrt",), ("fcntl", "msvcrt")])
def test_a_system_may_have_one_kind_of_lock_the_other_or_none(missing, monkeypatch):
    for name in ("fcntl", "msvcrt"):
        lock = types.SimpleNamespace(LOCK_EX=1, LOCK_NB=2, flock=print)
        monkeypatch.setitem(sys.modules, name, None if name in missing else lock)
    spec = importlib.util.spec_from_file_location("another_progress_file", store.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (module.flock is None, module.msvcrt is None) == ("fcntl" in missing, "msvcrt" in missing)


def test_a_lock_that_becomes_free_is_taken_soon(monkeypatch):
    answers, waits = [False, False, True], []
    monkeypatch.setattr(store, "_try_to_lock", lambda file: answers.pop(0))
    monkeypatch.setattr(store.time, "sleep", waits.append)
    Progress().record("03-step", "ok")
    assert waits == [0.01, 0.01] and Progress().path.is_file() is True and answers == []


@pytest.mark.parametrize("error", [BlockingIOError(), PermissionError()])
def test_a_lock_that_somebody_holds_is_told_from_one_that_does_not_exist(error, monkeypatch, tmp_path):
    def fails(*arguments):
        raise error

    with open(tmp_path / "lock", "ab") as file:
        assert store._try_to_lock(file) is True
        monkeypatch.setattr(store, "flock", fails)
        assert store._try_to_lock(file) is False
        error = OSError(errno.ENOTSUP, "Operation not supported")
        assert store._try_to_lock(file) is None


def test_somebody_elses_file_may_be_set_aside_meanwhile(monkeypatch):
    """Two notebooks find the same damaged file: the slower one finds nothing left to set aside."""
    progress = Progress()
    progress.path.parent.mkdir()
    progress.path.write_text("{")

    def gone(source, target):
        os.unlink(source)
        raise FileNotFoundError(source)

    with monkeypatch.context() as patch:
        patch.setattr(store.os, "replace", gone)
        assert progress.all() == {}
    assert progress.note == "Your progress file was damaged (it is not JSON); it was set aside as progress.damaged-1.json."
    progress.record("03-step", "ok")
    assert Progress().all() == {"03-step": "ok"}
