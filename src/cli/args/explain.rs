//! What may be typed for `explain`.

use super::shared::parse_server;
use clap::Args;
use corsight::fixes::Platform;

#[derive(Debug, Args)]
pub(in crate::cli) struct ExplainArgs {
    /// A rule, a browser's code, or a line from the browser's console
    #[arg(value_name = "WHAT")]
    pub(in crate::cli) what: Vec<String>,
    /// Also what to configure on this server or framework: nginx, express, spring …
    #[arg(long, value_name = "NAME", value_parser = parse_server)]
    pub(in crate::cli) server: Option<&'static Platform>,
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
    /// With --server: response headers that pages may read
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "server")]
    pub(in crate::cli) expose: Vec<String>,
    /// With --server: pages send cookies or other credentials
    #[arg(long, requires = "server")]
    pub(in crate::cli) credentials: bool,
    /// With --server: seconds that a browser may keep a preflight's answer [default: 600]
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "0",
        hide_default_value = true,
        requires = "server"
    )]
    pub(in crate::cli) max_age: u32,
    /// With --server: only paths that begin so: /api/
    #[arg(
        long,
        value_name = "PATH",
        default_value = "",
        hide_default_value = true,
        requires = "server"
    )]
    pub(in crate::cli) path: String,
    /// With --server: the application behind a proxy: http://127.0.0.1:3000
    #[arg(long, value_name = "URL", requires = "server")]
    pub(in crate::cli) upstream: Option<String>,
    /// With --server: the API that a development proxy forwards to: https://api.example.com
    #[arg(long, value_name = "URL", requires = "server")]
    pub(in crate::cli) api: Option<String>,
}
