#!/usr/bin/env python3
"""Runs corsight beside the programs that people use instead, on generated inputs, and prints what each costs and finds.

    benches/compare/compare.py [profiles] [scale] [reports] [instructions]      (default: all)
        --folder DIR      where inputs go; what does not fit there twice is streamed [default: a new folder in the system's place for such]
        --rounds N        of each measurement; the median counts [default: 5]
        --size 256M       of the inputs of `profiles`
        --largest 8G      of the inputs of `scale`
        --into FILE       replace the tables in FILE, between <!-- begin NAME --> and <!-- end NAME -->

Needs `cargo build --release --bins --examples`, python3 and nothing else: a program that is not installed is named and
left out. Programs take turns, so that what else the machine does hits all of them.
"""
import argparse
import collections
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
import aims  # noqa: E402
from measure import LIMIT, median, run  # noqa: E402
from peers import PEERS  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "target" / "release"
CORSIGHT = str(BUILT / "corsight")
GENERATE = str(BUILT / "examples" / "generate")
SCORE = str(BUILT / "examples" / "score")
SAMPLE = ROOT / "samples" / "preflight-method-not-allowed"

PROFILES = [("pcap", name) for name in ("mixed", "api", "bodies", "hostile")]
PROFILES += [("har", name) for name in ("api", "minified", "bodies")]
MB = 1e6


class Input:
    """A generated file and the truth about it."""

    def __init__(self, folder, kind, profile, size, *options):
        self.kind, self.profile = kind, profile
        self.path = str(folder / f"{profile}-{size}.{kind}")
        self.truth = self.path + ".truth"
        command = [GENERATE, kind, profile, "--size", size, "--out", self.path, *options]
        if profile != "one-body":
            command += ["--truth", self.truth]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        self.bytes = os.path.getsize(self.path)
        run(["cat", self.path])  # into the page cache

    def remove(self):
        for path in (self.path, self.truth):
            Path(path).unlink(missing_ok=True)


def check(path, *options):
    return [CORSIGHT, "check", "--no-progress", "--format", "ndjson", *options, path]


