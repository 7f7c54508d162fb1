//! Words for states (the table in the design notes).

use dinghy_model::{AppSummary, Health, Lang, OperationPhase, Pause, Problem, ServerState, SyncStatus};

/// A connection's state, in the words of what is wrong where that says more.
pub fn server_state(state: ServerState, problem: Option<&Problem>, lang: Lang) -> &'static str {
    if let ServerState::Unauthorized | ServerState::TlsProblem = state
        && let Some(words) = problem.and_then(|problem| server_problem(problem, lang))
    {
        return words;
    }
    match state {
        ServerState::Connecting => lang.pick("Connecting", "连接中"),
        ServerState::Live => lang.pick("Live", "实时"),
        ServerState::Polling => lang.pick("Polling", "轮询"),
        ServerState::Unauthorized => lang.pick("Sign-in needed", "需要登录"),
        ServerState::Forbidden => lang.pick("Not permitted", "无权限"),
        ServerState::Unreachable => lang.pick("Unreachable", "无法连接"),
        ServerState::TlsProblem => lang.pick("Certificate not trusted", "证书未受信任"),
        ServerState::NotArgoCd => lang.pick("Not an Argo CD", "不是 Argo CD"),
    }
}

/// What one does about these is not signing in, nor trusting somebody.
fn server_problem(problem: &Problem, lang: Lang) -> Option<&'static str> {
    Some(match problem {
        Problem::NoKeychain { .. } => lang.pick("No keychain", "没有密钥环"),
        Problem::KeychainLocked => lang.pick("Keychain locked", "密钥环已锁定"),
        Problem::KeychainDismissed => lang.pick("Keychain not unlocked", "密钥环未解锁"),
        Problem::KeychainOther { .. } => lang.pick("Keychain error", "密钥环出错"),
        Problem::SecretEnvUnset { .. } | Problem::SecretCommand { .. } => {
            lang.pick("Secret not available", "无法取得凭据")
        }
        Problem::TlsExpired { .. } => lang.pick("Certificate expired", "证书已过期"),
        Problem::TlsNotYetValid { .. } => lang.pick("Certificate not valid yet", "证书尚未生效"),
        Problem::TlsChanged { .. } => lang.pick("Certificate changed", "证书已更换"),
        Problem::TlsWrongName { .. } => lang.pick("Certificate for another name", "证书与主机名不符"),
        Problem::CaFile { .. } => lang.pick("CA file unusable", "CA 文件无法使用"),
        Problem::TlsOther { .. } => lang.pick("No secure connection", "无法建立安全连接"),
        _ => return None,
    })
}

/// Of a server that is followed with a token that somebody should renew.
pub fn token_ends(lang: Lang) -> &'static str {
    lang.pick("Token runs out soon", "令牌即将到期")
}

/// A health state.
pub fn health_word(health: Health, lang: Lang) -> &'static str {
    lang.state(health.word())
}

/// A sync state.
pub fn sync_word(sync: SyncStatus, lang: Lang) -> &'static str {
    lang.state(sync.word())
}

/// An operation's phase, in the words of Argo CD's own interface.
pub fn operation_word(phase: OperationPhase, lang: Lang) -> &'static str {
    let en = match phase {
        OperationPhase::Running => "Syncing",
        OperationPhase::Terminating => "Terminating",
        OperationPhase::Succeeded => "Sync OK",
        OperationPhase::Failed => "Sync failed",
        OperationPhase::Error => "Sync error",
        OperationPhase::Unknown => "Unknown",
    };
    lang.pick(en, Lang::ZhCn.state(phase.word()))
}

/// The one word that says most about an application.
pub fn app_state(app: &AppSummary, lang: Lang) -> &'static str {
    let phase = app.operation.as_ref().map(|operation| operation.phase);
    match (app.health, phase, app.sync) {
        (Health::Degraded | Health::Missing, ..) => health_word(app.health, lang),
        (_, Some(phase @ (OperationPhase::Failed | OperationPhase::Error)), _) => operation_word(phase, lang),
        (_, Some(phase @ (OperationPhase::Running | OperationPhase::Terminating)), _) => {
            operation_word(phase, lang)
        }
        _ if app.deleting => lang.pick("Deleting", "删除中"),
        (Health::Progressing, ..) => health_word(app.health, lang),
        (_, _, sync @ (SyncStatus::OutOfSync | SyncStatus::Unknown)) => sync_word(sync, lang),
        (health, ..) => health_word(health, lang),
    }
}

/// A step of a connection test.
pub fn probe_step(step: &str, lang: Lang) -> &'static str {
    match step {
        "settings" => lang.pick("Settings", "设置"),
        "reach" => lang.pick("Reachable", "可连接"),
        "tls" => lang.pick("Certificate", "证书"),
        "argocd" => lang.pick("Argo CD", "Argo CD"),
        "sign_in" => lang.pick("Signed in", "登录"),
        _ => lang.pick("Applications", "应用"),
    }
}

/// What a step of a connection test found, in words.
pub fn probe_found(step: &str, found: String, lang: Lang) -> String {
    match (step, found.as_str(), lang) {
        ("list", "1", Lang::En) => "1 application".to_owned(),
        ("list", number, Lang::En) if !number.is_empty() => format!("{number} applications"),
        ("list", number, Lang::ZhCn) if !number.is_empty() => format!("{number} 个应用"),
        _ => found,
    }
}

/// `Resume sending (until 15:30)`; the time of day comes in as text, because it is local.
pub fn pause_until(pause: Pause, local_time: &str, lang: Lang) -> String {
    match (pause.until_ms, lang) {
        (None, Lang::En) => "Resume sending".to_owned(),
        (None, Lang::ZhCn) => "恢复发送".to_owned(),
        (Some(_), Lang::En) => format!("Resume sending (until {local_time})"),
        (Some(_), Lang::ZhCn) => format!("恢复发送（至 {local_time}）"),
    }
}
