//! Rails: rack-cors, outermost. For Sinatra and others on Rack see there.
//!
//! - `insert_before 0` puts it ahead of Warden, static files and everything else that may answer.
//! - Methods are compared in lower case, as the recipe writes them.
//! - A text that does not begin with http or https, as `capacitor://localhost`, is taken for a host: lists that have one
//!   are written as a block.
//! - Each miss is explained in the answer's field `X-Rack-CORS`.
//! - An exception that reaches the web server itself has no fields; Rails' own error pages have.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "rails",
    title: "Rails",
    aliases: &["ruby-on-rails"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("rails.rs"),
    pieces: &[PieceTemplate {
        file: "config/initializers/cors.rb",
        language: "ruby",
        place: "a file of its own; needs: bundle add rack-cors",
        text: r#"Rails.application.config.middleware.insert_before 0, Rack::Cors do
  allow do
«if !apps»    origins «origins'»
«if apps»    origins { |origin, _env| [«origins'»].include?(origin) }
    resource '«path»*',
             methods: [«verbs'»],
             headers: [«headers'»],
«if expose»             expose: [«exposed'»],
«if credentials»             credentials: true,
«if !credentials»             credentials: false,
             max_age: «max_age»
  end
end
"#,
    }],
    notes: &["Restart Rails: initializers run once."],
};
