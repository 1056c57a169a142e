// Tomcat with a servlet, and Spring MVC on an older Tomcat, both of Debian. Authentication is a filter after the recipe.
import path from 'node:path';
import { PORTS } from '../lib/work.mjs';

const SERVLET = `
import jakarta.servlet.*;
import jakarta.servlet.http.*;
import java.io.IOException;

public class Items extends HttpServlet {
    @Override protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getServletPath().equals("/v1/broken")) throw new IllegalStateException("broken");
        response.setHeader("X-Total-Count", "3");
        response.getWriter().print("{}");
    }
    @Override protected void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        doGet(request, response);
    }
    public static class Authentication extends HttpFilter {
        @Override protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException, ServletException {
            if (request.getHeader("Authorization") == null) response.sendError(401);
            else chain.doFilter(request, response);
        }
    }
}
`;
const AUTHENTICATION = `
<filter><filter-name>auth</filter-name><filter-class>Items$Authentication</filter-class></filter>
<filter-mapping><filter-name>auth</filter-name><url-pattern>/v1/private</url-pattern></filter-mapping>`;
const CONSTRAINT = `
<security-constraint>
  <web-resource-collection><web-resource-name>private</web-resource-name><url-pattern>/v1/private</url-pattern></web-resource-collection>
  <auth-constraint><role-name>user</role-name></auth-constraint>
</security-constraint>
<login-config><auth-method>BASIC</auth-method></login-config>
<security-role><role-name>user</role-name></security-role>`;

const startTomcat = (order) => async (work, pieces) => {
  await work.write('Items.java', SERVLET);
  await work.run('javac', ['-cp', '/usr/share/java/tomcat10-servlet-api.jar', '-d', 'webapps/ROOT/WEB-INF/classes', 'Items.java']);
  await work.write('webapps/ROOT/WEB-INF/web.xml', `<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
${order(pieces?.[0] ?? '').join('\n')}
<servlet><servlet-name>items</servlet-name><servlet-class>Items</servlet-class></servlet>
<servlet-mapping><servlet-name>items</servlet-name><url-pattern>/v1/items</url-pattern><url-pattern>/v1/private</url-pattern><url-pattern>/v1/broken</url-pattern></servlet-mapping>
</web-app>`);
  await work.write('conf/tomcat-users.xml', '<tomcat-users><user username="u" password="p" roles="user"/></tomcat-users>');
  await work.write('conf/server.xml', `<Server port="-1"><GlobalNamingResources>
  <Resource name="users" auth="Container" type="org.apache.catalina.UserDatabase" factory="org.apache.catalina.users.MemoryUserDatabaseFactory" pathname="conf/tomcat-users.xml"/>
</GlobalNamingResources><Service name="Catalina">
  <Connector address="127.0.0.1" port="${PORTS.api}"/>
  <Engine name="Catalina" defaultHost="localhost"><Realm className="org.apache.catalina.realm.UserDatabaseRealm" resourceName="users"/>
  <Host name="localhost" appBase="webapps"/></Engine>
</Service></Server>`);
  // Its default servlet: without one a filter does not see unknown paths.
  await work.run('cp', ['/etc/tomcat10/web.xml', 'conf/web.xml']);
  for (const folder of ['logs', 'temp', 'work']) await work.write(`${folder}/.keep`, '');
  const env = { CATALINA_HOME: '/usr/share/tomcat10', CATALINA_BASE: work.dir, CATALINA_PID: '' };
  return work.serve('/usr/share/tomcat10/bin/catalina.sh', ['run'], { env });
};

const version = async (work, name, shown) => `${shown} ${(await work.run('dpkg-query', ['-W', '-f', '${Version}', name])).replace(/-.*/, '')}`;

const tomcat = {
  id: 'tomcat',
  lacks: { fault: /^Vary for /, why: 'the 403 to refused origins has no `Vary`; caches do not keep it' },
  prepare: (work) => version(work, 'tomcat10', 'Tomcat'),
  start: startTomcat((recipe) => [recipe, AUTHENTICATION]),
  mistakes: [
    { what: 'the filter after authentication', fault: /^401: blocked/, start: startTomcat((recipe) => [AUTHENTICATION, recipe]) },
    { what: 'a login that the container demands', fault: /^preflight before authentication: blocked/, start: startTomcat((recipe) => [recipe, recipe ? CONSTRAINT : AUTHENTICATION]) },
  ],
};

