//! Rails, Sinatra and everything on Rack: rack-cors, outermost.
//!
//! - `insert_before 0` puts it ahead of Warden, static files and everything else that may answer.
//! - Methods are compared in lower case, as the recipe writes them.
//! - Each miss is explained in the answer's field `X-Rack-CORS`.
//! - An exception that reaches the web server itself has no fields; Rails' own error pages have.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "rails",
    title: "Rails, Rack",
    aliases: &["rack-cors", "rack", "ruby", "sinatra", "ruby-on-rails"],
    kind: Kind::Framework,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("rails.rs"),
    pieces: &[PieceTemplate {
        file: "config/initializers/cors.rb",
        language: "ruby",
        place: "a file of its own; needs: bundle add rack-cors",
        text: r#"Rails.application.config.middleware.insert_before 0, Rack::Cors do
  allow do
    origins «origins'»
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
    notes: &["Outside of Rails write use Rack::Cors do … end as the first line of config.ru."],
};
