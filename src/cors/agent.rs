//! What a `User-Agent` says of its client. A capture holds few different ones, so each is read once.

use super::key;
use crate::fetch::Browser;
use crate::http::Exchange;
use hashbrown::HashMap;

/// What one `User-Agent` says; nothing without one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Agent {
    /// The engine.
    pub(super) browser: Option<Browser>,
    /// A program that enforces nothing.
    pub(super) is_tool: bool,
    /// An application with a browser in it, which may have switched web security off.
    pub(super) is_embedded: bool,
    /// Equal for equal texts; 0 without one.
    pub(super) key: u64,
}

/// Agents met so far.
#[derive(Debug, Default)]
pub(super) struct Agents {
    known: HashMap<Box<str>, Agent>,
}

/// Agents that are remembered; what comes beyond is read again each time.
const MOST: usize = 1024;

impl Agent {
    /// The agent that sent the request of `exchange`.
    pub(super) fn of_exchange(exchange: &Exchange) -> Self {
        let text = exchange.request_field("user-agent");
        text.map_or(Self::default(), Self::read)
    }

    fn read(text: &str) -> Self {
        Self {
            browser: Browser::of_user_agent(text),
            is_tool: is_tool(text),
            is_embedded: text.contains("Electron/") || text.contains("; wv)"),
            key: key([text.as_bytes()]),
        }
    }
}

impl Agents {
    /// The same as [`Agent::of_exchange`], from memory.
    pub(super) fn of(&mut self, exchange: &Exchange) -> Agent {
        let Some(text) = exchange.request_field("user-agent") else {
            return Agent::default();
        };
        if let Some(known) = self.known.get(text) {
            return *known;
        }
        let agent = Agent::read(text);
        if self.known.len() < MOST {
            self.known.insert(text.into(), agent);
        }
        agent
    }
}

/// Programs that enforce nothing, by the marks they put into `User-Agent`.
fn is_tool(agent: &str) -> bool {
    const MARKS: [&str; 24] = [
        "curl/",
        "Wget/",
        "python-requests",
        "python-httpx",
        "aiohttp",
        "Python-urllib",
        "Go-http-client",
        "okhttp",
        "Dalvik/",
        "Dart/",
        "axios/",
        "node-fetch",
        "undici",
        "PostmanRuntime",
        "insomnia",
        "Java/",
        "Apache-HttpClient",
        "grpc-",
        "libwww-perl",
        "Ruby",
        "k6/",
        "ApacheBench",
        "HTTPie/",
        "reqwest/",
    ];
    let has_mark = MARKS.iter().any(|mark| agent.contains(mark));
    let is_network_library = || agent.contains("CFNetwork") && !agent.contains("Mozilla");
    let is_robot = || !agent.starts_with("Mozilla/") && agent.to_ascii_lowercase().contains("bot");
    has_mark || matches!(agent, "node" | "undici") || is_network_library() || is_robot()
}