const JARS = ['spring3-core', 'spring3-beans', 'spring3-context', 'spring3-expression', 'spring3-aop', 'spring3-web', 'spring3-web.servlet', 'commons-logging',
  'tomcat9-catalina', 'tomcat9-coyote', 'tomcat9-util', 'tomcat9-util-scan', 'tomcat9-juli', 'tomcat9-servlet-api', 'tomcat9-annotations-api', 'tomcat9-api', 'tomcat9-jni', 'tomcat9-jaspic-api']
  .map((name) => `/usr/share/java/${name}.jar`).join(':');

/** What Boot does by itself: the filter comes from the bean of the recipe, here by hand and before authentication. */
const SPRING = (hasRecipe) => `
import java.io.IOException;
import java.util.Collections;
import javax.servlet.*;
import javax.servlet.http.*;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.*;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

public class Main {
    @RestController
    public static class Items {
        @RequestMapping(value = {"/v1/items", "/v1/private"}, method = {RequestMethod.GET, RequestMethod.PUT})
        public String items(HttpServletResponse response) {
            response.setHeader("X-Total-Count", "3");
            return "{}";
        }
        @RequestMapping("/v1/broken")
        public String broken() { throw new IllegalStateException("broken"); }
    }

    public static class Authentication implements Filter {
        public void init(FilterConfig configuration) {}
        public void destroy() {}
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain) throws IOException, ServletException {
            if (((HttpServletRequest) request).getHeader("Authorization") == null) ((HttpServletResponse) response).sendError(401);
            else chain.doFilter(request, response);
        }
    }

    static void filter(Context context, String name, Filter filter, String pattern) {
        FilterDef definition = new FilterDef();
        definition.setFilterName(name);
        definition.setFilter(filter);
        context.addFilterDef(definition);
        FilterMap map = new FilterMap();
        map.setFilterName(name);
        map.addURLPattern(pattern);
        context.addFilterMap(map);
    }

    public static void main(String[] args) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir("tomcat");
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(${PORTS.api});
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        Context context = tomcat.addContext("", new java.io.File(".").getAbsolutePath());
        ${hasRecipe ? 'filter(context, "cors", new org.springframework.web.filter.CorsFilter(new CorsConfig().corsConfigurationSource()), "/*");' : ''}
        filter(context, "auth", new Authentication(), "/v1/private");
        AnnotationConfigWebApplicationContext application = new AnnotationConfigWebApplicationContext();
        application.register(Items.class, org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping.class,
            org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter.class);
        Tomcat.addServlet(context, "spring", new DispatcherServlet(application));
        context.addServletMappingDecoded("/", "spring");
        tomcat.start();
        tomcat.getServer().await();
    }
}
`;

const startSpring = (change = (recipe) => recipe) => async (work, pieces) => {
  await work.write('CorsConfig.java', pieces?.[0] ?? 'class CorsConfig {}');
  await work.write('Main.java', change(SPRING(Boolean(pieces))));
  // Its reader of classes is older than the compiler's own format.
  await work.run('javac', ['-nowarn', '--release', '8', '-cp', JARS, '-d', 'classes', 'Main.java', ...await olderLists(work)]);
  return work.serve('java', ['-cp', `classes:${JARS}`, 'Main']);
};

/** List.of of the recipe is younger than that format. */
const olderLists = async (work) => {
  const text = await work.run('cat', ['CorsConfig.java']);
  await work.write('older/CorsConfig.java', text.replaceAll('List.of(', 'java.util.Arrays.asList('));
  return [path.join('older', 'CorsConfig.java')];
};

const spring = {
  id: 'spring-mvc',
  recipe: 'spring',
  lacks: { fault: /^Vary (without Origin|for |on 401)/, why: 'before Spring 5.2 `Vary` is only sent to requests with an allowed `Origin`; tried without Boot and Spring Security, which no package here has' },
  prepare: async (work) => `${await version(work, 'libspring-web-java', 'Spring Framework')}, ${await version(work, 'libtomcat9-java', 'Tomcat')}`,
  start: startSpring(),
  mistakes: [
    { what: 'the filter after authentication', fault: /^401: blocked/, start: startSpring((text) => {
      const [line] = text.match(/ *filter\(context, "cors".*\n/) ?? [''];
      return text.replace(line, '').replace(/( *filter\(context, "auth".*\n)/, `$1${line}`);
    }) },
  ],
};

export default [tomcat, spring];
