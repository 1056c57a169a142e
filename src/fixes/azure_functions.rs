//! Azure Functions and App Service: the platform's own CORS list, in front of the code.
//!
//! - As soon as one origin is in the list, the platform answers preflights itself and the code never sees them.
//! - The platform's list and fields in code (`UseCors`, `Access-Control-…`) are there twice: use one.
//! - The list has origins only: methods and request fields are allowed as asked for, fields to expose are not possible.
//!   An API that needs more empties the list and does it in code.
//! - `*` in the list excludes credentials and must be the only entry.
//! - `host.json` and `local.settings.json` (`"Host": {"CORS": …}`) count for the local runtime only.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "azure-functions",
    title: "Azure Functions, App Service",
    aliases: &["app-service", "azure-app-service", "azure", "function-app"],
    kind: Kind::Cloud,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("azure_functions.rs"),
    pieces: &[PieceTemplate {
        file: "shell",
        language: "sh",
        place: "replace APP and GROUP",
        text: r#"az functionapp cors add --name APP --resource-group GROUP --allowed-origins «origins_»
«if credentials»az functionapp cors credentials --name APP --resource-group GROUP --enable true
# Not in the list's power; the platform allows what a preflight asks for:
#   methods «methods»
#   headers «headers»
«if expose»#   exposed «exposed» (needs CORS in code instead, with this list empty)
"#,
    }],
    notes: &["For App Service write az webapp cors in place of az functionapp cors."],
};
