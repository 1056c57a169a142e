//! The commands; only main.rs can name this room.
