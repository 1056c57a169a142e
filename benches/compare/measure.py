"""What one run of a program costs: wall time, CPU time of all its threads, peak memory."""
import os
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass

# A program that takes longer is stopped: what it would need is of no interest beside what others need.
LIMIT = 20  # seconds


@dataclass
class Run:
    wall: float  # seconds
    cpu: float  # seconds, user and system
    peak: int  # bytes


def run(command, stdin=None, limit=None):
    """Runs `command`; its output goes nowhere. Whether it succeeds is not asked: findings make an exit status too."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=stdin or subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if stdin:
        stdin.close()
    stop = threading.Timer(limit or 3600, process.kill)
    stop.start()
    _, _, usage = os.wait4(process.pid, 0)
    stop.cancel()
    process.returncode = 0
    return Run(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def median(runs):
    """The middle of each figure; of memory the most."""
    return Run(
        statistics.median(one.wall for one in runs),
        statistics.median(one.cpu for one in runs),
        max(one.peak for one in runs),
    )
