//! Cipher suites (IANA registry "TLS Cipher Suites"): how records are protected. Key exchange does not matter here.

/// Protocol version of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    Ssl3,
    Tls10,
    Tls11,
    Tls12,
    Tls13,
}

impl Version {
    /// By its number on the wire.
    pub(crate) fn from_wire(number: u16) -> Option<Self> {
        Some(match number {
            0x0300 => Self::Ssl3,
            0x0301 => Self::Tls10,
            0x0302 => Self::Tls11,
            0x0303 => Self::Tls12,
            // The final number and drafts 26 to 28; earlier ones protect records in other ways.
            0x0304 | 0x7f1a..=0x7f1c => Self::Tls13,
            _ => return None,
        })
    }
}

/// What encrypts a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cipher {
    Aes128Ccm,
    Aes128Ccm8,
    Aes128Gcm,
    Aes256Ccm,
    Aes256Ccm8,
    Aes256Gcm,
    Aria128Gcm,
    Aria256Gcm,
    Camellia128Gcm,
    Camellia256Gcm,
    ChaCha20Poly1305,
    Aes128Cbc,
    Aes256Cbc,
    Aria128Cbc,
    Aria256Cbc,
    Camellia128Cbc,
    Camellia256Cbc,
    DesCbc,
    Des40Cbc,
    TripleDesCbc,
    IdeaCbc,
    Rc2Cbc40,
    SeedCbc,
    Rc4,
    Rc4Export40,
    Null,
}

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
}

impl Hash {
    /// Length of its output in bytes.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }
}

/// How a suite protects records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Suite {
    pub(crate) cipher: Cipher,
    /// Of the record's MAC; without meaning for AEAD ciphers.
    pub(crate) mac: Hash,
    /// Of key derivation, from TLS 1.2 on.
    pub(crate) prf: Hash,
}

impl Suite {
    /// By its number on the wire. `None`: not supported.
    pub(crate) fn from_wire(number: u16) -> Option<Self> {
        use Cipher as C;
        use Hash::{Md5, Sha1, Sha256, Sha384};
        let aead = |cipher, prf| (cipher, prf, prf);
        let (cipher, mac, prf) = match number {
            0x1301 => aead(C::Aes128Gcm, Sha256),
            0x1302 => aead(C::Aes256Gcm, Sha384),
            0x1303 => aead(C::ChaCha20Poly1305, Sha256),
            0x1304 => aead(C::Aes128Ccm, Sha256),
            0x1305 => aead(C::Aes128Ccm8, Sha256),
            0x009c | 0x009e | 0x00a0 | 0x00a2 | 0x00a4 | 0x00a6 | 0x00a8 | 0x00aa | 0x00ac
            | 0xc02b | 0xc02d | 0xc02f | 0xc031 | 0xd001 => aead(C::Aes128Gcm, Sha256),
            0x009d | 0x009f | 0x00a1 | 0x00a3 | 0x00a5 | 0x00a7 | 0x00a9 | 0x00ab | 0x00ad
            | 0xc02c | 0xc02e | 0xc030 | 0xc032 | 0xd002 => aead(C::Aes256Gcm, Sha384),
            0xcca8..=0xccae => aead(C::ChaCha20Poly1305, Sha256),
            0xc09c | 0xc09e | 0xc0a4 | 0xc0a6 | 0xc0ac | 0xd005 => aead(C::Aes128Ccm, Sha256),
            0xc09d | 0xc09f | 0xc0a5 | 0xc0a7 | 0xc0ad => aead(C::Aes256Ccm, Sha256),
            0xc0a0 | 0xc0a2 | 0xc0a8 | 0xc0aa | 0xc0ae | 0xd003 => aead(C::Aes128Ccm8, Sha256),
            0xc0a1 | 0xc0a3 | 0xc0a9 | 0xc0ab | 0xc0af => aead(C::Aes256Ccm8, Sha256),
            0x002f..=0x0034
            | 0x008c
            | 0x0090
            | 0x0094
            | 0xc004
            | 0xc009
            | 0xc00e
            | 0xc013
            | 0xc018
            | 0xc01d..=0xc01f
            | 0xc035 => (C::Aes128Cbc, Sha1, Sha256),
            0x0035..=0x003a
            | 0x008d
            | 0x0091
            | 0x0095
            | 0xc005
            | 0xc00a
            | 0xc00f
            | 0xc014
            | 0xc019
            | 0xc020..=0xc022
            | 0xc036 => (C::Aes256Cbc, Sha1, Sha256),
            0x003c | 0x003e | 0x003f | 0x0040 | 0x0067 | 0x006c | 0x00ae | 0x00b2 | 0x00b6
            | 0xc023 | 0xc025 | 0xc027 | 0xc029 | 0xc037 => (C::Aes128Cbc, Sha256, Sha256),
            0x003d | 0x0068..=0x006b | 0x006d => (C::Aes256Cbc, Sha256, Sha256),
            0x00af | 0x00b3 | 0x00b7 | 0xc024 | 0xc026 | 0xc028 | 0xc02a | 0xc038 => {
                (C::Aes256Cbc, Sha384, Sha384)
            }
            0x0041..=0x0046 => (C::Camellia128Cbc, Sha1, Sha256),
            0x0084..=0x0089 => (C::Camellia256Cbc, Sha1, Sha256),
            0x00ba..=0x00bf | 0xc072 | 0xc074 | 0xc076 | 0xc078 => {
                (C::Camellia128Cbc, Sha256, Sha256)
            }
            0x00c0..=0x00c5 => (C::Camellia256Cbc, Sha256, Sha256),
            0xc073 | 0xc075 | 0xc077 | 0xc079 => (C::Camellia256Cbc, Sha384, Sha384),
            0x000a | 0x000d | 0x0010 | 0x0013 | 0x0016 | 0x001b | 0x008b | 0x008f | 0x0093
            | 0xc003 | 0xc008 | 0xc00d | 0xc012 | 0xc017 | 0xc034 => {
                (C::TripleDesCbc, Sha1, Sha256)
            }
            0x0009 | 0x000c | 0x000f | 0x0012 | 0x0015 | 0x001a => (C::DesCbc, Sha1, Sha256),
            0x0008 | 0x000b | 0x000e | 0x0011 | 0x0014 | 0x0019 => (C::Des40Cbc, Sha1, Sha256),
            0x0007 => (C::IdeaCbc, Sha1, Sha256),
            0x0006 => (C::Rc2Cbc40, Md5, Sha256),
            0x0096..=0x009b => (C::SeedCbc, Sha1, Sha256),
            // RFC 6209: even numbers have 128 bits and SHA-256, odd ones 256 bits and SHA-384.
            0xc03c..=0xc04f | 0xc064..=0xc069 | 0xc070 | 0xc071 => match number % 2 {
                0 => (C::Aria128Cbc, Sha256, Sha256),
                _ => (C::Aria256Cbc, Sha384, Sha384),
            },
            0xc050..=0xc063 | 0xc06a..=0xc06f => match number % 2 {
                0 => aead(C::Aria128Gcm, Sha256),
                _ => aead(C::Aria256Gcm, Sha384),
            },
            // RFC 6367, alike.
            0xc094..=0xc09b => match number % 2 {
                0 => (C::Camellia128Cbc, Sha256, Sha256),
                _ => (C::Camellia256Cbc, Sha384, Sha384),
            },
            0xc07a..=0xc093 => match number % 2 {
                0 => aead(C::Camellia128Gcm, Sha256),
                _ => aead(C::Camellia256Gcm, Sha384),
            },
            0x0004 | 0x0018 => (C::Rc4, Md5, Sha256),
            0x0005 | 0x008a | 0x008e | 0x0092 | 0xc002 | 0xc007 | 0xc00c | 0xc011 | 0xc016
            | 0xc033 => (C::Rc4, Sha1, Sha256),
            0x0003 | 0x0017 => (C::Rc4Export40, Md5, Sha256),
            0x0001 => (C::Null, Md5, Sha256),
            0x0002 | 0x002c..=0x002e | 0xc001 | 0xc006 | 0xc00b | 0xc010 | 0xc015 | 0xc039 => {
                (C::Null, Sha1, Sha256)
            }
            0x003b | 0x00b0 | 0x00b4 | 0x00b8 | 0xc03a => (C::Null, Sha256, Sha256),
            0x00b1 | 0x00b5 | 0x00b9 | 0xc03b => (C::Null, Sha384, Sha384),
            _ => return None,
        };
        Some(Self { cipher, mac, prf })
    }

