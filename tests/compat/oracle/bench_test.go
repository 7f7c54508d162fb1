package main

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/expr-lang/expr"
)

// What `cargo xtask bench languages` has measured: BENCH_CASES is tests/compat/bench.json, BENCH_DATA holds the
// variables `small` and `large`.
type benchCase struct {
	Name   string `json:"name"`
	Source string `json:"source"`
}

func benchCases(b *testing.B, language string) []benchCase {
	text, err := os.ReadFile(os.Getenv("BENCH_CASES"))
	if err != nil {
		b.Skip("BENCH_CASES: ", err)
	}
	var cases map[string][]benchCase
	if err := json.Unmarshal(text, &cases); err != nil {
		b.Fatal(err)
	}
	return cases[language]
}

func benchVariables(b *testing.B, set string) map[string]any {
	data, err := readData(os.Getenv("BENCH_DATA"))
	if err != nil {
		b.Fatal(err)
	}
	vars, err := data.variables(set)
	if err != nil {
		b.Fatal(err)
	}
	return vars
}

func BenchmarkExprRun(b *testing.B) {
	for _, size := range []string{"small", "large"} {
		for _, c := range benchCases(b, "expr") {
			program, err := expr.Compile(c.Source)
			if err != nil {
				b.Fatal(err)
			}
			vars := benchVariables(b, size)
			b.Run(size+"/"+c.Name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := expr.Run(program, vars); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkExprCompile(b *testing.B) {
	for _, c := range benchCases(b, "expr") {
		b.Run("compile/"+c.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := expr.Compile(c.Source); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
