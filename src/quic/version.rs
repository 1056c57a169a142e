//! Versions of QUIC and where they differ: salts, key labels, packet types.

/// A version that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// RFC 9000.
    V1,
    /// RFC 9369.
    V2,
    /// draft-ietf-quic-transport, 22 to 34. Earlier drafts have other packet headers.
    Draft(u8),
}

/// Types of long-header packets (RFC 9000 §17.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LongType {
    Initial,
    ZeroRtt,
    Handshake,
    Retry,
}

impl Version {
    pub(super) fn from_wire(version: u32) -> Option<Self> {
        match version {
            1 => Some(Self::V1),
            0x6b33_43cf => Some(Self::V2),
            0xff00_0016..=0xff00_0022 => Some(Self::Draft((version & 0xff) as u8)),
            // mvfst.
            0xface_b001 => Some(Self::Draft(22)),
            0xface_b002 => Some(Self::Draft(27)),
            _ => None,
        }
    }

    /// Salt of the Initial secrets (RFC 9001 §5.2, RFC 9369 §3.3.1).
    pub(super) fn salt(self) -> &'static [u8; 20] {
        match self {
            Self::V1 | Self::Draft(33..) => {
                b"\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a"
            }
            Self::V2 => {
                b"\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9"
            }
            Self::Draft(29..=32) => {
                b"\xaf\xbf\xec\x28\x99\x93\xd2\x4c\x9e\x97\x86\xf1\x9c\x61\x11\xe0\x43\x90\xa8\x99"
            }
            Self::Draft(23..=28) => {
                b"\xc3\xee\xf7\x12\xc7\x2e\xbb\x5a\x11\xa7\xd2\x43\x2b\xb4\x63\x65\xbe\xf9\xf5\x02"
            }
            Self::Draft(..=22) => {
                b"\x7f\xbc\xdb\x0e\x7c\x66\xbb\xe9\x19\x3a\x96\xcd\x21\x51\x9e\xbd\x7a\x02\x64\x4a"
            }
        }
    }

    /// Labels of key, IV, header protection and key update (RFC 9001 §5.1 and §6.1, RFC 9369 §3.3.2).
    pub(super) fn labels(self) -> Labels {
        match self {
            Self::V2 => Labels {
                key: "quicv2 key",
                iv: "quicv2 iv",
                header: "quicv2 hp",
                update: "quicv2 ku",
            },
            Self::V1 | Self::Draft(_) => Labels {
                key: "quic key",
                iv: "quic iv",
                header: "quic hp",
                update: "quic ku",
            },
        }
    }

    /// The type of a long-header packet by its first byte (RFC 9000 §17.2, RFC 9369 §3.2).
    pub(super) fn long_type(self, first: u8) -> LongType {
        let bits = match self {
            Self::V1 | Self::Draft(_) => first >> 4 & 3,
            // The same order, one further.
            Self::V2 => (first >> 4).wrapping_sub(1) & 3,
        };
        match bits {
            0 => LongType::Initial,
            1 => LongType::ZeroRtt,
            2 => LongType::Handshake,
            _ => LongType::Retry,
        }
    }
}

/// HKDF labels, without the `tls13 ` that all begin with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Labels {
    pub(super) key: &'static str,
    pub(super) iv: &'static str,
    pub(super) header: &'static str,
    pub(super) update: &'static str,
}
