//! # local-network-access
//!
//! ## What happened
//! A page from the internet asked for something on this machine (`localhost`, `127.0.0.1`) or in the private network
//! (`192.168.…`, `10.…`), and the browser held the request back.
//!
//! ## Why the browser refuses
//! Routers, printers and development servers trust their network. Chromium 142 and later ask the user for permission
//! before a public page may talk to them; insecure (`http`) pages may not even ask. It comes before any CORS header.
//!
//! ## How corsight tells
//! Chromium's HAR has `net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS` (older: `…PRIVATE_NETWORK…`) on the preflight;
//! or the load failed without any answer, and the URL's host is nearer to the user than the page's. Whether the
//! permission was given is not recorded.
//!
//! ## Example
//! ```text
//! fetch("http://127.0.0.1:8080/status")          (on https://app.example.com)
//! ```
//!
//! ## Fix
//! Serve the page over https and let the user allow the access; or serve the API under a public name; or host the page
//! in the same network. The headers `Access-Control-Allow-Private-Network` mattered to Chromium 104 to 141 only.
//!
//! ## Browsers' messages
//! - Chromium: Permission was denied for this request to access the `loopback` address space.
//!   (`LocalNetworkAccessPermissionDenied`, `InsecureLocalNetwork`, `InvalidLocalNetworkAccess`)
//! - Firefox: asks the user too (recent versions)
//! - Safari: none
//!
//! ## Standard
//! Local Network Access: <https://wicg.github.io/local-network-access/>

use crate::finding::Severity;
use crate::rules::codes::codes;
use crate::rules::registry::{Family, RuleInfo};

pub(crate) static RULE: RuleInfo = RuleInfo {
    name: "local-network-access",
    family: Family::Beside,
    summary: "a page of a more public network calls a more private one",
    severity: Severity::Depends,
    codes: codes(Some("LocalNetworkAccessPermissionDenied"), None, None),
    file: include_str!("local_network_access.rs"),
};
