//! Makes captures and HAR files of any size, with the truth about what is wrong in them.
//!
//! `generate pcap mixed|api|bodies|hostile --size 256M --seed 1 --out x.pcap --truth x.ndjson`
//! `generate har api|minified|bodies --size 2G --out x.har --truth x.ndjson`
//! `generate har one-body --size 1G --out x.har`: one answer of that size
//!
//! `--out -` writes to standard output. Shares from 0 to 1: `--violations`, and for captures `--loss --late --reorder
//! --retransmit --overlap --conflict --midstream --tls --half-open --ipv6 --chunked`. `--pcapng`: the other container.
//! A line of the truth is an exchange: what was wrong with its answer (`violation`), which rule must say so (`rule`, null
//! where nothing is wrong), and what the capture has of it (`capture`: ok, after-gap, gap-head, gap-body).
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "../benches/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use support::capture;
use support::frames::Container;
use support::har;
use support::truth::Totals;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut wishes = Wishes::parse(std::env::args().skip(1))?;
    let size = wishes
        .take("size")
        .map_or(Ok(256 << 20), |size| bytes(&size))?;
    let seed = wishes.take("seed").map_or(Ok(1), |seed| seed.parse())?;
    let mut out = file(wishes.take("out"), "-")?;
    let mut truth = file(wishes.take("truth"), "")?;
    let totals = match wishes.kind.as_str() {
        "pcap" => {
            let shape = capture_shape(&mut wishes)?;
            wishes.end()?;
            capture::write(&shape, size, seed, &mut out, &mut truth)?
        }
        "har" if wishes.profile == "one-body" => {
            wishes.end()?;
            har::write_one_body(size, seed, &mut out)?
        }
        "har" => {
            let mut shape = har::Shape::named(&wishes.profile)
                .ok_or("profiles: api, minified, bodies, one-body")?;
            wishes.share("violations", &mut shape.habits.violations)?;
            wishes.end()?;
            har::write(&shape, size, seed, &mut out, &mut truth)?
        }
        kind => return Err(format!("{kind}: pcap or har").into()),
    };
    out.flush()?;
    truth.flush()?;
    report(&totals);
    Ok(())
}

fn capture_shape(wishes: &mut Wishes) -> Result<capture::Shape, Failure> {
    let mut shape =
        capture::Shape::named(&wishes.profile).ok_or("profiles: mixed, api, bodies, hostile")?;
    if wishes.take("pcapng").is_some() {
        shape.container = Container::Pcapng;
    }
    let disorder = &mut shape.disorder;
    for (name, share) in [
        ("loss", &mut disorder.loss),
        ("late", &mut disorder.late),
        ("reorder", &mut disorder.reorder),
        ("retransmit", &mut disorder.retransmit),
        ("overlap", &mut disorder.overlap),
        ("conflict", &mut disorder.conflict),
        ("midstream", &mut disorder.midstream),
        ("violations", &mut shape.habits.violations),
        ("tls", &mut shape.tls),
        ("half-open", &mut shape.half_open),
        ("ipv6", &mut shape.ipv6),
        ("chunked", &mut shape.chunked),
    ] {
        wishes.share(name, share)?;
    }
    Ok(shape)
}

/// To standard error, since the file itself may go to standard output.
fn report(totals: &Totals) {
    eprintln!("{}", totals.line());
}

fn file(name: Option<String>, default: &str) -> io::Result<Box<dyn Write>> {
    Ok(match name.as_deref().unwrap_or(default) {
        "" => Box::new(io::sink()),
        "-" => Box::new(BufWriter::with_capacity(1 << 20, io::stdout())),
        name => Box::new(BufWriter::with_capacity(1 << 20, File::create(name)?)),
    })
}

/// `256M` → bytes.
fn bytes(text: &str) -> Result<u64, Failure> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let unit = match &text[digits.len()..] {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        unit => return Err(format!("{unit}: K, M or G").into()),
    };
    Ok(digits.parse::<u64>()? << unit)
}

/// What was typed.
struct Wishes {
    kind: String,
    profile: String,
    options: BTreeMap<String, String>,
}

impl Wishes {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let usage =
            "generate pcap|har PROFILE [--size 256M] [--seed 1] [--out FILE] [--truth FILE]";
        let mut wishes = Self {
            kind: words.next().ok_or(usage)?,
            profile: words.next().ok_or(usage)?,
            options: BTreeMap::new(),
        };
        while let Some(word) = words.next() {
            let name = word
                .strip_prefix("--")
                .ok_or_else(|| format!("{word}: what is it?"))?;
            let value = match name {
                "pcapng" => String::new(),
                _ => words
                    .next()
                    .ok_or_else(|| format!("{word} needs a value"))?,
            };
            wishes.options.insert(name.to_owned(), value);
        }
        Ok(wishes)
    }

    fn take(&mut self, name: &str) -> Option<String> {
        self.options.remove(name)
    }

    fn share(&mut self, name: &str, share: &mut f64) -> Result<(), Failure> {
        if let Some(value) = self.take(name) {
            *share = value.parse()?;
        }
        Ok(())
    }

    /// Nothing is left that nobody asked for.
    fn end(&self) -> Result<(), Failure> {
        match self.options.keys().next() {
            Some(name) => Err(format!("--{name}: no such option here").into()),
            None => Ok(()),
        }
    }
}
