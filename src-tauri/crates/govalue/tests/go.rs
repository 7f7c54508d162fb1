//! What Go 1.26 itself printed, row by row.

use std::sync::Arc;

use dinghy_govalue::*;
use proptest::prelude::*;

fn printed(format: &str, args: &[Value]) -> String {
    String::from_utf8_lossy(&sprintf(format.as_bytes(), args)).into_owned()
}

fn int(number: i64) -> Value {
    Value::int(number)
}

fn json(text: &str) -> Value {
    Value::from_json_str(text).unwrap()
}

#[test]
fn printf_of_scalars() {
    let ints: Vec<Value> = [42, 42, 42, 42, 42, 42, 255, 255, 255, 8, 5, 65, 65, 0x1F600].map(int).to_vec();
    assert_eq!(
        printed("%d|%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%o|%b|%c|%q|%U", &ints),
        "42|   42|42   |00042|+42| 42|ff|FF|0xff|10|101|A|'A'|U+1F600"
    );
    let floats: Vec<Value> =
        [1.5, 3.14259, 123456.789, 1e21, 1e-7, -3.14259, 2.0, 3.0, 1.5].map(Value::Float).to_vec();
    assert_eq!(
        printed("%v|%6.2f|%e|%g|%G|%08.3f|%+.1f|%#g|%x", &floats),
        "1.5|  3.14|1.234568e+05|1e+21|1E-07|-003.143|+2.0|3.00000|0x1.8p+00"
    );
    let strings: Vec<Value> =
        ["hi", "hi", "hi", "héllo", "a\"b", "hi", "hi", "raw", "é", "ab"].map(Value::str).to_vec();
    assert_eq!(
        printed("%s|%10s|%-10s|%.2s|%q|%x|% x|%#q|%+q|%05s", &strings),
        "hi|        hi|hi        |hé|\"a\\\"b\"|6869|68 69|`raw`|\"\\u00e9\"|000ab"
    );
    assert_eq!(printed("%t|%v|%5t", &[true, false, true].map(Value::Bool)), "true|false| true");
    assert_eq!(
        printed("%v|%s|%d|%T|%#v", &[const { Value::Nil }; 5]),
        "<nil>|%!s(<nil>)|%!d(<nil>)|<nil>|<nil>"
    );
}

#[test]
fn printf_of_what_does_not_fit() {
    assert_eq!(
        printed("%d|%s|%z|%!|%", &[Value::str("x"), int(5), int(1)]),
        "%!d(string=x)|%!s(int=5)|%!z(int=1)|%!!(MISSING)|%!(NOVERB)"
    );
    assert_eq!(printed("%d %d", &[int(1)]), "1 %!d(MISSING)");
    assert_eq!(printed("%d", &[int(1), Value::str("a"), Value::Nil]), "1%!(EXTRA string=a, <nil>)");
    assert_eq!(
        printed("%[2]d %[1]d|%[3]d|%*d|%.*f", &[int(1), int(2)]),
        "2 1|%!d(BADINDEX)|%!d(MISSING)|%!(BADPREC)%!f(MISSING)"
    );
    let stars = [int(5), int(42), int(5), int(42), int(2), Value::Float(3.14259)];
    assert_eq!(printed("%*d|%-*d|%.*f", &stars), "   42|42   |3.14");
}

