//! Exchanges → bytes, for `corsight extract`: a table, NDJSON, or a HAR.
