// Command oracle writes down what Go answers to the rows of tests/compat: expressions to github.com/expr-lang/expr,
// templates to text/template with sprig. Each is given what Argo CD's notifications controller gives it, and run with
// the options that it uses.
//
//	oracle expr|tmpl DATA FILE...    write the answers in the files again
//	oracle expr|tmpl DATA -          answer lines {"input", "data"} from stdin, one line each
//
// DATA is the file with the named sets of variables (data.json).
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// languages maps the first argument to what answers.
var languages = map[string]func(input string, vars map[string]any) Answer{
	"expr": answerExpr,
	"tmpl": answerTmpl,
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 3 || languages[args[0]] == nil {
		return fmt.Errorf("usage: oracle expr|tmpl DATA (FILE... | -)")
	}
	answer := languages[args[0]]
	data, err := readData(args[1])
	if err != nil {
		return err
	}
	if args[2] == "-" {
		return stream(answer, data)
	}
	for _, path := range args[2:] {
		if err := rewrite(path, answer, data); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// rewrite answers each row of a file and writes the file again.
func rewrite(path string, answer func(string, map[string]any) Answer, data Data) error {
	rows, err := readRows(path)
	if err != nil {
		return err
	}
	for i := range rows {
		vars, err := data.variables(rows[i].Data)
		if err != nil {
			return fmt.Errorf("%s: %w", rows[i].ID, err)
		}
		rows[i].Answer = answer(rows[i].Input, vars)
	}
	return writeRows(path, rows)
}

// stream answers line by line, for who makes up rows as it goes.
func stream(answer func(string, map[string]any) Answer, data Data) error {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := bufio.NewWriter(os.Stdout)
	for in.Scan() {
		var row Row
		if err := json.Unmarshal(in.Bytes(), &row); err != nil {
			return err
		}
		vars, err := data.variables(row.Data)
		if err != nil {
			return err
		}
		line, err := oneLine(answer(row.Input, vars))
		if err != nil {
			return err
		}
		out.Write(append(line, '\n'))
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return in.Err()
}
