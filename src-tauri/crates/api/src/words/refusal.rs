//! Why a DingTalk robot refused, in the user's words (facts: DingTalk, custom-robots-send-group-messages).

use dinghy_model::{Lang, Refusal};

use super::Sentence;

pub(super) fn sentence(refusal: Refusal, errcode: i64, errmsg: &str, lang: Lang) -> Sentence {
    let (en, zh) = match refusal {
        Refusal::Keyword => (
            (
                "The message has none of the robot's keywords",
                "Enter the robot's keywords in this group's settings, or put one into the template.",
            ),
            ("消息中没有机器人的关键词", "在该群的设置中填写机器人的关键词，或在模板中写上其中一个。"),
        ),
        Refusal::Sign => (
            (
                "The signature does not match",
                "Copy the signing secret (SEC…) again from the robot's security settings.",
            ),
            ("签名不匹配", "从机器人的安全设置中重新复制加签密钥（SEC 开头）。"),
        ),
        Refusal::Timestamp => (
            (
                "DingTalk says the time of the signature is off by more than an hour",
                "Set this computer's clock.",
            ),
            ("签名时间与钉钉服务器相差超过一小时", "校准这台电脑的时钟。"),
        ),
        Refusal::IpList => (
            (
                "This computer's address is not on the robot's IP list",
                "Add the address that DingTalk names to the IP list, or use signing instead: a laptop's address changes.",
            ),
            (
                "这台电脑的地址不在机器人的 IP 白名单中",
                "把钉钉提示的地址加入白名单，或改用加签：笔记本的地址会变化。",
            ),
        ),
        Refusal::Token => (
            ("DingTalk does not know this access_token", "Copy the webhook again from the group's robot."),
            ("钉钉不认识这个 access_token", "从群机器人处重新复制 Webhook。"),
        ),
        Refusal::Disabled => (
            ("The robot is switched off", "Switch it on in the group's settings, then retry."),
            ("机器人已停用", "在群设置中启用机器人，然后重试。"),
        ),
        Refusal::Removed => (
            ("The robot is no longer in the group", "Add a robot to the group and paste its webhook here."),
            ("机器人已不在群中", "在群里重新添加机器人，并把它的 Webhook 粘贴到这里。"),
        ),
        Refusal::Dissolved => (
            ("The group was dissolved", "Remove this group, or paste another group's webhook."),
            ("该群已解散", "删除该群，或粘贴另一个群的 Webhook。"),
        ),
        Refusal::Throttled => (
            (
                "DingTalk throttles the robot: more than 20 messages a minute",
                "Nothing to do: Dinghy waits and sends the rest later.",
            ),
            ("机器人被钉钉限流：每分钟超过 20 条", "无需操作：Dinghy 会等待，稍后发送其余消息。"),
        ),
        Refusal::TooLong => (
            ("The message is too long for DingTalk (20,000 bytes)", "Shorten the template."),
            ("消息超过钉钉的长度上限（20,000 字节）", "缩短模板。"),
        ),
        Refusal::Content => (
            (
                "DingTalk does not allow the text, link or picture of this message",
                "Change the template: see what DingTalk names.",
            ),
            ("钉钉不允许这条消息中的文字、链接或图片", "按钉钉的提示修改模板。"),
        ),
        Refusal::Request => (
            (
                "DingTalk cannot read the message",
                "Check the template's body: msgtype, a title and a text that are not empty, and valid JSON.",
            ),
            ("钉钉无法解析这条消息", "检查模板的 body：msgtype、非空的 title 和 text，以及合法的 JSON。"),
        ),
        Refusal::Busy => (
            ("DingTalk is busy", "Nothing to do: Dinghy tries again."),
            ("钉钉系统繁忙", "无需操作：Dinghy 会重试。"),
        ),
        Refusal::NotARobot => (
            ("The answer is not DingTalk's", "Check the webhook, and whether a proxy stands between."),
            ("返回的内容不是钉钉的应答", "检查 Webhook，以及中间是否有代理。"),
        ),
        Refusal::Unknown => (
            ("DingTalk refused the message", "Look the code up in DingTalk's documentation."),
            ("钉钉拒绝了这条消息", "在钉钉文档中查询该错误码。"),
        ),
    };
    let stop = lang.pick(".", "。");
    let answer = |what: &str| match (errcode, errmsg) {
        (0, "") => format!("{what}{stop}"),
        (_, "") => format!("{what} (errcode {errcode}){stop}"),
        _ => format!("{what} (errcode {errcode}: {errmsg}){stop}"),
    };
    Sentence::new(lang, (answer(en.0), en.1), (answer(zh.0), zh.1))
}
