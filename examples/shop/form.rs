//! Posted data: from a form of a page, or as JSON from a program.

use axum::extract::{Form, FromRequest, Json, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

/// Posted data, and whether the sender is a program, which is answered in JSON.
pub struct Posted<T> {
    pub value: T,
    pub by_program: bool,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Posted<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let by_program = names_json(request.headers(), header::CONTENT_TYPE);
        let value = if by_program {
            Json::from_request(request, state).await.map_err(IntoResponse::into_response)?.0
        } else {
            Form::from_request(request, state).await.map_err(IntoResponse::into_response)?.0
        };
        Ok(Self { value, by_program })
    }
}

/// Whether a header of a request names JSON.
pub fn names_json(headers: &HeaderMap, name: header::HeaderName) -> bool {
    headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("application/json"))
}
