//! Exchange → CorsFetch: what the browser was trying to do.
