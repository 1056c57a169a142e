"""What the project aims at, beside what was measured."""
from dataclasses import dataclass, field

MB = 1e6
# What `cat` read in a second on the machine for which the aims were written. Where a cached file is read much faster, a
# ratio to `cat` says more about `cat`.
CAT = 7_500 * MB


@dataclass
class Aims:
    cat: float  # at most this many times the time of `cat`
    peers: dict = field(default_factory=dict)  # each takes at least this many times as long
    threads: float | None = None  # two are at least this many times as fast as one, where the work is the processor's
    peak: int = 150  # at most this many MB


AIMS = {
    "pcap mixed": Aims(3, {"tshark": 75, "tcpflow": 10, "httpry": 1}),
    "pcap api": Aims(7, {"tshark": 50, "httpry": 3}, threads=1.7),
    "pcap bodies": Aims(2, {"tcpdump -r": 1}),
    "pcap hostile": Aims(20, {"httpry": 1}, threads=1.7, peak=512),
    "har api": Aims(8, {"simdjson on-demand": 1.5, "wiretrail": 5, "jq": 50}, threads=1.7),
    "har minified": Aims(9, {"simdjson on-demand": 1.5, "wiretrail": 5, "jq": 50}, threads=1.7),
    "har bodies": Aims(2.5, {"simdjson on-demand": 2}),
}
HEAD = ["profile", "what", "aim", "measured", "met"]


def rows(name, size, runs):
    """Of the profile `name`, an input of `size` bytes: `runs` has the median of each program."""
    aims, own = AIMS[name], runs["corsight"]
    lines = [
        at_most(name, "time ÷ cat", aims.cat, own.wall / runs["cat"].wall),
        at_most(name, "time ÷ cat at 7.5 GB/s", aims.cat, own.wall / (size / CAT)),
        at_most(name, "peak MB", aims.peak, own.peak / MB),
    ]
    lines += [at_least(name, f"{peer} ÷ corsight", aim, runs[peer].wall / own.wall) for peer, aim in aims.peers.items() if peer in runs]
    threads = runs["corsight -j 1"].wall / own.wall
    if aims.threads:
        return lines + [at_least(name, "one thread ÷ two", aims.threads, threads)]
    return lines + [[name, "one thread ÷ two", "", f"{threads:.2f}", ""]]


def at_most(name, what, aim, measured):
    return [name, what, f"≤ {aim:g}", f"{measured:.2f}", "yes" if measured <= aim else f"no, {measured / aim:.1f} times that"]


def at_least(name, what, aim, measured):
    return [name, what, f"≥ {aim:g}", f"{measured:.2f}", "yes" if measured >= aim else f"no, {aim / measured:.1f} times less"]
