//! The parallel pipeline: wiring only, no parsing.
