// Drives an HTML report in a real Chromium and checks what a reader would do with it.
//
//   node drive.mjs REPORT.html [SCREENSHOTS]
//
// Exit status 0: all well; 1: faults, a line each on standard error; 77: no Chromium here.
// Speaks the DevTools protocol over a pipe, so that nothing but Node itself is needed. The report must open from
// `file://`, ask the network for nothing, and write nothing to the console.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [report, folder] = process.argv.slice(2);
const chromium = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  .find((path) => path && existsSync(path));
if (!chromium) process.exit(77);

const profile = mkdtempSync(join(tmpdir(), "corsight-html-"));
const browser = spawn(chromium, ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const waiting = new Map();
const seen = [];
let next = 1;
let pending = Buffer.alloc(0);
browser.stdio[4].on("data", (bytes) => {
  pending = Buffer.concat([pending, bytes]);
  for (let end = pending.indexOf(0); end >= 0; end = pending.indexOf(0)) {
    const message = JSON.parse(pending.subarray(0, end).toString());
    pending = pending.subarray(end + 1);
    if (message.id) {
      const { done, fail } = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) fail(new Error(message.error.message));
      else done(message.result);
    } else seen.push(message);
  }
});

function send(method, params = {}, sessionId = undefined) {
  const id = next++;
  browser.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  return new Promise((done, fail) => waiting.set(id, { done, fail }));
}

const faults = [];
const expect = (holds, what) => { if (!holds) faults.push(what); };

