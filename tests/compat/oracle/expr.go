package main

import (
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr"
)

// answerExpr does what notifications-engine's pkg/triggers does with a `when`.
func answerExpr(input string, vars map[string]any) (answer Answer) {
	// The library turns its own panics into errors; what it lets through is an answer as well.
	defer func() {
		if panicked := recover(); panicked != nil {
			answer = Answer{Stage: "panic", Err: fmt.Sprint(panicked)}
		}
	}()
	program, err := expr.Compile(input)
	if err != nil {
		return Answer{Stage: "compile", Err: err.Error()}
	}
	value, err := expr.Run(program, vars)
	if err != nil {
		return Answer{Stage: "run", Err: err.Error()}
	}
	output, display := typed(reflect.ValueOf(value)), display(value)
	return Answer{OK: true, Output: &output, Type: fmt.Sprintf("%T", value), Display: &display}
}

// display is %v, without the addresses of functions.
func display(value any) string {
	if reflect.ValueOf(value).Kind() == reflect.Func {
		return ""
	}
	return fmt.Sprintf("%v", value)
}

// typed writes a value with its kind and those of all it holds.
func typed(value reflect.Value) string {
	for value.Kind() == reflect.Interface {
		value = value.Elem()
	}
	if !value.IsValid() {
		return "nil"
	}
	switch known := value.Interface().(type) {
	case time.Time:
		return "time:" + known.Format(time.RFC3339Nano)
	case time.Duration:
		return "duration:" + strconv.FormatInt(int64(known), 10)
	case time.Month:
		return "month:" + strconv.Itoa(int(known))
	case time.Weekday:
		return "weekday:" + strconv.Itoa(int(known))
	case []byte:
		return fmt.Sprintf("bytes:%x", known)
	case string:
		return "string:" + strconv.Quote(known)
	}
	switch value.Kind() {
	case reflect.Bool:
		return fmt.Sprintf("bool:%v", value)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return fmt.Sprintf("int:%v", value)
	case reflect.Float32, reflect.Float64:
		return fmt.Sprintf("float:%v", value)
	case reflect.Slice, reflect.Array:
		items := make([]string, value.Len())
		for i := range items {
			items[i] = typed(value.Index(i))
		}
		return "[" + strings.Join(items, ",") + "]"
	case reflect.Map:
		return typedMap(value)
	case reflect.Func:
		return value.Type().String()
	}
	return fmt.Sprintf("%T:%v", value.Interface(), value.Interface())
}

func typedMap(value reflect.Value) string {
	entries := make([]string, 0, value.Len())
	for _, key := range value.MapKeys() {
		for key.Kind() == reflect.Interface && !key.IsNil() {
			key = key.Elem()
		}
		name := typed(key)
		if key.Kind() == reflect.String {
			name = key.String()
		}
		entries = append(entries, name+"="+typed(value.MapIndex(key)))
	}
	sort.Strings(entries)
	return "{" + strings.Join(entries, ",") + "}"
}
