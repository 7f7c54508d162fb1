//! `repo.GetAppDetails()` as rules see it: Argo CD's `util/notification/expression/shared/appdetail.go`.

use std::sync::Arc;

use dinghy_govalue::{Object, Value};
use dinghy_model::{HelmDetails, SourceDetails};

use crate::facts::list;
use crate::subject::{field, text};

/// The struct. `source` is the application's, whose own parameters go before the chart's.
pub(crate) fn value(details: SourceDetails, source: &Value) -> Value {
    let overrides = list(&field(&field(source, "helm"), "parameters"));
    let pair = |item: &Value| Some((text(item, "name")?, text(item, "value").unwrap_or_default()));
    let overrides = overrides.iter().filter_map(pair).collect();
    let helm = details.helm.map(|helm| Value::Object(Arc::new(Helm { helm, overrides })));
    let strings = |all: Vec<String>| Value::list(all.into_iter().map(Value::from).collect());
    let kustomize = details.kustomize.map(|found| {
        let fields = vec![("Images", strings(found.images))];
        Value::Object(Arc::new(Plain { name: "*apiclient.KustomizeAppSpec", fields }))
    });
    let directory = details
        .directory
        .map(|_| Value::Object(Arc::new(Plain { name: "*apiclient.DirectoryAppSpec", fields: Vec::new() })));
    let fields = vec![
        ("Type", Value::from(details.kind)),
        ("Helm", helm.unwrap_or_default()),
        ("Kustomize", kustomize.unwrap_or_default()),
        ("Directory", directory.unwrap_or_default()),
    ];
    Value::Object(Arc::new(Plain { name: "shared.AppDetail", fields }))
}

/// A struct with fields alone.
struct Plain {
    name: &'static str,
    fields: Vec<(&'static str, Value)>,
}

impl Object for Plain {
    fn type_name(&self) -> &str {
        self.name
    }

    fn fields(&self) -> Vec<(&str, Value)> {
        self.fields.clone()
    }
}

struct Helm {
    helm: HelmDetails,
    /// Name and value, as the application sets them.
    overrides: Vec<(String, String)>,
}

impl Helm {
    fn parameter(&self, name: &str) -> &str {
        let own = self.overrides.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        let chart = || self.helm.parameters.iter().find(|known| known.name == name).map(|known| &known.value);
        own.or_else(chart).map_or("", String::as_str)
    }

    fn file(&self, name: &str) -> &str {
        self.helm.file_parameters.iter().find(|known| known.name == name).map_or("", |known| &known.path)
    }
}

impl Object for Helm {
    fn type_name(&self) -> &'static str {
        "*shared.CustomHelmAppSpec"
    }

    fn fields(&self) -> Vec<(&str, Value)> {
        let HelmDetails { name, value_files, parameters, values, file_parameters } = &self.helm;
        let text = |text: &str| Value::from(text);
        let parameters = parameters.iter().map(|one| {
            Value::map([
                ("ForceString", Value::Bool(one.force_string)),
                ("Name", text(&one.name)),
                ("Value", text(&one.value)),
            ])
        });
        let files = file_parameters
            .iter()
            .map(|one| Value::map([("Name", text(&one.name)), ("Path", text(&one.path))]));
        vec![
            ("Name", text(name)),
            ("ValueFiles", Value::list(value_files.iter().map(|one| text(one)).collect())),
            ("Parameters", Value::list(parameters.collect())),
            ("Values", text(values)),
            ("FileParameters", Value::list(files.collect())),
        ]
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "GetParameterValueByName" | "GetFileParameterPathByName")
    }

    fn method_signature(&self, name: &str) -> Option<&str> {
        self.has_method(name).then_some("func(string) string")
    }

    fn call(&self, name: &str, args: &[Value]) -> Option<Result<Value, String>> {
        let find = match name {
            "GetParameterValueByName" => Self::parameter,
            "GetFileParameterPathByName" => Self::file,
            _ => return None,
        };
        Some(match args {
            [Value::Str(wanted)] => Ok(Value::from(find(self, &wanted.to_str_lossy()))),
            [Value::Nil] => Ok(Value::from(find(self, ""))),
            [other] => Err(format!("reflect: Call using {} as type string", other.type_name())),
            _ => Err("reflect: Call with the wrong number of input arguments".to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use dinghy_model::{DirectoryDetails, HelmFile, HelmParameter};

    use super::*;

    fn check(text: &str, details: &SourceDetails, expected: &str) {
        let source = Value::from_json_str(
            r#"{"helm": {"parameters": [{"name": "image.tag", "value": "v2"}, {"name": "own"}]}}"#,
        );
        let data = Value::map([("d", value(details.clone(), &source.expect("JSON")))]);
        let template = dinghy_gotmpl::parse("t", text).expect(text);
        let made = template.render(&data, &dinghy_govalue::Time::zero());
        let made = made.map_or_else(|error| error.message, |bytes| String::from_utf8(bytes).expect("text"));
        assert_eq!(made, expected, "{text}");
    }

    #[test]
    fn fields_and_methods_as_argo_cd_has_them() {
        let parameter = |name: &str, value: &str| HelmParameter {
            name: name.to_owned(),
            value: value.to_owned(),
            force_string: false,
        };
        let helm = HelmDetails {
            name: "web".to_owned(),
            value_files: vec!["values-prod.yaml".to_owned()],
            parameters: vec![parameter("image.tag", "v1"), parameter("replicas", "3")],
            values: "a: 1".to_owned(),
            file_parameters: vec![HelmFile { name: "conf".to_owned(), path: "files/conf".to_owned() }],
        };
        let chart = SourceDetails { kind: "Helm".to_owned(), helm: Some(helm), ..SourceDetails::default() };
        for (text, expected) in [
            (
                "{{.d.Type}} {{.d.Helm.Name}} {{.d.Helm.Values}} {{index .d.Helm.ValueFiles 0}}",
                "Helm web a: 1 values-prod.yaml",
            ),
            (r#"{{.d.Helm.GetParameterValueByName "image.tag"}}"#, "v2"),
            (r#"{{.d.Helm.GetParameterValueByName "replicas"}}"#, "3"),
            (r#"{{.d.Helm.GetParameterValueByName "none"}}|"#, "|"),
            (r#"{{.d.Helm.GetFileParameterPathByName "conf"}}"#, "files/conf"),
            ("{{range .d.Helm.Parameters}}{{.Name}}={{.Value}} {{end}}", "image.tag=v1 replicas=3 "),
            ("{{if .d.Kustomize}}yes{{else}}no{{end}}", "no"),
        ] {
            check(text, &chart, expected);
        }
        let plain = SourceDetails {
            kind: "Directory".to_owned(),
            directory: Some(DirectoryDetails {}),
            ..SourceDetails::default()
        };
        check("{{if .d.Directory}}files{{end}} {{if not .d.Helm}}no chart{{end}}", &plain, "files no chart");
    }
}