    /// Whether the cipher authenticates by itself.
    pub(crate) fn is_aead(self) -> bool {
        use Cipher as C;
        matches!(
            self.cipher,
            C::Aes128Ccm
                | C::Aes128Ccm8
                | C::Aes128Gcm
                | C::Aes256Ccm
                | C::Aes256Ccm8
                | C::Aes256Gcm
                | C::Aria128Gcm
                | C::Aria256Gcm
                | C::Camellia128Gcm
                | C::Camellia256Gcm
                | C::ChaCha20Poly1305
        )
    }
}

impl Cipher {
    /// Bytes of key that the cipher is used with.
    pub(crate) fn key_len(self) -> usize {
        match self {
            Self::Aes128Ccm
            | Self::Aes128Ccm8
            | Self::Aes128Gcm
            | Self::Aes128Cbc
            | Self::Aria128Gcm
            | Self::Aria128Cbc
            | Self::Camellia128Gcm
            | Self::Camellia128Cbc
            | Self::SeedCbc
            | Self::IdeaCbc
            | Self::Rc2Cbc40
            | Self::Rc4
            | Self::Rc4Export40 => 16,
            Self::Aes256Ccm
            | Self::Aes256Ccm8
            | Self::Aes256Gcm
            | Self::ChaCha20Poly1305
            | Self::Aes256Cbc
            | Self::Aria256Gcm
            | Self::Aria256Cbc
            | Self::Camellia256Gcm
            | Self::Camellia256Cbc => 32,
            Self::TripleDesCbc => 24,
            Self::DesCbc | Self::Des40Cbc => 8,
            Self::Null => 0,
        }
    }

    /// Bytes of key in the key block, when they are fewer: export ciphers stretch them (RFC 2246 §6.3.1).
    pub(crate) fn export_len(self) -> Option<usize> {
        matches!(self, Self::Des40Cbc | Self::Rc2Cbc40 | Self::Rc4Export40).then_some(5)
    }

    /// Bytes of a block; 0 for ciphers without.
    pub(crate) fn block_len(self) -> usize {
        match self {
            Self::Aes128Cbc
            | Self::Aes256Cbc
            | Self::Aria128Cbc
            | Self::Aria256Cbc
            | Self::Camellia128Cbc
            | Self::Camellia256Cbc
            | Self::SeedCbc => 16,
            Self::DesCbc | Self::Des40Cbc | Self::TripleDesCbc | Self::IdeaCbc | Self::Rc2Cbc40 => {
                8
            }
            _ => 0,
        }
    }
}
