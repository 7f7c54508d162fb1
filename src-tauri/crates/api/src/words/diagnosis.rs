//! What kind of mistake a rule has, in Chinese, before the words of the language itself.
//!
//! Expressions and templates report in Go's own words, which people look up; those stay. Whoever reads Chinese is told
//! the kind in front, where the kind is known. In English the words mostly speak for themselves; where they do not, what
//! to do stands behind them.

use std::borrow::Cow;

use dinghy_model::Lang;

/// Part of a message → its kind. The first that fits counts, so what is more special comes first.
const KINDS: &[(&str, &str)] = &[
    // Expressions: reading.
    ("unexpected token EOF", "表达式没有写完"),
    ("unexpected end of expression", "表达式没有写完"),
    ("unexpected token Operator(\"=\")", "比较要写 =="),
    ("unexpected token Operator(\"&\")", "“并且”要写 && 或 and"),
    ("unexpected token Identifier(\"AND\")", "“并且”要写 && 或 and"),
    ("unexpected token Identifier(\"OR\")", "“或者”要写 || 或 or"),
    ("unexpected token", "此处不应出现这个符号"),
    ("literal not terminated", "字符串缺少结尾的引号"),
    ("unclosed comment", "注释没有结束"),
    ("unrecognized character: U+2018", "引号要写半角的 ' 或 \""),
    ("unrecognized character: U+2019", "引号要写半角的 ' 或 \""),
    ("unrecognized character: U+201C", "引号要写半角的 ' 或 \""),
    ("unrecognized character: U+201D", "引号要写半角的 ' 或 \""),
    ("unrecognized character: U+FF08", "括号要写半角的 ( )"),
    ("unrecognized character: U+FF09", "括号要写半角的 ( )"),
    ("unrecognized character: U+FF0C", "逗号要写半角的 ,"),
    ("unrecognized character", "不认识的字符"),
    ("invalid char escape", "转义写法不对"),
    ("bad number syntax", "数字写法不对"),
    ("illegal number syntax", "数字写法不对"),
    ("a map key must be", "键的写法不对"),
    ("unknown name", "没有这个变量或函数"),
    ("unknown pointer", "没有这个循环变量"),
    ("not enough arguments", "参数太少"),
    ("too many arguments", "参数太多"),
    ("invalid number of arguments", "参数个数不对"),
    ("predicate should return boolean", "筛选条件的结果要是 true 或 false"),
    ("non-bool expression", "条件的结果要是 true 或 false"),
    // Expressions: running.
    ("cannot fetch", "取不到这个字段：它的上一级不存在，或不是对象。可写 ?. 跳过"),
    ("cannot call nil", "没有这个函数"),
    ("index out of range", "序号超出列表范围"),
    ("memory budget exceeded", "结果太大"),
    ("interface {} is nil", "用到了空值：字段不存在。可写 ?. 或 ?? 给出默认值"),
    ("interface conversion", "值的类型不对"),
    ("mismatched type", "两边的类型不同"),
    ("invalid operation", "这种类型不能这样运算"),
    ("invalid argument for", "参数的类型不对"),
    ("not defined on", "这种类型不能这样运算"),
    // Templates: reading.
    ("unclosed action", "{{ 没有对应的 }}"),
    ("unterminated quoted string", "字符串缺少结尾的引号"),
    ("unterminated raw quoted string", "字符串缺少结尾的反引号"),
    ("unclosed left paren", "括号没有闭合"),
    ("unexpected right paren", "多了一个右括号"),
    ("unexpected EOF", "模板没有写完：可能缺少 {{end}}"),
    ("unexpected {{end}}", "多了一个 {{end}}"),
    ("unexpected {{else}}", "{{else}} 的位置不对"),
    ("outside {{range}}", "只能写在 {{range}} 里"),
    ("bad character", "不认识的字符"),
    ("missing value for", "{{ }} 里缺少内容"),
    ("undefined variable", "没有这个变量"),
    ("multiple definition of template", "同名模板定义了多次"),
    ("template \"", "没有这个模板"),
    ("function \"", "没有这个函数"),
    ("is not a method but has arguments", "这不是函数，不能带参数"),
    ("can't give argument to non-function", "这不是函数，不能带参数"),
    ("non executable command in pipeline", "管道里这一段不能执行"),
    ("nil is not a command", "不能输出 nil"),
    ("unexpected", "此处写法不对"),
    // Templates: running.
    ("nil pointer evaluating", "上一级字段不存在，取不到这个字段"),
    ("can't evaluate field", "取不到这个字段：上一级不是对象"),
    ("index of untyped nil", "对不存在的字段取下标"),
    ("wrong number of args", "参数个数不对"),
    ("wrong type for value", "值的类型不对"),
    ("invalid value; expected", "字段不存在，没有值可用"),
    ("expected string; found", "这里要字符串"),
    ("expected integer; found", "这里要整数"),
    ("incompatible types for comparison", "两边的类型不同，无法比较"),
    ("invalid type for comparison", "这种类型不能比较"),
    ("can't iterate over", "这种值不能用 range 遍历"),
    ("range can't iterate", "这种值不能用 range 遍历"),
    ("divide by zero", "除数为 0"),
    ("error calling", "函数执行出错"),
    // What the rules themselves say.
    ("is no duration", "时长写法不对，例如 90s、30m、12h"),
    ("no template is called", "没有这个模板"),
    ("no trigger is called", "没有这个触发器"),
    ("no service is called", "没有这个发送目标"),
];

