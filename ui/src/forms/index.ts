// The forms of rules, in one piece that is loaded when the first of them is opened.
export { default as FileForm } from "./FileForm.svelte";
export { default as SubscriptionForm } from "./SubscriptionForm.svelte";
export { default as TemplateForm } from "./TemplateForm.svelte";
export { default as TriggerForm } from "./TriggerForm.svelte";
