//! Which platform answered, from what stands on the wire.
//!
//! A table of clues, strongest first: what only one CORS layer writes, then who made the application's answer, then the
//! servers in front. A guess: the reason goes with it.

use super::{Platform, find};
use crate::http::Fields;

/// One answer of the server in question.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// Its status.
    pub status: u16,
    /// Its fields.
    pub fields: &'a Fields,
    /// The beginning of its content; empty when it was not recorded.
    pub body: &'a str,
    /// Whether it answers a CORS preflight.
    pub is_preflight: bool,
}

/// The platform that answered, as far as can be told.
#[derive(Debug, Clone, Copy)]
pub struct Detected {
    /// Its recipe.
    pub platform: &'static Platform,
    /// What tells, in a few words: `Server: nginx`.
    pub reason: &'static str,
}

/// Looks at `answers` of one server, the failing ones first, and gives the platform of the strongest clue.
pub fn detect(answers: &[Answer<'_>]) -> Option<Detected> {
    let gateway_failed = answers
        .first()
        .is_some_and(|first| matches!(first.status, 502..=504));
    // A 502 comes from the server in front, whatever the other answers say of the application.
    let order: [&[Clue]; 3] = if gateway_failed {
        [FRONT, LAYER, APPLICATION]
    } else {
        [LAYER, APPLICATION, FRONT]
    };
    for clue in order.into_iter().flatten() {
        if answers.iter().any(|answer| (clue.holds)(answer)) {
            return Some(Detected {
                platform: find(clue.platform).ok()?,
                reason: clue.reason,
            });
        }
    }
    None
}

struct Clue {
    platform: &'static str,
    reason: &'static str,
    holds: fn(&Answer<'_>) -> bool,
}

const fn clue(
    platform: &'static str,
    reason: &'static str,
    holds: fn(&Answer<'_>) -> bool,
) -> Clue {
    Clue {
        platform,
        reason,
        holds,
    }
}

/// What only one CORS layer or service writes.
static LAYER: &[Clue] = &[
    clue("fastapi", "400 with “Disallowed CORS …”", |a| {
        a.status == 400 && a.says("Disallowed CORS ")
    }),
    clue("spring", "403 with “Invalid CORS request”", |a| {
        a.status == 403 && a.says("Invalid CORS request")
    }),
    clue("s3", "403 with “CORSResponse: …”", |a| {
        a.status == 403 && a.says("CORSResponse:")
    }),
    clue("azure-blob", "403 with “CorsPreflightFailure”", |a| {
        a.status == 403 && a.says("CorsPreflightFailure")
    }),
    clue("actix", "400 with the words of actix-cors", |a| {
        a.status == 400
            && (a.says("Origin is not allowed to make this request")
                || a.says("Requested method is not allowed")
                || a.says("headers are not allowed"))
    }),
    clue("rails", "X-Rack-CORS", |a| a.fields.has("x-rack-cors")),
    clue(
        "spring",
        "three Vary fields that name all of CORS, on an answer that is not a preflight's",
        |a| !a.is_preflight && a.varies_by_each(),
    ),
    clue(
        "go-rs-cors",
        "a preflight without any CORS field but three Vary fields",
        |a| a.is_preflight && matches!(a.status, 200 | 204) && a.varies_by_each() && !a.has_cors(),
    ),
    clue(
        "nginx",
        "a preflight answered with Access-Control-Max-Age alone: add_header inside an if",
        |a| {
            a.is_preflight
                && a.status == 204
                && a.server("nginx")
                && a.fields.has("access-control-max-age")
                && !a.fields.has("access-control-allow-origin")
                && !a.fields.has("access-control-allow-methods")
        },
    ),
    clue(
        "ingress-nginx",
        "Access-Control-Max-Age: 1728000, its default",
        |a| {
            a.fields.first("access-control-max-age") == Some("1728000")
                && a.fields
                    .first("access-control-allow-headers")
                    .is_some_and(|value| value.starts_with("DNT"))
        },
    ),
    clue(
        "api-gateway",
        "Missing Authentication Token, or a field of API Gateway",
        |a| {
            (a.status == 403 && a.says("Missing Authentication Token"))
                || a.fields.has("x-amz-apigw-id")
                || a.fields.has("apigw-requestid")
                || a.fields.has("x-amzn-errortype")
        },
    ),
    clue("s3", "Server: AmazonS3", |a| {
        a.server("amazons3") || a.server("minio")
    }),
    clue("gcs", "x-goog-… fields", |a| {
        a.fields.has("x-guploader-uploadid") || a.fields.has("x-goog-generation")
    }),
    clue("azure-blob", "Server: Windows-Azure-Blob", |a| {
        a.server("windows-azure-")
    }),
];

/// Who made the application's answer.
static APPLICATION: &[Clue] = &[
    clue("nestjs", "an error in the words of NestJS", |a| {
        a.status >= 400
            && a.body.starts_with('{')
            && a.says("\"statusCode\":")
            && (a.says("\"message\":\"Cannot ") || a.says("\"message\":\"Internal server error\""))
    }),
    clue("fastify", "a 404 in the words of Fastify", |a| {
        a.status == 404 && a.says("{\"message\":\"Route ") && a.says("\"statusCode\":404")
    }),
    clue("nextjs", "X-Powered-By: Next.js, or its Vary", |a| {
        a.powered_by("next.js") || a.varies_by("next-router-state-tree")
    }),
    clue("express", "X-Powered-By: Express", |a| {
        a.powered_by("express")
    }),
    clue("aspnet", "Server: Kestrel", |a| a.server("kestrel")),
    clue("flask", "Server: Werkzeug", |a| a.server("werkzeug")),
    clue("django", "Server: WSGIServer", |a| a.server("wsgiserver")),
    clue("fastapi", "Server: uvicorn or hypercorn", |a| {
        a.server("uvicorn") || a.server("hypercorn")
    }),
    clue("tornado", "Server: TornadoServer", |a| {
        a.server("tornadoserver")
    }),
    clue("aiohttp", "Server: Python/… aiohttp/…", |a| {
        a.server("python/")
            && a.fields
                .all("server")
                .any(|value| value.contains("aiohttp/"))
    }),
    clue("rocket", "Server: Rocket", |a| a.server("rocket")),
    clue(
        "spring",
        "X-Application-Context or a cookie JSESSIONID",
        |a| a.fields.has("x-application-context") || a.sets_cookie("jsessionid"),
    ),
    clue("laravel", "a cookie laravel_session", |a| {
        a.sets_cookie("laravel_session") || a.sets_cookie("laravel-session")
    }),
    clue("express", "a cookie connect.sid", |a| {
        a.sets_cookie("connect.sid")
    }),
    clue("django", "a cookie csrftoken", |a| {
        a.sets_cookie("csrftoken")
    }),
    clue("rails", "X-Runtime beside X-Request-Id", |a| {
        a.fields.has("x-runtime") && a.fields.has("x-request-id")
    }),
    clue("symfony", "X-Debug-Token", |a| {
        a.fields.has("x-debug-token")
    }),
    clue("php", "X-Powered-By: PHP", |a| a.powered_by("php")),
    clue("tomcat", "an error page of Tomcat", |a| {
        a.status >= 400 && a.says("<title>HTTP Status ") && a.says("<!doctype html><html lang=")
    }),
    clue("gin", "404 page not found, as gin's plain text", |a| {
        a.status == 404
            && a.body.trim_end() == "404 page not found"
            && a.fields.first("content-type") == Some("text/plain")
    }),
    clue("hono", "404 Not Found, as Hono's plain text", |a| {
        a.status == 404
            && a.body == "404 Not Found"
            && a.fields.first("content-type") == Some("text/plain; charset=UTF-8")
    }),
    clue(
        "azure-functions",
        "X-Powered-By: ASP.NET behind App Service",
        |a| a.powered_by("asp.net") && a.sets_cookie("arraffinity"),
    ),
    // What the CORS layers of frameworks look like when they refuse an origin.
    // Others write methods with spaces, field names in lower case, no length, or their name.
    clue(
        "express",
        "a preflight answered 204 with methods and Vary: Origin, but no origin",
        |a| {
            a.is_preflight
                && a.status == 204
                && a.varies_by("origin")
                && a.fields.has("content-length")
                && !a.fields.has("server")
                && !a.fields.has("access-control-allow-origin")
                && a.fields.iter().any(|(name, value)| {
                    name == "Access-Control-Allow-Methods"
                        && value.contains(',')
                        && !value.contains(' ')
                })
        },
    ),
    clue(
        "django",
        "a preflight answered 200 with “vary: origin” and no CORS field",
        |a| {
            a.is_preflight
                && a.status == 200
                && a.fields.first("vary") == Some("origin")
                && !a.has_cors()
        },
    ),
];

/// Servers and services in front.
static FRONT: &[Clue] = &[
    clue("kong", "Via or Server: kong", |a| {
        a.via("kong") || a.server("kong") || a.fields.has("x-kong-response-latency")
    }),
    clue("envoy", "Server: envoy", |a| {
        a.server("envoy") || a.server("istio-envoy")
    }),
    clue("nginx", "Server: nginx", |a| {
        a.server("nginx") || a.server("openresty") || a.server("tengine") || a.server("angie")
    }),
    clue("apache", "Server: Apache", |a| {
        a.server("apache") && !a.server("apache-coyote")
    }),
    clue("caddy", "Server or Via: Caddy", |a| {
        a.server("caddy") || a.via("caddy")
    }),
    clue(
        "haproxy",
        "Server: HAProxy, or an error in its words",
        |a| {
            a.server("haproxy")
                || (a.status == 503 && a.says("No server is available to handle this request"))
                || (a.status == 401
                    && a.says("You need a valid user and password to access this content"))
        },
    ),
    clue("lighttpd", "Server: lighttpd", |a| a.server("lighttpd")),
    clue("varnish", "Server or Via: Varnish", |a| {
        a.server("varnish") || a.via("varnish")
    }),
    clue("traefik", "Server: Traefik", |a| a.server("traefik")),
    clue(
        "iis",
        "Server: Microsoft-IIS or X-Powered-By: ASP.NET",
        |a| {
            a.server("microsoft-iis") || a.powered_by("asp.net") || a.fields.has("x-aspnet-version")
        },
    ),
    clue("envoy", "x-envoy-… fields", |a| {
        a.fields.has("x-envoy-upstream-service-time")
    }),
    clue("cloudfront", "Via: CloudFront", |a| {
        a.via("cloudfront") || a.fields.has("x-amz-cf-id")
    }),
    clue("cloudflare-workers", "Server: cloudflare", |a| {
        a.server("cloudflare") || a.fields.has("cf-ray")
    }),
];

impl Answer<'_> {
    fn says(&self, words: &str) -> bool {
        self.body.contains(words)
    }

    fn server(&self, product: &str) -> bool {
        self.fields
            .all("server")
            .any(|value| starts_with(value, product))
    }

    fn powered_by(&self, product: &str) -> bool {
        self.fields
            .all("x-powered-by")
            .any(|value| starts_with(value, product))
    }

    fn via(&self, name: &str) -> bool {
        self.fields
            .all("via")
            .any(|value| value.to_ascii_lowercase().contains(name))
    }

    fn sets_cookie(&self, name: &str) -> bool {
        self.fields.all("set-cookie").any(|value| {
            value
                .split_once('=')
                .is_some_and(|(own, _)| own.eq_ignore_ascii_case(name))
        })
    }

    fn has_cors(&self) -> bool {
        self.fields
            .iter()
            .any(|(name, _)| starts_with(name, "access-control-"))
    }

    /// Whether there is a `Vary` line of its own for each request field of CORS.
    fn varies_by_each(&self) -> bool {
        let has = |name: &str| {
            self.fields
                .all("vary")
                .any(|value| value.eq_ignore_ascii_case(name))
        };
        has("origin")
            && has("access-control-request-method")
            && has("access-control-request-headers")
    }

    fn varies_by(&self, name: &str) -> bool {
        self.fields
            .all("vary")
            .flat_map(|value| value.split(','))
            .any(|item| item.trim().eq_ignore_ascii_case(name))
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod recorded_tests;

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(
        status: u16,
        is_preflight: bool,
        fields: &[(&str, &str)],
        body: &str,
    ) -> Option<&'static str> {
        let fields = Fields::from_iter(fields.iter().copied());
        let answer = Answer {
            status,
            fields: &fields,
            body,
            is_preflight,
        };
        detect(&[answer]).map(|found| found.platform.id)
    }

    #[test]
    fn a_refusals_own_words_name_the_layer() {
        assert_eq!(
            seen(400, true, &[("vary", "Origin")], "Disallowed CORS origin"),
            Some("fastapi")
        );
        assert_eq!(seen(403, true, &[], "Invalid CORS request"), Some("spring"));
        assert_eq!(
            seen(
                403,
                true,
                &[],
                "<Code>AccessForbidden</Code><Message>CORSResponse: This CORS request is not allowed."
            ),
            Some("s3")
        );
        assert_eq!(
            seen(403, true, &[], "<Code>CorsPreflightFailure</Code>"),
            Some("azure-blob")
        );
        assert_eq!(
            seen(
                403,
                true,
                &[("x-amzn-ErrorType", "X")],
                r#"{"message":"Missing Authentication Token"}"#
            ),
            Some("api-gateway")
        );
        assert_eq!(
            seen(400, true, &[], "Origin is not allowed to make this request"),
            Some("actix")
        );
        assert_eq!(
            seen(200, true, &[("X-Rack-CORS", "miss; no-origin")], ""),
            Some("rails")
        );
    }

    #[test]
    fn a_preflight_with_max_age_alone_is_the_bug_of_nginx_ifs() {
        let fields = [
            ("Server", "nginx/1.22.1"),
            ("Access-Control-Max-Age", "86400"),
        ];
        let section = Fields::from_iter(fields);
        let answer = Answer {
            status: 204,
            fields: &section,
            body: "",
            is_preflight: true,
        };
        let found = detect(&[answer]).unwrap();
        assert_eq!(found.platform.id, "nginx");
        assert!(found.reason.contains("Max-Age alone"));
    }

    #[test]
    fn refusals_without_words_are_told_by_their_fields() {
        let express = [
            ("Vary", "Origin"),
            ("Access-Control-Allow-Methods", "GET,PUT"),
            ("Content-Length", "0"),
        ];
        assert_eq!(seen(204, true, &express, ""), Some("express"));
        assert_eq!(seen(200, true, &[("vary", "origin")], ""), Some("django"));
        assert_eq!(seen(200, false, &[("vary", "origin")], ""), None);
    }

    #[test]
    fn the_application_counts_more_than_the_proxy_unless_the_proxy_failed() {
        let proxied = Fields::from_iter([("Server", "nginx"), ("X-Powered-By", "Express")]);
        let own = Fields::from_iter([("Server", "nginx")]);
        let answer = |status, fields| Answer {
            status,
            fields,
            body: "",
            is_preflight: false,
        };
        let id = |answers: &[Answer<'_>]| detect(answers).map(|found| found.platform.id);
        assert_eq!(id(&[answer(404, &proxied)]), Some("express"));
        assert_eq!(
            id(&[answer(502, &own), answer(200, &proxied)]),
            Some("nginx")
        );
        assert_eq!(
            id(&[answer(401, &own), answer(200, &proxied)]),
            Some("express")
        );
    }

    #[test]
    fn servers_are_told_by_name_in_any_case() {
        for (field, value, id) in [
            ("server", "Apache/2.4.57 (Debian)", "apache"),
            ("via", "2.0 Caddy", "caddy"),
            ("Server", "Microsoft-IIS/10.0", "iis"),
            ("server", "istio-envoy", "envoy"),
            ("server", "Kestrel", "aspnet"),
            ("set-cookie", "JSESSIONID=1; Path=/", "spring"),
            ("x-powered-by", "PHP/8.2.1", "php"),
            ("set-cookie", "laravel_session=1", "laravel"),
            ("server", "cloudflare", "cloudflare-workers"),
        ] {
            assert_eq!(
                seen(200, false, &[(field, value)], ""),
                Some(id),
                "{field}: {value}"
            );
        }
        assert_eq!(seen(200, false, &[("server", "Ngin")], ""), None);
    }

    #[test]
    fn every_clue_names_a_platform() {
        for clue in [LAYER, APPLICATION, FRONT].into_iter().flatten() {
            assert!(find(clue.platform).is_ok(), "{}", clue.platform);
        }
    }
}
