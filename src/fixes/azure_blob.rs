//! Azure Storage (blobs, files, queues, tables): CORS rules of the service.
//!
//! - The first rule whose origin, method and headers match decides; at most five rules.
//! - Refused preflights are 403 `CorsPreflightFailure` `CORS not enabled or no matching rule found for this request`.
//! - Rules belong to one service of the account: `--services b` is blobs only.
//! - There is no switch for credentials: the service says `Access-Control-Allow-Credentials: true` for a listed origin.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "azure-blob",
    title: "Azure Storage",
    aliases: &["azure-storage", "blob-storage", "windows-azure-blob"],
    kind: Kind::Cloud,
    tried: Tried::Not,
    only_methods: &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "MERGE"],
    source: include_str!("azure_blob.rs"),
    pieces: &[PieceTemplate {
        file: "shell",
        language: "sh",
        place: "replace ACCOUNT",
        text: r#"az storage cors clear --account-name ACCOUNT --services b
az storage cors add --account-name ACCOUNT --services b \
  --origins «origins_» \
  --methods «methods_» OPTIONS \
  --allowed-headers «headers_» \
«if expose»  --exposed-headers «exposed_» \
  --max-age «max_age»
"#,
    }],
    notes: &["The first line removes the rules that are there: the first match decides."],
};
