//! From a problem to the named state of a connection.

use dinghy_model::{Problem, ServerState};

/// The state that a problem puts a server into. Whatever is not told apart is `Unreachable`.
pub fn state_of(problem: &Problem) -> ServerState {
    match problem {
        Problem::NoToken
        | Problem::TokenExpired { .. }
        | Problem::TokenRevoked { .. }
        | Problem::BadPassword { .. }
        | Problem::SsoUnsupported
        // Without its secret a server cannot be signed in to.
        | Problem::NoKeychain { .. }
        | Problem::KeychainLocked
        | Problem::KeychainDismissed
        | Problem::KeychainOther { .. }
        | Problem::SecretMissing { .. }
        | Problem::SecretEnvUnset { .. }
        | Problem::SecretCommand { .. } => ServerState::Unauthorized,
        Problem::Forbidden { .. } => ServerState::Forbidden,
        Problem::TlsUntrusted { .. }
        | Problem::TlsExpired { .. }
        | Problem::TlsNotYetValid { .. }
        | Problem::TlsChanged { .. }
        | Problem::TlsWrongName { .. }
        | Problem::CaFile { .. }
        | Problem::TlsOther { .. } => ServerState::TlsProblem,
        Problem::LoginPage { .. } | Problem::NotArgoCd { .. } => ServerState::NotArgoCd,
        _ => ServerState::Unreachable,
    }
}
