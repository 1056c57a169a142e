"""The programs that people use instead, as they would be asked for the same: the exchanges of a file."""
import os
import shutil
import subprocess


class Peer:
    """`command` measures, `said` prints URL, tab, status of each exchange; `None` where the program cannot tell."""

    def __init__(self, name, kinds, program, command, said=None, found=""):
        self.name, self.kinds, self.program = name, kinds, program
        self._command, self._said, self._found = command, said, found

    def is_installed(self):
        return shutil.which(self.program) is not None

    def command(self, path):
        return [word.format(path=path) for word in self._command]

    def found(self, source, score):
        if self._said is None:
            return self._found
        said = ["sh", "-c", self._said.format(path=source.path)]
        exchanges = score("exchanges", source.truth, said)
        return f"{exchanges['recall']:.1%} of {exchanges['expected']} exchanges"


TSHARK = ["tshark", "-r", "{path}", "-Y", "http.response", "-T", "fields", "-e", "http.response_for.uri", "-e", "http.response.code"]
JQ = '.log.entries[] | "\\(.request.url)\\t\\(.response.status)"'
SIMDJSON = os.environ.get("SIMDJSON_HAR", "simdjson-har")

PEERS = [
    Peer("tshark", ["pcap"], "tshark", TSHARK, " ".join(TSHARK)),
    Peer("tcpflow", ["pcap"], "tcpflow", ["tcpflow", "-q", "-c", "-r", "{path}"], found="streams only"),
    Peer("httpry", ["pcap"], "httpry", ["httpry", "-q", "-r", "{path}"], found="packets' first lines only"),
    Peer("tcpdump -r", ["pcap"], "tcpdump", ["tcpdump", "-n", "-r", "{path}"], found="packets only"),
    Peer("jq", ["har"], "jq", ["jq", "-r", JQ, "{path}"], f"jq -r '{JQ}' {{path}}"),
    Peer("wiretrail", ["har"], "wiretrail", ["wiretrail", "{path}", "summary"], found="hosts and routes, no URLs"),
    Peer("simdjson on-demand", ["har"], SIMDJSON, [SIMDJSON, "{path}"], f"{SIMDJSON} {{path}}"),
    Peer("pcap2har-go", ["pcap"], "pcap2har-go", ["pcap2har-go", "{path}"], found="not scored"),
]
