//! CorsFetch → Finding; one file per rule, its doc comment is the manual page.
