//! Bytes → chunks of two directions with gaps between them: what every reader of a connection is fed.

use corsight::net::{Chunk, Direction};
use corsight::time::Timestamp;

/// Gives each chunk to `each`. Two bytes in front of a chunk tell direction, length, and whether it is lost.
pub fn steps(mut bytes: &[u8], mut each: impl FnMut(Direction, Chunk<'_>)) {
    let mut frame = 0;
    while let [flags, len, rest @ ..] = bytes {
        let direction = match flags & 1 {
            0 => Direction::ToServer,
            _ => Direction::ToClient,
        };
        let len = (usize::from(*len) | usize::from(flags >> 2) << 8).min(rest.len());
        let (chunk, after) = rest.split_at(len);
        frame += 1;
        let at = Timestamp(frame as i64 * 1_000_000);
        match flags & 2 {
            0 => each(
                direction,
                Chunk::Data {
                    bytes: chunk,
                    at,
                    frame,
                },
            ),
            _ => each(direction, Chunk::Gap { len: len as u64 }),
        }
        bytes = after;
    }
}

/// The connection that the chunks are of.
#[allow(dead_code)]
pub fn conversation() -> corsight::http::Conversation {
    corsight::http::Conversation {
        source: corsight::http::SourceId(0),
        stream: 0,
        client: ([10, 0, 0, 5], 51514).into(),
        server: ([10, 0, 0, 9], 80).into(),
        secure: false,
    }
}
