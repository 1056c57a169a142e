//! Spring Boot with Spring Security: a `CorsConfigurationSource` bean and `http.cors(…)`.
//!
//! - Without `http.cors(…)` Spring Security answers preflights with 401 before any `@CrossOrigin` is looked at.
//! - Refusals are 403 `Invalid CORS request`, for preflights and for actual requests.
//! - `allowedOrigins("*")` with `allowCredentials(true)` throws; `allowedOriginPatterns("*")` does not, and trusts everyone.
//! - Behind a TLS proxy Spring takes the page's own POSTs for cross-origin ones and refuses them: set
//!   `server.forward-headers-strategy=framework`.
//! - Without Spring Security the same configuration goes into a `CorsFilter` bean.

use super::{Kind, PieceTemplate, Platform};

pub(super) const PLATFORM: Platform = Platform {
    id: "spring",
    title: "Spring Boot, Spring Security",
    aliases: &["spring-boot", "springboot", "spring-security"],
    kind: Kind::Framework,
    only_methods: &[],
    source: include_str!("spring.rs"),
    pieces: &[
        PieceTemplate {
            file: "src/main/java/…/CorsConfig.java",
            language: "java",
            place: "a class of its own, in a package that is scanned",
            text: r#"import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;

@Configuration
public class CorsConfig {
    @Bean
    public CorsConfigurationSource corsConfigurationSource() {
        CorsConfiguration cors = new CorsConfiguration();
        cors.setAllowedOrigins(List.of(«origins"»));
        cors.setAllowedMethods(List.of(«methods"»));
        cors.setAllowedHeaders(List.of(«headers"»));
«if expose»        cors.setExposedHeaders(List.of(«exposed"»));
«if credentials»        cors.setAllowCredentials(true);
        cors.setMaxAge(«max_age»L);
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("«subtree»", cors);
        return source;
    }
}
"#,
        },
        PieceTemplate {
            file: "src/main/java/…/SecurityConfig.java",
            language: "java",
            place: "in the method that builds the SecurityFilterChain",
            text: r#"http.cors(org.springframework.security.config.Customizer.withDefaults());
"#,
        },
    ],
    notes: &[
        "Without Spring Security: return new CorsFilter(source) from a bean instead of the source, and leave out http.cors.",
    ],
};
