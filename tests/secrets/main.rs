//! Nothing secret leaves: every command and format runs over an input full of sentinel secrets, and none appears.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod attacks;
mod corners;
mod inputs;
mod readable;

use inputs::{SENTINEL, folder, run};
use std::fs;

#[test]
fn no_command_and_no_format_shows_a_secret() {
    let folder = folder();
    let mut runs: Vec<Vec<String>> = Vec::new();
    for input in ["a.har", "cut.har", "a.pcap"] {
        for format in corsight::report::Format::ALL {
            for flag in ["-v", "-q", "--color=always"] {
                runs.push(
                    [input, "--format", format.name(), flag]
                        .map(str::to_owned)
                        .to_vec(),
                );
            }
        }
        for format in ["table", "ndjson", "har"] {
            runs.push(
                ["extract", input, "--format", format]
                    .map(str::to_owned)
                    .to_vec(),
            );
        }
        runs.push(["redact", input].map(str::to_owned).to_vec());
        for extra in [
            &["--server", "nginx"][..],
            &["--redact-hosts", "-v"],
            &["--baseline", "open.json", "-v"],
        ] {
            runs.push(
                [&[input][..], extra]
                    .concat()
                    .iter()
                    .map(|arg| (*arg).to_owned())
                    .collect(),
            );
        }
        // Also against a report that was written with its secrets.
        for format in ["text", "json"] {
            for args in [["diff", "open.json", input], ["diff", input, "open.json"]] {
                let args = [&args[..], &["--format", format, "--min-severity", "note"]].concat();
                runs.push(args.iter().map(|arg| (*arg).to_owned()).collect());
            }
        }
        runs.push(["simulate", "--suggest", input].map(str::to_owned).to_vec());
        for format in ["text", "json", "ndjson"] {
            let args = ["simulate", "--policy", "cors.toml", input, "-v", "--format"];
            let args = args.into_iter().chain([format]).map(str::to_owned);
            runs.push(args.collect());
        }
    }
    for format in corsight::report::Format::ALL {
        let args = ["merge", "open.json", "--format", format.name()];
        runs.push(args.map(str::to_owned).to_vec());
    }
    let open = [
        "a.har",
        "--show-secrets",
        "--format",
        "json",
        "--output",
        "open.json",
    ];
    run(&folder, &open);
    assert!(
        fs::read_to_string(folder.path().join("open.json"))
            .unwrap()
            .contains(SENTINEL)
    );
    let mut leaks = Vec::new();
    for args in &runs {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ran = run(&folder, &args);
        assert!(!ran.text.is_empty(), "{args:?}");
        // A cut sentinel is a secret too.
        if let Some(at) = ran.text.find(&SENTINEL[..6]) {
            let around: String = ran.text[..at].chars().rev().take(60).collect();
            let around: String = around.chars().rev().collect();
            leaks.push(format!("{args:?}: …{around}"));
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

#[test]
fn no_report_of_a_batch_shows_a_secret() {
    let folder = folder();
    for format in corsight::report::Format::ALL {
        let args = [
            "a.har",
            "a.pcap",
            "--output-dir",
            format.name(),
            "--format",
            format.name(),
        ];
        let ran = run(&folder, &args);
        assert!(ran.text.contains("total"), "{format}: {}", ran.text);
        let mut files = 0;
        for file in fs::read_dir(folder.path().join(format.name())).unwrap() {
            let path = file.unwrap().path();
            let text = fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&text);
            assert!(!text.contains(SENTINEL), "{}", path.display());
            files += 1;
        }
        assert_eq!(files, 3, "{format}");
    }
}

/// Parquet is compressed, so that its bytes say nothing: what a reader gets is looked at.
#[cfg(feature = "parquet")]
#[test]
fn no_table_holds_a_secret() {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    let folder = folder();
    let open = [
        "a.har",
        "--show-secrets",
        "--format",
        "json",
        "-o",
        "open.json",
    ];
    run(&folder, &open);
    let inputs = ["a.har", "cut.har", "a.pcap"];
    let runs = inputs.map(|input| [["check", input], ["extract", input]]);
    for command in runs.concat().into_iter().chain([["merge", "open.json"]]) {
        let args = [&command[..], &["--format", "parquet", "-o", "t.parquet"]].concat();
        run(&folder, &args);
        let file = fs::File::open(folder.path().join("t.parquet")).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let rows: Vec<String> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| row.unwrap().to_string())
            .collect();
        assert!(!rows.is_empty(), "{args:?}");
        let metadata = format!("{:?}", reader.metadata().file_metadata());
        let text = rows.concat() + &metadata;
        assert!(!text.contains(&SENTINEL[..6]), "{args:?}: {text}");
    }
}

#[test]
fn hidden_hosts_appear_in_no_format() {
    let folder = folder();
    // Browsers name exports after the page.
    fs::copy(
        folder.path().join("a.har"),
        folder.path().join("app.example.har"),
    )
    .unwrap();
    let mut runs: Vec<Vec<&str>> = Vec::new();
    for input in ["app.example.har", "a.pcap"] {
        for format in corsight::report::Format::ALL {
            runs.push(vec![input, "-v", "--format", format.name()]);
        }
        for format in ["table", "ndjson", "har"] {
            runs.push(vec!["extract", input, "--format", format]);
        }
        runs.push(vec![input, "--server", "express"]);
        runs.push(vec![
            "diff",
            "a.pcap",
            input,
            "--format",
            "json",
            "--min-severity",
            "note",
        ]);
        runs.push(vec!["diff", "a.pcap", input, "--min-severity", "note"]);
    }
    for mut args in runs {
        args.push("--redact-hosts");
        let text = run(&folder, &args).text;
        for host in ["api.example", "app.example", "login.example", "b.example"] {
            let goes_on = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
            // `api.example.com` stands in the manual pages.
            let at = text.match_indices(host).map(|(at, _)| at).find(|at| {
                !text[..*at].ends_with(goes_on) && !text[at + host.len()..].starts_with(".com")
            });
            if let Some(at) = at {
                let around: String = text[at.saturating_sub(80)..].chars().take(160).collect();
                panic!("{args:?} shows {host}: {around}");
            }
        }
    }
}
