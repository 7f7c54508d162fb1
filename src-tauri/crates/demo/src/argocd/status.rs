//! Errors in Argo CD's shapes (grpc-gateway v1 `runtime/errors.go`).

use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::wire::{self, Body};

/// A gRPC status as the gateway shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Status {
    code: u8,
    message: String,
}

impl Status {
    pub(super) fn new(code: u8, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(super) fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(3, message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(5, message)
    }

    pub(super) fn permission_denied(message: impl Into<String>) -> Self {
        Self::new(7, message)
    }

    pub(super) fn failed_precondition(message: impl Into<String>) -> Self {
        Self::new(9, message)
    }

    pub(super) fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(16, message)
    }

    /// The HTTP status that the gateway maps the code to.
    pub(super) fn http(&self) -> StatusCode {
        match self.code {
            1 => StatusCode::REQUEST_TIMEOUT,
            3 | 9 | 11 => StatusCode::BAD_REQUEST,
            4 => StatusCode::GATEWAY_TIMEOUT,
            5 => StatusCode::NOT_FOUND,
            6 | 10 => StatusCode::CONFLICT,
            7 => StatusCode::FORBIDDEN,
            8 => StatusCode::TOO_MANY_REQUESTS,
            12 => StatusCode::NOT_IMPLEMENTED,
            14 => StatusCode::SERVICE_UNAVAILABLE,
            16 => StatusCode::UNAUTHORIZED,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// As the answer to one request.
    pub(super) fn response(&self) -> Response<Body> {
        let body = json!({"error": self.message, "code": self.code, "message": self.message});
        wire::json(self.http(), &body)
    }

    /// As the last frame of a stream.
    pub(super) fn frame(&self) -> Value {
        json!({"error": {
            "grpc_code": self.code,
            "http_code": self.http().as_u16(),
            "message": self.message,
            "http_status": self.http().canonical_reason(),
        }})
    }
}
