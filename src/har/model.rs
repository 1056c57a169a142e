//! One entry as it stands in the file: which values matter and where they are. Nothing is decoded or judged here.

use super::cursor::{Cursor, Malformed};
use super::index::Indexed;
use super::section::Section;
use super::text::Text;
use crate::http::Names;

/// The values of one entry that matter.
#[derive(Debug, Default)]
pub(super) struct Entry<'a> {
    pub(super) started: Text<'a>,
    /// Milliseconds; exporters write -1 or nothing when they do not know.
    pub(super) time: Text<'a>,
    pub(super) timings: Timings<'a>,
    pub(super) server_ip: Text<'a>,
    pub(super) server_port: Text<'a>,
    pub(super) connection: Text<'a>,
    pub(super) pageref: Text<'a>,
    pub(super) resource_type: Text<'a>,
    pub(super) initiator: Initiator<'a>,
    pub(super) request: Request<'a>,
    pub(super) response: Response<'a>,
    pub(super) signs: Signs,
    /// `_fetchType`: how Safari loaded it.
    pub(super) fetch_type: Text<'a>,
}

/// Fields that only some exporters write.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Signs {
    pub(super) connection_id: bool,
    /// `_initiator` is an object.
    pub(super) initiator: bool,
    pub(super) monotonic_time: bool,
    pub(super) resource_type: bool,
    pub(super) security_state: bool,
    pub(super) from_cache: bool,
    /// Automation answered in the server's place.
    pub(super) fulfilled: bool,
    pub(super) service_worker: bool,
}

/// Phases in milliseconds; those that did not happen are missing or negative.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Timings<'a> {
    pub(super) blocked: Text<'a>,
    pub(super) dns: Text<'a>,
    pub(super) connect: Text<'a>,
    pub(super) send: Text<'a>,
    pub(super) wait: Text<'a>,
    pub(super) receive: Text<'a>,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Initiator<'a> {
    pub(super) kind: Text<'a>,
    pub(super) url: Text<'a>,
    pub(super) request: Text<'a>,
}

#[derive(Debug, Default)]
pub(super) struct Request<'a> {
    pub(super) is_there: bool,
    pub(super) method: Text<'a>,
    pub(super) url: Text<'a>,
    pub(super) version: Text<'a>,
    pub(super) fields: Section<'a>,
    pub(super) body_size: Text<'a>,
    pub(super) post_type: Text<'a>,
}

#[derive(Debug, Default)]
pub(super) struct Response<'a> {
    pub(super) status: Text<'a>,
    pub(super) version: Text<'a>,
    pub(super) fields: Section<'a>,
    pub(super) redirect: Text<'a>,
    /// `_error`, `_failureText`, `_errorMessage`: empty is not absent.
    pub(super) error: Option<Text<'a>>,
    pub(super) body_size: Text<'a>,
    pub(super) headers_size: Text<'a>,
    pub(super) content_size: Text<'a>,
    pub(super) content: Text<'a>,
    pub(super) is_base64: bool,
}

type Step<T> = Result<T, Malformed>;

impl<'a> Entry<'a> {
    /// An entry whose fields called as one of `idle` are not wanted.
    pub(super) fn without(idle: &'static Names) -> Self {
        let mut entry = Self::default();
        entry.request.fields = Section::without(idle);
        entry.response.fields = Section::without(idle);
        entry
    }

    /// Reads the entry `text`, a JSON object, into `self`, whose earlier values are lost and whose memory is reused.
    pub(super) fn read(&mut self, text: Indexed<'a>) -> Step<()> {
        let request = std::mem::take(&mut self.request.fields);
        let response = std::mem::take(&mut self.response.fields);
        *self = Self::default();
        self.request.fields = request.cleared();
        self.response.fields = response.cleared();
        Cursor::new(text).object(|cursor, key| self.member(cursor, key))
    }

    fn member(&mut self, cursor: &mut Cursor<'a>, key: &[u8]) -> Step<()> {
        match key {
            b"request" => self.request.read(cursor)?,
            b"response" => self.response.read(cursor, &mut self.signs)?,
            b"startedDateTime" => take(&mut self.started, cursor)?,
            b"time" => take(&mut self.time, cursor)?,
            b"timings" => self.timings.read(cursor)?,
            b"serverIPAddress" => take(&mut self.server_ip, cursor)?,
            b"_serverPort" => take(&mut self.server_port, cursor)?,
            b"connection" => take(&mut self.connection, cursor)?,
            b"pageref" => take(&mut self.pageref, cursor)?,
            b"_initiator" => {
                self.signs.initiator = cursor.peek() == Some(b'{');
                self.initiator.read(cursor)?;
            }
            b"_resourceType" => {
                self.signs.resource_type = true;
                take(&mut self.resource_type, cursor)?;
            }
            b"_fetchType" => take(&mut self.fetch_type, cursor)?,
            b"_error" | b"_failureText" | b"_errorMessage" => {
                self.response.error = self.response.error.or(cursor.text()?);
            }
            b"_connectionId" => {
                self.signs.connection_id = true;
                cursor.skip()?;
            }
            b"_monotonicTime" => {
                self.signs.monotonic_time = true;
                cursor.skip()?;
            }
            b"_securityState" => {
                self.signs.security_state = true;
                cursor.skip()?;
            }
            b"_fromCache" | b"_fulfilledBy" | b"_fromDiskCache" => {
                self.signs.from_cache |= is_yes(cursor)?;
            }
            b"_wasFulfilled" => self.signs.fulfilled |= cursor.is_true()?,
            _ => cursor.skip()?,
        }
        Ok(())
    }
}

