//! ASP.NET Core: `AddCors` with a named policy, `UseCors` between routing and authentication.
//!
//! - `UseCors` after `UseAuthentication` or after the endpoints comes too late.
//! - `AllowAnyOrigin` with `AllowCredentials` throws; `SetIsOriginAllowed(_ => true)` does not, and trusts everyone.
//! - An origin with a slash at its end never matches.
//! - The exception handler clears the fields of the answer: `UseExceptionHandler` must come before `UseCors`, so that
//!   `UseCors` runs again for the error page.
//! - Refused origins get the answer without the fields.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "aspnet",
    title: "ASP.NET Core",
    aliases: &["asp.net", "aspnetcore", "dotnet", "kestrel", ".net"],
    kind: Kind::Framework,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("aspnet.rs"),
    pieces: &[
        PieceTemplate {
            file: "Program.cs",
            language: "csharp",
            place: "before builder.Build()",
            text: r#"builder.Services.AddCors(options => options.AddPolicy("pages", policy => policy
«if list»    .WithOrigins(«origins"»)
«if any»    .AllowAnyOrigin()
    .WithMethods(«methods"»)
    .WithHeaders(«headers"»)
«if expose»    .WithExposedHeaders(«exposed"»)
«if credentials»    .AllowCredentials()
    .SetPreflightMaxAge(TimeSpan.FromSeconds(«max_age»))));
"#,
        },
        PieceTemplate {
            file: "Program.cs",
            language: "csharp",
            place: "after builder.Build(), in this order",
            text: r#"app.UseExceptionHandler("/error");
app.Use(async (context, next) =>
{
    // Caches must know, also in answers to requests without an Origin.
    context.Response.Headers.Append("Vary", "Origin");
    await next();
});
app.UseRouting();
app.UseCors("pages");
app.UseAuthentication();
app.UseAuthorization();
"#,
        },
    ],
    notes: &[
        "«if prefix»To limit it to «path», use MapGroup(\"«path»\").RequireCors(\"pages\") and app.UseCors() without a name.",
    ],
};