#[test]
fn printf_of_containers() {
    let list = Value::list(vec![int(1), Value::str("a"), Value::Nil]);
    assert_eq!(
        printed("%v|%s|%d|%T|%#v", &[const { Value::Nil }; 5].map(|_| list.clone())),
        "[1 a <nil>]|[%!s(int=1) a <nil>]|[1 %!d(string=a) <nil>]|[]interface {}|\
         []interface {}{1, \"a\", interface {}(nil)}"
    );
    let map = json(r#"{"b": 1, "a": ["x", 2.5, null]}"#);
    assert_eq!(
        printed("%v|%d|%#v|%T|%s", &[const { Value::Nil }; 5].map(|_| map.clone())),
        "map[a:[x 2.5 <nil>] b:1]|map[%!d(string=a):[%!d(string=x) %!d(float64=2.5) <nil>] %!d(string=b):1]|\
         map[string]interface {}{\"a\":[]interface {}{\"x\", 2.5, interface {}(nil)}, \"b\":1}|\
         map[string]interface {}|map[a:[x %!s(float64=2.5) <nil>] b:%!s(int64=1)]"
    );
    let strings = |items: &[&str]| {
        Value::List(List::with_elem(Elem::Str, items.iter().copied().map(Value::str).collect()))
    };
    let lists = [strings(&["a", "b"]), strings(&["a"]), strings(&["x y"])];
    assert_eq!(printed("%v|%#v|%s", &lists), "[a b]|[]string{\"a\"}|[x y]");
    let bytes = Value::Bytes(Arc::from(&b"hi"[..]));
    assert_eq!(
        printed("%v|%s|%d|%x|%q|%T", &[const { Value::Nil }; 6].map(|_| bytes.clone())),
        "[104 105]|hi|[104 105]|6869|\"hi\"|[]uint8"
    );
}

#[test]
fn printf_of_times() {
    let duration = Value::Duration(90 * SECOND);
    assert_eq!(
        printed("%v|%s|%d|%t|%T|%x", &[const { Value::Nil }; 6].map(|_| duration.clone())),
        "1m30s|1m30s|90000000000|%!t(time.Duration=90000000000)|time.Duration|316d333073"
    );
    let time = Value::Time(Time::parse_rfc3339(b"2024-03-05T14:07:09.12Z").unwrap());
    assert_eq!(
        printed("%v|%s|%T|%q", &[time.clone(), time.clone(), time, Value::Month(3)]),
        "2024-03-05 14:07:09.12 +0000 UTC|2024-03-05 14:07:09.12 +0000 UTC|time.Time|\"March\""
    );
}

#[test]
fn regex_faults_are_gos() {
    let check = |pattern: &str, want: Option<&str>| {
        let have = compile_regex(pattern.as_bytes()).err();
        let want = want.map(|want| format!("error parsing regexp: {want}"));
        assert_eq!(have, want, "{pattern}");
    };
    check("a**", Some("invalid nested repetition operator: `**`"));
    check("(", Some("missing closing ): `(`"));
    check("a)", Some("unexpected ): `a)`"));
    check("[a", Some("missing closing ]: `[a`"));
    check("x{1001}", Some("invalid repeat count: `{1001}`"));
    check("*a", Some("missing argument to repetition operator: `*`"));
    check(r"\8", Some(r"invalid escape sequence: `\8`"));
    check(r"\y", Some(r"invalid escape sequence: `\y`"));
    check("a(?=b)", Some("invalid or unsupported Perl syntax: `(?=`"));
    check("(?P<n", Some("invalid named capture: `(?P<n`"));
    check("(?P<n>a)(?P<n>b)", None);
    check("[z-a]", Some("invalid character class range: `z-a`"));
    check("[[:foo:]]", Some("invalid character class range: `[:foo:]`"));
    check(r"\p{Nope}", Some(r"invalid character class range: `\p{Nope}`"));
    check(r"\", Some("trailing backslash at end of expression: ``"));
    check("(?i)*", Some("missing argument to repetition operator: `*`"));
    check("a{2,1}", Some("invalid repeat count: `{2,1}`"));
    check("(?<1a>b)", None);
    check("x{2}{3}", Some("invalid nested repetition operator: `{2}{3}`"));
    check("a|*", Some("missing argument to repetition operator: `*`"));
    check(r"[a-\d]", Some(r"invalid escape sequence: `\d`"));
    check("(?z)", Some("invalid or unsupported Perl syntax: `(?z`"));
    check(r"\x{110000}", Some(r"invalid escape sequence: `\x{110000`"));
    check(r"\xg", Some(r"invalid escape sequence: `\xg`"));
    check(r"[\b]", Some(r"invalid escape sequence: `\b`"));
    check("(?i", Some("invalid or unsupported Perl syntax: `(?i`"));
}

#[test]
fn regexes_match_as_in_go() {
    let check = |pattern: &str, text: &str, want: bool| {
        assert_eq!(
            compile_regex(pattern.as_bytes()).unwrap().is_match(text.as_bytes()),
            want,
            "{pattern} {text}"
        );
    };
    check(r"^\w$", "é", false);
    check(r"^\d$", "٣", false);
    check("[a&&b]", "&", true);
    check("[[]", "[", true);
    check(r"\Qa.b\E", "a.b", true);
    check(r"\Qa.b\E", "axb", false);
    check("^[^a]$", "\n", true);
    check("a{,3}", "a{,3}", true);
    check(r"^\pL+$", "日本", true);
    check("(?s)a.b", "a\nb", true);
    check(r"\bé", "aé", true);
    check("[]a]", "]", true);
    check("[a-]", "-", true);
    check("<b>", "<b>", true);
}

#[test]
fn times_by_layout() {
    let time = Time::parse_rfc3339(b"2024-03-05T04:07:09.005+05:30").unwrap();
    let check = |layout: &str, want: &str| {
        assert_eq!(String::from_utf8_lossy(&time.format(layout.as_bytes())), want, "{layout}");
    };
    check("Mon Jan _2 3:04PM 2006 MST", "Tue Mar  5 4:07AM 2024 +0530");
    check("2006年01月02日 15时", "2024年03月05日 04时");
    check("02/01/06 15:04:05.000 -07:00 Z0700", "05/03/24 04:07:09.005 +05:30 +0530");
    check("05.999999 __2 002 January Monday", "09.005  65 065 March Tuesday");
    let fails = |layout: &str, text: &str, want: &str| {
        assert_eq!(Time::parse(layout.as_bytes(), text.as_bytes(), None), Err(want.to_owned()));
    };
    fails("2006-01-02", "2024-13-01", "parsing time \"2024-13-01\": month out of range");
    fails("2006-01-02", "2024-02-30", "parsing time \"2024-02-30\": day out of range");
    fails("2006-01-02", "2024-02-03x", "parsing time \"2024-02-03x\": extra text: \"x\"");
    fails("15:04", "x", "parsing time \"x\" as \"15:04\": cannot parse \"x\" as \"15\"");
}

#[test]
fn json_as_go_writes_it() {
    let value = json(r#"{"b": "<&>\u2028", "a": [1.0, 1e21, 1e-7, 12345678, null], "e": [], "m": {}}"#);
    assert_eq!(
        value.to_json(JsonStyle::COMPACT).unwrap(),
        r#"{"a":[1,1e+21,1e-7,12345678,null],"b":"\u003c\u0026\u003e\u2028","e":[],"m":{}}"#
    );
    assert_eq!(
        json("[1, {\"a\": []}]").to_json(JsonStyle::PRETTY).unwrap(),
        "[\n  1,\n  {\n    \"a\": []\n  }\n]"
    );
    assert_eq!(
        Value::Float(f64::NAN).to_json(JsonStyle::RAW),
        Err("json: unsupported value: NaN".to_owned())
    );
    let fault = |text: &str| Value::from_go_json(text.as_bytes()).unwrap_err();
    assert_eq!(fault(""), "unexpected end of JSON input");
    assert_eq!(fault("nope"), "invalid character 'o' in literal null (expecting 'u')");
    assert_eq!(fault("{\"a\":1,}"), "invalid character '}' looking for beginning of object key string");
    assert_eq!(fault("1 2"), "invalid character '2' after top-level value");
    assert_eq!(fault("1e999"), "json: cannot unmarshal number 1e999 into Go value of type float64");
}

#[test]
fn json_is_read_in_order_and_the_last_of_equal_keys_stays() {
    let cases = [
        (r#"{"a": 1, "b": 2}"#, "map[a:1 b:2]"),
        (r#"{"b": 1, "a": 2, "b": 3, "a": 4, "b": 5}"#, "map[a:4 b:5]"),
        (
            r#"{"a": 1, "a": {"x": 1}, "c": [{"b": [1, [2], {"d": 3}], "a": []}, {}, []]}"#,
            "map[a:map[x:1] c:[map[a:[] b:[1 [2] map[d:3]]] map[] []]]",
        ),
        (r#"[[], [[1], 2], {"k": [3]}]"#, "[[] [[1] 2] map[k:[3]]]"),
    ];
    for (text, printed) in cases {
        assert_eq!(json(text).to_string(), printed, "{text}");
    }
}

#[test]
fn what_was_never_changed_is_lent_wherever_the_key_was_last() {
    let Value::Map(map) = json(r#"{"a": 1, "b": 2, "c": null}"#) else { panic!("no map") };
    for start in [0, 1, 2, 3, usize::MAX] {
        let found = ["a", "b", "c", "d"].map(|key| {
            let mut place = start;
            let value = map.lent(key.as_bytes(), &mut place).unwrap().map(ToString::to_string);
            (value, place)
        });
        let here = |value: &str, place| (Some(value.to_owned()), place);
        assert_eq!(found, [here("1", 0), here("2", 1), here("<nil>", 2), (None, start)], "from {start}");
    }
    map.insert("b", int(7));
    assert!(map.lent(b"a", &mut 0).is_none());
}

#[test]
fn maps_are_shared_and_change_in_place() {
    let map = Map::new([("a", int(1))]);
    let other = map.clone();
    other.insert("b", int(2));
    other.remove(b"a");
    assert_eq!(Value::Map(map.clone()).to_string(), "map[b:2]");
    map.insert("self", Value::Map(map.clone()));
    assert!(Value::Map(map).to_string().ends_with(']'), "a map that contains itself prints, cut off");
}

#[test]
fn a_value_is_three_words() {
    assert!(size_of::<Value>() <= 24, "{}", size_of::<Value>());
}

proptest! {
    #[test]
    fn durations_read_back(nanos in any::<i64>()) {
        prop_assert_eq!(parse_duration(format_duration(nanos).as_bytes()), Ok(nanos));
    }

    #[test]
    fn times_read_back(secs in -62_135_596_800_i64..253_402_300_799, nanos in 0..1_000_000_000_i64) {
        let time = Time::from_unix(secs, nanos, Zone::Utc);
        prop_assert_eq!(Time::parse_rfc3339(&time.format(RFC3339_NANO.as_bytes())), Ok(time));
    }

    #[test]
    fn nothing_panics(format in any::<String>(), text in any::<String>(), number in any::<f64>(), bytes in any::<Vec<u8>>()) {
        let args = [Value::str(text.clone()), Value::Float(number), Value::Bytes(bytes.clone().into())];
        sprintf(format.as_bytes(), &args);
        let _ = Time::parse(format.as_bytes(), text.as_bytes(), None);
        Time::zero().format(&bytes);
        let _ = compile_regex(text.as_bytes());
        let _ = Value::from_go_json(&bytes);
        let _ = parse_duration(&bytes);
        let _ = decode_base64(&bytes);
    }
}