impl<'a> Initiator<'a> {
    /// DevTools writes an object, automation the URL alone.
    fn read(&mut self, cursor: &mut Cursor<'a>) -> Step<()> {
        if cursor.peek() != Some(b'{') {
            return take(&mut self.url, cursor);
        }
        cursor.object(|cursor, key| match key {
            b"type" => take(&mut self.kind, cursor),
            b"url" => take(&mut self.url, cursor),
            b"requestId" => take(&mut self.request, cursor),
            _ => cursor.skip(),
        })
    }
}

impl<'a> Timings<'a> {
    fn read(&mut self, cursor: &mut Cursor<'a>) -> Step<()> {
        object(cursor, |cursor, key| {
            let phase = match key {
                b"blocked" => &mut self.blocked,
                b"dns" => &mut self.dns,
                b"connect" => &mut self.connect,
                b"send" => &mut self.send,
                b"wait" => &mut self.wait,
                b"receive" => &mut self.receive,
                _ => return cursor.skip(),
            };
            take(phase, cursor)
        })
    }
}

impl<'a> Request<'a> {
    fn read(&mut self, cursor: &mut Cursor<'a>) -> Step<()> {
        object(cursor, |cursor, key| {
            self.is_there = true;
            match key {
                b"method" => take(&mut self.method, cursor),
                b"url" => take(&mut self.url, cursor),
                b"httpVersion" => take(&mut self.version, cursor),
                b"headers" => self.fields.read(cursor),
                b"bodySize" => take(&mut self.body_size, cursor),
                b"postData" => object(cursor, |cursor, key| match key {
                    b"mimeType" => take(&mut self.post_type, cursor),
                    _ => cursor.skip(),
                }),
                _ => cursor.skip(),
            }
        })
    }
}

impl<'a> Response<'a> {
    fn read(&mut self, cursor: &mut Cursor<'a>, signs: &mut Signs) -> Step<()> {
        object(cursor, |cursor, key| {
            match key {
                b"status" => take(&mut self.status, cursor)?,
                b"httpVersion" => take(&mut self.version, cursor)?,
                b"headers" => self.fields.read(cursor)?,
                b"redirectURL" => take(&mut self.redirect, cursor)?,
                b"_error" | b"_failureText" | b"_errorMessage" => {
                    self.error = self.error.or(cursor.text()?);
                }
                b"bodySize" => take(&mut self.body_size, cursor)?,
                b"headersSize" => take(&mut self.headers_size, cursor)?,
                b"content" => self.read_content(cursor)?,
                b"_fetchedViaServiceWorker" => signs.service_worker |= cursor.is_true()?,
                _ => cursor.skip()?,
            }
            Ok(())
        })
    }

    fn read_content(&mut self, cursor: &mut Cursor<'a>) -> Step<()> {
        object(cursor, |cursor, key| {
            match key {
                b"size" => take(&mut self.content_size, cursor)?,
                b"text" => take(&mut self.content, cursor)?,
                b"encoding" => {
                    self.is_base64 = cursor.text()?.is_some_and(|text| text.raw() == b"base64");
                }
                _ => cursor.skip()?,
            }
            Ok(())
        })
    }
}

/// The members of an object; anything else at its place is skipped.
#[inline]
pub(super) fn object<'a>(
    cursor: &mut Cursor<'a>,
    member: impl FnMut(&mut Cursor<'a>, &'a [u8]) -> Step<()>,
) -> Step<()> {
    if cursor.peek() == Some(b'{') {
        cursor.object(member)
    } else {
        cursor.skip()
    }
}

/// Takes a text; `null` and what is no text count as none.
#[inline]
pub(super) fn take<'a>(into: &mut Text<'a>, cursor: &mut Cursor<'a>) -> Step<()> {
    *into = cursor.text()?.unwrap_or_default();
    Ok(())
}

/// `true`, or a text that is neither empty nor `false`.
fn is_yes(cursor: &mut Cursor<'_>) -> Step<bool> {
    Ok(cursor
        .text()?
        .is_some_and(|text| !matches!(text.raw(), b"" | b"false" | b"0")))
}
