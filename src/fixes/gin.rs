//! gin: gin-contrib/cors, used on the engine before everything else.
//!
//! - On a group it comes too late: no route matches OPTIONS, and gin answers 404 without fields.
//! - Refused origins get an empty 403.
//! - Origins must have a scheme, or gin panics at start; a `*` with credentials does nothing good.
//! - `router.Use` before `Recovery` keeps the fields on 500.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "gin",
    title: "gin",
    aliases: &["gin-gonic", "gin-contrib", "gin-cors"],
    kind: Kind::Framework,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("gin.rs"),
    pieces: &[PieceTemplate {
        file: "main.go",
        language: "go",
        place: "right after router := gin.New(); needs: go get github.com/gin-contrib/cors",
        text: r#"router.Use(func(c *gin.Context) {
	// Caches must know, also in answers to requests without an Origin.
	c.Header("Vary", "Origin")
})
router.Use(cors.New(cors.Config{
«if list»	AllowOrigins:     []string{«origins"»},
«if any»	AllowAllOrigins:  true,
	AllowMethods:     []string{«methods"»},
	AllowHeaders:     []string{«headers"»},
«if expose»	ExposeHeaders:    []string{«exposed"»},
«if credentials»	AllowCredentials: true,
	MaxAge:           «max_age» * time.Second,
}))
"#,
    }],
    notes: &["«if prefix»It covers all paths: on a group it would not see OPTIONS."],
};
