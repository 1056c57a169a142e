//! Examples at the end of the help texts.

pub(super) const EXAMPLES: &str = "\
Examples:
  corsight export.har                    what was blocked, why, and what to change
  corsight capture.pcapng --keylog keys  the same from packets, TLS opened with a key log
  corsight extract capture.pcap --format har --output capture.har
  corsight explain PreflightMissingAllowOriginHeader
  tcpdump -i any -w - port 80 | corsight check --format ndjson -

Settings: defaults for flags, from --config FILE, else $CORSIGHT_CONFIG, else
$XDG_CONFIG_HOME/corsight/corsight.toml (by default in ~/.config); never from the current folder and
never from beside a capture. What is typed wins, and no setting opens secrets. All there is:
  color = \"auto\"           # auto, always, never; hyperlinks the same
  hyperlinks = \"auto\"
  width = 100
  no-progress = true
  jobs = 4
  keylog = [\"keys.log\"]    # paths are relative to this file
  redact-hosts = true
  [check]                  # format, fail-on, min-severity, min-confidence,
  fail-on = \"depends\"      # browser, server, baseline
  [extract]                # format
  [diff]                   # format, fail-on, min-severity
  [simulate]               # browser

Exit status: 0 nothing at or above --fail-on, 1 findings, 2 usage error, or an input that could not be
read, or not to its end (the rest is analysed and reported all the same).";

pub(super) const CHECK_EXAMPLES: &str = "\
Examples:
  corsight check export.har captures/    files and whole directories
  corsight check 'logs/**/*.har.gz'      a quoted pattern; compressed files are unpacked
  corsight check a.har --report sarif=a.sarif --report html=a.html
  corsight check a.har --host api.example.com --min-severity blocked
  corsight check captures/ --output-dir reports --format html
  corsight check a.har --server nginx    with the lines to paste into nginx
  corsight check rotated.pcap* --as-one  one capture that was written to many files

Standard input is read where PATH is `-`, and where there is no PATH and something is piped in.";

pub(super) const EXTRACT_EXAMPLES: &str = "\
Examples:
  corsight extract capture.pcap
  corsight extract capture.pcap --format har --output capture.har
  corsight extract a.har --format ndjson --status 5xx | jq .url";

pub(super) const DIFF_EXAMPLES: &str = "\
Examples:
  corsight diff monday.har tuesday.har
  corsight diff last-release.json capture.pcapng
  corsight diff before/ after/ --format json | jq '.new[].rule'

Each side is a capture, a HAR, a directory of them, or a JSON report of `check` or `merge`.
Exit status: 0 nothing new, 1 something new, 2 usage error or an input that could not be read.";

pub(super) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  corsight explain                       all rules, by family
  corsight explain allow-origin-missing
  corsight explain CORSMissingAllowOrigin
  corsight explain --server nginx --origin https://app.example.com --method PUT --credentials
  corsight explain \"Access to fetch at 'https://a.example/' from origin 'https://b.example' has been blocked by CORS policy: …\"";

pub(super) const REDACT_EXAMPLES: &str = "\
Examples:
  corsight redact export.har --output clean.har
  zcat export.har.gz | corsight redact | gzip > clean.har.gz

What was removed is told on standard error. The same secret gets the same number, so that sessions can be told apart.
What CORS is about stays readable; everything that is no secret stays byte for byte.";

pub(super) const SIMULATE_EXAMPLES: &str = "\
Examples:
  corsight simulate --suggest export.har --output cors.toml     what must be allowed, as a policy file
  corsight simulate --policy cors.toml captures/                what it would mend, leave and break
  corsight simulate --suggest export.har --server nginx         the same suggestion as nginx' configuration
  corsight simulate --policy cors.toml a.har --host api.example.com --format ndjson

The policy file:
  hosts = [\"api.example.com\"]                  # whom it is for; https://api.example.com: that scheme and port alone
  origins = [\"https://app.example.com\"]        # exact; \"*\" for all
  origin_patterns = [\"https://*.example.com\"]  # * is one label, or a part of it
  methods = [\"PUT\", \"DELETE\"]
  headers = [\"authorization\", \"content-type\"]
  expose_headers = [\"x-total-count\"]
  credentials = true
  max_age = 600

  [[route]]                                     # the first that fits; what it leaves out is as above
  path = \"/public/*\"
  origins = [\"*\"]
  credentials = false

Exit status: 0 nothing fails then, 1 something still fails or would break, 2 usage error or an unreadable input.
With --suggest 0, or 2.";

pub(super) const MERGE_EXAMPLES: &str = "\
Examples:
  corsight merge monday.json tuesday.ndjson --output week.json
  for f in *.har; do corsight $f --format json -o $f.json; done; corsight merge *.har.json";
