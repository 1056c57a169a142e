//! Finding → what to change, per server or framework: ready text to paste, with this input's values filled in.
//!
//! One file per platform: its template, and in its opening lines what one must know about it (the manual of
//! `explain RULE --server X`). [`Policy`] says what to configure, [`Vetted`] is the same with every value checked, so
//! that nothing out of a hostile capture can break out of the text; [`detect`](fn@detect) guesses the platform.
//! It stops at text: nothing here is run, and what the text does is proven elsewhere (`tests/recipes`).

pub mod detect;
pub mod policy;
mod template;
pub mod tried;
pub mod vetted;

mod actix;
mod aiohttp;
mod angular;
mod apache;
mod api_gateway;
mod aspnet;
mod axum;
mod azure_blob;
mod azure_functions;
mod caddy;
mod chi;
mod cloudflare_workers;
mod cloudfront;
mod django;
mod echo;
mod envoy;
mod express;
mod fastapi;
mod fastify;
mod flask;
mod gcs;
mod gin;
mod go_rs_cors;
mod haproxy;
mod hono;
mod iis;
mod ingress_nginx;
mod ionic;
mod koa;
mod kong;
mod laravel;
mod lighttpd;
mod nestjs;
mod nextjs;
mod nextjs_rewrites;
mod nginx;
mod nuxt;
mod php;
mod rails;
mod rocket;
mod s3;
mod sinatra;
mod spring;
mod symfony;
mod tomcat;
mod tornado;
mod traefik;
mod umi;
mod varnish;
mod vite;
mod vue;
mod warp;
mod webpack;

pub use detect::{Answer, Detected, detect};
pub use policy::Policy;
pub use tried::Tried;
pub use vetted::Vetted;

use std::fmt;

/// A server, framework or service with a recipe.
#[derive(Debug, Clone, Copy)]
pub struct Platform {
    /// What `--server` takes: `nginx`.
    pub id: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Other names that `--server` takes.
    pub aliases: &'static [&'static str],
    /// Where in the chain it stands.
    pub kind: Kind,
    /// The only methods that it can list; empty when there is no such limit.
    only_methods: &'static [&'static str],
    pieces: &'static [PieceTemplate],
    /// Templates, one note each.
    notes: &'static [&'static str],
    /// The source text of the platform's file, for the manual.
    source: &'static str,
}

/// Where a platform stands between the page and the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A hosted service that is configured, not run.
    Cloud,
    /// A development server that forwards calls, so that they are of the page's own origin. Nothing for production.
    DevProxy,
    /// The program that answers.
    Framework,
    /// A web server or proxy in front of it.
    Server,
}

/// What to paste.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The texts, in the order in which one would write them.
    pub pieces: Vec<Piece>,
    /// What to know when pasting, what was left out and why.
    pub notes: Vec<String>,
}

/// One text for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The file that it usually goes to.
    pub file: &'static str,
    /// Its language, as code fences name it.
    pub language: &'static str,
    /// Where in the file.
    pub place: &'static str,
    /// The text, ending with a line feed.
    pub text: String,
}

#[derive(Debug, Clone, Copy)]
struct PieceTemplate {
    file: &'static str,
    language: &'static str,
    place: &'static str,
    text: &'static str,
}

impl Platform {
    /// The recipe for `policy`. Values that no browser sends are left out, with a note.
    pub fn snippet(&self, policy: &Policy) -> Snippet {
        let mut vetted = Vetted::new(policy);
        vetted.keep_methods(self.only_methods, self.title);
        let pieces = self
            .pieces
            .iter()
            .map(|piece| Piece {
                file: piece.file,
                language: piece.language,
                place: piece.place,
                text: template::fill(piece.text, &vetted),
            })
            .collect();
        let mut notes: Vec<String> = self
            .notes
            .iter()
            .map(|note| template::fill(note, &vetted).trim_end().to_owned())
            .filter(|note| !note.is_empty())
            .collect();
        notes.extend(vetted.notes);
        notes.push(match self.tried() {
            Tried::With(versions) => format!(
                "Tried with a real server and a real browser: {}.",
                versions.join("; ")
            ),
            Tried::Not => "Not tried: written from the documentation.".to_owned(),
        });
        Snippet { pieces, notes }
    }

