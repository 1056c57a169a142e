//! Why did the browser block this request, and what do I change?
//!
//! corsight rebuilds HTTP exchanges from HAR exports and packet captures, pairs CORS preflights with their actual
//! requests, and reports every request that a browser refused, with cause, evidence, the browsers' own codes and the fix.
//! This is the library under the command of the same name; it reads files and writes reports, and never prints.
//!
//! # The whole job
//!
//! [`input::discover`] finds the inputs (files, directories, patterns; HAR, pcap, pcapng, compressed or not), and
//! [`analysis::check`] reads, pairs and judges them in parallel. Findings go to a [`report::Sink`] in the order of their
//! transactions, whatever the number of threads; at the end it gets the root causes and the counts.
//!
//! ```
//! use corsight::analysis::{self, Options};
//! use corsight::finding::{Cause, Summary};
//! use corsight::report::Sink;
//! use corsight::{Finding, input};
//! use std::io;
//!
//! struct Print;
//!
//! impl Sink for Print {
//!     fn finding(&mut self, finding: &Finding) -> io::Result<()> {
//!         println!("{} {}: {}", finding.method, finding.url, finding.cause);
//!         if let Some(fix) = finding.fix.first() {
//!             println!("  {}", fix.text);
//!         }
//!         Ok(())
//!     }
//!
//!     fn finish(&mut self, _: &[Cause], summary: &Summary) -> io::Result<()> {
//!         println!("{} exchanges in {} inputs", summary.exchanges, summary.inputs);
//!         Ok(())
//!     }
//! }
//!
//! # fn main() -> io::Result<()> {
//! let found = input::discover(&["samples/preflight-method-not-allowed"]);
//! let summary = analysis::check(
//!     &found.sources,
//!     &Options::default(),
//!     &mut Print,
//!     &mut |error| eprintln!("{error}"), // an input that cannot be read; the others are still analysed
//!     &|_bytes_read| {},
//! )?;
//! assert_eq!(summary.inputs, 2); // the browser's HAR, and the packets of the same page load
//! # Ok(())
//! # }
//! ```
//!
//! [`report::sink`] makes the sinks behind the command's formats. They write what they are given: for reports that leave
//! the machine, put [`report::Redacting`] before them, as the command does.
//!
//! # Step by step
//!
//! [`analysis::extract`] gives every exchange, from a capture exactly as from a HAR. [`cors::Pairing`] joins them to
//! transactions, and [`rules::evaluate`] judges one. Neither knows where an exchange came from, so what you observe by
//! other means (a proxy, a test) can be judged just as well.
//!
//! ```
//! use corsight::analysis::{self, Options};
//! use corsight::cors::{Decided, Pairing};
//! use corsight::input;
//! use corsight::rules::{self, Policy};
//! use std::sync::Arc;
//!
//! # fn main() -> std::io::Result<()> {
//! let options = Options::default();
//! let found = input::discover(&["samples/preflight-method-not-allowed/capture.pcap"]);
//! let mut pairing = Pairing::new(&options.limits);
//! analysis::extract(
//!     &found.sources,
//!     &options,
//!     &mut |extracted| {
//!         let exchange = extracted.exchange;
//!         println!("{} {} → {:?}", exchange.method(), exchange.url(), exchange.status());
//!         pairing.push(Arc::new(exchange.clone()));
//!         Ok(())
//!     },
//!     &mut |error| eprintln!("{error}"),
//!     &|_bytes_read| {},
//! )?;
//! pairing.finish();
//!
//! let mut rules_hit = Vec::new();
//! while let Some(decided) = pairing.poll() {
//!     if let Decided::Fetch(fetch) = decided {
//!         for finding in rules::evaluate(&fetch, &Policy::default()) {
//!             println!("{}: {}", finding.rule, finding.cause);
//!             rules_hit.push(finding.rule);
//!         }
//!     }
//! }
//! assert_eq!(rules_hit, ["preflight-method-not-allowed"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! `cli` (default) is the command line with its dependencies. A library user leaves it out and loses nothing:
//!
//! ```toml
//! corsight = { version = "0.1", default-features = false }
//! ```
//!
//! `parquet` adds tables of findings and of exchanges in that format; [`report::columns`] has their schemas.
//!
//! # The house
//!
//! Folders stand in the order in which data flows; nothing flows back:
//!
//! ```text
//! file ─ input ─┬─ har ─────────────────────────────────────────┐
//!               └─ capture ─ net ─ http ────────────────────────┤ Exchange
//!                                                               ▼
//!                              cors ─ CorsFetch ─ rules ─ Finding ─ report
//! ```
//!
//! Only [`input`] opens files. Everything between it and [`analysis`] is a machine without IO, fed by `push`, asked by
//! `poll`, ended by `finish`. Damage never ends an analysis: it becomes a [`caveat`] on what it touches.

pub mod caveat;
pub mod error;
pub mod finding;
pub mod limits;
pub mod time;

pub mod input;

pub mod capture;
pub mod har;
pub mod http;
pub mod net;
pub mod quic;
pub mod tls;

pub mod causes;
pub mod cors;
pub mod fetch;
pub mod rules;

pub mod fixes;
pub mod simulate;

pub mod analysis;
pub mod redact;
pub mod report;

pub use error::{Error, ErrorKind};
pub use finding::Finding;
pub use limits::Limits;
