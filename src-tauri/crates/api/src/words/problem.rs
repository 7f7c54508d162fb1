//! The sentences for [`Problem`].

use dinghy_model::{Lang, Problem};

use super::{Sentence, diagnosed, refusal};

#[allow(clippy::too_many_lines, reason = "a table: one row for each problem")]
pub(super) fn sentence(problem: &Problem, lang: Lang) -> Sentence {
    use Problem as P;
    let say = |en: String, en_todo: &'static str, zh: String, zh_todo: &'static str| {
        Sentence::new(lang, (en, en_todo), (zh, zh_todo))
    };
    match problem {
        P::BadUrl { url, detail } if url.is_empty() => say(
            format!("This is no address that can be used ({detail})."),
            "Copy it again, from https:// to its end.",
            format!("这不是可用的地址（{detail}）。"),
            "请重新复制完整的地址，从 https:// 开始到末尾。",
        ),
        P::BadUrl { url, detail } => say(
            format!("The URL “{url}” cannot be used: {detail}."),
            "Enter it as https://host or https://host/path.",
            format!("无法使用地址“{url}”：{detail}。"),
            "请按 https://主机 或 https://主机/路径 填写。",
        ),
        P::PlainHttp { host } => say(
            format!("{host} is to be reached without encryption."),
            "Use https://; http:// is only allowed on this computer.",
            format!("与 {host} 的连接未加密。"),
            "请使用 https://；http:// 只允许用于本机。",
        ),
        P::Dns { host } => say(
            format!("The name {host} is not known."),
            "Check the spelling, and whether the VPN is connected.",
            format!("无法解析主机名 {host}。"),
            "检查拼写，以及 VPN 是否已连接。",
        ),
        P::Refused { host, detail } => say(
            format!("{host} does not accept connections ({detail})."),
            "Check the port, the VPN, and that the server runs.",
            format!("{host} 拒绝连接（{detail}）。"),
            "检查端口、VPN，以及服务器是否在运行。",
        ),
        P::Timeout { host } => say(
            format!("{host} does not answer in time."),
            "Check the VPN and the proxy. Dinghy tries again by itself.",
            format!("{host} 响应超时。"),
            "检查 VPN 和代理。Dinghy 会自动重试。",
        ),
        P::Proxy { detail } => say(
            format!("The proxy does not let the connection through ({detail})."),
            "Check the proxy setting of this server or of the system.",
            format!("代理未放行连接（{detail}）。"),
            "检查该服务器或系统的代理设置。",
        ),
        P::ServerError { status, detail } => say(
            format!("The server answers with an error: HTTP {status}{}.", after(": ", detail)),
            "Ask whoever runs it. Dinghy tries again by itself.",
            format!("服务器返回错误：HTTP {status}{}。", after("：", detail)),
            "联系服务器的管理员。Dinghy 会自动重试。",
        ),
        P::TooManyRequests { .. } => say(
            "The server asks for fewer requests.".to_owned(),
            "Nothing to do: Dinghy waits as long as it was told.",
            "服务器要求降低请求频率。".to_owned(),
            "无需操作：Dinghy 会按要求等待。",
        ),
        P::BodyCut { detail } => say(
            format!("The answer ends in the middle ({detail})."),
            "A proxy may cut long answers. Dinghy tries again by itself.",
            format!("应答不完整（{detail}）。"),
            "可能是代理截断了较长的应答。Dinghy 会自动重试。",
        ),
        P::StreamStopped { detail } => say(
            format!("The event stream stopped ({detail})."),
            "Nothing to do: Dinghy connects again.",
            format!("事件流中断（{detail}）。"),
            "无需操作：Dinghy 会重新连接。",
        ),
        P::TlsUntrusted { host, .. } => say(
            format!("The certificate of {host} is signed by nobody this computer trusts."),
            "Compare its fingerprint and trust it, or name its CA file in the server's settings.",
            format!("{host} 的证书未受信任：签发者未知或为自签名。"),
            "核对指纹后信任它，或在服务器设置中指定 CA 文件。",
        ),
        P::TlsExpired { host, .. } => say(
            format!("The certificate of {host} is out of date."),
            "Have it renewed on the server.",
            format!("{host} 的证书已过期。"),
            "请在服务器上更新证书。",
        ),
        P::TlsNotYetValid { host, .. } => say(
            format!("The certificate of {host} is not valid yet."),
            "Check this computer's clock.",
            format!("{host} 的证书尚未生效。"),
            "检查这台电脑的时钟。",
        ),
        P::TlsChanged { host, trusted, certificate } => say(
            format!(
                "The certificate of {host} is not the one that was trusted: its fingerprint is {}, trusted is {trusted}.",
                certificate.sha256
            ),
            "Ask whoever runs the server whether it was replaced. Compare the fingerprint, then trust the new one.",
            format!(
                "{host} 的证书不是此前信任的那张：现在的指纹是 {}，信任的是 {trusted}。",
                certificate.sha256
            ),
            "向服务器管理员确认是否更换过证书。核对指纹后，再信任新证书。",
        ),
        P::TlsWrongName { host, names, .. } => say(
            format!("The certificate is not for {host}{}.", after(", but for ", &names.join(", "))),
            "Use a name that the certificate has, compare its fingerprint and trust it, or have it renewed with this name.",
            format!("证书不属于 {host}{}。", after("，而是属于 ", &names.join("、"))),
            "改用证书上的主机名，或核对指纹后信任它，或重新签发证书。",
        ),
        P::CaFile { path, detail } => say(
            format!("The CA file {path} cannot be used: {detail}."),
            "Give a PEM file that can be read.",
            format!("无法使用 CA 文件 {path}：{detail}。"),
            "请指定可读取的 PEM 文件。",
        ),
        P::TlsOther { host, detail } => say(
            format!("No secure connection to {host}: {detail}."),
            "Check that the port speaks TLS; for plain HTTP write http://.",
            format!("无法与 {host} 建立安全连接：{detail}。"),
            "确认该端口使用 TLS；若为明文 HTTP，请写 http://。",
        ),
        P::LoginPage { host } => say(
            format!("{host} answers with a web page instead of data."),
            "A login proxy stands before Argo CD: let the path /api/ through, or use the address behind it.",
            format!("{host} 返回了网页而不是数据。"),
            "Argo CD 前面有登录代理：放行 /api/ 路径，或改用代理之后的地址。",
        ),
        P::NotArgoCd { host, detail } => say(
            format!("What answers at {host} is not an Argo CD ({detail})."),
            "Check the address, with the path prefix if there is one.",
            format!("{host} 上的服务不是 Argo CD（{detail}）。"),
            "检查地址；如有路径前缀也要填写。",
        ),
        P::NoToken => say(
            "Not signed in.".to_owned(),
            "Enter a token: argocd account generate-token.",
            "尚未登录。".to_owned(),
            "请填写令牌：argocd account generate-token。",
        ),
        P::TokenExpired { .. } => say(
            "The token has expired.".to_owned(),
            "Make a new one with argocd account generate-token and sign in again.",
            "令牌已过期。".to_owned(),
            "用 argocd account generate-token 生成新令牌并重新登录。",
        ),
        P::TokenRevoked { detail } => say(
            format!("The server no longer accepts the token{}.", quoted(": it says ", detail)),
            "It was deleted, or is another server's. Make a new one with argocd account generate-token and sign in again.",
            format!("服务器不再接受该令牌{}。", quoted("，返回", detail)),
            "令牌可能已被删除，或属于其他服务器。请用 argocd account generate-token 生成新令牌后重新登录。",
        ),
        P::BadPassword { username } => say(
            format!("User name or password is wrong for {username}."),
            "Sign in again. After five failures Argo CD makes everybody wait a few minutes.",
            format!("用户 {username} 的用户名或密码错误。"),
            "请重新登录。连续失败五次后，Argo CD 会要求等待几分钟。",
        ),
        P::Forbidden { detail } => say(
            format!("The account may not do this{}.", quoted(": the server says ", detail)),
            "Ask for the right “applications, get” in Argo CD's RBAC.",
            format!("该账号没有权限{}。", quoted("，服务器返回", detail)),
            "请在 Argo CD 的 RBAC 中授予“applications, get”权限。",
        ),
        P::SsoUnsupported => say(
            "Signing in through SSO is not possible yet.".to_owned(),
            "Use an API token: argocd account generate-token.",
            "暂不支持 SSO 登录。".to_owned(),
            "请使用 API 令牌：argocd account generate-token。",
        ),
        P::NoKeychain { detail } => say(
            format!("No keychain service is running ({detail})."),
            "Start one (GNOME Keyring, KWallet, KeePassXC), or give the secret by env or command in settings.toml.",
            format!("没有正在运行的密钥环服务（{detail}）。"),
            "启动 GNOME Keyring、KWallet 或 KeePassXC，或在 settings.toml 中用 env 或 command 提供。",
        ),
        P::KeychainLocked => say(
            "The keychain is locked.".to_owned(),
            "Unlock it, then refresh.",
            "密钥环已锁定。".to_owned(),
            "解锁后刷新。",
        ),
        P::KeychainDismissed => say(
            "The keychain's prompt was closed without unlocking it.".to_owned(),
            "Refresh to be asked again.",
            "密钥环的解锁提示被关闭。".to_owned(),
            "刷新后会再次询问。",
        ),
        P::KeychainOther { detail } => say(
            format!("The keychain failed: {detail}."),
            "Try again; see the log for more.",
            format!("密钥环出错：{detail}。"),
            "请重试；详情见日志。",
        ),
        P::SecretMissing { name } => say(
            format!("There is no secret “{name}” in the keychain."),
            "Enter it: dinghyctl login for a server, or the group's form for a webhook.",
            format!("密钥环中没有“{name}”。"),
            "服务器请用 dinghyctl login，群请在表单中重新填写。",
        ),
        P::SecretEnvUnset { name, variable } => say(
            format!("The secret “{name}” comes from the variable {variable}, which is not set."),
            "Set it before Dinghy starts.",
            format!("“{name}”来自环境变量 {variable}，但该变量未设置。"),
            "请在启动 Dinghy 之前设置。",
        ),
        P::SecretCommand { name, command, detail } => say(
            format!("The command {command} for the secret “{name}” failed: {detail}."),
            "Run it in a terminal to see why.",
            format!("用于“{name}”的命令 {command} 失败：{detail}。"),
            "请在终端中运行该命令查看原因。",
        ),
        P::SecretElsewhere { name, from } => say(
            format!("The secret “{name}” comes from {from}, so it cannot be stored."),
            "Change it there, or remove its line under [secrets] in settings.toml.",
            format!("“{name}”来自 {from}，无法保存。"),
            "请在来源处修改，或删除 settings.toml 中 [secrets] 下的对应行。",
        ),
        P::Setting { file, line, column, fault } => {
            let place = if *line == 0 { file.clone() } else { format!("{file}:{line}:{column}") };
            say(
                format!("{place}: {}", fault.words(Lang::En)),
                "Mend the file; the last good state stays in force.",
                format!("{place}：{}", fault.words(Lang::ZhCn)),
                "请修改文件；此前的有效配置继续生效。",
            )
        }
        P::File { file, line, column, detail } => {
            let place = if *line == 0 { file.clone() } else { format!("{file}:{line}:{column}") };
            say(
                format!("{place}: {detail}"),
                "Mend the file; the last good state stays in force.",
                format!("{place}：{}", diagnosed(detail, Lang::ZhCn)),
                "请修改文件；此前的有效配置继续生效。",
            )
        }
        P::Io { path, detail } => say(
            format!("{path} cannot be used: {detail}."),
            "Check that it exists and may be read and written.",
            format!("无法使用 {path}：{detail}。"),
            "检查文件是否存在、是否可读写。",
        ),
        P::DiskFull { path } => say(
            format!("The disk is full: {path} cannot be written."),
            "Make room. Dinghy goes on by itself; nothing that happens meanwhile is lost while it runs.",
            format!("磁盘已满：无法写入 {path}。"),
            "请清理空间。Dinghy 会自动继续；运行期间发生的事件不会丢失。",
        ),
        P::DatabaseNewer { found, known } => say(
            format!("The database was written by a newer Dinghy (format {found}, this one knows {known})."),
            "Install the newer version, or use another data folder.",
            format!("数据库由更新版本的 Dinghy 写入（格式 {found}，当前支持到 {known}）。"),
            "请安装更新的版本，或使用其他数据目录。",
        ),
        P::DatabaseDamaged { path, detail } => say(
            format!("The database {path} is damaged ({detail})."),
            "Move it away and start again; it holds the event log and what was already sent.",
            format!("数据库 {path} 已损坏（{detail}）。"),
            "将其移走后重新启动；其中保存事件日志和已发送记录。",
        ),
        P::AlreadyRunning { path } => say(
            format!("Dinghy already runs on {path}."),
            "Use the one that runs, or give another --data-dir.",
            format!("已有 Dinghy 在使用 {path}。"),
            "请使用正在运行的实例，或指定其他 --data-dir。",
        ),
        P::Render { template, detail } => say(
            format!("The template {template} failed: {detail}."),
            "Mend the template.",
            format!("模板 {template} 出错：{}。", diagnosed(detail, Lang::ZhCn)),
            "请修改模板。",
        ),
        P::BodyNotJson { template, line, column, detail } if template.is_empty() => say(
            format!("The message is not JSON at line {line}, column {column}: {detail}."),
            "Put values in with toJson: {{ .app.metadata.name | toJson }} writes its own quotes.",
            format!("消息不是合法 JSON（第 {line} 行第 {column} 列）：{detail}。"),
            "请用 toJson 写入变量：{{ .app.metadata.name | toJson }} 会自带引号。",
        ),
        P::BodyNotJson { template, line, column, detail } => say(
            format!(
                "What the template {template} makes is not JSON at line {line}, column {column}: {detail}."
            ),
            "Put values in with toJson: {{ .app.metadata.name | toJson }} writes its own quotes.",
            format!("模板 {template} 生成的内容不是合法 JSON（第 {line} 行第 {column} 列）：{detail}。"),
            "请用 toJson 写入变量：{{ .app.metadata.name | toJson }} 会自带引号。",
        ),
        P::NoSuchService { service } => say(
            format!("There is no destination “{service}”."),
            "Add the group, or mend the subscription.",
            format!("没有名为“{service}”的目标。"),
            "请添加该群，或修改订阅。",
        ),
        P::OutboxKeyLost => say(
            "The message holds secrets and was sealed with a key that is no longer in the keychain."
                .to_owned(),
            "It cannot be opened again: drop it. New messages get a new key.",
            "这条消息含有密钥，加密它的钥匙已不在密钥环中。".to_owned(),
            "它无法再打开，请丢弃。新消息会使用新钥匙。",
        ),
        P::NoAccessToken { service } => say(
            match service.as_str() {
                "" => "The webhook has no access_token.".to_owned(),
                name => format!("The webhook of {name} has no access_token."),
            },
            "Copy it again from the group's robot, to its very end: …/robot/send?access_token=….",
            match service.as_str() {
                "" => "Webhook 中没有 access_token。".to_owned(),
                name => format!("{name} 的 Webhook 中没有 access_token。"),
            },
            "请从群机器人处重新复制完整的地址：…/robot/send?access_token=…。",
        ),
        P::Robot { refusal, errcode, errmsg } => refusal::sentence(*refusal, *errcode, errmsg, lang),
        P::WebhookStatus { status, detail } => say(
            format!("The webhook answers with HTTP {status}{}.", after(": ", detail)),
            "Check its address and headers.",
            format!("Webhook 返回 HTTP {status}{}。", after("：", detail)),
            "检查地址和请求头。",
        ),
        P::Desktop { detail } => say(
            format!("The desktop shows no notification ({detail})."),
            "Start a notification service; the event log has the message.",
            format!("桌面无法显示通知（{detail}）。"),
            "请启动通知服务；消息可在事件日志中查看。",
        ),
        P::NoBrowser { url } => say(
            format!("No browser could be started for “{url}”."),
            "Copy the address into a browser.",
            format!("无法启动浏览器打开“{url}”。"),
            "请将地址复制到浏览器中打开。",
        ),
        P::NoFileManager { path } => say(
            format!("No file manager could be started for “{path}”."),
            "Open the folder by hand.",
            format!("无法启动文件管理器打开“{path}”。"),
            "请手动打开该文件夹。",
        ),
        P::Other { detail } => say(
            format!("Something unforeseen: {detail}."),
            "Try again; see the log for more.",
            format!("意外情况：{detail}。"),
            "请重试；详情见日志。",
        ),
    }
}

/// What a server said, word for word, with what leads to it; or nothing.
fn quoted(lead: &str, detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!("{lead}“{detail}”") }
}

/// A detail with what leads to it, or nothing.
fn after(lead: &str, detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!("{lead}{detail}") }
}
