// The rules' part of the invented backend: keeps triggers, templates and subscriptions in memory, with versions, so that
// saving, conflicts and undo can be seen.
import type {
  AppRow, AppRules, DiffLine, ExplainView, ExportView, FieldProblem, FieldsView, ImportView, Lang, ManifestCheck, MatchView, MessageView, PastView, ReadyRule, RulesView, SubscriptionCheck, SubscriptionForm, SubscriptionState,
  TemplateCheck, TemplateDraft, TemplateForm, TestView, TriggerCheck, TriggerDraft, TriggerForm, TriggerSaved, TryOn,
} from "./bindings";
import {
  checkExpression, checkTemplate, fieldsOf, fill, holds, initialSubscriptions, initialTemplates, initialTriggers, isMeant, matches, message, parts, readyRules,
} from "./fake-data/rule-forms";
import { emptyBlock } from "../forms/template";
import { explained, type Known, standings } from "./fake-data/explain";
import { past } from "./fake-data/past";
import { importView, mistakeOf, rulesText } from "./fake-data/rules";
import { apiError, say } from "./fake-data/say";

interface Kept { templates: TemplateForm[]; triggers: TriggerForm[]; subscriptions: SubscriptionForm[]; text: string }

const version = (value: unknown): string => (value === undefined ? "" : JSON.stringify(value));
const noApp: AppRow | null = null;

export class FakeRules {
  #kept: Kept;
  #before: { kept: Kept; key: string } | null = null;
  readonly #empty: boolean;

  constructor(empty: boolean) {
    this.#empty = empty;
    this.#kept = empty
      ? { templates: [], triggers: [], subscriptions: [], text: "" }
      : { templates: initialTemplates(), triggers: initialTriggers(), subscriptions: initialSubscriptions(), text: rulesText };
  }