/// Part of a message → what to write instead, for mistakes whose English does not tell.
const HINTS: &[(&str, &str)] = &[
    ("unexpected token Operator(\"=\")", "To compare, write =="),
    ("unexpected token Operator(\"&\")", "Write && or and"),
    ("unexpected token Identifier(\"AND\")", "Write && or and"),
    ("unexpected token Identifier(\"OR\")", "Write || or or"),
    ("unexpected token EOF", "Something is missing at the end"),
    ("literal not terminated", "A closing quote is missing"),
    ("unrecognized character: U+2018", "Write plain quotes"),
    ("unrecognized character: U+2019", "Write plain quotes"),
    ("unrecognized character: U+201C", "Write plain quotes"),
    ("unrecognized character: U+201D", "Write plain quotes"),
    ("cannot fetch", "?. in place of . passes over what may be missing"),
    ("interface {} is nil", "A field is missing; ?. or ?? says what to do then"),
];

/// What a rule lacks, by the names that the window's forms have for it: the rules speak in the keys of the file.
const LACKING: &[(&str, [&str; 2])] = &[
    (
        "the condition has no `send`: nothing would be sent",
        ["No template is chosen: nothing would be sent.", "没有选择模板：不会发送任何消息。"],
    ),
    ("the subscription has no `recipients`", ["Nobody is chosen to be told.", "没有选择通知谁。"]),
];

/// The message as a form says it, beside its fields.
pub(crate) fn in_form(detail: &str, lang: Lang) -> Cow<'_, str> {
    match LACKING.iter().find(|(said, _)| *said == detail) {
        Some((_, [en, zh])) => Cow::Borrowed(lang.pick(en, zh)),
        None => diagnosed(detail, lang),
    }
}

/// Whether a sentence of [`in_form`] says that something is still to be chosen.
pub(crate) fn is_lack(sentence: &str) -> bool {
    LACKING.iter().any(|(_, words)| words.contains(&sentence))
}

/// The message with what helps to mend it, where that is known: its kind in front, in Chinese; what to write behind, in
/// English.
pub(crate) fn diagnosed(detail: &str, lang: Lang) -> Cow<'_, str> {
    match lang {
        Lang::ZhCn => match known(KINDS, detail) {
            Some(kind) => Cow::Owned(format!("{kind}。{detail}")),
            None => Cow::Borrowed(detail),
        },
        Lang::En => match (known(HINTS, detail), detail.contains('\n')) {
            (Some(hint), false) => Cow::Owned(format!("{detail}. {hint}.")),
            _ => Cow::Borrowed(detail),
        },
    }
}

