//! The columns of the Parquet files, as Parquet's own message types. They are told whether or not this build can write
//! them.

/// The columns of findings.
pub const FINDING_SCHEMA: &str = include_str!("parquet/finding.schema");

/// The columns of exchanges.
pub const EXCHANGE_SCHEMA: &str = include_str!("parquet/exchange.schema");
