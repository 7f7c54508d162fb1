// What the window may ask about rules and their forms. Nothing is decided here: a form is sent as it stands, and Rust
// says what it comes to, with the code that runs for real.
import type {
  ExplainView, FieldsView, ImportView, ManifestCheck, MatchView, ReadyRule, RulesView, SubscriptionCheck, SubscriptionForm, TemplateCheck, TemplateDraft,
  TemplateForm, TestView, TriggerCheck, TriggerDraft, TriggerForm, TryOn,
} from "./bindings";

export interface RulesBackend {
  rules(): Promise<RulesView>;
  rulesImportPreview(text: string): Promise<ImportView>;
  rulesImport(text: string): Promise<void>;
  /** Takes the last change of rules back. */
  rulesUndo(): Promise<void>;
  /** Rules to start with. */
  rulesReady(): Promise<ReadyRule[]>;
  /** Adds some of them, and subscribes `services` to them. */
  rulesReadyAdd(triggers: string[], services: string[]): Promise<void>;
  /** What real applications have, for completion. */
  rulesFields(): Promise<FieldsView>;
  /** Keeps what is typed into a form, so that it outlives the window; null lets it go. */
  unsavedKeep(key: string, form: string | null): Promise<void>;
  unsavedKept(key: string): Promise<string | null>;
  /** Removes `trigger.NAME` or `template.NAME`. `base`, here and below: the version it had when it was opened. */
  ruleRemove(key: string, base: string): Promise<void>;

  templateDraft(name: string): Promise<TemplateDraft>;
  templateCheck(form: TemplateForm, on: TryOn): Promise<TemplateCheck>;
  /** An empty `base` makes a new one. */
  templateSave(form: TemplateForm, base: string): Promise<void>;
  /** Sends the template as it stands in the form. */
  templateTest(form: TemplateForm, on: TryOn): Promise<TestView>;

  triggerDraft(name: string): Promise<TriggerDraft>;
  triggerCheck(form: TriggerForm, on: TryOn): Promise<TriggerCheck>;
  /** Looks at every application: slower than the check. */
  triggerMatches(form: TriggerForm): Promise<MatchView>;
  /** Why it would or would not send for the chosen application, as it stands in the form. */
  triggerExplain(form: TriggerForm, on: TryOn): Promise<ExplainView>;
  triggerSave(form: TriggerForm, base: string): Promise<void>;

  subscriptionCheck(form: SubscriptionForm): Promise<SubscriptionCheck>;
  /** `form` null removes the one at `index`; `index` null adds one. */
  subscriptionSave(index: number | null, form: SubscriptionForm | null, base: string): Promise<void>;

  manifestCheck(text: string): Promise<ManifestCheck>;
  manifestSave(text: string, base: string): Promise<void>;
}