/// Only the first line counts: the others quote what was written.
fn known(table: &[(&str, &'static str)], detail: &str) -> Option<&'static str> {
    let first = detail.lines().next().unwrap_or_default();
    table.iter().find(|(part, _)| first.contains(part)).map(|(_, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_what_the_languages_report() {
        let cases = [
            ("unexpected token Operator(\"=\")", Some("比较要写 ==")),
            ("unexpected token EOF", Some("表达式没有写完")),
            ("unexpected token Bracket(\")\")", Some("此处不应出现这个符号")),
            (
                "interface conversion: interface {} is nil, not bool",
                Some("用到了空值：字段不存在。可写 ?. 或 ?? 给出默认值"),
            ),
            ("interface conversion: interface {} is string, not bool", Some("值的类型不对")),
            ("invalid operation: + (mismatched types string and int)", Some("两边的类型不同")),
            ("unclosed action", Some("{{ 没有对应的 }}")),
            ("function \"nope\" not defined", Some("没有这个函数")),
            ("unexpected \"}\" in operand", Some("此处写法不对")),
            ("error calling index: index of untyped nil", Some("对不存在的字段取下标")),
            ("missing value for command", Some("{{ }} 里缺少内容")),
            ("no template is called `x`", Some("没有这个模板")),
            ("line one\nunclosed action", None),
            ("", None),
        ];
        for (detail, expected) in cases {
            assert_eq!(known(KINDS, detail), expected, "{detail}");
        }
        assert_eq!(diagnosed("unclosed action", Lang::ZhCn), "{{ 没有对应的 }}。unclosed action");
        assert_eq!(diagnosed("unclosed action", Lang::En), "unclosed action");
        assert_eq!(
            diagnosed("unexpected token EOF", Lang::En),
            "unexpected token EOF. Something is missing at the end."
        );
    }

    /// What a field's text is told to have wrong.
    fn said(field: &str, text: &str) -> Vec<String> {
        let mut condition = dinghy_rules::ConditionParts::default();
        let mut template = dinghy_rules::TemplateParts::default();
        if field == "when" {
            condition.when = text.to_owned();
        } else {
            template.message = text.to_owned();
        }
        let faults = dinghy_rules::check_condition(&condition).into_iter();
        let faults = faults.chain(dinghy_rules::check_template(&template, None, "", 0));
        faults.map(|fault| fault.detail).collect()
    }

    /// Each hint is met by what a compiler here really says.
    #[test]
    fn hints_say_what_to_write() {
        let cases = [
            ("a = 1", "To compare, write =="),
            ("a & b", "Write && or and"),
            ("a AND b", "Write && or and"),
            ("a OR b", "Write || or or"),
            ("a ==", "Something is missing at the end"),
            ("a == 'b", "A closing quote is missing"),
            ("a == ‘b’", "Write plain quotes"),
            ("a == “b”", "Write plain quotes"),
        ];
        for (source, hint) in cases {
            let details = said("when", source);
            let hints: Vec<_> = details.iter().map(|detail| known(HINTS, detail)).collect();
            assert_eq!(hints, [Some(hint)], "{source}: {details:?}");
        }
    }

    /// What the compilers here really say is met, not only what stands in this file.
    #[test]
    fn mistakes_that_people_make_are_known() {
        let expressions = [
            "app.x = 1",
            "app.x ==",
            "app.x == 'a",
            "(app.x",
            "len(app.x) >",
            "nope(1)",
            "app.x in 'a' and",
            "app.x & app.y",
            "app.x AND app.y",
            "app.x == ‘a’",
            "len（app.x）",
        ];
        let templates =
            ["{{.app", "{{nope .app}}", "{{if .app}}x", "{{end}}", "{{}}", "{{\"a}}", "{{(.app}}", "{{$x}}"];
        for (field, texts) in [("when", expressions.as_slice()), ("message", templates.as_slice())] {
            for text in texts {
                let details = said(field, text);
                for detail in &details {
                    assert!(known(KINDS, detail).is_some(), "{text}: {detail}");
                }
                assert!(!details.is_empty() || *text == "nope(1)", "{text} is a mistake");
            }
        }
    }
}
