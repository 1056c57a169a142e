"use strict";
// Builds the table of findings and their details from the JSON in the page. Writes text only, never markup.
(() => {
  const source = document.getElementById("data");
  if (!source) return;
  const groups = JSON.parse(source.textContent);
  const SEVERITIES = ["blocked", "depends", "risk", "note"];
  const PAGE = 100;
  const body = document.querySelector("#table tbody");
  const query = document.getElementById("query");
  const more = document.getElementById("more");
  const chosen = new Set(SEVERITIES);
  let found = groups;
  let shown = 0;

  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  // What a group can be found by.
  const texts = groups.map((g) =>
    [g.rule, g.method, g.url, g.origin, g.why, g.codes.chromium, g.codes.firefox, Object.keys(g.sources).join(" "),
      ...g.evidence.map((e) => `${e.field} ${e.value ?? ""}`)].join(" ").toLowerCase());

  function search() {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = groups.filter((g, at) => chosen.has(g.severity) && words.every((word) => texts[at].includes(word)));
    body.replaceChildren();
    shown = 0;
    showMore();
    const requests = found.reduce((sum, g) => sum + g.count, 0);
    document.getElementById("shown").textContent = `${found.length} of ${groups.length} kinds, ${requests} findings`;
  }

  function showMore() {
    for (const group of found.slice(shown, shown + PAGE)) body.append(row(group));
    shown = Math.min(shown + PAGE, found.length);
    more.hidden = shown >= found.length;
  }

  function row(group) {
    const open = element("button", { type: "button", className: "open" }, `${group.method} ${group.url}`);
    open.setAttribute("aria-expanded", "false");
    const made = element("tr", { className: "row", id: `row-${group.id}` },
      element("td", { className: "number" }, String(group.count)),
      element("td", {}, element("span", { className: `severity ${group.severity}` }, group.severity), ` ${group.rule}${group.known ? " (known)" : ""}`),
      element("td", { className: "request" }, open),
      element("td", { className: "page" }, group.origin || "not recorded"),
      element("td", {}, time(group.first)));
    made.addEventListener("click", (event) => {
      if (event.target === open || !String(getSelection())) toggle(made, group);
    });
    return made;
  }

  function toggle(made, group) {
    const button = made.querySelector(".open");
    const next = made.nextElementSibling;
    if (next?.classList.contains("details")) {
      next.remove();
      button.setAttribute("aria-expanded", "false");
      return;
    }
    const cell = element("td", { colSpan: 5 }, ...details(group));
    made.after(element("tr", { className: "details" }, cell));
    button.setAttribute("aria-expanded", "true");
    history.replaceState(null, "", `#${group.id}`);
  }

  function details(g) {
    const list = element("dl");
    const add = (name, value, className = "") => {
      if (value) list.append(element("dt", {}, name), element("dd", { className }, value));
    };
    add("Why", g.why);
    g.fix.forEach((text, at) => add(at ? "or" : "Fix", text, "fix"));
    if (g.platform) add("Server", `${g.platform} detected: corsight explain ${g.rule} --server ${g.platform}`);
    add("Settled by", g.settles);
    add("Page", [g.origin || "origin not recorded", g.initiator, g.credentials && `credentials ${g.credentials}`].filter(Boolean).join(", "));
    add("Also wrong", g.also.map((a) => a.parameter ? `${a.rule} (${a.parameter})` : a.rule).join(", "));
    add("Browsers", [["Chromium", g.codes.chromium], ["Firefox", g.codes.firefox], ["Safari", g.codes.webkit]]
      .filter(([, code]) => code).map(([name, code]) => `${name} ${code}`).join(" · "));
    if (g.known) add("Known", "accepted by the baseline");
    add("Root cause", g.cause && `number ${g.cause} above`);
    add("Certainty", [g.confidence, g.outcome, g.enforcement, ...g.caveats].join(", "));
    add("Wireshark", g.wireshark);
    add("Seen", `${g.count}× in ${Object.entries(g.sources).map(([name, count]) => `${name} (${count})`).join(", ")}, ${time(g.first)}${g.first === g.last ? "" : ` to ${time(g.last)}`}`);
    const parts = [list];
    const wire = [
      ["Preflight", g.preflight, ["preflight-request", "preflight-response"]],
      ["Redirect", null, ["redirect-response"]],
      ["Actual request", g.actual, ["actual-request", "actual-response"]],
      ["Recorded", null, ["recorded"]],
    ];
    for (const [name, exchange, kinds] of wire) {
      const facts = g.evidence.filter((fact) => kinds.includes(fact.message));
      if (!exchange && !facts.length) continue;
      const answer = exchange ? `: ${exchange.place}, ${exchange.status ? `status ${exchange.status}` : "no answer"}${exchange.ms === null ? "" : ` in ${exchange.ms} ms`}` : "";
      parts.push(element("p", { className: "message" }, name + answer));
      if (facts.length) parts.push(element("table", { className: "fields" }, ...facts.map(fact)));
    }
    if (g.exchanges.length) parts.push(...waterfall(g.exchanges));
    if (g.examples.length) {
      parts.push(element("p", { className: "message" }, "Others"));
      for (const example of g.examples) parts.push(element("p", { className: "faint" }, example));
    }
    return parts;
  }

  // When each exchange began, was answered and ended; the messages unfold below.
  function waterfall(exchanges) {
    const end = Math.max(0.1, ...exchanges.map((e) => e.at + (e.ms ?? 0)));
    const parts = [element("p", { className: "message" }, "On the wire")];
    for (const e of exchanges) {
      const bar = drawn("svg", { viewBox: "0 0 1000 12", preserveAspectRatio: "none", class: "bar", "aria-hidden": "true" });
      const left = (e.at / end) * 1000;
      const width = (ms) => Math.max(4, (ms / end) * 1000);
      bar.append(drawn("rect", { class: `span ${e.what}`, x: Math.min(left, 996), y: 1, width: width(e.ms ?? 0), height: 10 }));
      if (e.answered !== null && e.ms > e.answered) {
        bar.append(drawn("rect", { class: "receive", x: Math.min(left + (e.answered / end) * 1000, 996), y: 1, width: width(e.ms - e.answered), height: 10 }));
      }
      const took = e.ms === null ? "no answer" : `${e.ms} ms`;
      const messages = e.messages.map((m) => element("pre", {}, [m.line, ...m.fields.map(([name, value]) => `${name}: ${value}`)].join("\n")));
      parts.push(element("details", { className: "exchange" },
        element("summary", {}, element("span", { className: "what" }, e.what), bar, element("span", { className: "took" }, `+${e.at} ms, ${took}`)),
        element("p", { className: "faint" }, e.place), ...messages));
    }
    return parts;
  }

  function drawn(name, attributes) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function fact(e) {
    const value = element("td");
    if (e.value === null) value.append(element("span", { className: "missing" }, "(missing)"));
    else if (e.marks) value.append(e.marks[0], element("mark", {}, e.marks[1]), e.marks[2]);
    else value.append(e.value);
    return element("tr", {}, element("td", {}, `${e.field.replace(/^:/, "")}:`), value, element("td", { className: "remark" }, e.note));
  }

  function matrix() {
    const cells = new Map();
    const origins = new Map();
    const endpoints = new Map();
    for (const g of groups) {
      if (g.severity !== "blocked" && g.severity !== "depends") continue;
      const endpoint = g.url.replace(/[?#].*$/, "").replace(/^(\w+:\/\/[^/]*).*$/, "$1");
      const origin = g.origin || "not recorded";
      const key = `${origin}\n${endpoint}`;
      cells.set(key, (cells.get(key) ?? 0) + g.count);
      origins.set(origin, (origins.get(origin) ?? 0) + g.count);
      endpoints.set(endpoint, (endpoints.get(endpoint) ?? 0) + g.count);
    }
    if (origins.size * endpoints.size < 2) return;
    const largest = (map) => [...map].sort((a, b) => b[1] - a[1]).slice(0, 10).map(([name]) => name);
    const columns = largest(endpoints);
    const table = document.getElementById("matrix");
    table.append(element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "failed from \u2193 to \u2192"),
      ...columns.map((name) => element("th", { scope: "col" }, name)))));
    table.append(element("tbody", {}, ...largest(origins).map((origin) => element("tr", {},
      element("th", { scope: "row" }, origin),
      ...columns.map((endpoint) => {
        const count = cells.get(`${origin}\n${endpoint}`) ?? 0;
        return element("td", { className: count ? "some" : "" }, count ? String(count) : "\u00b7");
      })))));
    table.closest("section").hidden = false;
  }

  const time = (text) => text.replace("T", " ").replace(/\.\d+/, "").replace("Z", " UTC");

  // A link to a finding opens it, on whatever page of the table it is.
  function follow() {
    const id = location.hash.slice(1);
    const at = found.findIndex((group) => group.id === id);
    if (at < 0) return;
    while (shown <= at) showMore();
    const made = document.getElementById(`row-${id}`);
    if (!made.nextElementSibling?.classList.contains("details")) toggle(made, found[at]);
    made.scrollIntoView({ block: "center" });
    made.querySelector(".open").focus();
  }

  for (const severity of SEVERITIES) {
    const count = groups.filter((g) => g.severity === severity).length;
    if (!count) continue;
    const box = element("input", { type: "checkbox", checked: true });
    box.addEventListener("change", () => {
      if (box.checked) chosen.add(severity);
      else chosen.delete(severity);
      search();
    });
    document.getElementById("severities").append(element("label", {}, box, ` ${severity} (${count})`));
  }
  query.addEventListener("input", search);
  document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", showMore);
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => { while (shown < Math.min(found.length, 1000)) showMore(); });
  matrix();
  search();
  follow();
})();
