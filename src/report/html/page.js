"use strict";
// The table of findings: reads its rows from the page, filters, sorts, turns pages, opens findings, and keeps all of that
// in the address, so that a link shows another reader the same. Writes text only, never markup.
(async () => {
  if (!document.querySelector(".rows")) return;
  const SEVERITIES = ["blocked", "depends", "risk", "note"];
  const PAGE = 100;
  const PRINTED = 500;
  const byId = (id) => document.getElementById(id);
  const body = document.querySelector("#table tbody");
  const query = byId("query");
  const pager = byId("pager");

  // A block of data: JSON, or the same deflated.
  async function read(block) {
    if (block.type === "application/json") return JSON.parse(block.textContent);
    const text = atob(block.textContent);
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(plain).json();
  }

  async function readAll(name) {
    const blocks = [];
    for (const block of document.querySelectorAll(`.${name}`)) blocks.push(await read(block));
    return blocks.flat();
  }

  const strings = await readAll("strings");
  const rows = (await readAll("rows")).map(([id, severity, rule, method, server, path, origin, count, first, last, cause, known, about, sources, examples, number, endpoint], at) => ({
    at, id, severity: SEVERITIES[severity], rule: strings[rule], method: strings[method], url: strings[server] + path, origin: strings[origin] || "not recorded",
    count, first, last, cause, known, about, sources, examples, number, endpoint: strings[endpoint],
  }));
  const detailBlocks = [...document.querySelectorAll("script.details")];
  const kept = new Map();
  async function detailsOf(row) {
    const block = detailBlocks.findLast((one) => Number(one.dataset.first) <= row.number);
    if (!kept.has(block)) kept.set(block, await read(block));
    return kept.get(block)[row.number - Number(block.dataset.first)];
  }

  // What a row can be found by; made when first asked for.
  let texts = null;
  const textOf = (row) => [row.severity, row.rule, row.method, row.url, row.origin, strings[row.about], row.sources.map(([name]) => strings[name]).join(" ")].join(" ").toLowerCase();

  // What is shown: the words of `q`, severities hidden, one cause, origin or endpoint; the order; the open finding.
  const blank = () => ({ q: "", hide: "", cause: "", origin: "", endpoint: "", sort: "", finding: "" });
  let state = blank();
  let found = rows;
  let from = 0;

  function search() {
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) texts ??= rows.map(textOf);
    const hidden = new Set(state.hide.split(","));
    const cause = Number(state.cause);
    found = rows.filter((row) => !hidden.has(row.severity) && (!cause || row.cause === cause)
      && (!state.origin || row.origin === state.origin) && (!state.endpoint || row.endpoint === state.endpoint)
      && words.every((word) => texts[row.at].includes(word)));
    sort();
    from = 0;
    render();
    const requests = found.reduce((sum, row) => sum + row.count, 0);
    const number = (count) => count.toLocaleString("en").replaceAll(",", "\u202f");
    byId("shown").textContent = `${number(found.length)} of ${number(rows.length)} kinds, ${number(requests)} findings`;
    chips();
  }

  const KEYS = { count: (row) => row.count, rule: (row) => row.rule, request: (row) => row.url, page: (row) => row.origin, time: (row) => row.first };
  function sort() {
    const isDown = state.sort.startsWith("-");
    const key = KEYS[state.sort.replace("-", "")];
    for (const cell of document.querySelectorAll("[data-sort]")) {
      const is = key && cell.dataset.sort === state.sort.replace("-", "");
      if (is) cell.ariaSort = isDown ? "descending" : "ascending";
      else cell.removeAttribute("aria-sort");
    }
    if (!key) return;
    const sign = isDown ? -1 : 1;
    const keyed = found.map((row) => [key(row), row]);
    keyed.sort(([a, one], [b, other]) => (a < b ? -sign : a > b ? sign : one.at - other.at));
    found = keyed.map(([, row]) => row);
  }

  function render(length = PAGE) {
    body.replaceChildren(...found.slice(from, from + length).map(line));
    pager.hidden = found.length <= PAGE;
    pager.querySelector("span").textContent = `${from + 1} to ${Math.min(from + length, found.length)} of ${found.length}`;
    for (const button of pager.querySelectorAll("button")) {
      button.disabled = ["first", "previous"].includes(button.dataset.page) ? from === 0 : from + PAGE >= found.length;
    }
  }

  function line(row) {
    const open = element("button", { type: "button", className: "open" }, element("span", { className: "method" }, row.method), ` ${row.url}`);
    open.setAttribute("aria-expanded", "false");
    const made = element("tr", { className: "row", id: `row-${row.id}` },
      element("td", { className: "number" }, `${row.count}×`),
      element("td", { className: "rule" }, element("span", { className: `severity ${row.severity}` }, row.severity), ` ${row.rule}${row.known ? " (known)" : ""}`),
      element("td", { className: "request" }, open),
      element("td", { className: "page" }, row.origin),
      element("td", { className: "time" }, time(row.first)));
    made.addEventListener("click", (event) => {
      if (open.contains(event.target) || !String(getSelection())) toggle(made, row);
    });
    return made;
  }

  // Narrow windows have fewer.
  const columns = () => [...document.querySelectorAll("#table th")].filter((one) => one.offsetWidth).length;

  async function toggle(made, row) {
    const button = made.querySelector(".open");
    const next = made.nextElementSibling;
    if (next?.classList.contains("details")) {
      next.remove();
      button.setAttribute("aria-expanded", "false");
      remember({ finding: "" });
      return;
    }
    button.setAttribute("aria-expanded", "true");
    const cell = element("td", { colSpan: columns() });
    made.after(element("tr", { className: "details" }, cell));
    remember({ finding: row.id });
    cell.append(...details(row, await detailsOf(row), strings));
  }

  // The address: a finding alone is `#id`; with a filter `#finding=id&q=words`.
  function remember(change) {
    Object.assign(state, change);
    const parts = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
    const text = parts.size === 1 && state.finding ? state.finding : String(parts);
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  }

  function set(change) {
    remember({ ...change, finding: "" });
    search();
  }

  async function follow() {
    const text = location.hash.slice(1);
    if (byId(text) && !text.startsWith("row-")) {
      byId(text).closest("details")?.setAttribute("open", "");
      byId(text).scrollIntoView();
      return;
    }
    const asked = text.includes("=") ? Object.fromEntries(new URLSearchParams(text)) : { finding: text };
    state = blank();
    for (const key of Object.keys(state)) state[key] = asked[key] ?? "";
    query.value = state.q;
    for (const box of byId("severities").querySelectorAll("input")) box.checked = !state.hide.split(",").includes(box.value);
    search();
    const at = found.findIndex((row) => row.id === state.finding);
    if (at < 0) return;
    from = at - at % PAGE;
    render();
    const made = byId(`row-${found[at].id}`);
    await toggle(made, found[at]);
    made.scrollIntoView({ block: "start" });
    made.querySelector(".open").focus({ preventScroll: true });
  }

  function chips() {
    const chip = (key, text) => {
      const button = element("button", { type: "button", className: "chip", ariaLabel: `no longer only ${text}` }, `${text} ×`);
      button.addEventListener("click", () => { set({ [key]: "" }); query.focus(); });
      return button;
    };
    const made = [];
    if (state.cause) made.push(chip("cause", `cause ${state.cause}`));
    if (state.origin) made.push(chip("origin", `from ${state.origin}`));
    if (state.endpoint) made.push(chip("endpoint", `to ${state.endpoint}`));
    byId("chips").replaceChildren(...made);
  }

  function matrix() {
    const COLUMNS = 8;
    const LINES = 12;
    const cells = new Map();
    const origins = new Map();
    const endpoints = new Map();
    const grow = (map, key, count) => map.set(key, (map.get(key) ?? 0) + count);
    for (const row of rows) {
      if (row.severity !== "blocked" && row.severity !== "depends") continue;
      const { endpoint, origin } = row;
      grow(cells, `${origin}\n${endpoint}`, row.count);
      grow(origins, origin, row.count);
      grow(endpoints, endpoint, row.count);
    }
    if (origins.size * endpoints.size < 2) return;
    const largest = (map, count) => [...map].sort((a, b) => b[1] - a[1]).slice(0, count).map(([name]) => name);
    const columns = largest(origins, COLUMNS);
    const most = Math.max(...cells.values());
    const cell = (origin, endpoint) => {
      const count = cells.get(`${origin}\n${endpoint}`) ?? 0;
      if (!count) return element("td", { className: "none" }, "·");
      const button = element("button", { type: "button", className: "link", ariaLabel: `${count} from ${origin} to ${endpoint}` }, String(count));
      button.addEventListener("click", () => { set({ origin, endpoint }); byId("findings").scrollIntoView(); });
      return element("td", { className: `heat${Math.ceil((count / most) * 4)}` }, button);
    };
    byId("matrix").append(
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "to \u2193 from \u2192"), ...columns.map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, ...largest(endpoints, LINES).map((endpoint) => element("tr", {}, element("th", { scope: "row" }, endpoint), ...columns.map((origin) => cell(origin, endpoint))))));
    const rest = [[endpoints.size - LINES, "endpoints"], [origins.size - COLUMNS, "origins"]].filter(([count]) => count > 0).map(([count, what]) => `${count} more ${what}`);
    byId("matrix-rest").textContent = rest.length ? `${rest.join(" and ")} failed less often and are not in this table` : "";
    byId("matrix").closest("section").hidden = false;
  }

  for (const severity of SEVERITIES) {
    const count = rows.filter((row) => row.severity === severity).length;
    if (!count) continue;
    const box = element("input", { type: "checkbox", checked: true, value: severity });
    box.addEventListener("change", () => {
      const boxes = [...byId("severities").querySelectorAll("input")];
      set({ hide: boxes.filter((one) => !one.checked).map((one) => one.value).join(",") });
    });
    byId("severities").append(element("label", {}, box, ` ${severity} (${count})`));
  }
  for (const cell of document.querySelectorAll("[data-sort]")) {
    const button = element("button", { type: "button", className: "sort" }, cell.textContent);
    button.addEventListener("click", () => set({ sort: state.sort === cell.dataset.sort ? `-${cell.dataset.sort}` : cell.dataset.sort }));
    cell.replaceChildren(button);
  }
  for (const button of document.querySelectorAll("[data-cause]")) {
    button.hidden = !rows.some((row) => row.cause === Number(button.dataset.cause));
    button.addEventListener("click", () => { set({ cause: button.dataset.cause }); byId("findings").scrollIntoView(); });
  }
  query.addEventListener("input", () => set({ q: query.value }));
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  pager.addEventListener("click", (event) => {
    const last = Math.max(0, Math.ceil(found.length / PAGE) - 1) * PAGE;
    const to = { first: 0, previous: from - PAGE, next: from + PAGE, last }[event.target.dataset?.page];
    if (to === undefined) return;
    from = Math.min(Math.max(to, 0), last);
    render();
    byId("findings").scrollIntoView();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA)$/.test(event.target.tagName)) return;
    event.preventDefault();
    query.focus();
  });
  addEventListener("hashchange", follow);
  addEventListener("resize", () => {
    for (const cell of document.querySelectorAll("tr.details > td")) cell.colSpan = columns();
  });
  // On paper there is no next page.
  addEventListener("beforeprint", () => {
    if (document.querySelector("tr.details") || found.length <= PAGE) return;
    from = 0;
    render(PRINTED);
    if (found.length > PRINTED) byId("shown").textContent += `; the first ${PRINTED} are printed`;
  });
  addEventListener("afterprint", () => search());
  matrix();
  await follow();
  document.documentElement.dataset.ready = "";
})();
