//! What would take Go's process down, or a long time, is an error here, on the stack of an ordinary thread.

use dinghy_gotmpl::parse;
use dinghy_govalue::{Time, Value};

/// Parses and renders in a thread with 2 MiB of stack, the size that async runtimes give their workers.
fn run(source: String) -> Result<usize, String> {
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    let work = move || {
        let data =
            Value::from_json_str(r#"{"list": [1, 2, 3], "s": "text", "m": {"a": {"b": 1}}}"#).expect("data");
        let template = parse("t", &source).map_err(|error| error.to_string())?;
        template.paths();
        let out = template.render(&data, &Time::zero());
        assert_eq!(
            data.to_string(),
            "map[list:[1 2 3] m:map[a:map[b:1]] s:text]",
            "the caller's data changed"
        );
        out.map(|bytes| bytes.len()).map_err(|error| error.to_string())
    };
    thread.spawn(work).expect("a thread").join().expect("no panic")
}

fn fails(source: impl Into<String>, message: &str) {
    let source = source.into();
    let shown: String = source.chars().take(120).collect();
    match run(source) {
        Ok(len) => panic!("{shown}: rendered {len} bytes"),
        Err(error) => assert!(error.contains(message), "{shown}: {error}"),
    }
}

fn renders(source: impl Into<String>, len: usize) {
    let source = source.into();
    let shown: String = source.chars().take(120).collect();
    assert_eq!(run(source), Ok(len), "{shown}");
}

#[test]
fn nesting_in_the_source() {
    let nested = |open: &str, close: &str, n: usize| format!("{}{}", open.repeat(n), close.repeat(n));
    fails(format!("{{{{{}1{}}}}}", "(".repeat(9000), ")".repeat(9000)), "max expression depth exceeded");
    renders(format!("{{{{{}1{}}}}}", "(".repeat(99), ")".repeat(99)), 1);
    renders(format!("{{{{{}1{}}}}}", "(print ".repeat(99), ")".repeat(99)), 1);
    fails(nested("{{if true}}", "{{end}}", 9000), "actions nest deeper than 100 levels");
    renders(nested("{{if true}}", "{{end}}", 99), 0);
    renders(nested("{{with $.m}}{{range $.m}}", "{{end}}{{end}}", 49), 0);
    fails(nested("{{block \"b\" .}}", "{{end}}", 9000), "actions nest deeper than 100 levels");
}

#[test]
fn length_of_the_source() {
    renders(format!("{{{{if false}}}}{}{{{{end}}}}", "{{else if false}}x".repeat(20_000)), 0);
    renders(format!("{{{{1{}}}}}", " | print".repeat(20_000)), 1);
    renders(format!("{{{{.m{}}}}}", ".x".repeat(20_000)), "<no value>".len());
    renders(
        format!("{{{{$d := dict}}}}{{{{$e := set $d \"x\" $d}}}}{{{{len $d{}}}}}", ".x".repeat(20_000)),
        1,
    );
}

#[test]
fn recursion() {
    fails("{{template \"t\"}}", "exceeded maximum template depth");
    fails(
        "{{define \"r\"}}{{if true}}{{with .}}{{range .}}{{template \"r\" $}}{{end}}{{end}}{{end}}{{end}}{{template \"r\" .list}}",
        "exceeded maximum template depth",
    );
    let parentheses = format!("{}1{}", "(".repeat(90), ")".repeat(90));
    fails(
        format!(
            "{{{{define \"r\"}}}}{{{{$x := {parentheses}}}}}{{{{template \"r\"}}}}{{{{end}}}}{{{{template \"r\"}}}}"
        ),
        "exceeded maximum template depth",
    );
}

#[test]
fn long_loops() {
    fails("{{range 1000000000000}}{{end}}", "steps");
    fails("{{range 3000}}{{range 3000}}{{end}}{{end}}", "steps");
    fails("{{until 1000000000000 | len}}", "list longer than");
    fails("{{untilStep 0 9223372036854775807 1 | len}}", "list longer than");
    fails("{{seq 1 1 9223372036854775806}}", "list longer than");
    renders("{{untilStep -9223372036854775808 9223372036854775807 9223372036854775807 | len}}", 1);
    fails(
        "{{define \"f\"}}{{template \"g\"}}{{template \"g\"}}{{end}}{{define \"g\"}}{{range 2000}}{{range 2000}}{{end}}{{end}}{{end}}{{template \"f\"}}",
        "steps",
    );
}

#[test]
fn large_results() {
    let doubling = "{{$s := \"0123456789\"}}{{range 60}}{{$s = print $s $s}}{{end}}{{len $s}}";
    fails(doubling, "string longer than");
    fails("{{repeat 1000000000 \"x\"}}", "string longer than");
    renders("{{repeat 9223372036854775807 \"\"}}", 0);
    fails("{{repeat 10000000 \"x\" | replace \"x\" (repeat 1000 \"y\")}}", "string longer than");
    fails("{{repeat 1000000 \"x\" | replace \"\" (repeat 1000 \"y\")}}", "string longer than");
    fails("{{regexReplaceAll \"x\" (repeat 1000 \"x\") (repeat 100000 \"y\")}}", "string longer than");
    fails("{{indent 1000000 (repeat 1000000 \"\\n\")}}", "string longer than");
    fails("{{randAlpha 1000000000}}", "string longer than");
    fails("{{range 2000}}{{repeat 100000 \"x\"}}{{end}}", "output longer than");
    fails(
        "{{$l := list}}{{range 100000}}{{$l = append $l (repeat 1000000 \"x\")}}{{end}}",
        "bytes of values",
    );
    fails(
        "{{$l := list}}{{$s := repeat 1000000 \"x\"}}{{range 1000}}{{$l = append $l $s}}{{end}}{{$l}}",
        "value is too large",
    );
    fails("{{printf (repeat 10000 \"%[1]s\") (repeat 1000000 \"x\")}}", "string longer than");
    fails("{{printf (repeat 10000 \"%900000d\") 1}}", "string longer than");
    fails("{{printf (repeat 10000 \"%*d\") 900000 1}}", "string longer than");
    fails("{{range $i := until 100000}}{{regexMatch (printf \"%d\" $i) \"x\"}}{{end}}", "steps");
    fails("{{printf \"%[1]s%[1]s%[1]s%[1]s%[1]s%[1]s\" (repeat 9000000 \"x\")}}", "string longer than");
}

#[test]
fn nested_values() {
    let deep = "{{$l := list}}{{range 100000}}{{$l = list $l}}{{end}}";
    fails(deep, "nests deeper than");
    fails("{{$d := dict}}{{range 100000}}{{$d = dict \"a\" $d}}{{end}}", "nests deeper than");
    // A chain of maps that each hold the next one is never deep in any single call.
    let chain = "{{$root := dict}}{{$d := $root}}{{range 20000}}{{$n := dict}}{{$x := set $d \"n\" $n}}{{$d = $n}}{{end}}";
    renders(chain, 0);
    fails(format!("{chain}{{{{$root}}}}"), "nests deeper than");
    fails(format!("{chain}{{{{toJson $root}}}}"), "nests deeper than");
    fails(format!("{chain}{{{{deepCopy $root}}}}"), "nests deeper than");
    fails(format!("{chain}{{{{deepEqual $root (dict)}}}}"), "nests deeper than");
    // Thirty doublings unfold to a billion values.
    let wide = "{{$l := list 1}}{{range 30}}{{$l = list $l $l}}{{end}}";
    for use_of in
        ["$l", "toJson $l", "printf \"%v\" $l", "deepCopy $l", "quote $l", "join \"\" $l", "uniq $l"]
    {
        fails(format!("{wide}{{{{{use_of}}}}}"), "value is too large");
    }
}

#[test]
fn values_that_hold_themselves() {
    let cycle = "{{$d := dict}}{{$x := set $d \"self\" $d}}";
    renders(cycle, 0);
    for use_of in
        ["$d", "toJson $d", "deepCopy $d", "merge (dict) $d", "eq $d $d", "range $k, $v := $d}}{{$v"]
    {
        let end = if use_of.starts_with("range") { "{{end}}" } else { "" };
        let expected = "executing \"t\"";
        fails(format!("{cycle}{{{{{use_of}}}}}{end}"), expected);
    }
}

#[test]
fn data_is_not_changed() {
    renders("{{$x := set .m \"new\" 1}}{{.m.new}}{{$x = unset .m \"a\"}}{{len .m}}", 2);
    renders("{{$x := mergeOverwrite .m (dict \"a\" (dict \"b\" 2))}}{{.m.a.b}}", 1);
}
