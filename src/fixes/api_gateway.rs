//! AWS API Gateway: HTTP APIs have a CORS block; REST APIs need OPTIONS methods and Gateway Responses.
//!
//! - HTTP API: the service answers preflights and writes the fields; what the integration sends of them is dropped.
//!   An authorizer on `$default` or `ANY` also takes OPTIONS: give `OPTIONS /{proxy+}` a route without authorizer when
//!   the CORS block alone does not do.
//! - REST API: a resource without an OPTIONS method answers preflights with 403 `Missing Authentication Token`.
//! - REST API: a Lambda proxy must return the fields itself, on every path out of it; for what the gateway answers
//!   itself (authorizer's 401 and 403, throttling, 502) only the Gateway Responses `DEFAULT_4XX` and `DEFAULT_5XX` can.
//!   They know constants only: with several origins, their errors are readable for the first one.
//! - A Lambda function URL with a CORS block **and** fields in code sends them twice.
//! - Changes of a REST API do nothing until it is deployed again.

use super::{Kind, PieceTemplate, Platform, Tried};

pub(super) const PLATFORM: Platform = Platform {
    id: "api-gateway",
    title: "AWS API Gateway",
    aliases: &["apigateway", "aws", "lambda", "apigw", "serverless"],
    kind: Kind::Cloud,
    tried: Tried::Not,
    only_methods: &[],
    source: include_str!("api_gateway.rs"),
    pieces: &[
        PieceTemplate {
            file: "template.yaml",
            language: "yaml",
            place: "HTTP API: properties of AWS::Serverless::HttpApi or AWS::ApiGatewayV2::Api",
            text: r#"CorsConfiguration:
  AllowOrigins: [«origins'»]
  AllowMethods: [«methods'»]
  AllowHeaders: [«headers'»]
«if expose»  ExposeHeaders: [«exposed'»]
«if credentials»  AllowCredentials: true
  MaxAge: «max_age»
"#,
        },
        PieceTemplate {
            file: "openapi.yaml",
            language: "yaml",
            place: "REST API: the OPTIONS method of each path",
            text: r#"options:
  responses:
    "204": { description: preflight }
  x-amazon-apigateway-integration:
    type: mock
    passthroughBehavior: when_no_match
    requestTemplates:
      application/json: '{"statusCode": 204}'
    responses:
      default:
        statusCode: "204"
        responseTemplates:
          application/json: |
«if list»
            #set($origin = $input.params().header.get("Origin"))
            #foreach($allowed in [«origins"»])
            #if($origin == $allowed)
            #set($context.responseOverride.header["Access-Control-Allow-Origin"] = $allowed)
            #end
            #end
            #set($context.responseOverride.header["Vary"] = "Origin")
«end»
«if any»            #set($context.responseOverride.header["Access-Control-Allow-Origin"] = "*")
«if credentials»            #set($context.responseOverride.header["Access-Control-Allow-Credentials"] = "true")
            #set($context.responseOverride.header["Access-Control-Allow-Methods"] = "«methods»")
            #set($context.responseOverride.header["Access-Control-Allow-Headers"] = "«headers»")
            #set($context.responseOverride.header["Access-Control-Max-Age"] = "«max_age»")
"#,
        },
        PieceTemplate {
            file: "openapi.yaml",
            language: "yaml",
            place: "REST API: at the top level, for the gateway's own errors",
            text: r#"x-amazon-apigateway-gateway-responses:
  DEFAULT_4XX:
    responseParameters:
      gatewayresponse.header.Access-Control-Allow-Origin: "'«first»'"
«if credentials»      gatewayresponse.header.Access-Control-Allow-Credentials: "'true'"
      gatewayresponse.header.Vary: "'Origin'"
  DEFAULT_5XX:
    responseParameters:
      gatewayresponse.header.Access-Control-Allow-Origin: "'«first»'"
«if credentials»      gatewayresponse.header.Access-Control-Allow-Credentials: "'true'"
      gatewayresponse.header.Vary: "'Origin'"
"#,
        },
        PieceTemplate {
            file: "handler.mjs",
            language: "js",
            place: "REST API with Lambda proxy: around the handler",
            text: r#"«if list»const allowed = [«origins'»];

const withCors = (handler) => async (event, context) => {
  const fields = Object.fromEntries(Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const answer = await handler(event, context).catch((error) => {
    console.error(error);
    return { statusCode: 500, body: '' };
  });
  answer.headers = { ...answer.headers, Vary: 'Origin' };
«if list»
  if (allowed.includes(fields.origin)) {
    answer.headers['Access-Control-Allow-Origin'] = fields.origin;
«if credentials»    answer.headers['Access-Control-Allow-Credentials'] = 'true';
«if expose»    answer.headers['Access-Control-Expose-Headers'] = '«exposed»';
  }
«end»
«if any»  answer.headers['Access-Control-Allow-Origin'] = '*';
  return answer;
};
"#,
        },
    ],
    notes: &[
        "«if several»Gateway Responses know constants only: the gateway's own errors are readable for «first» alone.",
        "Deploy the REST API again after the change.",
    ],
};
