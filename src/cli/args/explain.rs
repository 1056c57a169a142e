//! What may be typed for `explain`.

use clap::Args;

#[derive(Debug, Args)]
pub(in crate::cli) struct ExplainArgs {
    /// A rule, a browser's code, or a line from the browser's console
    #[arg(value_name = "WHAT")]
    pub(in crate::cli) what: Vec<String>,
    /// Also what to configure on this server or framework: nginx, express, spring …
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) server: Option<String>,
    /// With --server: an origin to allow [default: the one in the console line]
    #[arg(long, value_name = "ORIGIN", requires = "server")]
    pub(in crate::cli) origin: Vec<String>,
    /// With --server: methods to allow
    #[arg(
        long,
        value_name = "METHOD",
        value_delimiter = ',',
        requires = "server"
    )]
    pub(in crate::cli) method: Vec<String>,
    /// With --server: request headers to allow
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "server")]
    pub(in crate::cli) header: Vec<String>,
    /// With --server: pages send cookies or other credentials
    #[arg(long, requires = "server")]
    pub(in crate::cli) credentials: bool,
}
