package main

import (
	"fmt"
	"strings"

	argostrings "github.com/argoproj/argo-cd/v3/util/notification/expression/strings"
	argotime "github.com/argoproj/argo-cd/v3/util/notification/expression/time"
	"github.com/argoproj/notifications-engine/pkg/api"
	"github.com/argoproj/notifications-engine/pkg/controller"
	"github.com/argoproj/notifications-engine/pkg/services"
	"github.com/argoproj/notifications-engine/pkg/subscriptions"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// Controller does what pkg/controller's processResourceWithAPI does, which is private, with the functions that it
// calls, which are not. It logs nothing, counts no metrics and patches no object in a cluster.
type Controller struct {
	api api.API
	// objects are what the informer keeps, by name.
	objects map[string]*unstructured.Unstructured
	sent    int
}

func newController(manifest string) (*Controller, error) {
	var rules corev1.ConfigMap
	if err := yaml.Unmarshal([]byte(manifest), &rules); err != nil {
		return nil, err
	}
	config, err := api.ParseConfig(&rules, &corev1.Secret{})
	if err != nil {
		return nil, err
	}
	c := &Controller{objects: map[string]*unstructured.Unstructured{}}
	// As Argo CD's own (util/notification/settings), without `repo`, which needs its servers.
	shared := map[string]any{"time": argotime.NewExprs(), "strings": argostrings.NewExprs()}
	engine, err := api.NewAPI(*config, func(object map[string]any, _ services.Destination) map[string]any {
		vars := map[string]any{"app": object, "context": map[string]string{}, "secrets": map[string][]byte{}}
		for name, value := range shared {
			vars[name] = value
		}
		return vars
	})
	if err != nil {
		return nil, err
	}
	engine.AddNotificationService("ops", c)
	c.api = engine
	return c, nil
}

// Send takes a message and does nothing with it.
func (c *Controller) Send(notification services.Notification, _ services.Destination) error {
	if notification.Webhook["ops"].Body == "" {
		return fmt.Errorf("an empty message")
	}
	c.sent++
	return nil
}

// read is what the informer's client does with the text of an event.
func read(text string) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{}
	return object, object.UnmarshalJSON([]byte(text))
}

// process judges an object that changed, remembers what was sent in its annotation, and keeps it.
func (c *Controller) process(object *unstructured.Unstructured) error {
	// In a cluster the annotation comes with the object.
	if known := c.objects[object.GetName()]; known != nil {
		annotations := object.GetAnnotations()
		if state, ok := known.GetAnnotations()[subscriptions.NotifiedAnnotationKey()]; ok {
			annotations[subscriptions.NotifiedAnnotationKey()] = state
			object.SetAnnotations(annotations)
		}
	}
	state := controller.NewStateFromRes(object)
	config := c.api.GetConfig()
	destinations := config.GetGlobalDestinations(object.GetLabels())
	destinations.Merge(subscriptions.NewAnnotations(object.GetAnnotations()).
		GetDestinations(config.DefaultTriggers, config.ServiceDefaultTriggers))
	for trigger, destinations := range destinations.Dedup() {
		results, err := c.api.RunTrigger(trigger, object.Object)
		if err != nil {
			return err
		}
		for _, result := range results {
			for _, to := range destinations {
				changed := state.SetAlreadyNotified(false, "", trigger, result, to, result.Triggered)
				if !changed || !result.Triggered {
					continue
				}
				if err := c.api.Send(object.Object, result.Templates, to); err != nil {
					return err
				}
			}
		}
	}
	annotations, err := state.Persist(object)
	if err != nil {
		return err
	}
	object.SetAnnotations(annotations)
	c.objects[object.GetName()] = object
	return nil
}

// text is an application in a round.
func (scene *Scene) text(app, round int) string {
	words := []string{
		"@NAME@", fmt.Sprintf("app-%05d", app),
		"@PROJECT@", fmt.Sprintf("team-%02d", app%92),
		"@REVISION@", fmt.Sprintf("%040d", round/len(scene.States)),
	}
	for word, value := range scene.States[round%len(scene.States)] {
		words = append(words, word, value)
	}
	return strings.NewReplacer(words...).Replace(scene.App)
}
