//! HAR 1.2 → Exchange.