def score(what, truth, command):
    """What `examples/score` says about the output of `command`."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as said:
        done = subprocess.run([SCORE, what, truth], stdin=said.stdout, capture_output=True, check=True)
    return json.loads(done.stdout)


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def profiles(folder, options):
    """Every profile: corsight and its peers, as ratios to `cat`; and the aims beside them."""
    rows, aimed = [], []
    for kind, profile in PROFILES:
        source = Input(folder, kind, profile, options.size)
        more, met = one_profile(source, options.rounds)
        rows, aimed = rows + more, aimed + met
        source.remove()
    absent = [peer.name for peer in PEERS if not peer.is_installed()]
    text = table(
        ["profile", "program", "wall ms", "÷ cat", "best ÷ cat's best", "CPU ms", "÷ cat", "÷ corsight", "peak MB", "found"], rows
    )
    left_out = f"\nNot installed, so left out: {', '.join(absent)}.\n" if absent else ""
    return text + left_out + "\nThe aims beside these figures:\n\n" + table(aims.HEAD, aimed)


def one_profile(source, rounds):
    commands = {"cat": ["cat", source.path], "corsight": check(source.path, "-j", "2"), "corsight -j 1": check(source.path, "-j", "1")}
    found = {"cat": "", "corsight": corsight_found(source), "corsight -j 1": ""}
    for peer in PEERS:
        if source.kind in peer.kinds and peer.is_installed():
            commands[peer.name] = peer.command(source.path)
            found[peer.name] = peer.found(source, score)
    runs = {name: [] for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            is_slow = number > 0 and runs[name][0].wall > 5
            if not is_slow:
                runs[name].append(run(command, limit=None if commands[name][0] == CORSIGHT else LIMIT))
    medians = {name: median(several) for name, several in runs.items()}
    cat, corsight = medians["cat"], medians["corsight"]
    found["corsight -j 1"] = f"one thread ÷ two: {medians['corsight -j 1'].wall / corsight.wall:.2f}"
    profile = f"{source.kind} {source.profile}"
    rows = []
    for name, several in runs.items():
        one = medians[name]
        best = min(run.wall for run in several) / min(run.wall for run in runs["cat"])
        if one.wall >= LIMIT and commands[name][0] != CORSIGHT:
            found[name] = f"stopped after {LIMIT} s"
        rows.append([
            profile, name, f"{one.wall * 1e3:.0f}", f"{one.wall / cat.wall:.1f}", f"{best:.1f}",
            f"{one.cpu * 1e3:.0f}", f"{one.cpu / cat.cpu:.1f}", f"{one.cpu / corsight.cpu:.2f}", f"{one.peak / MB:.0f}", found[name],
        ])
        print(*rows[-1], sep="\t", file=sys.stderr, flush=True)
    return rows, aims.rows(profile, source.bytes, medians)


def corsight_found(source):
    findings = score("findings", source.truth, check(source.path))
    exchanges = score("exchanges", source.truth, [CORSIGHT, "extract", "--no-progress", "--format", "ndjson", source.path])
    return (
        f"{exchanges['recall']:.1%} of {exchanges['expected']} exchanges; {findings['found']} of {findings['expected']} "
        f"violations, {findings['false_alarms']} false"
    )


def scale(folder, options):
    """Time per byte and memory as inputs grow; from a pipe; on one and two threads; and odd shapes."""
    rows = []
    sizes = [size for size in ("256M", "2G") if number(size) < number(options.largest)] + [options.largest]
    for kind, profile in (("pcap", "mixed"), ("pcap", "api"), ("har", "api")):
        for size in sizes:
            if 2 * number(size) > shutil.disk_usage(folder).free:
                rows.append(streamed(kind, profile, size))
                continue
            source = Input(folder, kind, profile, size)
            rows += one_scale(source, f"{kind} {profile} {size}", min(options.rounds, 3) if size == "256M" else 1)
            source.remove()
    source = Input(folder, "har", "one-body", "1G")
    rows.append(cost("HAR with one body of 1 GB", "file", source.bytes, run(check(source.path))))
    source.remove()
    rows += many_small(folder)
    head = ["input", "how", "wall s", "CPU s", "CPU ns a byte", "MB/s", "peak MB"]
    return table(head, rows) + "\n" + small(options.rounds)


def one_scale(source, name, rounds):
    ways = {
        "-j 2": lambda: run(check(source.path, "-j", "2")),
        "-j 1": lambda: run(check(source.path, "-j", "1")),
        "pipe": lambda: piped(source.path),
    }
    runs = {way: [] for way in ways}
    for _ in range(rounds):
        for way, measure in ways.items():
            runs[way].append(measure())
    same = same_findings(source) if source.bytes < number("3G") else ""
    rows = [cost(name, f"{way}{same if way == 'pipe' else ''}", source.bytes, median(several)) for way, several in runs.items()]
    rows[1][1] += f"; {median(runs['-j 1']).wall / median(runs['-j 2']).wall:.2f} times the time of -j 2"
    for row in rows:
        print(*row, sep="\t", file=sys.stderr, flush=True)
    return rows


def cost(name, way, size, one):
    return [
        name, way, f"{one.wall:.2f}", f"{one.cpu:.2f}", f"{one.cpu / size * 1e9:.2f}", f"{size / one.wall / MB:.0f}", f"{one.peak / MB:.0f}",
    ]


def streamed(kind, profile, size):
    """For what does not fit on the disk."""
    generate = [GENERATE, kind, profile, "--size", size, "--out", "-"]
    with subprocess.Popen(generate, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as made:
        one = run(check("-"), stdin=made.stdout)
        made_bytes = json.loads(made.stderr.read())["totals"]["bytes"]
    row = cost(f"{kind} {profile} {size}", "from the generator, by a pipe", made_bytes, one)
    print(*row, sep="\t", file=sys.stderr, flush=True)
    return row


def piped(path):
    with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as cat:
        return run(check("-"), stdin=cat.stdout)


def same_findings(source):
    """Whether the report is the same for one thread, two, and a pipe."""
    # The name under which standard input is reported.
    link = Path(source.path).parent / "(stdin)"
    link.unlink(missing_ok=True)
    link.symlink_to(source.path)

    def digest(command, stdin=None):
        with subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=link.parent) as said:
            return hashlib.file_digest(said.stdout, "sha256").hexdigest()

    digests = {digest(check(link.name, "-j", jobs)) for jobs in "12"}
    with open(source.path, "rb") as file:
        digests.add(digest(check("-"), file))
    link.unlink()
    return ", same report as from the file with -j 1 and -j 2" if len(digests) == 1 else ", ANOTHER REPORT"


def many_small(folder):
    """10,000 HARs: of the generator, of which the smallest is a whole visit, and as small as a sample."""
    made = Input(folder, "har", "api", "64K")
    rows = [many(folder, Path(made.path)), many(folder, SAMPLE / "devtools.har")]
    made.remove()
    return rows


def many(folder, path):
    copies = folder / "many"
    copies.mkdir()
    for index in range(10_000):
        shutil.copy(path, copies / f"{index:05}.har")
    size = path.stat().st_size
    cat = ["sh", "-c", f"cat {copies}/*.har"]
    read = median([run(cat) for _ in range(3)])
    runs = [run(check(str(copies))) for _ in range(3)]
    row = cost(f"10,000 HARs of {size / 1e3:.0f} kB", f"folder; cat takes {read.wall:.2f} s", size * 10_000, median(runs))
    print(*row, sep="\t", file=sys.stderr, flush=True)
    shutil.rmtree(copies)
    return row


def small(rounds):
    """What a HAR of a few entries costs: start-up."""
    one = median([run([CORSIGHT, "check", str(SAMPLE)]) for _ in range(4 * rounds)])
    return f"Start to end on the sample `preflight-method-not-allowed` (a HAR and a capture): {one.wall * 1e3:.1f} ms, {one.cpu * 1e3:.1f} ms of CPU.\n"


def reports(folder, options):
    """The formats, on an input with some 100,000 findings."""
    source = Input(folder, "pcap", "api", "512M", "--violations", "1")
    out = folder / "report"
    start = [CORSIGHT, "check", "--no-progress", "--output", str(out)]
    commands = {name: [*start, "--format", name, source.path] for name in ("text", "json", "ndjson", "html", "sarif")}
    commands["verdict only"] = [*start, "--quiet", source.path]
    runs = {name: [] for name in commands}
    sizes = {}
    for _ in range(min(options.rounds, 3)):
        for name, command in commands.items():
            runs[name].append(run(command))
            sizes[name] = out.stat().st_size
    count = score("findings", source.truth, check(source.path))
    rows = []
    base = median(runs["verdict only"])
    for name, several in runs.items():
        one = median(several)
        rows.append([
            name, f"{one.wall:.2f}", f"{one.cpu:.2f}", f"{one.cpu / base.cpu:.2f}", f"{one.peak / MB:.0f}", f"{sizes[name] / MB:.1f}",
        ])
        print(*rows[-1], sep="\t", file=sys.stderr, flush=True)
    out.unlink()
    source.remove()
    head = ["format", "wall s", "CPU s", "CPU against verdict only", "peak MB", "report MB"]
    return table(head, rows) + f"\n{count['found']} of {count['expected']} violations found, {count['false_alarms']} false.\n"


def instructions(folder, options):
    """What does not depend on the machine's mood: instructions a byte, and where they go."""
    if not shutil.which("valgrind"):
        return "valgrind is not installed.\n"
    rows = []
    base, spent = counted(str(SAMPLE / "capture.pcap"), folder / "callgrind.start")
    rows.append(["start and end, on a sample", f"{base / 1e6:.1f}", "", spent])
    for kind, profile in PROFILES:
        source = Input(folder, kind, profile, "16M")
        total, spent = counted(source.path, folder / f"callgrind.{kind}.{profile}")
        rows.append([f"{kind} {profile}, 16 MB", f"{total / 1e6:.0f}", f"{(total - base) / source.bytes:.2f}", spent])
        print(*rows[-1], sep="\t", file=sys.stderr, flush=True)
        source.remove()
    return table(["input", "million instructions", "a byte, start and end apart", "by room, and what stands outside"], rows)


