#!/usr/bin/env python3
"""Makes seeds for the fuzz targets out of captures and HARs: corpus/TARGET/… (needs tshark).

    ./seeds.py ../samples ../tests [DIR…]

Captures below 64 kB seed `capture` as they are. Their TCP connections become the steps that `http`, `http2`, `tls` and
`tls_keys` read, their datagrams those of `quic`: two bytes in front of each chunk tell direction and length.
"""
import collections, hashlib, os, pathlib, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
MOST_CAPTURE, MOST_SEED, MOST_CHUNK = 64 << 10, 32 << 10, (1 << 14) - 1


def keep(target, data):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def steps(chunks):
    out = bytearray()
    for back, data in chunks:
        for at in range(0, len(data), MOST_CHUNK):
            part = data[at : at + MOST_CHUNK]
            out += bytes([int(back) | (len(part) >> 8) << 2, len(part) & 0xFF]) + part
        if len(out) > MOST_SEED:
            break
    return bytes(out[:MOST_SEED])


def conversations(path, protocol):
    fields = [f"{protocol}.stream", f"{protocol}.srcport", f"{protocol}.payload"]
    command = ["tshark", "-n", "-r", path, "-Y", f"{protocol}.payload", "-T", "fields", "-E", "occurrence=l"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    found, first = collections.defaultdict(list), {}
    for line in done.stdout.splitlines():
        stream, port, payload = (line.split("\t") + ["", ""])[:3]
        first.setdefault(stream, port)
        try:
            found[stream].append((port != first[stream], bytes.fromhex(payload)))
        except ValueError:
            pass
    return list(found.values())


def keys_beside(path):
    stem = path.name.split(".")[0]
    for log in [path.with_name("tls-keys.log"), path.with_name(f"{stem}.keys.log"), path.parents[2] / "keys" / f"{stem}.keylog"]:
        if log.is_file():
            return log.read_bytes()
    return None


def capture(path):
    keep("capture", path.read_bytes())
    for chunks in conversations(path, "tcp")[:8]:
        start = chunks[0][1][:3]
        data = steps(chunks)
        if start.startswith(b"PRI"):
            keep("http2", data)
        elif start.startswith(b"\x16\x03"):
            random = chunks[0][1][11:43].ljust(32, b"\0")
            keep("tls", random + data)
            log = keys_beside(path)
            if log and len(log) < 1 << 16:
                keep("tls_keys", len(log).to_bytes(2, "big") + log + data)
        else:
            keep("http", data)
    for chunks in conversations(path, "udp")[:8]:
        keep("quic", steps(chunks))


def main():
    for folder in sys.argv[1:]:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if not path.is_file() or path.stat().st_size > MOST_CAPTURE:
                continue
            start = path.read_bytes()[:4]
            if start in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\x0a\x0d\x0d\x0a"):
                try:
                    capture(path)
                except subprocess.TimeoutExpired:
                    print(f"too slow: {path}", file=sys.stderr)
            elif path.suffix == ".har":
                keep("har", b"\xff" + path.read_bytes())
                keep("redact", b"\x0e" + path.read_bytes())
            elif path.suffix == ".json":
                keep("redact", b"\x08" + path.read_bytes())
            elif path.suffix == ".toml":
                keep("values", path.read_bytes())
    for folder in sorted((HERE / "corpus").iterdir()):
        print(f"{folder.name}: {sum(1 for _ in folder.iterdir())}")


main()
