//! What packagers need: the JSON Schema, completion scripts, manual pages.

use super::args::{COMMANDS, Cli, CompletionsArgs, ManArgs, SchemaArgs, SchemaOf};
use super::{Failure, Status, suggest};
use clap::CommandFactory as _;
use corsight::report::columns::{EXCHANGE_SCHEMA, FINDING_SCHEMA};
use std::io::{self, Write as _};

/// Prints a schema.
pub(super) fn schema(args: &SchemaArgs) -> Result<Status, Failure> {
    match args.of {
        SchemaOf::Json => print(corsight::report::JSON_SCHEMA.as_bytes()),
        SchemaOf::Parquet => print([FINDING_SCHEMA, EXCHANGE_SCHEMA].join("\n").as_bytes()),
    }
}

/// Prints a completion script.
pub(super) fn completions(args: &CompletionsArgs) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "corsight", &mut script);
    print(&script)
}

/// Prints a manual page.
pub(super) fn man(args: &ManArgs) -> Result<Status, Failure> {
    let mut program = Cli::command();
    program.build();
    let page = match &args.command {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let meant = suggest::did_you_mean(name, COMMANDS);
                return Err(Failure::usage(format!(
                    "man {name}: no command is called so{meant}"
                )));
            }
        },
    };
    let mut roff = Vec::new();
    clap_mangen::Man::new(page).render(&mut roff)?;
    print(&roff)
}

fn print(bytes: &[u8]) -> Result<Status, Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(Status::Clean)
}
