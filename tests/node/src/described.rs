//! Answers held against a description: whatever a door of the test node says must stand in its OpenAPI document, to the last
//! member, and whatever it takes must be what the document asks for.
//!
//! Refuses to judge the document itself: `document`.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response, header};
use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Statuses with which a request to no operation at all is answered: without a key nobody learns that there is none.
const NOWHERE: [u16; 3] = [401, 404, 405];

/// A description with the schemas in it, ready to be asked.
pub struct Described {
    document: Value,
    /// The schemas by name, with nothing in them beyond what they say.
    closed: Value,
    ready: Mutex<BTreeMap<String, Arc<Validator>>>,
}

/// What is kept of a request until its answer is there.
pub struct Asked {
    method: String,
    path: String,
    query: Vec<String>,
    /// The body, where it is JSON.
    body: Option<Value>,
}

impl Described {
    /// Holds answers against this OpenAPI document.
    pub fn new(document: Value) -> Self {
        let mut closed = document["components"]["schemas"].clone();
        closed.as_object_mut().unwrap().values_mut().for_each(close);
        Self {
            document,
            closed,
            ready: Mutex::default(),
        }
    }

    /// Reads what must be remembered of a request.
    pub async fn asked(request: Request<Body>) -> (Asked, Request<Body>) {
        let (parts, body) = request.into_parts();
        let kind = parts
            .headers
            .get(header::CONTENT_TYPE)
            .map(|kind| kind.to_str().unwrap_or("").to_owned());
        let (body, kept) = if kind.as_deref() == Some("application/json") {
            let bytes = to_bytes(body, usize::MAX).await.unwrap();
            (Body::from(bytes.clone()), serde_json::from_slice(&bytes).ok())
        } else {
            (body, None)
        };
        let pairs = parts
            .uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty());
        let asked = Asked {
            method: parts.method.as_str().to_lowercase(),
            path: parts.uri.path().to_owned(),
            query: pairs
                .map(|pair| pair.split('=').next().unwrap_or_default().to_owned())
                .collect(),
            body: kept,
        };
        (asked, Request::from_parts(parts, body))
    }

    /// Judges an answer and gives it back. Streams and contents are judged by their heads alone.
    pub async fn answered(&self, asked: &Asked, response: Response<Body>) -> Response<Body> {
        let (parts, body) = response.into_parts();
        let kind = parts
            .headers
            .get(header::CONTENT_TYPE)
            .map_or("", |kind| kind.to_str().unwrap());
        let status = parts.status.as_u16();
        let place = format!("{} {} {status}", asked.method, asked.path);
        let body = if kind.ends_with("json") {
            let bytes = to_bytes(body, usize::MAX).await.unwrap();
            self.judge(asked, &place, status, kind, Some(&bytes));
            Body::from(bytes)
        } else {
            self.judge(asked, &place, status, kind, None);
            body
        };
        Response::from_parts(parts, body)
    }

    fn judge(&self, asked: &Asked, place: &str, status: u16, kind: &str, body: Option<&Bytes>) {
        let Some((template, operation)) = self.operation(&asked.method, &asked.path) else {
            assert!(
                NOWHERE.contains(&status),
                "{place}: there is no such operation in the description"
            );
            return;
        };
        let response = &operation["responses"][status.to_string()];
        assert!(response.is_object(), "{place}: not among the answers of {template}");
        if let Some(content) = response.get("content") {
            // Under any media type there are bytes, of which a schema says nothing.
            let open = content.get("*/*").is_some();
            assert!(
                open || content.get(kind).is_some(),
                "{place}: `{kind}` is none of {content}"
            );
            let schema = content.get(kind).map(|media| &media["schema"]);
            if let (Some(schema), Some(body)) = (schema.filter(|schema| schema.is_object()), body) {
                let value: Value = serde_json::from_slice(body).unwrap();
                let key = format!("{} {template} {status} {kind}", asked.method);
                self.hold(&key, schema, &value, place);
            }
        } else {
            assert_eq!((kind, body), ("", None), "{place}: an answer without a body");
        }
        if (200..300).contains(&status) {
            self.judge_taken(asked, template, operation, place);
        }
    }

    /// What was taken is what the description asks for; otherwise it asks too much.
    fn judge_taken(&self, asked: &Asked, template: &str, operation: &Value, place: &str) {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let known: Vec<_> = parameters
            .filter(|one| one["in"] == "query")
            .filter_map(|one| one["name"].as_str())
            .collect();
        for name in &asked.query {
            assert!(
                known.contains(&name.as_str()),
                "{place}: took the query parameter `{name}`, known are {known:?}"
            );
        }
        let content = &operation["requestBody"]["content"];
        let schema = &content["application/json"]["schema"];
        // Where any JSON-LD will do, what is shown is one way to say it.
        let strict = schema.is_object() && content.get("application/ld+json").is_none();
        if let Some(body) = asked.body.as_ref().filter(|_| strict) {
            self.hold(&format!("{} {template} body", asked.method), schema, body, place);
        }
    }

    /// Holds a value against the schema of this name among the document's own.
    pub fn check(&self, name: &str, value: &Value) {
        let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        self.hold(name, &schema, value, name);
    }

    fn hold(&self, key: &str, schema: &Value, value: &Value, place: &str) {
        let validator = Arc::clone(self.ready.lock().unwrap().entry(key.to_owned()).or_insert_with(|| {
            let mut whole = schema.clone();
            close(&mut whole);
            whole["components"] = json!({ "schemas": self.closed });
            let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
            Arc::new(options.should_validate_formats(true).build(&whole).unwrap())
        }));
        let faults: Vec<_> = validator
            .iter_errors(value)
            .map(|fault| format!("{} at {}", fault, fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{place}: {value} is not as described: {faults:#?}");
    }

    /// The operation at this address; literal parts count more than parameters.
    fn operation(&self, method: &str, address: &str) -> Option<(&str, &Value)> {
        let paths = self.document["paths"].as_object().unwrap();
        let fitting = paths.iter().filter(|(template, item)| {
            let servers = item
                .get("servers")
                .unwrap_or(&self.document["servers"])
                .as_array()
                .unwrap();
            let mut places = servers
                .iter()
                .map(|server| format!("{}{template}", server["url"].as_str().unwrap()));
            item.get(method).is_some() && places.any(|place| fits(&place, address))
        });
        let (template, item) = fitting.min_by_key(|(template, _)| template.matches('{').count())?;
        Some((template, &item[method]))
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template
            .iter()
            .zip(&path)
            .all(|(part, given)| part.starts_with('{') || part == given)
}

/// Forbids what a schema does not name, unless it says something about that itself or is somebody else's: those say where they
/// come from, and are as open as their makers left them.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            close_members(members);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn close_members(members: &mut Map<String, Value>) {
    if members.contains_key("externalDocs") {
        return;
    }
    let values = ["example", "examples", "default", "enum", "const", "required"];
    for (name, value) in members.iter_mut().filter(|(name, _)| !values.contains(&name.as_str())) {
        match (name.as_str(), value) {
            // Its parts are closed together.
            ("allOf", Value::Array(parts)) => {
                let parts = parts.iter_mut().filter_map(Value::as_object_mut);
                parts.flat_map(|part| part.values_mut()).for_each(close);
            }
            ("properties", Value::Object(properties)) => properties.values_mut().for_each(close),
            (_, value) => close(value),
        }
    }
    let names_members = members.contains_key("properties") || members.contains_key("allOf");
    if names_members && !members.contains_key("additionalProperties") {
        members.insert("unevaluatedProperties".to_owned(), json!(false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    fn described() -> Described {
        let answer = |schema: Value| json!({ "content": { "application/json": { "schema": schema } } });
        let item = json!({ "properties": { "id": { "type": "string" }, "more": {} }, "required": ["id"] });
        let narrowed = json!({ "allOf": [
            { "$ref": "#/components/schemas/Item" }, { "properties": { "id": { "enum": ["a"] } } },
        ] });
        Described::new(json!({
            "servers": [{ "url": "/base" }, { "url": "/for/{whom}" }],
            "paths": {
                "/well": {
                    "servers": [{ "url": "/api" }],
                    "get": { "responses": { "200": answer(json!({ "$ref": "#/components/schemas/Foreign" })) } },
                },
                "/items/{id}": { "get": { "responses": { "200": answer(item.clone()), "400": answer(narrowed) } } },
                "/items/none": { "get": { "responses": { "204": {} } } },
                "/items": { "post": {
                    "parameters": [{ "in": "query", "name": "limit" }],
                    "requestBody": { "content": { "application/json": { "schema": item } } },
                    "responses": { "200": answer(json!({ "type": "array" })) },
                } },
            },
            "components": { "schemas": {
                "Item": item,
                "Foreign": { "externalDocs": { "url": "x" }, "properties": { "id": { "type": "string" } } },
            } },
        }))
    }

    fn stands(method: &str, path: &str, status: u16, kind: &str, body: &Value) -> bool {
        sent(method, path, &[], None, status, kind, body)
    }

    fn sent(
        method: &str,
        path: &str,
        query: &[&str],
        sent: Option<Value>,
        status: u16,
        kind: &str,
        body: &Value,
    ) -> bool {
        let asked = Asked {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.iter().map(|name| (*name).to_owned()).collect(),
            body: sent,
        };
        let bytes = Bytes::from(body.to_string());
        let bytes = Some(&bytes).filter(|_| !body.is_null());
        catch_unwind(AssertUnwindSafe(|| {
            described().judge(&asked, "here", status, kind, bytes)
        }))
        .is_ok()
    }

    #[test]
    fn answers_stand_to_the_last_member() {
        let json = "application/json";
        assert!(stands(
            "get",
            "/base/items/7",
            200,
            json,
            &json!({ "id": "7", "more": { "x": 1 } })
        ));
        assert!(
            !stands("get", "/base/items/7", 200, json, &json!({ "id": "7", "other": 1 })),
            "a member"
        );
        assert!(!stands("get", "/base/items/7", 200, json, &json!({})), "a member less");
        assert!(
            !stands("get", "/base/items/7", 404, json, &json!({ "id": "7" })),
            "a status"
        );
        assert!(
            !stands("get", "/base/items/7", 200, "text/html", &Value::Null),
            "a media type"
        );
        assert!(stands(
            "get",
            "/base/items/7",
            400,
            json,
            &json!({ "id": "a", "more": 1 })
        ));
        assert!(
            !stands("get", "/base/items/7", 400, json, &json!({ "id": "b" })),
            "a value of a narrowed member"
        );
        assert!(!stands(
            "get",
            "/base/items/7",
            400,
            json,
            &json!({ "id": "a", "other": 1 })
        ));
        assert!(stands("get", "/base/items/none", 204, "", &Value::Null));
        assert!(
            !stands("get", "/base/items/none", 204, json, &json!({ "id": "7" })),
            "a body"
        );
        assert!(stands("delete", "/base/items/7", 405, json, &json!({})));
        assert!(
            !stands("delete", "/base/items/7", 204, "", &Value::Null),
            "an operation"
        );
    }

    #[test]
    fn an_operation_is_found_at_every_server_and_a_foreign_schema_stays_open() {
        let json = "application/json";
        assert!(stands("get", "/for/me/items/7", 200, json, &json!({ "id": "7" })));
        assert!(!stands("get", "/for/me/items/7", 200, json, &json!({ "id": 7 })));
        assert!(stands("get", "/api/well", 200, json, &json!({ "id": "7", "other": 1 })));
        assert!(!stands("get", "/api/well", 200, json, &json!({ "id": 7 })));
        assert!(
            !stands("get", "/base/well", 200, json, &json!({ "id": "7" })),
            "it has a place of its own"
        );
    }

    #[test]
    fn what_is_taken_is_asked_for() {
        let post = |query: &[&str], body: Value, status| {
            sent(
                "post",
                "/base/items",
                query,
                Some(body),
                status,
                "application/json",
                &json!([]),
            )
        };
        assert!(post(&["limit"], json!({ "id": "7" }), 200));
        assert!(!post(&["limits"], json!({ "id": "7" }), 200));
        assert!(!post(&[], json!({ "ids": "7" }), 200));
    }
}
