// The three lists of rules.
export { default as SubscriptionList } from "./SubscriptionList.svelte";
export { default as TemplateList } from "./TemplateList.svelte";
export { default as TriggerList } from "./TriggerList.svelte";
