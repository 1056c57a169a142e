// Turns protocol events into the browser's own verdict on each request of the page.

/** Collects the events of one tab. */
export class Observer {
  #requests = new Map();
  #wire = new Map();
  #order = [];
  #messages = [];

  /** What the console showed, line by line, in order. */
  console = [];

  take({ method, params }) {
    switch (method) {
      case 'Network.requestWillBeSent': return this.#sent(params);
      case 'Network.requestWillBeSentExtraInfo': return this.#seenOnWire(params.requestId, 'origins', params.headers.Origin ?? params.headers.origin ?? null);
      case 'Network.responseReceivedExtraInfo': return this.#seenOnWire(params.requestId, 'statuses', params.statusCode);
      case 'Network.responseReceived': return this.#answered(params.requestId, params.response.status);
      case 'Network.loadingFinished': return this.#last(params.requestId, (hop) => { hop.finished = true; });
      case 'Network.loadingFailed': return this.#last(params.requestId, (hop) => { hop.failure = params; });
      case 'Network.webSocketCreated': return this.#open(params.requestId, { method: 'GET', url: params.url, type: 'WebSocket' });
      case 'Network.webSocketWillSendHandshakeRequest':
        return this.#seenOnWire(params.requestId, 'origins', params.request.headers.Origin ?? null);
      case 'Network.webSocketHandshakeResponseReceived': return this.#answered(params.requestId, params.response.status);
      case 'Log.entryAdded': return this.#logged(params.entry);
      case 'Runtime.consoleAPICalled':
        this.console.push(params.args.map((arg) => arg.value ?? arg.description).join(' '));
        break;
      case 'Runtime.exceptionThrown':
        this.console.push(`${params.exceptionDetails.text} ${params.exceptionDetails.exception?.description ?? ''}`.trim());
    }
  }

  #sent({ requestId, request, type, initiator, redirectResponse, documentURL }) {
    if (redirectResponse) this.#answered(requestId, redirectResponse.status);
    this.#open(requestId, { method: request.method, url: request.url, type, initiator, documentURL });
  }

  #open(requestId, fields) {
    const hop = { requestId, hop: this.#requests.get(requestId)?.length ?? 0, ...fields };
    if (hop.hop === 0) this.#requests.set(requestId, []);
    this.#requests.get(requestId).push(hop);
    this.#order.push(hop);
  }

  // The network service's events may come before the renderer's; both are in the order of the redirect chain.
  #seenOnWire(requestId, list, value) {
    const wire = this.#wire.get(requestId) ?? { origins: [], statuses: [] };
    this.#wire.set(requestId, wire);
    wire[list].push(value);
  }

  #answered(requestId, status) { this.#last(requestId, (hop) => { hop.status = status; }); }

  #last(requestId, change) {
    const hops = this.#requests.get(requestId);
    if (hops) change(hops.at(-1));
  }

  #logged(entry) {
    // DevTools prints the URL that failed beside the text, not in it.
    this.console.push(entry.source === 'network' && entry.url ? `${entry.text}    ${entry.url}` : entry.text);
    this.#messages.push({ requestId: entry.networkRequestId, text: entry.text });
  }

  /** One record for each request of the page except the page's own navigation; HAR positions refer to `har`. */
  verdicts({ origin, visits = [] }, har) {
    const place = harPlaces(har);
    const preflightPlace = new Map();
    for (const hop of this.#order) {
      hop.harIndex = place(hop);
      if (isPreflight(hop)) preflightPlace.set(hop.initiator.requestId, hop.harIndex);
    }
    return this.#order
      .filter((hop) => !isPreflight(hop) && !hop.url.startsWith('data:'))
      .slice(1)
      .filter((hop) => !visits.some((visit) => hop.url.startsWith(`${visit}/?visit=`)))
      .map((hop) => {
        const cors = hop.failure?.corsErrorStatus;
        const wire = this.#wire.get(hop.requestId);
        return {
          method: hop.method,
          url: hop.url,
          origin: visits.length ? new URL(hop.documentURL).origin : origin,
          origin_header: wire?.origins[hop.hop] ?? null,
          resource_type: hop.type,
          // As on the wire: a revalidated answer is 304 here although the page sees 200.
          status: wire?.statuses[hop.hop] ?? hop.status ?? null,
          verdict: verdict(hop),
          chromium_cors_error: cors?.corsError ?? null,
          failed_parameter: cors ? cors.failedParameter : null,
          net_error: hop.failure && verdict(hop) !== 'ok' ? hop.failure.errorText || null : null,
          console_message: hop.failure ? this.#messageAbout(hop) : null,
          har_index: hop.harIndex,
          // A redirect chain has one request id; the preflight belongs to its first hop here.
          har_preflight_index: hop.hop === 0 ? preflightPlace.get(hop.requestId) ?? null : null,
        };
      });
  }

  #messageAbout(hop) {
    const about = this.#messages.filter((message) => message.requestId === hop.requestId && !message.used);
    const best = about.find((message) => /policy|Mixed Content/.test(message.text))
      ?? this.#messages.find((message) => !message.used && /policy|Mixed Content/.test(message.text) && message.text.includes(`'${hop.url}'`))
      ?? about[0];
    if (!best) return null;
    best.used = true;
    return best.text;
  }
}

function isPreflight({ initiator }) { return initiator?.type === 'preflight'; }

function verdict({ failure, status, finished }) {
  if (failure?.corsErrorStatus) return 'cors';
  if (failure?.blockedReason) return failure.blockedReason;
  // An opaque (no-cors) answer that nobody reads ends with ERR_ABORTED although it arrived.
  if (failure?.errorText === 'net::ERR_ABORTED') return status ? 'ok' : 'aborted';
  if (failure) return 'neterror';
  return status || finished ? 'ok' : 'unanswered';
}

/** Finds the entry of a hop: entries and events are in the same order for the same method and URL. */
function harPlaces(har) {
  const key = (preflight, method, url) => `${preflight} ${method} ${url}`;
  const places = new Map();
  har.log.entries.forEach((entry, index) => {
    const name = key(entry._resourceType === 'preflight', entry.request.method, entry.request.url);
    places.set(name, [...(places.get(name) ?? []), index]);
  });
  return (hop) => places.get(key(isPreflight(hop), hop.method, hop.url.split('#')[0]))?.shift() ?? null;
}
