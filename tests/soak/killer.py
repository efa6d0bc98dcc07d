"""Kills and pauses real processes at random moments, and keeps as many of them running as there should be."""

import os
import random
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

LOOK_EVERY = 0.05
"""Seconds between two looks whether the work is done; the end of a process is noticed at once."""


@dataclass(frozen=True, slots=True)
class Blows:
    """What is done to the processes, at moments that `chance` chooses. Times are in seconds, from and to."""

    kills: int
    pauses: int
    between: tuple[float, float] = (0.2, 0.8)
    paused: tuple[float, float] = (0.5, 2.5)


class DiedByItself(Exception):
    """A process ended that nobody had killed."""


class Unfinished(Exception):
    """The work was not done when patience was at its end."""


@dataclass
class Herd:
    """The processes that run, and the timers that will wake those of them that are paused."""

    start: Callable[[int], subprocess.Popen[bytes]]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    alarms: list[threading.Timer] = field(default_factory=list)
    started: int = 0

    def grow(self) -> None:
        """One more."""
        self.running.append(self.start(self.started))
        self.started += 1

    def kill(self, victim: subprocess.Popen[bytes]) -> None:
        """kill -9, and another in its place."""
        self.running.remove(victim)
        victim.kill()
        victim.wait()
        self.grow()

    def pause(self, victim: subprocess.Popen[bytes], seconds: float) -> None:
        """SIGSTOP, and SIGCONT after so long, even if the tormentor waits then for a lock of the victim."""
        victim.send_signal(signal.SIGSTOP)
        self.alarms.append(threading.Timer(seconds, victim.send_signal, [signal.SIGCONT]))
        self.alarms[-1].start()

    def watch(self, seconds: float) -> None:
        """For so long. Raises DiedByItself as soon as a process ends."""
        ends = select.poll()
        with ExitStack() as opened:
            for process in self.running:
                handle = os.pidfd_open(process.pid)
                opened.callback(os.close, handle)
                ends.register(handle, select.POLLIN)
            ends.poll(seconds * 1000)
        for process in self.running:
            if process.poll() is not None:
                raise DiedByItself(f"process {process.pid} ended with {process.returncode}")

    def wake_all(self) -> None:
        """Nobody is paused any more."""
        for alarm in self.alarms:
            alarm.join()

    def end(self) -> None:
        """All of them, at once."""
        self.wake_all()
        for process in self.running:
            process.kill()
            process.wait()


def torment(
    start: Callable[[int], subprocess.Popen[bytes]],
    blows: Blows,
    chance: random.Random,
    *,
    workers: int,
    meanwhile: Callable[[], None],
    finished: Callable[[], bool],
    patience: float,
) -> int:
    """Starts `workers` processes (`start` is given a number), strikes them, and lets them finish in peace.

    `meanwhile` is called before each blow, to give them work; `finished` says whether all of it is done, and may take
    up to `patience` seconds to become true. Answers how many processes were started. Raises DiedByItself, Unfinished.
    """
    herd = Herd(start)
    try:
        for _ in range(workers):
            herd.grow()
        for kills in chance.sample([True, False], counts=[blows.kills, blows.pauses], k=blows.kills + blows.pauses):
            meanwhile()
            _until(herd, time.monotonic() + chance.uniform(*blows.between))
            victim = chance.choice(herd.running)
            if kills:
                herd.kill(victim)
            else:
                herd.pause(victim, chance.uniform(*blows.paused))
        herd.wake_all()
        _until(herd, time.monotonic() + patience, finished)
    finally:
        herd.end()
    if not finished():
        raise Unfinished(f"not done {patience:.0f} s after the last blow")
    return herd.started


def _until(herd: Herd, end: float, finished: Callable[[], bool] = lambda: False) -> None:
    while (left := end - time.monotonic()) > 0 and not finished():
        herd.watch(min(left, LOOK_EVERY))
