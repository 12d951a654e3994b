"""Who took messages and was killed is known to be gone at once, on the same machine; of others only the lease speaks."""

from __future__ import annotations

import subprocess
import sys

from duban.service.holder import is_gone, name

CHILD = "import sys; from duban.service.holder import name; print(name(), flush=True); sys.stdin.read()"


def test_a_process_that_runs_is_not_gone_and_a_killed_one_is() -> None:
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    holder = child.stdout.readline().strip()

    alive = is_gone(holder)
    child.kill()
    child.communicate()

    assert not alive
    assert is_gone(holder)


def test_a_killed_process_that_nobody_has_buried_is_gone_too() -> None:
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    holder = child.stdout.readline().strip()

    child.kill()
    while not is_gone(holder):  # pytest's own limit ends it
        pass

    child.communicate()


def test_two_passes_of_one_process_have_two_names_and_neither_is_gone() -> None:
    first, second = name(), name()

    assert first != second
    assert not is_gone(first)
    assert not is_gone(second)


def test_another_process_of_the_same_number_is_not_the_one_that_took_them() -> None:
    machine, number, start, token = name().rsplit("/", 3)

    assert is_gone(f"{machine}/{number}/{int(start) - 1}/{token}")


def test_of_another_machine_nothing_is_said() -> None:
    _, number, _, token = name().rsplit("/", 3)

    assert not is_gone(f"elsewhere:12345678:4026531836/{number}/1/{token}")
    assert not is_gone("written by hand")
    assert not is_gone("")
