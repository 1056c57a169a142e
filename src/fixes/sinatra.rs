//! Sinatra, Grape, Roda and everything else on Rack: rack-cors, the first `use`.
//!
//! - In config.ru it stands above every other `use`; inside of a Sinatra class it comes after Sinatra's own layers.
//! - With `enable :sessions` Sinatra's rack-protection empties the session of a POST, PUT or DELETE from another origin,
//!   and the user is logged out: the origins must be listed there too.
//! - In development Sinatra shows exceptions on a page of its own; it is inside of rack-cors and has the fields.
//! - Each miss is explained in the answer's field `X-Rack-CORS`.
//! - A text that does not begin with http or https, as `capacitor://localhost`, is taken for a host: lists that have one
//!   are written as a block.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "sinatra",
    title: "Sinatra, Rack",
    aliases: &["rack", "rack-cors", "ruby", "grape", "roda"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("sinatra.rs"),
    pieces: &[
        PieceTemplate {
            file: "config.ru",
            language: "ruby",
            place: "the first lines; needs: bundle add rack-cors",
            text: r#"require 'rack/cors'

use Rack::Cors do
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
        },
        PieceTemplate {
            file: "app.rb",
            language: "ruby",
            place: "in the Sinatra class, where it has enable :sessions",
            text: r#"«if list»set :protection, permitted_origins: [«origins'»]
«if any»set :protection, except: :http_origin
"#,
        },
    ],
    notes: &[],
};
