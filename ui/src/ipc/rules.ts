// What the window may ask about rules and their forms. Nothing is decided here: a form is sent as it stands, and Rust
// says what it comes to, with the code that runs for real.
import type {
  ExplainView, Exported, ExportView, FieldsView, ImportView, ManifestCheck, MatchView, PastView, ReadyRule, RulesView, SubscriptionCheck, SubscriptionForm, SubscriptionState, TemplateCheck, TemplateDraft,
  TemplateForm, TestView, TriggerCheck, TriggerDraft, TriggerForm, TriggerSaved, TryOn,
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
  /** The rules as the cluster's own controller takes them, and what is other there. */
  rulesExport(): Promise<ExportView>;
  /** Writes them into a new file in the downloads folder. */
  rulesExportSave(): Promise<Exported>;
  /** What real applications have, for completion. */
  rulesFields(): Promise<FieldsView>;
  /** Keeps what is typed into a form, so that it outlives the window; null lets it go. */
  unsavedKeep(key: string, form: string | null): Promise<void>;
  unsavedKept(key: string): Promise<string | null>;
  /** Removes `trigger.NAME` or `template.NAME`. `base`, here and below: the version it had when it was opened. */
  ruleRemove(key: string, base: string): Promise<void>;

  templateDraft(name: string): Promise<TemplateDraft>;
  /** What a new one says to begin with, for a trigger that is being typed. */
  templateStart(trigger: TriggerForm): Promise<TemplateForm>;
  templateCheck(form: TemplateForm, on: TryOn): Promise<TemplateCheck>;
  /** An empty `base` makes a new one. */
  templateSave(form: TemplateForm, base: string): Promise<void>;
  /** Sends the template as it stands in the form. */
  templateTest(form: TemplateForm, on: TryOn): Promise<TestView>;

  triggerDraft(name: string): Promise<TriggerDraft>;
  /** `services`: those that saving it would subscribe. */
  triggerCheck(form: TriggerForm, services: string[], on: TryOn): Promise<TriggerCheck>;
  /** Looks at every application: slower than the check. */
  triggerMatches(form: TriggerForm): Promise<MatchView>;
  /** Why it would or would not send for the chosen application, as it stands in the form. */
  triggerExplain(form: TriggerForm, services: string[], on: TryOn): Promise<ExplainView>;
  /** What it would have sent over the last seven days. `zoneMinutes`: how far local time is ahead of UTC. */
  triggerPast(form: TriggerForm, services: string[], zoneMinutes: number): Promise<PastView>;
  /** Saves it and subscribes `services` to it, in one change. */
  triggerSave(form: TriggerForm, base: string, services: string[]): Promise<TriggerSaved>;
  /** Gives it another name, in all that names it, in one change. */
  triggerRename(name: string, to: string, base: string): Promise<void>;

  /** `index`: its place in the file; null: a new one. */
  subscriptionCheck(form: SubscriptionForm, index: number | null): Promise<SubscriptionCheck>;
  /** What there is to say about each subscription of the file. Looks at every application. */
  subscriptionStates(): Promise<SubscriptionState[]>;
  /** `form` null removes the one at `index`; `index` null adds one. */
  subscriptionSave(index: number | null, form: SubscriptionForm | null, base: string): Promise<void>;

  manifestCheck(text: string): Promise<ManifestCheck>;
  manifestSave(text: string, base: string): Promise<void>;
}
