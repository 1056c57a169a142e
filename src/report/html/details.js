"use strict";
// Shows one finding: why, fix, evidence, and its exchanges on the wire. Writes text only, never markup.

const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

const drawn = (name, attributes) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

const time = (ms) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");

// `g` is the row, `d` the details, absent where the file had no room for them; names of inputs are numbers in `strings`.
function details(g, d, strings) {
  const list = element("dl");
  const add = (name, value, className = "") => {
    if (value) list.append(element("dt", {}, name), element("dd", { className }, value));
  };
  const seen = `${g.count}× in ${g.sources.map(([name, count]) => `${strings[name]} (${count})`).join(", ")}, ${time(g.first)}${g.first === g.last ? "" : ` to ${time(g.last)}`} UTC`;
  if (!d) {
    add("Seen", seen);
    return [element("p", {}, "The details of this finding found no room in this file; filter the run (--origin, --host, --rule) for a smaller report."), list];
  }
  add("Why", d.why);
  d.fix.forEach((text, at) => add(at ? text.match(/^and /) ? "and" : "or" : "Fix", text.replace(/^(or|and) /, ""), "fix"));
  if (d.platform) add("Server", `${d.platform} detected: corsight explain ${g.rule} --server ${d.platform}`);
  add("Settled by", d.settles);
  add("Page", [g.origin, d.initiator, d.credentials && `credentials ${d.credentials}`].filter(Boolean).join(", "));
  add("Also wrong", d.also.map((a) => a.parameter ? `${a.rule} (${a.parameter})` : a.rule).join(", "));
  add("Browsers", [["Chromium", d.codes.chromium], ["Firefox", d.codes.firefox], ["Safari", d.codes.webkit]]
    .filter(([, code]) => code).map(([name, code]) => `${name} ${code}`).join(" · "));
  if (g.known) add("Known", "accepted by the baseline");
  if (g.cause) add("Root cause", element("a", { href: `#cause-${g.cause}` }, `number ${g.cause} above`));
  add("Certainty", [d.confidence, d.outcome, d.enforcement, ...d.caveats].join(", "));
  add("Wireshark", d.wireshark);
  add("Seen", seen);
  add("Link", element("a", { href: `#${g.id}` }, `#${g.id}`));
  const parts = [list];
  const wire = [
    ["Preflight", d.preflight, ["preflight-request", "preflight-response"]],
    ["Redirect", null, ["redirect-response"]],
    ["Actual request", d.actual, ["actual-request", "actual-response"]],
    ["Recorded", null, ["recorded"]],
  ];
  for (const [name, exchange, kinds] of wire) {
    const facts = d.evidence.filter((fact) => kinds.includes(fact.message));
    if (!exchange && !facts.length) continue;
    const took = exchange?.ms === null || exchange?.ms === undefined ? "" : ` in ${exchange.ms} ms`;
    const answer = exchange ? `: ${exchange.place}, ${exchange.status ? `status ${exchange.status}` : "no answer"}${took}` : "";
    parts.push(element("h3", {}, name + answer));
    if (facts.length) parts.push(element("div", { className: "fields" }, ...facts.map(fact)));
  }
  if (d.exchanges.length) parts.push(...waterfall(d.exchanges));
  if (g.examples.length) {
    parts.push(element("h3", {}, "Others"));
    for (const [source, place, ms, url] of g.examples) parts.push(element("p", { className: "faint" }, [strings[source], place, `${time(ms)} UTC`, url].filter(Boolean).join(", ")));
  }
  return parts;
}

function fact(e) {
  const value = element("span", { className: "value" });
  if (e.value === null) value.append(element("span", { className: "missing" }, "(missing)"));
  else if (e.marks) value.append(e.marks[0], element("mark", {}, e.marks[1]), e.marks[2]);
  else value.append(e.value);
  return element("p", {}, element("span", { className: "name" }, `${e.field.replace(/^:/, "")}:`), " ", value, " ", element("span", { className: "remark" }, e.note));
}

// When each exchange began, was answered and ended; the messages unfold below.
function waterfall(exchanges) {
  const end = Math.max(0.1, ...exchanges.map((e) => e.at + (e.ms ?? 0)));
  const parts = [element("h3", {}, "On the wire")];
  for (const e of exchanges) {
    const bar = drawn("svg", { class: "bar", "aria-hidden": "true" });
    const left = Math.min((e.at / end) * 100, 99.5);
    const width = (ms) => `${Math.max(0.5, (ms / end) * 100)}%`;
    bar.append(drawn("rect", { class: `span ${e.what}`, x: `${left}%`, y: 0, width: width(e.ms ?? 0), height: "100%" }));
    if (e.answered !== null && e.ms > e.answered) {
      bar.append(drawn("rect", { class: "receive", x: `${left + (e.answered / end) * 100}%`, y: 0, width: width(e.ms - e.answered), height: "100%" }));
    }
    const took = e.ms === null ? "no answer" : `${e.ms} ms`;
    const messages = e.messages.map((m) => element("pre", { tabIndex: 0 }, [m.line, ...m.fields.map(([name, value]) => `${name}: ${value}`)].join("\n")));
    const status = e.messages[1]?.line ?? e.messages[0]?.line ?? "";
    parts.push(element("details", { className: "exchange" },
      element("summary", {}, element("span", { className: "what" }, e.what), bar, element("span", { className: "took" }, `+${e.at} ms, ${took}`)),
      element("p", { className: "faint" }, [e.place, status].filter(Boolean).join(", ")), element("div", { className: "messages" }, ...messages)));
  }
  return parts;
}
