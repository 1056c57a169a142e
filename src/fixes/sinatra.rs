//! Sinatra, Grape, Roda and everything else on Rack: rack-cors, the first `use`.
//!
//! - In config.ru it stands above every other `use`; inside of a Sinatra class it comes after Sinatra's own layers.
//! - Sinatra's rack-protection answers 403 to what it takes for an attack (`HttpOrigin` for POST of another origin): list
//!   the origins there too, `set :protection, origin_whitelist: […]`.
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
            place: "in the Sinatra class",
            text: r#"«if list»set :protection, origin_whitelist: [«origins'»]
«if any»set :protection, except: :http_origin
"#,
        },
    ],
    notes: &[],
};
