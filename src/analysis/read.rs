//! One input, whatever its format.

use super::job::{Counts, Job, Receiver, Stop};
use super::{capture, har};
use crate::input::{self, Format};

/// Opens the input and gives what it holds to `receiver`.
///
/// # Errors
/// When nothing of the input can be read, or when the output fails.
pub(crate) fn read(job: &Job<'_>, receiver: &mut dyn Receiver) -> Result<Counts, Stop> {
    let opened = input::open(job.source)?;
    match opened.format {
        Format::Har => har::run(opened, job, receiver),
        Format::Pcap | Format::Pcapng => capture::run(opened, job, receiver),
    }
}
