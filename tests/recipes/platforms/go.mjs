// net/http with rs/cors, chi, gin and Echo, all from Debian's source packages: no module proxy is needed.
import path from 'node:path';
import { PORTS } from '../lib/work.mjs';

const plain = (recipe) => `
package main

import (
	"net/http"
	${recipe && '"github.com/rs/cors"'}
)

func authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/private" && r.Header.Get("Authorization") == "" {
			w.WriteHeader(401)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func main() {
	items := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Total-Count", "3")
		w.Write([]byte("{}"))
	}
	routes := http.NewServeMux()
	routes.HandleFunc("/v1/items", items)
	routes.HandleFunc("/v1/private", items)
	routes.HandleFunc("/v1/broken", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "broken", 500) })
	router := authenticate(routes)
	${recipe.replace('":8080"', `"127.0.0.1:${PORTS.api}"`) || `http.ListenAndServe("127.0.0.1:${PORTS.api}", router)`}
}
`;

const gin = (recipe) => `
package main

import (
	"github.com/gin-gonic/gin"
	${recipe && '"github.com/gin-contrib/cors"\n\t"time"'}
)

func main() {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	${recipe}
	router.Use(gin.Recovery(), func(c *gin.Context) {
		if c.Request.URL.Path == "/v1/private" && c.GetHeader("Authorization") == "" {
			c.AbortWithStatus(401)
		}
	})
	items := func(c *gin.Context) {
		c.Header("X-Total-Count", "3")
		c.JSON(200, gin.H{})
	}
	router.GET("/v1/items", items)
	router.PUT("/v1/items", items)
	router.GET("/v1/private", items)
	router.GET("/v1/broken", func(c *gin.Context) { panic("broken") })
	router.Run("127.0.0.1:${PORTS.api}")
}
`;

const chi = (recipe) => `
package main

import (
	"net/http"
	"github.com/go-chi/chi"
	${recipe && '"github.com/go-chi/cors"'}
)

func main() {
	router := chi.NewRouter()
	${recipe}
	router.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/v1/private" && r.Header.Get("Authorization") == "" {
				w.WriteHeader(401)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	items := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Total-Count", "3")
		w.Write([]byte("{}"))
	}
	router.Get("/v1/items", items)
	router.Put("/v1/items", items)
	router.Get("/v1/private", items)
	router.Get("/v1/broken", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "broken", 500) })
	http.ListenAndServe("127.0.0.1:${PORTS.api}", router)
}
`;

const echo = (recipe) => `
package main

import (
	"errors"
	"github.com/labstack/echo"
	${recipe && '"github.com/labstack/echo/middleware"'}
)

func main() {
	e := echo.New()
	e.HideBanner = true
	${recipe}
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if c.Request().URL.Path == "/v1/private" && c.Request().Header.Get("Authorization") == "" {
				return echo.ErrUnauthorized
			}
			return next(c)
		}
	})
	items := func(c echo.Context) error {
		c.Response().Header().Set("X-Total-Count", "3")
		return c.JSON(200, map[string]string{})
	}
	e.GET("/v1/items", items)
	e.PUT("/v1/items", items)
	e.GET("/v1/private", items)
	e.GET("/v1/broken", func(c echo.Context) error { return errors.New("broken") })
	e.Start("127.0.0.1:${PORTS.api}")
}
`;

const program = (id, packages, source, mistakes = []) => ({
  id,
  prepare: async (work) => {
    const versions = await Promise.all(packages.map(([name, debian]) => work.run('dpkg-query', ['-W', '-f', `${name} \${Version}`, debian])));
    return versions.map((version) => version.replace(/-[^-]*$/, '')).join(', ');
  },
  start: (work, pieces) => build(work, source(pieces?.[0] ?? '')),
  mistakes: mistakes.map(([what, fault, change]) => ({ what, fault, start: (work, pieces) => build(work, change(source(pieces?.[0] ?? ''), pieces?.[0])) })),
});

const build = async (work, text) => {
  await work.write('main.go', text);
  await work.run('go', ['build', '-o', 'server', 'main.go'], { env: { GO111MODULE: 'off', GOPATH: '/usr/share/gocode' } });
  return work.serve(path.join(work.dir, 'server'), []);
};

export default [
  program('go-rs-cors', [['rs/cors', 'golang-github-rs-cors-dev']], plain, [
    ['authentication around the handler', /^401: blocked/, (text) => text.replace('authenticate(routes)', 'routes').replace('pages.Handler(router)', 'authenticate(pages.Handler(router))')],
  ]),
  program('chi', [['chi', 'golang-github-go-chi-chi-dev'], ['chi/cors', 'golang-github-go-chi-cors-dev']], chi, [
    ['in a group', /^404: blocked/, (text, recipe) => text.replace(recipe, '').replace('\trouter.Get("/v1/items"', () => `\trouter.Group(func(router chi.Router) {\n${recipe}\n\trouter.Get("/v1/items"`)
      .replace('\thttp.ListenAndServe', '\t})\n\thttp.ListenAndServe')],
  ]),
  program('gin', [['gin', 'golang-github-gin-gonic-gin-dev'], ['gin-contrib/cors', 'golang-github-gin-contrib-cors-dev']], gin, [
    ['on a group', /^preflighted PUT: blocked/, (text, recipe) => text.replace(recipe, '').replace('\trouter.GET("/v1/items"', () => `\t{ router := router.Group("/")\n${recipe}\n\trouter.GET("/v1/items"`)
      .replace('\trouter.Run', '\t}\n\trouter.Run')],
  ]),
  program('echo', [['echo', 'golang-github-labstack-echo-dev']], echo, [
    ['on a group', /^preflighted PUT: blocked/, (text, recipe) => text.replace(recipe, '').replace('\te.GET("/v1/items"', () => `\tg := e.Group("/v1")\n${recipe.replace('e.Use', 'g.Use')}\n\te.GET("/v1/items"`)
      .replaceAll(/e\.(GET|PUT)\("\/v1/g, 'g.$1("')],
  ]),
];
