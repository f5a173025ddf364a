"""Put small faults into the package, one at a time, and see whether the tests notice: `make mutants`.

    python tools/mutants.py [--sample 80] [--again] [module ...]         modules as in TESTS; all of them by default

Each mutant meets the tests of its own module alone. A mutant is killed by a test that fails, or when the tests use four
times the processor time that they usually need, or come to no end. What survives has to be judged in tests/MUTANTS.md: the run
fails where one is not, or where fewer than nine in ten are killed. With --again only those meet the tests that survived the
last run; for when there are new tests.

The tests run in forks of this process, which has imported what is slow to import: that makes a mutant a second instead of
several. All of it happens in a copy of the tree.
"""

import argparse
import compileall
import contextlib
import gc
import json
import os
import py_compile
import resource
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

import tree

ROOT = Path(__file__).resolve().parent.parent
JUDGED = ROOT / "tests" / "MUTANTS.md"
LISTER = ROOT / ".venv-mutants" / "bin" / "python"
#: pytest would rather have imported these itself, so as to show what its assertions compare.
QUIET = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
ENOUGH = 0.9

#: Which tests look after which module, the quickest to notice first; test_small_faults looks after all. For the checker it is its
#: own tests: those of every exercise of the book take minutes.
TESTS = {
    "_checks": ["test_argument_checks", "test_initializers", "test_schedules", "test_layers", "test_optimizers", "test_bad_input"],
    "_graph": ["test_autograd"],
    "_workshop": ["test_workshop", "test_training"],
    "activations": ["test_activations"],
    "autograd": ["test_autograd"],
    "checks": ["test_checks"],
    "datasets": ["test_datasets"],
    "gradcheck": ["test_gradcheck"],
    "initializers": ["test_initializers"],
    "layers": ["test_layers"],
    "losses": ["test_losses"],
    "network": ["test_network"],
    "optimizers": ["test_optimizers"],
    "schedules": ["test_schedules"],
    "storage": ["test_storage"],
    "torch_bridge": ["test_torch"],
    "training": ["test_training", "test_workshop"],
    "worked": ["test_worked"],
    "exercises/checking": ["test_exercises_checker"],
    "exercises/standard": ["test_exercises_checker"],
    "exercises/diagnosis": ["test_exercises_checker"],
    "exercises/running": ["test_exercises_checker"],
    "exercises/result": ["test_exercises_checker", "test_progress"],
    "exercises/progress_file": ["test_progress"],
    "exercises/frames": ["test_exercises_checker"],
    "exercises/__init__": ["test_exercises_calls"],
    "exercises/exercise": ["test_exercises_calls"],
    "exercises/links": ["test_exercises_calls"],
}


def copy_of_the_tree(folder):
    """Copy our files; compile them by hash, so that only a mutant is compiled again."""
    tree.copy_into(folder)
    compileall.compile_dir(folder / "nnlearn", quiet=1, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)


def run_tests(files, processor=600, clock=600):
    """Run test files in a fork with so many seconds of the processor and by the clock.

    Return what failed, if anything, and the seconds that it used of each.
    """
    with tempfile.TemporaryFile("w+") as output:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (int(processor) + 1, int(processor) + 5))
            for stream in (1, 2):
                os.dup2(output.fileno(), stream)
            import pytest

            os._exit(pytest.main(["-x", "-q", "-n", "0", "--tb=line", "-p", "no:cacheprovider", *QUIET, *files]))
        status, *used = waited_for(child, clock)
        output.seek(0)
        lines = output.read().splitlines()
    if os.WIFSIGNALED(status):
        return f"ended by signal {os.WTERMSIG(status)}", used
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return "", used
    said = next((line for line in lines if line.startswith(("FAILED", "ERROR"))), f"pytest ended with {code}: {lines[-3:]}")
    return said.split(" - ")[0], used


def waited_for(child, patience):
    """Wait for a child to end, but not for ever; end whatever it has started. Return its status and the seconds it took."""
    start = time.monotonic()
    while True:
        found, status, usage = os.wait4(child, os.WNOHANG)
        if found:
            break
        if time.monotonic() - start > patience:
            os.killpg(child, signal.SIGKILL)
        time.sleep(0.01)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return status, usage.ru_utime + usage.ru_stime, time.monotonic() - start