    /// What to know about the platform: the leading `//!` lines of its file, without the marks.
    pub fn manual(&self) -> String {
        let mut page = String::new();
        for line in self.source.lines() {
            let Some(text) = line.strip_prefix("//!") else {
                break;
            };
            page.push_str(text.strip_prefix(' ').unwrap_or(text));
            page.push('\n');
        }
        page
    }

    fn has_name(&self, name: &str) -> bool {
        self.names().any(|own| own.eq_ignore_ascii_case(name))
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.id).chain(self.aliases.iter().copied())
    }
}

/// All pieces, each under its file's name, then the notes: for a terminal.
impl fmt::Display for Snippet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            writeln!(f, "── {} ({})\n", piece.file, piece.place)?;
            writeln!(f, "{}", piece.text)?;
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        Ok(())
    }
}

/// The platform called `name` (id or alias, any case).
///
/// # Errors
/// [`UnknownPlatform`], with the nearest name when one is near.
pub fn find(name: &str) -> Result<&'static Platform, UnknownPlatform> {
    let name = name.trim();
    if let Some(found) = ALL.iter().find(|platform| platform.has_name(name)) {
        return Ok(found);
    }
    Err(UnknownPlatform {
        nearest: nearest(&name.to_ascii_lowercase()),
    })
}

/// No platform has that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no recipe for a server of that name{}", suggestion(*.nearest))]
pub struct UnknownPlatform {
    /// The id that was perhaps meant.
    pub nearest: Option<&'static str>,
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |id| format!("; did you mean {id}?"))
}

/// The id of the platform one of whose names is at most two edits away, or contains or begins `name`.
fn nearest(name: &str) -> Option<&'static str> {
    if name.len() < 2 || name.len() > 40 {
        return None;
    }
    let by_edits = ALL
        .iter()
        .flat_map(|platform| {
            platform
                .names()
                .map(move |own| (edits(name, own), platform))
        })
        .min_by_key(|(edits, _)| *edits)
        .filter(|(edits, _)| *edits <= 2 && *edits * 2 <= name.len());
    let by_part = || {
        ALL.iter().find(|platform| {
            platform
                .names()
                .any(|own| own.len() > 3 && name.contains(own))
        })
    };
    by_edits
        .map(|(_, platform)| platform)
        .or_else(by_part)
        .map(|platform| platform.id)
}

/// Levenshtein distance in bytes.
fn edits(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(other.bytes()) {
            let substituted = diagonal + usize::from(a != b);
            diagonal = *cell;
            left = substituted.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

/// All platforms: servers, frameworks, services, development proxies.
pub static ALL: &[Platform] = &[
    nginx::PLATFORM,
    apache::PLATFORM,
    caddy::PLATFORM,
    haproxy::PLATFORM,
    lighttpd::PLATFORM,
    varnish::PLATFORM,
    envoy::PLATFORM,
    traefik::PLATFORM,
    iis::PLATFORM,
    kong::PLATFORM,
    ingress_nginx::PLATFORM,
    express::PLATFORM,
    fastify::PLATFORM,
    nestjs::PLATFORM,
    koa::PLATFORM,
    hono::PLATFORM,
    nextjs::PLATFORM,
    django::PLATFORM,
    flask::PLATFORM,
    fastapi::PLATFORM,
    tornado::PLATFORM,
    aiohttp::PLATFORM,
    spring::PLATFORM,
    tomcat::PLATFORM,
    aspnet::PLATFORM,
    rails::PLATFORM,
    sinatra::PLATFORM,
    laravel::PLATFORM,
    symfony::PLATFORM,
    php::PLATFORM,
    go_rs_cors::PLATFORM,
    chi::PLATFORM,
    gin::PLATFORM,
    echo::PLATFORM,
    axum::PLATFORM,
    actix::PLATFORM,
    rocket::PLATFORM,
    warp::PLATFORM,
    api_gateway::PLATFORM,
    s3::PLATFORM,
    cloudfront::PLATFORM,
    gcs::PLATFORM,
    azure_blob::PLATFORM,
    azure_functions::PLATFORM,
    cloudflare_workers::PLATFORM,
    vite::PLATFORM,
    webpack::PLATFORM,
    angular::PLATFORM,
    vue::PLATFORM,
    ionic::PLATFORM,
    umi::PLATFORM,
    nextjs_rewrites::PLATFORM,
    nuxt::PLATFORM,
];

#[cfg(test)]
mod tests;
