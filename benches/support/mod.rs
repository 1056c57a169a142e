//! Inputs of any size, the same for the same seed, and the truth about them: which exchanges they hold, and what is wrong
//! with each.
//!
//! [`story`] says what browsers do on a page, [`har`] writes it as a HAR file and [`capture`] as a packet capture; both
//! stream, so that an input may be larger than memory. Shared by the benches, `examples/generate.rs` and
//! `tests/generated.rs`; each uses a part of it.

#![allow(dead_code, unreachable_pub, missing_docs)]

pub mod body;
pub mod capture;
pub mod disorder;
pub mod frames;
pub mod har;
pub mod json;
pub mod noise;
pub mod random;
pub mod score;
pub mod session;
pub mod story;
pub mod truth;
pub mod violation;
