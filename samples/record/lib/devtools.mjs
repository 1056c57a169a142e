// The Network panel of Chromium's own DevTools, opened on a tab of the same browser. The HAR is written by the panel's
// own code, so the file is what "Export HAR" saves, not a HAR of ours rebuilt from protocol events.
import { setTimeout as sleep } from 'node:timers/promises';

const FIND_MODULES = `
  const { TargetManager } = (await import('./core/sdk/sdk.js')).TargetManager;
  const { Settings, Progress, ResourceType } = await import('./core/common/common.js');
  const { NetworkLog } = (await import('./models/logs/logs.js')).NetworkLog;
  const { Writer } = (await import('./models/har/har.js'));`;

/** Opens DevTools on the tab and waits until its network log is listening. */
export async function openNetworkPanel(browser, targetId) {
  const host = `127.0.0.1:${browser.port}`;
  const frontend = `http://${host}/devtools/inspector.html?ws=${host}/devtools/page/${targetId}&panel=network`;
  const { sessionId } = await browser.openTab(frontend, { newWindow: true });
  const run = (body) => browser.evaluate(sessionId, `(async () => { ${FIND_MODULES} ${body} })()`);

  for (let i = 0; ; i++) {
    const ready = await run(`
      if (!TargetManager.instance().primaryPageTarget()) return false;
      NetworkLog.instance();
      Settings.Settings.instance().moduleSetting('network-log.preserve-log').set(true);
      return true;`).catch((error) => { if (i > 40) throw error; return false; });
    if (ready) break;
    if (i > 40) throw new Error('DevTools did not attach to the page');
    await sleep(250);
  }
  await sleep(400);

  return {
    /** The text of the export: sanitized (the default of the button) or with sensitive data. */
    exportHar: ({ sanitize }) => run(`
      const web = new Set(['http', 'https', 'ws', 'wss']);
      // The choice NetworkLogView.exportAll makes.
      const requests = NetworkLog.instance().requests()
        .filter((request) => request.parsedURL.isValid && web.has(request.scheme))
        .filter((request) => request.finished
          || (request.resourceType() === ResourceType.resourceTypes.WebSocket && request.responseReceivedTime)
          || request.eventSourceMessages()?.length);
      const progress = new Progress.CompositeProgress(new Progress.Progress());
      return await Writer.Writer.harStringForRequests(requests, { sanitize: ${sanitize} }, progress);`),
  };
}
