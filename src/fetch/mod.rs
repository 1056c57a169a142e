//! The Fetch standard as pure functions; knows no capture.
