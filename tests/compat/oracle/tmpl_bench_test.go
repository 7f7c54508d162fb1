package main

import (
	"io"
	"testing"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

func benchTemplate(b *testing.B, source string) *template.Template {
	parsed, err := template.New("t").Funcs(sprig.TxtFuncMap()).Parse(source)
	if err != nil {
		b.Fatal(err)
	}
	return parsed
}

func BenchmarkTmplRun(b *testing.B) {
	for _, c := range benchCases(b, "tmpl") {
		parsed := benchTemplate(b, c.Source)
		vars := benchVariables(b, "small")
		b.Run("small/"+c.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := parsed.Execute(io.Discard, vars); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The functions are registered once and each parse replaces the one before, so that only parsing is measured.
func BenchmarkTmplCompile(b *testing.B) {
	for _, c := range benchCases(b, "tmpl") {
		base := template.New("t").Funcs(sprig.TxtFuncMap())
		b.Run("compile/"+c.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := base.Parse(c.Source); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
