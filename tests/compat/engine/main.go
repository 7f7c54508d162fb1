// Command engine measures what Argo CD's notifications controller does with applications that change, through
// notifications-engine's own API: `cargo xtask bench engine` sets its figures beside Dinghy's.
//
//	engine SCENE    one line of JSON for each set of rules and each number of applications
//
// SCENE is the file that xtask writes: one application as text, the states that it goes through, the rules.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/sirupsen/logrus"
)

// Scene is what both sides read.
type Scene struct {
	// App is the text of an application with @NAME@, @PROJECT@, @REVISION@ and the words of States in it.
	App string `json:"app"`
	// States are what an application goes through, again and again: word in the text, word in its place.
	States []map[string]string `json:"states"`
	// Rules are manifests by name.
	Rules map[string]string `json:"rules"`
	Sizes []int             `json:"sizes"`
	// Rounds are how often each application changes, a multiple of the number of states.
	Rounds int `json:"rounds"`
	// Changes are measured for each size, at least.
	Changes int `json:"changes"`
}

// Figure is one line of the output.
type Figure struct {
	Rules        string  `json:"rules"`
	Applications int     `json:"applications"`
	Changes      int     `json:"changes"`
	Sent         int     `json:"sent"`
	Micros       float64 `json:"micros"`
	// Judging is Micros without reading the text.
	Judging float64 `json:"judging"`
	// Bytes are kept for each application.
	Bytes float64 `json:"bytes"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "engine:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: engine SCENE")
	}
	logrus.SetOutput(io.Discard)
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var scene Scene
	if err := json.Unmarshal(text, &scene); err != nil {
		return err
	}
	for _, rules := range []string{"catalog", "hundred"} {
		for _, size := range scene.Sizes {
			figure, err := measure(&scene, rules, size)
			if err != nil {
				return err
			}
			line, err := json.Marshal(figure)
			if err != nil {
				return err
			}
			fmt.Println(string(line))
		}
	}
	return nil
}

// measure lets every application go through its states in turn, and begins anew until there are enough changes. The
// first round of each time is for getting to know them.
func measure(scene *Scene, rules string, size int) (*Figure, error) {
	figure := Figure{Rules: rules, Applications: size}
	all := make([][]time.Duration, len(scene.States))
	judging := make([][]time.Duration, len(scene.States))
	for figure.Changes < scene.Changes {
		before := heap()
		controller, err := newController(scene.Rules[rules])
		if err != nil {
			return nil, err
		}
		for round := range scene.Rounds + 1 {
			for app := range size {
				text := scene.text(app, round)
				start := time.Now()
				object, err := read(text)
				if err != nil {
					return nil, err
				}
				isRead := time.Now()
				if err := controller.process(object); err != nil {
					return nil, err
				}
				end := time.Now()
				if round > 0 {
					state := round % len(scene.States)
					all[state] = append(all[state], end.Sub(start))
					judging[state] = append(judging[state], end.Sub(isRead))
				}
			}
			if round == 0 {
				controller.sent = 0
			}
		}
		figure.Changes += scene.Rounds * size
		figure.Sent += controller.sent
		figure.Bytes = float64(heap()-before) / float64(size)
		runtime.KeepAlive(controller)
	}
	figure.Micros, figure.Judging = middle(all), middle(judging)
	return &figure, nil
}

// middle is the mean of the medians of all states: not all cost the same, and what the machine does meanwhile is not
// counted.
func middle(states [][]time.Duration) float64 {
	sum := 0.0
	for _, times := range states {
		slices.Sort(times)
		sum += float64(times[len(times)/2].Nanoseconds()) / 1000
	}
	return sum / float64(len(states))
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