  view(lang: Lang): RulesView {
    const { templates, triggers, subscriptions, text } = this.#kept;
    const broken = (form: TriggerForm) => form.conditions.some((one) => checkExpression("", one.when).length > 0);
    const mistake = mistakeOf(lang);
    const wrong = triggers.filter(broken);
    return {
      file: "~/.config/dinghy/notifications.yaml",
      triggers: triggers.map((form) => ({
        name: form.name, description: form.conditions.find((one) => one.description !== "")?.description ?? form.conditions[0]?.when ?? "",
        sends: [...new Set(form.conditions.flatMap((one) => one.send))],
        services: [...new Set(subscriptions.filter((one) => one.triggers.includes(form.name)).flatMap((one) => one.recipients))],
        problem: broken(form) ? mistake : null,
      })),
      templates: templates.map((form) => ({
        name: form.name, kind: form.dingtalk?.msgtype ?? (form.webhooks.length > 0 ? "webhook" : "message"),
        triggers: triggers.filter((one) => one.conditions.some((each) => each.send.includes(form.name))).map((one) => one.name), problem: null,
      })),
      services: this.#empty ? [] : ["platform-oncall", "releases"],
      subscriptions: subscriptions.map((form) => ({ form, triggers: form.triggers })),
      subscriptions_version: version(subscriptions), problems: wrong.length > 0 ? [mistake] : [], text, version: version(this.#kept), undo: this.#before?.key ?? null,
    };
  }

  /** As if another program had changed the file. */
  changeOnDisk(change: (kept: Kept) => void): void {
    change(this.#kept);
    this.#before = null;
  }

  importPreview(lang: Lang, text: string): ImportView {
    return importView(lang, text);
  }
  import(lang: Lang, text: string): void {
    const { added } = importView(lang, text);
    this.#change("notifications.yaml", (kept) => {
      for (const key of added) {
        const [kind, name = ""] = key.split(/\.(.*)/s);
        if (kind === "trigger") kept.triggers.push({ name, conditions: [] });
        if (kind === "template") kept.templates.push({ name, message: "", dingtalk: null, webhooks: [] });
      }
    });
  }
  undo(): void {
    if (this.#before) this.#kept = this.#before.kept;
    this.#before = null;
  }
  remove(lang: Lang, key: string, base: string): void {
    const [kind, name = ""] = key.split(/\.(.*)/s);
    const list = kind === "trigger" ? "triggers" : "templates";
    this.#same(lang, (this.#kept[list] as { name: string }[]).find((one) => one.name === name), base);
    this.#change(key, (kept) => void ((kept[list] as { name: string }[]) = (kept[list] as { name: string }[]).filter((one) => one.name !== name)));
  }

  templateDraft(lang: Lang, name: string): TemplateDraft {
    const form = this.#find(lang, this.#kept.templates, name);
    return { form: structuredClone(form), version: version(form), triggers: [], problem: null };
  }
  templateStart(trigger: TriggerForm): TemplateForm {
    const words = trigger.conditions.find((one) => one.description !== "")?.description ?? (trigger.name.replace(/^on-/, "") || "Something changed");
    const text = "### " + words + "\n\n**{{.app.metadata.name}}** {{.app.status.health.status}}\n";
    return { name: `app-${trigger.name.replace(/^on-/, "") || "message"}`, message: words, dingtalk: { ...emptyBlock(), title: words, text }, webhooks: [] };
  }
  templateCheck(form: TemplateForm, on: TryOn, rows: readonly AppRow[]): TemplateCheck {
    const block = form.dingtalk;
    const problems: FieldProblem[] = [
      ...checkTemplate("message", form.message), ...(block ? [...checkTemplate("title", block.title), ...checkTemplate("text", block.text)] : []),
      ...form.webhooks.flatMap((one, i) => checkTemplate(`webhooks.${i}.body`, one.body)),
    ];
    const row = this.#row(on, rows);
    return { problems, notes: [], message: row && problems.length === 0 ? message(form, row, on.service ?? form.webhooks[0]?.service ?? "platform-oncall") : null };
  }
  templateSave(lang: Lang, form: TemplateForm, base: string): void {
    this.#store(lang, "template", this.#kept.templates, (kept) => kept.templates, form, base);
  }
  templateTest(): TestView {
    return { ok: true, errcode: 0, errmsg: "ok", problem: null, millis: 143 };
  }

  triggerDraft(lang: Lang, name: string): TriggerDraft {
    const form = this.#find(lang, this.#kept.triggers, name);
    return { form: structuredClone(form), version: version(form), problem: null };
  }
  /** What a trigger lacks to send anything. */
  #lacks(lang: Lang, form: TriggerForm, services: readonly string[]): string[] {
    const told = this.#told(form.name);
    return [
      ...(form.conditions.some((one) => one.send.length === 0) ? [say(lang, ["No template is chosen: nothing would be sent.", "没有选择模板：不会发送任何消息。"])] : []),
      ...(told.length + services.length === 0 ? [say(lang, ["No group is chosen: nobody would be told.", "没有选择群：不会通知任何人。"])] : []),
    ];
  }
  #told(trigger: string): string[] {
    return [...new Set(this.#kept.subscriptions.filter((one) => one.triggers.includes(trigger)).flatMap((one) => one.recipients))];
  }
  triggerCheck(lang: Lang, form: TriggerForm, services: readonly string[], on: TryOn, rows: readonly AppRow[]): TriggerCheck {
    const problems = form.conditions.flatMap((one, i) => [...checkExpression(`conditions.${i}.when`, one.when), ...checkExpression(`conditions.${i}.once_per`, one.once_per)]);
    const row = this.#row(on, rows);
    const conditions = row && problems.length === 0
      ? form.conditions.map((one) => {
        const triggered = holds(one.when, row);
        return { triggered, value: String(triggered), error: "", once_per: triggered && one.once_per ? fill(`{{.${one.once_per}}}`, row) : null, parts: parts(one.when, row) };
      })
      : [];
    return { problems, notes: [], lacks: this.#lacks(lang, form, services), conditions };
  }
  triggerMatches(form: TriggerForm, rows: readonly AppRow[]): MatchView {
    return matches(rows, (row) => form.conditions.some((one) => holds(one.when, row)));
  }
  explain(known: Omit<Known, "subscriptions">, form: TriggerForm | string, services: readonly string[], row: AppRow | undefined): ExplainView {
    const found = typeof form === "string" ? this.#find(known.lang, this.#kept.triggers, form) : form;
    if (!row) throw apiError(known.lang, "form", ["There is no such application.", "没有这个应用。"], ["", ""], "app");
    return explained({ ...known, subscriptions: this.#with(found.name, services) }, found, row);
  }
  standings(known: Omit<Known, "subscriptions">, row: AppRow | undefined): AppRules {
    return row ? standings({ ...known, subscriptions: this.#kept.subscriptions }, this.#kept.triggers, row) : { notes: [], rules: [] };
  }
  has(trigger: string): boolean {
    return this.#kept.triggers.some((one) => one.name === trigger);
  }
  /** What the trigger's first template makes of the application. */
  messageOf(trigger: string, service: string, row: AppRow): MessageView | null {
    const sends = this.#kept.triggers.find((one) => one.name === trigger)?.conditions[0]?.send[0];
    const form = this.#kept.templates.find((one) => one.name === sends);
    return form ? message(form, row, service) : null;
  }
  past(form: TriggerForm, services: readonly string[], rows: readonly AppRow[], now: number): PastView {
    return past(form, rows, this.#with(form.name, services).filter((one) => one.triggers.includes(form.name)).flatMap((one) => one.recipients), this.#empty ? null : now);
  }
  /** The subscriptions, and one for groups that are told of a trigger besides. */
  #with(trigger: string, services: readonly string[]): SubscriptionForm[] {
    const others = services.filter((one) => !this.#told(trigger).includes(one));
    return others.length === 0 ? this.#kept.subscriptions : [...this.#kept.subscriptions, { recipients: others, triggers: [trigger], servers: [], projects: [], selector: "" }];
  }
  triggerSave(lang: Lang, form: TriggerForm, base: string, services: readonly string[]): TriggerSaved {
    const subscriptions = this.#with(form.name, services);
    this.#store(lang, "trigger", this.#kept.triggers, (kept) => kept.triggers, form, base, (kept) => void (kept.subscriptions = subscriptions));
    return { told: this.#told(form.name), lacks: this.#lacks(lang, form, []) };
  }
  triggerRename(lang: Lang, name: string, to: string, base: string): void {
    const form = this.#find(lang, this.#kept.triggers, name);
    if (this.has(to)) throw apiError(lang, "form", ["There is one of this name already.", "已有同名的规则。"], ["", ""], "name");
    this.#same(lang, form, base);
    this.#change(`trigger.${to}`, (kept) => {
      for (const one of kept.triggers) if (one.name === name) one.name = to;
      for (const one of kept.subscriptions) one.triggers = one.triggers.map((trigger) => (trigger === name ? to : trigger));
    });
  }

  /** Whether no application can be meant by both, by servers and projects alone. */
  #apart(one: SubscriptionForm, other: SubscriptionForm): boolean {
    const apart = (a: readonly string[], b: readonly string[]) => a.length > 0 && b.length > 0 && !a.some((name) => b.includes(name));
    return apart(one.servers, other.servers) || apart(one.projects, other.projects);
  }
  /** Others that tell the same group of the same trigger. */
  #twice(lang: Lang, form: SubscriptionForm, index: number | null): string[] {
    return this.#kept.subscriptions.flatMap((other, at) => (at === index ? [] : form.recipients.flatMap((to) => form.triggers
      .filter((trigger) => other.recipients.includes(to) && other.triggers.includes(trigger) && !this.#apart(form, other))
      .map((trigger) => say(lang, [`Subscription ${at + 1} tells ${to} of ${trigger} too: it is sent once.`, `订阅 ${at + 1} 也会把 ${trigger} 通知 ${to}：只发送一次。`])))));
  }
  /** Servers and projects that no application is of. */
  #strangers(lang: Lang, form: SubscriptionForm, rows: readonly AppRow[]): string[] {
    const server = form.servers.filter((name) => !rows.some((row) => row.id.server === name)).map((name) => say(lang, [`There is no server ${name}.`, `没有服务器 ${name}。`]));
    return [...server, ...form.projects.filter((name) => !rows.some((row) => row.project === name)).map((name) => say(lang, [`No application is in the project ${name} now.`, `当前没有应用属于项目 ${name}。`]))];
  }
  subscriptionStates(lang: Lang, rows: readonly AppRow[]): SubscriptionState[] {
    return this.#kept.subscriptions.map((form, at) => {
      const matched = rows.filter((row) => isMeant(form, row)).length;
      return { matched, total: rows.length, notes: [...this.#strangers(lang, form, rows), ...(matched === 0 ? [say(lang, ["It matches no application now.", "当前没有匹配的应用。"])] : []), ...this.#twice(lang, form, at)] };
    });
  }
  export(lang: Lang): ExportView {
    return { text: this.#kept.text, notes: [say(lang, ["service.webhook.platform-oncall: the controller cannot sign: give the robot keywords or an IP list instead", "service.webhook.platform-oncall：控制器不会加签：请改用关键词或 IP 白名单"])] };
  }
  subscriptionCheck(lang: Lang, form: SubscriptionForm, index: number | null, rows: readonly AppRow[]): SubscriptionCheck {
    const bad = form.selector.indexOf("(") >= 0 && !form.selector.includes(")");
    return {
      problems: bad ? [{ field: "selector", line: 1, column: form.selector.length + 1, message: "expected `)`" }] : [],
      notes: (form.recipients.length === 0 ? [say(lang, ["Nobody is chosen to be told.", "没有选择通知谁。"])] : []).concat(form.recipients.filter((one) => !["platform-oncall", "releases"].includes(one)).map((one) => `no service is called \`${one}\``), this.#strangers(lang, form, rows), this.#twice(lang, form, index)),
      matches: matches(rows, (row) => !bad && isMeant(form, row)),
    };
  }
  subscriptionSave(lang: Lang, index: number | null, form: SubscriptionForm | null, base: string): void {
    this.#same(lang, this.#kept.subscriptions, base);
    this.#change("subscriptions", ({ subscriptions }) => {
      if (form && index === null) subscriptions.push(structuredClone(form));
      else if (form && index !== null) subscriptions[index] = structuredClone(form);
      else if (index !== null) subscriptions.splice(index, 1);
    });
  }

  manifestCheck(text: string): ManifestCheck {
    const [before, after] = [this.#kept.text.split("\n"), text.split("\n")];
    const diff: DiffLine[] = before.flatMap((line, i) => (line === after[i] ? [] : [{ sign: "-", text: line }, ...(after[i] === undefined ? [] : [{ sign: "+", text: after[i] ?? "" }])]));
    for (const line of after.slice(before.length)) diff.push({ sign: "+", text: line });
    return { problems: [], unreadable: text.includes("\t"), diff };
  }
  manifestSave(lang: Lang, text: string, base: string): void {
    this.#same(lang, this.#kept, base);
    this.#change("notifications.yaml", (kept) => void (kept.text = text));
  }

  ready(lang: Lang): ReadyRule[] {
    return readyRules.map(([trigger, title, about]) => ({ trigger, title: say(lang, title), about: say(lang, about), there: this.#kept.triggers.some((one) => one.name === trigger) }));
  }
  readyAdd(names: readonly string[], services: readonly string[]): void {
    this.#change("notifications.yaml", ({ triggers, subscriptions }) => {
      for (const name of names) if (!triggers.some((one) => one.name === name)) triggers.push({ name, conditions: [] });
      if (services.length > 0) subscriptions.push({ recipients: [...services], triggers: [...names], servers: [], projects: [], selector: "" });
    });
  }

  fields(rows: readonly AppRow[]): FieldsView {
    return fieldsOf(rows);
  }

  #row(on: TryOn, rows: readonly AppRow[]): AppRow | null {
    return rows.find((row) => on.app !== null && row.id.server === on.app.server && row.id.name === on.app.name) ?? noApp;
  }
  #find<F extends { name: string }>(lang: Lang, list: readonly F[], name: string): F {
    const found = list.find((one) => one.name === name);
    if (!found) throw apiError(lang, "form", ["There is no such rule.", "没有这条规则。"]);
    return found;
  }
  #same(lang: Lang, now: unknown, base: string): void {
    if (version(now) !== base) throw apiError(lang, "changed_meanwhile", ["The rules file changed on disk meanwhile.", "规则文件在此期间已被修改。"]);
  }
  #store<F extends { name: string }>(lang: Lang, kind: string, list: readonly F[], of: (kept: Kept) => F[], form: F, base: string, also: (kept: Kept) => void = () => undefined): void {
    const now = list.find((one) => one.name === form.name);
    if (base === "" && now) throw apiError(lang, "form", ["There is one of this name already.", "已有同名的规则。"], ["", ""], "name");
    if (!/^[\w.-]+$/.test(form.name)) throw apiError(lang, "form", ["A name has letters, digits, - and _.", "名称只能包含字母、数字、- 和 _。"], ["", ""], "name");
    if (base !== "") this.#same(lang, now, base);
    this.#change(`${kind}.${form.name}`, (kept) => {
      const rules = of(kept);
      const at = rules.findIndex((one) => one.name === form.name);
      if (at < 0) rules.push(structuredClone(form));
      else rules[at] = structuredClone(form);
      also(kept);
    });
  }
  #change(key: string, change: (kept: Kept) => void): void {
    this.#before = { kept: structuredClone(this.#kept), key };
    change(this.#kept);
  }
}
