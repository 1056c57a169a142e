//! What may be typed for `completions` and `man`.

use clap::Args;

#[derive(Debug, Args)]
pub(in crate::cli) struct CompletionsArgs {
    /// The shell
    pub(in crate::cli) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ManArgs {
    /// A command [default: corsight itself]
    pub(in crate::cli) command: Option<String>,
}
