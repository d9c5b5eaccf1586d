"""Build what Binder builds, in an empty folder, and run lessons in it under Binder's memory limit.

python scripts/build_binder.py [LESSON ...]

The steps are repo2docker's: its image's packages, binder/requirements.txt by pip, the repository,
binder/postBuild; then binder/start with JupyterLab, and the kernel of a lesson beside it. What
binder/apt.txt names has to be installed already. Says how large and how quick it is, and how much
memory server and kernel had; a lesson that fails, or that the limit ends, is an error.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "build/binder"
ENVIRONMENT, CHECKOUT = FOLDER / "environment", FOLDER / "checkout"
LIMIT = 2 << 30
"""Bytes of memory that a server of mybinder.org may have."""
CGROUPS = {
    "/sys/fs/cgroup/memory": "memory.limit_in_bytes",  # version 1
    "/sys/fs/cgroup": "memory.max",
}
EVERY = 0.1
"""Seconds between two looks at the memory."""


def main() -> None:
    """Build, then run the lessons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lessons", nargs="*", default=["explore"])
    parser.add_argument("--keep", action="store_true", help="use what was built before")
    options = parser.parse_args()
    if not (options.keep and ENVIRONMENT.exists()):
        build()
    with memory_limit() as group:
        server = start("jupyter", "lab", "--no-browser", "--allow-root", "--port=0", group=group)
        try:
            for lesson in options.lessons:
                say(lesson, run(lesson, server, group))
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def build() -> None:
    """Build the environment and the checkout; say what each step adds."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    version = (ROOT / "binder/runtime.txt").read_text().strip().removeprefix("python-")
    uv = [sys.executable, "-m", "uv", "venv", "--quiet", "--seed", "--python", version]
    subprocess.run([*uv, ENVIRONMENT], check=True)
    pip = ["pip", "install", "--quiet", "--disable-pip-version-check"]
    step("the image's Jupyter", *pip, "--no-deps", "-r", ROOT / "binder/image.txt", folder=ROOT)
    step("requirements.txt", *pip, "-r", ROOT / "binder/requirements.txt", folder=ROOT)
    list_files = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(list_files, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        (CHECKOUT / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, CHECKOUT / name)
    step("the repository, postBuild", "binder/postBuild", folder=CHECKOUT)


def step(name: str, *command: str | Path, folder: Path) -> None:
    """Run one step of the build, and say its time and size."""
    before, began = size(FOLDER), time.monotonic()
    subprocess.run(command, cwd=folder, env=environment(), check=True)
    say(name, f"{size(FOLDER) - before:6.0f} MB {time.monotonic() - began:6.0f} s")


def environment() -> dict[str, str]:
    """Return the variables of a shell in the image: of other Pythons nothing is seen."""
    ours = {"PATH": f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    hidden = {"PYTHONPATH", "OMP_NUM_THREADS", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"}
    return {**{k: v for k, v in os.environ.items() if k not in hidden}, **ours}


def size(folder: Path) -> float:
    """Return the megabytes of a folder's files."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 1e6


@contextmanager
def memory_limit() -> Iterator[Path | None]:
    """Make a control group with the limit, and yield its folder; None where that is not allowed."""
    for base, setting in CGROUPS.items():
        group = Path(base) / f"xaiwidgets-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            (group / setting).write_text(str(LIMIT))
            yield group
        finally:
            group.rmdir()
        return
    say("limit", "none: no control group may be made here, so that memory is only measured")
    yield None


def start(*command: str, group: Path | None) -> subprocess.Popen[bytes]:
    """Start a program by binder/start, in the control group, with processes of its own."""
    join = f"echo $$ > {group}/cgroup.procs && " if group else ""
    shell = ["sh", "-c", f'{join}exec binder/start "$@"', "sh", *command]
    log = (FOLDER / f"{command[1]}.log").open("wb")
    return subprocess.Popen(
        shell, cwd=CHECKOUT, env=environment(), stdout=log, stderr=log, start_new_session=True
    )


def run(lesson: str, server: subprocess.Popen[bytes], group: Path | None) -> str:
    """Run a lesson, and return how long it took, with most memory of server and kernel."""
    notebook = f"notebooks/{lesson}.ipynb"
    output = ["--to", "notebook", "--output-dir", str(FOLDER), notebook]
    began, most = time.monotonic(), (0.0, 0.0)
    client = start("jupyter", "nbconvert", "--execute", *output, group=group)
    while client.poll() is None:
        most = max(most, (memory_of(client.pid, "ipykernel"), memory_of(server.pid)), key=sum)
        time.sleep(EVERY)
    if client.returncode:
        sys.exit(f"{notebook} failed:\n{(FOLDER / 'nbconvert.log').read_text()[-3000:]}")
    kernel, page = most
    seconds = time.monotonic() - began
    return (
        f"{kernel + page:6.0f} MB {seconds:6.0f} s: kernel {kernel:.0f}, JupyterLab {page:.0f} MB"
    )


def memory_of(parent: int, name: str = "") -> float:
    """Return the megabytes of a process and all below, or of those below that run `name`.

    What processes share is dealt among them, as `Pss` does.
    """
    total = 0
    try:
        processes = [psutil.Process(parent)]
        processes += processes[0].children(recursive=True)
        for process in processes:
            if name in " ".join(process.cmdline()):
                total += process.memory_full_info().pss
    except psutil.NoSuchProcess:
        pass
    return total / 1e6


def say(name: str, what: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{name:26} {what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
