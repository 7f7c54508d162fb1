package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"

	argostrings "github.com/argoproj/argo-cd/v3/util/notification/expression/strings"
	argotime "github.com/argoproj/argo-cd/v3/util/notification/expression/time"
	giturls "github.com/chainguard-dev/git-urls"
)

// Data holds the sets of variables by name, as JSON.
type Data map[string]map[string]json.RawMessage

func readData(path string) (Data, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var data Data
	return data, json.Unmarshal(text, &data)
}

// variables are those of one set as the controller hands them over, with nothing shared between two calls.
func (data Data) variables(set string) (map[string]any, error) {
	named, ok := data[set]
	if !ok {
		return nil, fmt.Errorf("no data set %q", set)
	}
	vars := map[string]any{"time": argotime.NewExprs(), "strings": argostrings.NewExprs(), "repo": repo()}
	for name, text := range named {
		var err error
		switch name {
		case "context":
			vars[name], err = decode[map[string]string](text)
		case "secrets":
			var words map[string]string
			words, err = decode[map[string]string](text)
			secrets := map[string][]byte{}
			for key, word := range words {
				secrets[key] = []byte(word)
			}
			vars[name] = secrets
		default:
			vars[name], err = decode[any](text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return vars, nil
}

func decode[T any](text []byte) (T, error) {
	var value T
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return value, err
	}
	if converted, ok := numbers(value).(T); ok {
		return converted, nil
	}
	return value, nil
}

// numbers makes int64 of what fits and float64 of the rest, as apimachinery does for unstructured objects.
func numbers(value any) any {
	switch value := value.(type) {
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return whole
		}
		float, _ := value.Float64()
		return float
	case []any:
		for i := range value {
			value[i] = numbers(value[i])
		}
	case map[string]any:
		for key := range value {
			value[key] = numbers(value[key])
		}
	}
	return value
}

// repo is what can be said of Argo CD's functions of that name without a server. The original cannot be imported: it
// pulls in the API server's clients and with them Kubernetes. These bodies do what it does with the same library.
func repo() map[string]any {
	parse := func(raw string) *url.URL {
		parsed, err := giturls.Parse(raw)
		if err != nil {
			panic(err)
		}
		return parsed
	}
	return map[string]any{
		"RepoURLToHTTPS": func(raw string) string {
			parsed := parse(raw)
			parsed.Scheme = "https"
			parsed.User = nil
			return parsed.String()
		},
		"FullNameByRepoURL": func(raw string) string {
			path := strings.TrimSuffix(parse(raw).Path, ".git")
			parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
			if len(parts) >= 2 {
				return strings.Join(parts[:2], "/")
			}
			return path
		},
		"QueryEscape": url.QueryEscape,
	}
}
