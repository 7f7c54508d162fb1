//! The page that draws a group's messages.

use dinghy_demo::{Clock, DingTalk, DingTalkOptions, Robot};
use dinghy_model::Lang;
use expect_test::expect;

use crate::client::{NOON_MS, Outcome, get, post};

#[tokio::test]
async fn messages_are_drawn_and_can_do_no_harm() -> Outcome {
    let dingtalk = DingTalk::start(DingTalkOptions { clock: Clock::manual(NOON_MS), lang: Lang::ZhCn })?;
    let url =
        dingtalk.add_robot(Robot { keywords: vec!["发布".to_owned()], ..Robot::new("发布 <通知>") });
    for body in [
        r####"{"msgtype":"markdown","markdown":{"title":"发布 <1>","text":"### 发布\n> - a: <img src=x onerror=alert(1)>"}}"####,
        r#"{"msgtype":"text","text":{"content":"发布\n<b>"}}"#,
        r#"{"msgtype":"actionCard","actionCard":{"title":"发布","text":"x","singleTitle":"打开](javascript:1)","singleURL":"https://a.b/"}}"#,
        r#"{"msgtype":"link","link":{"title":"发布","text":"<i>","messageUrl":"javascript:alert(1)"}}"#,
        r#"{"msgtype":"text","text":{"content":"refused"}}"#,
    ] {
        post(&url, body).send().await?;
    }
    let page_url = dingtalk.page_url("发布 <通知>");
    let page = get(&page_url).send().await?;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(page.text().contains("<title>发布 &lt;通知&gt;</title>") && page.text().contains("关键词 发布"));
    let messages = get(format!("{page_url}/messages")).send().await?.json();
    assert_eq!(messages["refused"], 1);
    let bubbles = messages["messages"].as_array().into_iter().flatten();
    let bubbles: Vec<&str> = bubbles.map(|message| message["html"].as_str().unwrap_or_default()).collect();
    expect![[r#"
        <h3>发布</h3><blockquote><ul><li>a: &lt;img src=x onerror=alert(1)&gt;</li></ul></blockquote>
        <p>发布<br>&lt;b&gt;</p>
        <p>x</p><div class="buttons"><p><a href="https://a.b/" rel="noreferrer" target="_blank">打开 (javascript:1)</a></p></div>
        <p><span class="dead" title="javascript:alert(1">发布</span>)</p><p>&lt;i&gt;</p>"#]].assert_eq(&bubbles.join("\n"));
    Ok(())
}

#[tokio::test]
async fn groups_are_listed_and_need_nothing_from_outside() -> Outcome {
    let dingtalk = DingTalk::start(DingTalkOptions { lang: Lang::En, ..DingTalkOptions::default() })?;
    dingtalk.add_robot(Robot { sign_secret: Some("SEC".to_owned()), ..Robot::new("甲") });
    let base = dingtalk.url();
    for target in ["/groups", "/groups/%E7%94%B2", "/page.css", "/page.js"] {
        let reply = get(format!("{base}{target}")).send().await?;
        assert_eq!(reply.status, 200, "{target}");
        assert!(!reply.text().contains("http:") && !reply.text().contains("https:"), "{target}");
        assert!(!reply.text().contains("{{"), "{target}");
    }
    let page = get(format!("{base}/groups/%E7%94%B2")).send().await?.text();
    assert!(page.contains("<html lang=\"en\">") && page.contains("No messages yet"), "{page}");
    assert!(page.contains("<small>signed</small>"), "{page}");
    assert_eq!(get(format!("{base}/")).send().await?.header("location"), "/groups");
    assert_eq!(get(format!("{base}/groups/none")).send().await?.status, 404);
    Ok(())
}
