package main

import (
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// answerTmpl does what notifications-engine does with each text of a template.
func answerTmpl(input string, vars map[string]any) Answer {
	functions := sprig.TxtFuncMap()
	delete(functions, "env")
	delete(functions, "expandenv")
	parsed, err := template.New("t").Funcs(functions).Parse(input)
	if err != nil {
		nothing := ""
		return Answer{Stage: "parse", Output: &nothing, Err: err.Error()}
	}
	var text strings.Builder
	err = parsed.Execute(&text, vars)
	output := text.String()
	if err != nil {
		return Answer{Stage: "exec", Output: &output, Err: err.Error()}
	}
	return Answer{OK: true, Output: &output}
}
