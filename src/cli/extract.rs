//! `extract`: write every exchange.

use super::args::{Common, ExtractArgs, ExtractFormat};
use super::filter::Filter;
use super::output::{Target, Trouble};
use super::progress::Progress;
use super::{Failure, Status, complain, inputs, plan};
use corsight::analysis;
use corsight::report::extract::har::Har;
use corsight::report::extract::ndjson::Lines;
use corsight::report::extract::table::Table;
use corsight::report::extract::{ExchangeSink, Row, epilogue};
#[cfg(feature = "parquet")]
use corsight::report::parquet::Exchanges;
use std::io::{self, IsTerminal as _};

pub(super) fn run(args: ExtractArgs, common: &Common) -> Result<Status, Failure> {
    let options = plan::options(args.run);
    let filter = Filter::new(args.filter).map_err(Failure::Usage)?;
    let redactor = plan::redactor(args.disclosure);
    let target = Target::new(args.output);
    let Some(found) = inputs::find(&args.paths) else {
        return Err(Failure::usage(inputs::NOTHING));
    };
    found.complain();
    let is_on_terminal = target == Target::Stdout && io::stdout().is_terminal();
    if args.format == ExtractFormat::Parquet {
        plan::binary(is_on_terminal)?;
    }
    let trouble = Trouble::default();
    let out = target.open(&found.files(), &trouble)?;
    let mut sink: Box<dyn ExchangeSink> = match args.format {
        ExtractFormat::Table => {
            let look = plan::look(common, &target);
            let fit = is_on_terminal || common.width.is_some();
            Box::new(Table::new(out, &redactor, look, fit))
        }
        ExtractFormat::Ndjson => Box::new(Lines::new(out, &redactor)),
        ExtractFormat::Har => Box::new(Har::new(out, &redactor)),
        #[cfg(feature = "parquet")]
        ExtractFormat::Parquet => Box::new(Exchanges::new(out, &redactor)),
        #[cfg(not(feature = "parquet"))]
        ExtractFormat::Parquet => return plan::binary(is_on_terminal).map(|()| Status::Error),
    };
    let progress = Progress::new(common, &found.sources, target == Target::Stdout);
    let mut failed = found.errors.len();
    let summary = analysis::extract(
        &found.sources,
        &options,
        &mut |extracted| {
            if !filter.wants_exchange(extracted.exchange) {
                return Ok(());
            }
            sink.exchange(&Row {
                exchange: extracted.exchange,
                source: extracted.source,
                role: extracted.role,
                pair: extracted.pair,
            })
        },
        &mut |error| {
            failed += 1;
            progress.complain(error);
        },
        &|bytes| progress.at(bytes),
    );
    progress.finish();
    let summary = summary
        .and_then(|summary| sink.finish(&summary).map(|()| summary))
        .map_err(|error| trouble.failure(error))?;
    if args.format != ExtractFormat::Table && !common.quiet {
        // These formats hold exchanges and nothing else.
        for line in epilogue(&summary, &redactor) {
            complain(&line);
        }
    }
    Ok(if failed > 0 {
        Status::Error
    } else {
        Status::Clean
    })
}