def try_mutants(module, mutants, killed_before):
    """Return the mutants with "killed by": the test that noticed, or "" for one that survived.

    `killed_before` has the test for each that need not be tried again, by the checksum of its code.
    """
    path = Path("nnlearn", f"{module}.py")
    files = [f"tests/{name}.py" for name in [*TESTS[module], "test_small_faults"] if Path("tests", f"{name}.py").exists()]
    if module == "torch_bridge":
        import torch  # noqa: F401
    failed, (processor, clock) = run_tests(files)
    if failed:
        raise SystemExit(f"{module}: without any fault put into it: {failed}")
    whole = path.read_text(encoding="utf-8")
    for mutant in mutants:
        code = mutant.pop("code")
        mutant["checksum"] = zlib.crc32(code.encode())
        mutant["killed by"] = killed_before.get(mutant["checksum"], "")
        if not mutant["killed by"]:
            path.write_text(code, encoding="utf-8")
            mutant["killed by"], _ = run_tests(files, 4 * processor + 5, 6 * clock + 20)
            path.write_text(whole, encoding="utf-8")
    return mutants


def described(module, mutant):
    """Return the line by which tests/MUTANTS.md knows a mutant."""
    return f"`{module}.py`: `{mutant['before']}` → `{mutant['after']}`"


def main():
    """Try the mutants of the modules that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, default=80, help="places to change in each module (80)")
    parser.add_argument("--again", action="store_true", help="try only what survived the last run")
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "mutants", help="where the results go")
    parser.add_argument("modules", nargs="*", default=list(TESTS))
    chosen = parser.parse_args()
    if unknown := set(chosen.modules) - set(TESTS):
        parser.error(f"no module {', '.join(sorted(unknown))}; there are {', '.join(TESTS)}")
    judged = JUDGED.read_text(encoding="utf-8") if JUDGED.exists() else ""
    chosen.out.mkdir(parents=True, exist_ok=True)
    paths = [f"nnlearn/{module}.py" for module in chosen.modules]
    import anyio._backends._asyncio  # noqa: F401
    import hypothesis.extra.numpy  # noqa: F401
    import myst_nb.sphinx_  # noqa: F401
    import nbval.plugin  # noqa: F401  what is slow to import and is not under test, once for all forks
    gc.freeze()  # nor has any fork to look through it for garbage
    sys.dont_write_bytecode = False  # which some machines set; pytest keeps what it makes of the tests

    total = survived = unjudged = 0
    with tempfile.TemporaryDirectory() as folder:
        copy_of_the_tree(Path(folder))
        os.chdir(folder)
        listed = json.loads(subprocess.check_output([LISTER, "tools/list_mutants.py", str(chosen.sample), *paths]))
        os.environ["PYTHONPATH"] = folder  # for the processes that tests start
        sys.path.insert(0, folder)
        for module, path in zip(chosen.modules, paths, strict=True):
            results = chosen.out / f"{module.replace('/', '.')}.json"
            last = json.loads(results.read_text()) if chosen.again and results.exists() else []
            tried = try_mutants(module, listed[path], {mutant["checksum"]: mutant["killed by"] for mutant in last})
            results.write_text(json.dumps(tried, indent=1))
            alive = [mutant for mutant in tried if not mutant["killed by"]]
            total, survived = total + len(tried), survived + len(alive)
            print(f"{module:24} {len(tried) - len(alive):3} of {len(tried):3} killed", flush=True)
            for mutant in alive:
                known = described(module, mutant) in judged
                unjudged += not known
                verdict = "judged    " if known else "NOT JUDGED"
                print(f"    {verdict} line {mutant['line']}: {described(module, mutant)}", flush=True)
    share = 1 - survived / total
    print(f"{total - survived} of {total} killed ({share:.1%}); {unjudged} that survived are not judged in tests/MUTANTS.md.")
    return int(share < ENOUGH or unjudged > 0)


if __name__ == "__main__":
    sys.exit(main())
