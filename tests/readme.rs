//! What README.md shows is what the program writes: each command of a `console` block is run and compared; a last line
//! `…` stands for the rest.
#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use std::fs;
use std::path::Path;

#[test]
fn every_command_of_the_readme_answers_as_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let mut runs = 0;
    for block in readme.split("```console\n").skip(1) {
        let (block, _) = block.split_once("```").unwrap();
        let (command, printed) = block.split_once('\n').unwrap();
        let args = command.strip_prefix("$ corsight ").unwrap();
        let output = Command::cargo_bin("corsight")
            .unwrap()
            .current_dir(root)
            .env_clear()
            .args(args.split(' '))
            .output()
            .unwrap();
        let written = String::from_utf8(output.stdout).unwrap();
        match printed.trim_end().strip_suffix("\n…") {
            Some(printed) => assert!(written.starts_with(printed), "{command}: {written}"),
            None => assert_eq!(written.trim_end(), printed.trim_end(), "{command}"),
        }
        runs += 1;
    }
    assert!(runs >= 3, "{runs}");
}

#[test]
fn the_settings_of_the_readme_are_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (_, settings) = readme.split_once("```toml\ncolor").unwrap();
    let (settings, _) = settings.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("corsight.toml");
    fs::write(&file, format!("color{settings}")).unwrap();
    Command::cargo_bin("corsight")
        .unwrap()
        .env_clear()
        .arg("--config")
        .arg(&file)
        .args(["explain", "allow-origin-missing"])
        .assert()
        .success();
}
