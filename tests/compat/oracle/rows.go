package main

import (
	"bytes"
	"encoding/json"
	"os"
)

// Row is one question with its answer. In a file every row is one line.
type Row struct {
	ID       string `json:"id"`
	Category string `json:"category"`
	Input    string `json:"input"`
	// Data names a set of variables in data.json.
	Data string `json:"data"`
	Answer
}

// Answer is what Go says. The order of the fields is their order in the file.
type Answer struct {
	OK bool `json:"ok"`
	// Stage of an error: for expressions "compile" or "run", for templates "parse" or "exec".
	Stage string `json:"stage,omitempty"`
	// Output is the value with the kinds of all that is in it, or the text a template wrote (before its error, too).
	Output *string `json:"output,omitempty"`
	// Type is the value's %T. Absent for templates.
	Type string `json:"type,omitempty"`
	// Display is the value's %v. Absent for templates.
	Display *string `json:"display,omitempty"`
	Err     string  `json:"err,omitempty"`
}

func readRows(path string) ([]Row, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows []Row
	return rows, json.Unmarshal(text, &rows)
}

func writeRows(path string, rows []Row) error {
	var text bytes.Buffer
	text.WriteString("[\n")
	for i, row := range rows {
		line, err := oneLine(row)
		if err != nil {
			return err
		}
		text.Write(line)
		if i+1 < len(rows) {
			text.WriteByte(',')
		}
		text.WriteByte('\n')
	}
	text.WriteString("]\n")
	return os.WriteFile(path, text.Bytes(), 0o644)
}

// oneLine is JSON with <, > and & as they are.
func oneLine(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}
