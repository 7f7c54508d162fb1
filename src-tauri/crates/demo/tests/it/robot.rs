//! Robots: what they take, what they refuse and in which words.

use std::time::Duration;

use base64::Engine;
use dinghy_demo::{Clock, DingTalk, DingTalkOptions, Robot, RobotFault};
use dinghy_model::Lang;
use expect_test::{Expect, expect};
use hmac::Mac;

use crate::client::{Error, NOON_MS, Outcome, get, post};

struct Scene {
    dingtalk: DingTalk,
    clock: Clock,
    url: String,
}

fn scene(robot: Robot) -> Result<Scene, Error> {
    let clock = Clock::manual(NOON_MS);
    let dingtalk = DingTalk::start(DingTalkOptions { clock: clock.clone(), ..DingTalkOptions::default() })?;
    let url = dingtalk.add_robot(Robot { token: "t".to_owned(), ..robot });
    Ok(Scene { dingtalk, clock, url })
}

fn text(content: &str) -> String {
    format!(r#"{{"msgtype":"text","text":{{"content":"{content}"}}}}"#)
}

const OK: &str = r#"200 {"errcode":0,"errmsg":"ok"}"#;

async fn check(url: &str, body: &str, expected: &Expect) -> Outcome {
    expected.assert_eq(&post(url, body).send().await?.line());
    Ok(())
}

async fn taken(url: &str, body: &str) -> Outcome {
    assert_eq!(post(url, body).send().await?.line(), OK);
    Ok(())
}

#[tokio::test]
async fn requests_that_are_wrong_are_refused_with_200() -> Outcome {
    let Scene { url, dingtalk, .. } = scene(Robot::new("g"))?;
    let markdown = |inner: &str| format!(r#"{{"msgtype":"markdown","markdown":{inner}}}"#);
    let table = [
        (post(&url, text("a")), expect![[r#"200 {"errcode":0,"errmsg":"ok"}"#]]),
        (post(&url, "not json"), expect![[r#"200 {"errcode":40035,"errmsg":"缺少参数 json"}"#]]),
        (post(&url, ""), expect![[r#"200 {"errcode":40035,"errmsg":"缺少参数 json"}"#]]),
        (
            post(&url, r#"{"msgtype":"image"}"#),
            expect![[r#"200 {"errcode":400105,"errmsg":"不支持的消息类型"}"#]],
        ),
        (
            post(&url, markdown(r#"{"text":"x"}"#)),
            expect![[r#"200 {"errcode":400402,"errmsg":"缺少参数 markdown title"}"#]],
        ),
        (
            post(&url, markdown(r#"{"title":"x"}"#)),
            expect![[r#"200 {"errcode":400403,"errmsg":"缺少参数 markdown text"}"#]],
        ),
        (
            post(url.replace("=t", "=u"), text("a")),
            expect![[r#"200 {"errcode":300005,"errmsg":"token is not exist"}"#]],
        ),
        (
            post(url.replace("?access_token=t", ""), text("a")),
            expect![[r#"200 {"errcode":40035,"errmsg":"缺少参数 access_token"}"#]],
        ),
        (get(&url), expect![[r#"200 {"errcode":43002,"errmsg":"需要POST请求"}"#]]),
        (
            post(&url, text("a")).header("content-type", "text/plain"),
            expect![[r#"200 {"errcode":43004,"errmsg":"无效的HTTP HEADER Content-Type"}"#]],
        ),
        (
            post(url.replace("/robot/", "/robots/"), text("a")),
            expect![[r#"200 {"errcode":404,"errmsg":"请求的URI地址不存在"}"#]],
        ),
    ];
    for (ask, expected) in table {
        expected.assert_eq(&ask.send().await?.line());
    }
    let charset = post(&url, text("a")).header("content-type", "application/json; charset=utf-8");
    assert_eq!(charset.send().await?.line(), OK);
    assert_eq!(dingtalk.requests().len(), 11);
    assert_eq!(dingtalk.messages("g").len(), 9);
    Ok(())
}

#[tokio::test]
async fn bodies_are_counted_in_bytes() -> Outcome {
    let Scene { url, dingtalk: _alive, .. } = scene(Robot::new("g"))?;
    let frame = text("").len();
    taken(&url, &text(&"x".repeat(20_000 - frame))).await?;
    check(
        &url,
        &text(&"x".repeat(20_001 - frame)),
        &expect![[r#"200 {"errcode":460101,"errmsg":"body大小不合法;请保持大小在20000bytes以内"}"#]],
    )
    .await?;
    check(
        &url,
        &text(&"长".repeat(6_700)),
        &expect![[r#"200 {"errcode":460101,"errmsg":"body大小不合法;请保持大小在20000bytes以内"}"#]],
    )
    .await
}

#[tokio::test]
async fn keywords_are_looked_for_in_all_words() -> Outcome {
    for (lang, refusal) in [
        (
            Lang::En,
            expect![[
                r#"200 {"errcode":310000,"errmsg":"keywords not in content, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]"}"#
            ]],
        ),
        (
            Lang::ZhCn,
            expect![[
                r#"200 {"errcode":310000,"errmsg":"错误描述:关键词不匹配;解决方案:请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词;"}"#
            ]],
        ),
    ] {
        let keywords = vec!["ArgoCD".to_owned(), "发布".to_owned()];
        let Scene { url, dingtalk: _alive, .. } = scene(Robot { keywords, lang, ..Robot::new("g") })?;
        taken(&url, &text("x 发布 y")).await?;
        taken(&url, r#"{"msgtype":"markdown","markdown":{"title":"ArgoCD","text":"x"}}"#).await?;
        check(&url, &text("argocd"), &refusal).await?;
    }
    Ok(())
}

fn sign(timestamp: &str, secret: &str) -> Result<String, Error> {
    let mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes())?;
    let bytes = mac.chain_update(format!("{timestamp}\n{secret}")).finalize().into_bytes();
    let base64 = base64::engine::general_purpose::STANDARD.encode(bytes);
    Ok(url::form_urlencoded::byte_serialize(base64.as_bytes()).collect())
}

#[tokio::test]
async fn signatures_and_their_time_are_checked() -> Outcome {
    let secret = "SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let hour = 3_600_000;
    let no_match = "200 {\"errcode\":310000,\"errmsg\":\"sign not match, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]\"}";
    let too_old = no_match.replace("sign not match", "invalid timestamp");
    let table = [
        (NOON_MS, secret, OK),
        (NOON_MS - hour, secret, OK),
        (NOON_MS + hour, secret, OK),
        (NOON_MS - hour - 1, secret, &too_old),
        (NOON_MS + hour + 1, secret, &too_old),
        (NOON_MS, "SECother", no_match),
    ];
    for (at_ms, with, expected) in table {
        let robot = Robot { sign_secret: Some(secret.to_owned()), lang: Lang::En, ..Robot::new("g") };
        let Scene { url, dingtalk: _alive, .. } = scene(robot)?;
        let timestamp = at_ms.to_string();
        let url = format!("{url}&timestamp={timestamp}&sign={}", sign(&timestamp, with)?);
        assert_eq!(post(&url, text("a")).send().await?.line(), expected, "{at_ms} {with}");
    }
    let robot = Robot { sign_secret: Some(secret.to_owned()), lang: Lang::En, ..Robot::new("g") };
    let Scene { url, dingtalk: _alive, .. } = scene(robot)?;
    assert_eq!(post(&url, text("a")).send().await?.line(), no_match);
    // The published vector, encoded twice: what clients get wrong.
    let twice = "bTgY2yDbep%252BwesS7jKiNj%252BsrsHoADES4%252BC4f8LCHFtU%253D";
    let twice = format!("{url}&timestamp=1700000000000&sign={twice}");
    assert_eq!(post(&twice, text("a")).send().await?.line(), no_match);
    let once = twice.replace("%25", "%");
    assert_eq!(post(&once, text("a")).send().await?.line(), OK);
    Ok(())
}

#[tokio::test]
async fn addresses_are_checked() -> Outcome {
    let with = |list: &[&str]| {
        let ip_list = list.iter().map(|&range| range.to_owned()).collect();
        scene(Robot { ip_list, lang: Lang::En, ..Robot::new("g") })
    };
    for list in [&[][..], &["127.0.0.0/8"], &["10.0.0.1", "127.0.0.1"]] {
        taken(&with(list)?.url, &text("a")).await?;
    }
    check(&with(&["10.0.0.0/8"])?.url, &text("a"), &expect![[r#"200 {"errcode":310000,"errmsg":"ip 127.0.0.1 not in whitelist, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]"}"#]]).await
}

#[tokio::test]
async fn twenty_a_minute_then_ten_minutes_of_nothing() -> Outcome {
    let Scene { url, clock, dingtalk } = scene(Robot::new("g"))?;
    let code = async || -> Result<i64, Error> {
        Ok(post(&url, text("a")).send().await?.json()["errcode"].as_i64().unwrap_or(i64::MIN))
    };
    for _ in 0..10 {
        assert_eq!(code().await?, 0);
    }
    clock.advance(Duration::from_secs(59));
    for _ in 0..10 {
        assert_eq!(code().await?, 0);
    }
    // The window slides: the first ten are forgotten a second later.
    clock.advance(Duration::from_secs(1));
    for _ in 0..10 {
        assert_eq!(code().await?, 0);
    }
    assert_eq!(code().await?, 130_101);
    assert_eq!(code().await?, 410_100);
    clock.advance(Duration::from_secs(599));
    assert_eq!(code().await?, 410_100);
    clock.advance(Duration::from_secs(1));
    assert_eq!(code().await?, 0);
    let shown = dingtalk.messages("g").iter().filter(|one| one.shown).count();
    assert_eq!(shown, 31);
    Ok(())
}

#[tokio::test]
async fn one_uuid_is_one_message() -> Outcome {
    let Scene { url, dingtalk, .. } = scene(Robot::new("g"))?;
    let body = |uuid: &str| format!(r#"{{"msgtype":"text","text":{{"content":"a"}},"msgUuid":"{uuid}"}}"#);
    for uuid in ["1", "1", "2"] {
        taken(&url, &body(uuid)).await?;
    }
    let seen: Vec<_> =
        dingtalk.messages("g").iter().map(|one| (one.uuid.clone(), one.accepted, one.shown)).collect();
    let row = |uuid: &str, shown| (Some(uuid.to_owned()), true, shown);
    assert_eq!(seen, [row("1", true), row("1", false), row("2", true)]);
    Ok(())
}

#[tokio::test]
async fn faults_of_robots() -> Outcome {
    let table = [
        (
            RobotFault::Errcode(400_102, "机器人已停用".to_owned()),
            "200 {\"errcode\":400102,\"errmsg\":\"机器人已停用\"}",
            false,
        ),
        (RobotFault::StringZero, "200 {\"errcode\":\"0\",\"errmsg\":\"ok\"}", true),
        (RobotFault::TimeoutAfterTaking, "no answer", true),
        (RobotFault::ResetAfterTaking, "ConnectionReset", true),
        (RobotFault::Hang, "no answer", false),
        (RobotFault::Reset, "ConnectionReset", false),
        (RobotFault::Html, "200 <!DOCTYPE html>", false),
        (RobotFault::Empty, "200 ", false),
        (RobotFault::Punished { wait: 5 }, r#"200 {"punish":"deny","source":"x5","status":1111"#, false),
        (RobotFault::Status(500), "500 <!DOCTYPE html>", false),
    ];
    for (fault, expected, shown) in table {
        let Scene { url, dingtalk, .. } = scene(Robot::new("g"))?;
        dingtalk.fault_next("t", 1, fault.clone());
        let fate = post(&url, text("a")).fate().await;
        assert!(fate.starts_with(expected), "{fault:?}: {fate}");
        assert_eq!(dingtalk.messages("g").first().map(|one| one.shown), Some(shown), "{fault:?}");
        taken(&url, &text("b")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn everything_is_written_down_to_the_byte() -> Outcome {
    let Scene { url, dingtalk, clock } = scene(Robot::new("g"))?;
    clock.advance(Duration::from_secs(5));
    let body = "{\"msgtype\":\"text\", \"text\":{\"content\":\"\\u53d1 布\"}}\n";
    let reply = post(format!("{url}&x=a%20b"), body).header("x-test", "1").send().await?;
    assert_eq!(reply.header("date"), "Tue, 14 Nov 2023 22:13:25 GMT");
    let all = dingtalk.shown("g", 1, Duration::from_secs(1)).await;
    let one = all.first().ok_or("nothing received")?;
    assert_eq!(
        (one.body.as_slice(), one.at_ms, one.method.as_str(), one.errcode),
        (body.as_bytes(), NOON_MS + 5_000, "POST", Some(0))
    );
    assert!(one.query.contains(&("x".to_owned(), "a b".to_owned())));
    assert!(one.headers.contains(&("x-test".to_owned(), "1".to_owned())));
    dingtalk.set_reachable(false);
    assert_eq!(post(&url, text("a")).fate().await, "ConnectionRefused");
    Ok(())
}
