// net/http with rs/cors, and gin with gin-contrib/cors, both from Debian's source packages: no module proxy is needed.
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

const program = (id, packages, source) => ({
  id,
  prepare: async (work) => {
    const versions = await Promise.all(packages.map(([name, debian]) => work.run('dpkg-query', ['-W', '-f', `${name} \${Version}`, debian])));
    return versions.map((version) => version.replace(/-[^-]*$/, '')).join(', ');
  },
  start: async (work, pieces) => {
    await work.write('main.go', source(pieces?.[0] ?? ''));
    await work.run('go', ['build', '-o', 'server', 'main.go'], { env: { GO111MODULE: 'off', GOPATH: '/usr/share/gocode' } });
    return work.serve(path.join(work.dir, 'server'), []);
  },
});

export default [
  program('go-rs-cors', [['rs/cors', 'golang-github-rs-cors-dev']], plain),
  program('gin', [['gin', 'golang-github-gin-gonic-gin-dev'], ['gin-contrib/cors', 'golang-github-gin-contrib-cors-dev']], gin),
];
