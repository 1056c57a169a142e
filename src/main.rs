//! Parse, run, exit status.

mod cli;

fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