def counted(path, out):
    """Instructions of `check` with one thread, and where they went."""
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *check(path, "-j", "1")]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    command = ["callgrind_annotate", "--show-percs=no", "--threshold=100", str(out)]
    listing = subprocess.run(command, capture_output=True, text=True).stdout
    total = int(re.search(r"([\d,]+) .*PROGRAM TOTALS", listing)[1].replace(",", ""))
    groups = collections.Counter()
    for count, function in re.findall(r"^ *([\d,]+) +\S*?:(\S.*)$", listing, re.MULTILINE):
        groups[group(function)] += int(count.replace(",", ""))
    return total, ", ".join(f"{name} {count / total:.0%}" for name, count in groups.most_common(8))


def group(function):
    """The room of the program that a function belongs to, or what kind of help it is."""
    if room := re.search(r"corsight::(\w+)", function):
        return f"`{room[1]}`"
    for name, pattern in (
        ("allocation", "malloc|free|realloc|calloc|_rjem_|tcache|arena_"),
        ("copying and comparing bytes", "__mem|memchr::|core::slice::memchr"),
        ("searching and checking text", "str::|strsim|aho_corasick"),
        ("numbers and times", "dec2flt|jiff|num::"),
        ("writing of text", "fmt::|serde_json|io::"),
        ("hashing", "hash|Hash"),
        ("HTTP heads", "httparse"),
    ):
        if re.search(pattern, function):
            return name
    return "other"


def number(size):
    return int(size[:-1]) << {"K": 10, "M": 20, "G": 30}[size[-1]]


def put(name, text, path):
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    before, rest = path.read_text().split(begin)
    _, after = rest.split(end)
    path.write_text(f"{before}{begin}\n\n{text}\n{end}{after}")


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = {"profiles": profiles, "scale": scale, "reports": reports, "instructions": instructions}
    words.add_argument("parts", nargs="*", metavar="PART", help=", ".join(parts))
    words.add_argument("--folder", type=Path)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--size", default="256M")
    words.add_argument("--largest", default="8G")
    words.add_argument("--into", type=Path)
    options = words.parse_args()
    folder = (options.folder or Path(tempfile.mkdtemp(prefix="corsight-compare-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    into = options.into and options.into.resolve()
    # Some programs leave files where they stand.
    os.chdir(folder)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    for name in options.parts or parts:
        began = time.monotonic()
        text = f"Measured on {time.strftime('%Y-%m-%d')} at {commit}.\n\n" + parts[name](folder, options)
        print(f"{text}\n({name}: {time.monotonic() - began:.0f} s)\n", flush=True)
        if into:
            put(name, text, into)
    if not options.folder:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