async function main() {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const page = (method, params) => send(method, params, sessionId);
  const run = async (code) => {
    const { result, exceptionDetails } = await page("Runtime.evaluate", { expression: code, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(`${code}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  };
  const open = async (hash) => {
    await page("Page.navigate", { url: "about:blank" });
    await page("Page.navigate", { url: pathToFileURL(resolve(report)).href + hash });
    for (let turn = 0; turn < 300; turn += 1) {
      if (await run("document.readyState === 'complete' && location.protocol === 'file:' && (!document.querySelector('.rows') || 'ready' in document.documentElement.dataset)").catch(() => false)) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error("the page did not load");
  };
  const size = (width, scheme) => Promise.all([
    page("Emulation.setDeviceMetricsOverride", { width, height: 1000, deviceScaleFactor: 1, mobile: width < 600 }),
    page("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] }),
  ]);
  const shoot = async (name) => {
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    const { data } = await page("Page.captureScreenshot", { format: "png" });
    writeFileSync(join(folder, `${basename(report, ".html")}-${name}.png`), Buffer.from(data, "base64"));
  };

  for (const domain of ["Page", "Runtime", "Log", "Network"]) await page(`${domain}.enable`);
  await size(1280, "light");
  const began = Date.now();
  await open("");
  const took = Date.now() - began;
  expect(took < 10_000, `opening took ${took} ms`);
  const rows = await run("document.querySelectorAll('#table tbody tr.row').length");
  expect(rows > 0, "the table is empty");
  await shoot("top-1280-light");

  // Filtering: what nothing matches, then everything again.
  const type = (text) => run(`(() => { const q = document.getElementById('query'); q.value = ${JSON.stringify(text)}; q.dispatchEvent(new Event('input')); return document.querySelectorAll('#table tbody tr.row').length; })()`);
  expect(await type("no finding has these words") === 0, "the filter lets everything pass");
  expect(await type("") === rows, "an empty filter does not show all again");

  // Keyboard: Enter on a row's button opens its details, once more closes them.
  await run("document.querySelector('#table .open').focus()");
  const press = async () => {
    for (const type of ["keyDown", "keyUp"]) await page("Input.dispatchKeyEvent", { type, key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: type === "keyDown" ? "\r" : undefined });
  };
  const settled = () => new Promise((done) => setTimeout(done, 100));
  await press();
  await settled();
  expect(await run("document.querySelectorAll('tr.details h3').length") > 0, "Enter does not open a finding");
  expect(await run("document.querySelector('.open').getAttribute('aria-expanded')") === "true", "an open finding is not marked as expanded");
  const id = await run("location.hash");
  expect(id.length > 1, "an open finding has no address");
  await press();
  expect(await run("document.querySelectorAll('tr.details').length") === 0, "Enter does not close a finding");

  // A link to a finding opens it; its exchanges unfold.
  for (const width of [1440, 1024, 420]) {
    for (const scheme of ["light", "dark"]) {
      await size(width, scheme);
      await open(id);
      expect(await run("document.querySelectorAll('tr.details').length") === 1, `${width}: the link opens nothing`);
      expect(await run("document.querySelectorAll('.exchange .bar rect').length") > 0, `${width}: there is no waterfall`);
      await run("document.querySelector('.exchange').open = true");
      expect(await run("document.querySelector('.exchange pre').getBoundingClientRect().height") > 20, `${width}: no messages`);
      const [wide, room] = await run("[document.documentElement.scrollWidth, innerWidth]");
      expect(wide <= room, `${width}: the page is ${wide} wide`);
      await run("document.querySelector('tr.details').scrollIntoView()");
      await shoot(`finding-${width}-${scheme}`);
      await run("scrollTo(0, 0)");
      await shoot(`top-${width}-${scheme}`);
    }
  }

  // A filter is part of the address, and the address restores it together with the open finding.
  await size(1280, "light");
  const word = await run("document.querySelector('tr.row .rule').textContent.split(' ')[1]");
  const all = await run("document.getElementById('shown').textContent");
  await open(`#finding=${id.slice(1)}&q=${word}&hide=note`);
  expect(await run("document.getElementById('query').value") === word, "a link does not restore the words of its filter");
  expect(await run("document.querySelector('#severities [value=note]')?.checked ?? false") === false, "a link does not restore hidden severities");
  expect(await run("[...document.querySelectorAll('tr.row')].every((row) => row.textContent.includes('" + word + "'))"), "a link's filter filters nothing");
  expect(await run("document.querySelectorAll('tr.details').length") === 1, "a link with a filter opens nothing");
  await open("");
  await run("document.querySelector('[data-cause]:not([hidden])')?.click()");
  expect(await run("document.querySelectorAll('.chip').length") === 1, "a cause does not show its findings");
  expect((await run("location.hash")).includes("cause="), "a cause's filter is not in the address");
  await run("document.querySelector('.chip').click()");
  expect(await run("document.getElementById('shown').textContent") === all, "a filter cannot be taken back");
  await run("document.querySelector('[data-sort=request] button').click()");
  const order = await run("[...document.querySelectorAll('.open')].map((one) => one.textContent.split(' ')[1])");
  expect(order.every((url, at) => at === 0 || order[at - 1] <= url), "a click on a heading does not sort");
  expect(await run("document.querySelector('[data-sort=request]').ariaSort") === "ascending", "the order is not told to a screen reader");

  // The parts that give an overview, and paper.
  for (const part of [".causes li", ".timeline rect", ".cost tbody tr", ".endpoints tbody tr", "#matrix td button"]) {
    expect(await run(`document.querySelectorAll('${part}').length`) > 0, `${part} is not there`);
  }
  const { data: paper } = await page("Page.printToPDF", {});
  expect(paper.length > 10_000, "the page cannot be printed");

  // Every control has a name for a screen reader.
  const nameless = await run("[...document.querySelectorAll('button, input, summary')].filter((e) => !e.hidden && !(e.textContent.trim() || e.labels?.length || e.ariaLabel)).length");
  expect(nameless === 0, `${nameless} controls have no name`);
  for (const { method, params } of seen) {
    if (method === "Runtime.exceptionThrown") faults.push(`script: ${params.exceptionDetails.exception?.description}`);
    if (method === "Log.entryAdded" && params.entry.level === "error") faults.push(`console: ${params.entry.text}`);
    const url = method === "Network.requestWillBeSent" ? params.request.url : "";
    if (url && !url.startsWith("file:") && !url.startsWith("about:")) faults.push(`asks for ${url}`);
  }
  process.stdout.write(`${rows} rows, opened in ${took} ms\n`);
}

const patience = setTimeout(() => { faults.push("timed out"); end(); }, 120_000);
function end() {
  clearTimeout(patience);
  browser.kill("SIGKILL");
  browser.on("close", () => {
    try {
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    } catch {
      // A helper of the browser still writes there; the system clears its temporary folder.
    }
    for (const fault of faults) process.stderr.write(`${fault}\n`);
    process.exit(faults.length ? 1 : 0);
  });
}
main().catch((error) => faults.push(String(error))).then(end);
