"""Kernels that start at once: forked from a process that has loaded torch already.

    python template.py SOCKET OWNER [--ours]      the template, which forks a kernel for each caller
                                                  while the process of this number lives
    python template.py SOCKET -f CONNECTION_FILE  what Jupyter starts and takes for the kernel

To load torch takes seconds of the processor, and nearly every browser test begins with a new
kernel. ipywidgets and our package take as long as the kernel's own start: with `--ours` they
are loaded, too; without, the test's cells import them, as a person's do.
The caller lives as long as its kernel does, either way round, and hands signals on to it.
"""

# Paths are text here: pathlib would be a third of the start of a caller.
# ruff: noqa: PTH104, PTH109, PTH110, PTH120
from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
import time
from typing import NoReturn

PACKAGES = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",  # else imported by each kernel
    "torch",
    "torch._dynamo",  # which optimizers ask for
    "sklearn.datasets",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "PIL.Image",
    "lark",
)
PATIENCE = 120.0
"""Seconds in which a template has loaded its packages."""
LOOK = 1.0
"""Seconds between two looks whether the owner still lives."""


def serve(address: str, owner: int, *, ours: bool) -> None:
    """Load the packages, and ours if wanted, and fork a kernel for each caller."""
    if ours:
        import xaiwidgets  # before torch, which else would have to be told how threads wait
    # Registered first, called last: to take torch's modules apart, which only ends them, takes a
    # kernel a second of the processor, for which the next notebook waits.
    atexit.register(os._exit, 0)
    for package in PACKAGES:
        importlib.import_module(package)
    if ours:
        for name in xaiwidgets.__all__:
            getattr(xaiwidgets, name)  # loaded when it is asked for
    gc.collect()
    gc.freeze()  # else the collector writes to pages that all kernels could share
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a kernel ended
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{address}.new")
    listener.listen()
    os.rename(f"{address}.new", address)  # from now on there is somebody to call
    while is_alive(owner):
        if not select.select([listener], [], [], LOOK)[0]:
            continue
        caller, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            become_kernel(caller)
        caller.close()
    import shutil  # here, since no caller needs it

    shutil.rmtree(os.path.dirname(address), ignore_errors=True)  # another kind's may be at it


def is_alive(process: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def become_kernel(caller: socket.socket) -> NoReturn:
    """Take over what the caller was given, and run ipykernel."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    message, files, _, _ = socket.recv_fds(caller, 1 << 20, 2)
    arguments, folder, environment = json.loads(message)
    for number, file in enumerate([os.open(os.devnull, os.O_RDONLY), *files]):
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["ipykernel_launcher", *arguments]
    caller.sendall(b"%d\n" % os.getpid())
    threading.Thread(target=end_with, args=(caller,), daemon=True).start()
    from ipykernel import kernelapp

    app = kernelapp.IPKernelApp.instance()
    app.initialize()
    if "ipywidgets" in sys.modules:
        app.shell.events.register("pre_run_cell", hear_widgets)
    app.start()
    sys.exit()


def hear_widgets(_cell: object) -> None:
    """Do before the first cell what ipywidgets does when a cell imports it: tell the kernel."""
    from ipykernel.kernelapp import IPKernelApp

    shell = IPKernelApp.instance().shell
    shell.events.unregister("pre_run_cell", hear_widgets)
    sys.modules["ipywidgets"].load_ipython_extension(shell)


def end_with(caller: socket.socket) -> None:
    """End this process when the caller ends."""
    caller.recv(1)
    os._exit(0)


def call(address: str, arguments: list[str]) -> None:
    """Have a kernel forked, and stay while it lives."""
    template = connect(address)
    # Whose child a kernel is tells it, usually, when to end.
    environment = {key: value for key, value in os.environ.items() if key != "JPY_PARENT_PID"}
    message = json.dumps([arguments, os.getcwd(), environment])
    socket.send_fds(template, [message.encode()], [1, 2])
    kernel = int(template.makefile().readline())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: os.kill(kernel, received))
    template.recv(1)


def connect(address: str) -> socket.socket:
    """Return a socket to the template, once it is ready."""
    deadline = time.monotonic() + PATIENCE
    while not os.path.exists(address):
        if time.monotonic() > deadline:
            raise TimeoutError(f"no template has opened {address} in {PATIENCE} s")
        time.sleep(0.05)
    template = socket.socket(socket.AF_UNIX)
    template.connect(address)
    return template


if __name__ == "__main__":
    if "-f" in sys.argv:
        call(sys.argv[1], sys.argv[2:])
    else:
        serve(sys.argv[1], int(sys.argv[2]), ours="--ours" in sys.argv)
