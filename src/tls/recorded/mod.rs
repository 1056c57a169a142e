//! Small connections between OpenSSL 3.0's own client and server, for what the library of the other tests does not speak.
//!
//! One line per flight (`C`, `S`) and line of a key log or of a private key made for the recording (`K`). The client sends lines, the server answers each one reversed.

use super::{KeyLog, Plain, Session, State};
use crate::net::{Chunk, Direction};
use crate::time::Timestamp;
use std::sync::Arc;

/// What each side said.
fn read(recorded: &str) -> (String, String) {
    let mut keys = String::new();
    for line in recorded.lines() {
        if let Some(key) = line.strip_prefix("K ") {
            keys.push_str(key);
            keys.push('\n');
        }
    }
    let mut session = Session::new(&Arc::new(KeyLog::parse(keys.as_bytes())));
    for line in recorded.lines() {
        let (direction, hex) = match line.split_once(' ') {
            Some(("C", hex)) => (Direction::ToServer, hex),
            Some(("S", hex)) => (Direction::ToClient, hex),
            _ => continue,
        };
        let bytes: Vec<u8> = (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        session.push(
            direction,
            Chunk::Data {
                bytes: &bytes,
                at: Timestamp(0),
                frame: 1,
            },
        );
    }
    assert_eq!(session.state(), State::Open);
    let (mut to_server, mut to_client) = (String::new(), String::new());
    while let Some((direction, plain)) = session.poll() {
        let Plain::Data { bytes, .. } = plain else {
            panic!("{plain:?}")
        };
        match direction {
            Direction::ToServer => to_server.push_str(&String::from_utf8(bytes).unwrap()),
            Direction::ToClient => to_client.push_str(&String::from_utf8(bytes).unwrap()),
        }
    }
    (to_server, to_client)
}

macro_rules! recorded {
    ($($name:ident $file:literal $sent:literal $answered:literal)*) => {$(
        #[test]
        fn $name() {
            let (to_server, to_client) = read(include_str!($file));
            assert_eq!(to_server, $sent);
            assert_eq!(to_client, $answered);
        }
    )*};
}

recorded! {
    tls10_chains_its_blocks "tls10-cbc.txt" "GET /one\nGET /two\n" "eno/ TEG\nowt/ TEG\n"
    tls11_brings_its_iv "tls11-cbc.txt" "GET /one\nGET /two\n" "eno/ TEG\nowt/ TEG\n"
    mac_then_encrypt "tls12-cbc-mac-then-encrypt.txt" "GET /one\nGET /two\n" "eno/ TEG\nowt/ TEG\n"
    encrypt_then_mac "tls12-cbc-encrypt-then-mac.txt" "GET /one\nGET /two\n" "eno/ TEG\nowt/ TEG\n"
    ccm_with_a_short_tag "tls12-ccm8.txt" "GET /one\nGET /two\n" "eno/ TEG\nowt/ TEG\n"
    nothing_but_a_mac "tls12-null.txt" "GET /one\nGET /two\n" "eno/ TEG\nowt/ TEG\n"
    keys_change_with_a_renegotiation "tls12-renegotiated.txt" "GET /one\nGET /two\n" "eno/ TEG\n"
    a_private_key_opens_rsa "tls10-rsa-key.txt" "GET /one\nGET /two\n" "eno/ TEG\nowt/ TEG\n"
    a_private_key_opens_an_extended_master_secret "tls12-rsa-key.txt" "GET /one\nGET /two\n" "eno/ TEG\nowt/ TEG\n"
    tls13_ccm_with_a_short_tag "tls13-ccm8.txt" "GET /one\nGET /two\n" "eno/ TEG\nowt/ TEG\n"
    a_second_hello_and_a_key_update "tls13-retry.txt" "GET /one\nGET /two\nGET /three\n" "eno/ TEG\nowt/ TEG\n"
}
