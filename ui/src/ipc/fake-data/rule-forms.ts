// Invented rules as forms, and a rough idea of what Rust would say of them: enough to see every part of the forms work.
import type {
  AppRow, ConditionForm, FieldProblem, FieldsView, MatchView, MessageView, SubscriptionForm, TemplateForm, TriggerForm,
} from "../bindings";
import type { Said } from "./say";

const block = { msgtype: "markdown", title: "", text: "", message_url: "", pic_url: "", single_title: "", single_url: "", buttons: [], horizontal: false, mention: [], at_all: false };
const condition: ConditionForm = { when: "", description: "", once_per: "", hold_for: "", send: [], resolved: [], origin: 0 };

export const initialTemplates = (): TemplateForm[] => [
  {
    name: "app-deployed", message: "{{.app.metadata.name}} 已部署", dingtalk: null,
    webhooks: [{ service: "releases", method: "POST", path: "", body: '{"msgtype": "text", "text": {"content": "{{.app.metadata.name}} 已部署 {{.app.status.sync.revision}}"}}\n' }],
  },
  {
    name: "app-health-degraded", message: "", webhooks: [],
    dingtalk: {
      ...block, title: "{{.app.metadata.name}} 降级",
      text: "### {{.app.metadata.name}} is degraded\n> {{.app.status.health.message}}\n\n- **Server** {{.app.spec.destination.name}}\n- **Project** {{.app.spec.project}}\n\n[Open in Argo CD](https://argocd.example.com/applications/{{.app.metadata.name}})\n",
    },
  },
];

export const initialTriggers = (): TriggerForm[] => [
  { name: "on-deployed", conditions: [{ ...condition, when: "app.status.operationState.phase in ['Succeeded'] and app.status.health.status == 'Healthy'", once_per: "app.status.sync.revision", send: ["app-deployed"] }] },
  { name: "on-health-degraded", conditions: [{ ...condition, description: "An application does not work", when: "app.status.health.status = 'Degraded'", send: ["app-health-degraded"] }] },
];

export const initialSubscriptions = (): SubscriptionForm[] => [{ recipients: ["releases", "platform-oncall"], triggers: ["on-deployed", "on-health-degraded"], servers: [], projects: [], selector: "" }];

/** Rules to start with: name, title, when. */
export const readyRules: readonly (readonly [string, Said, Said])[] = [
  ["on-health-degraded", ["Degraded", "运行异常"], ["An application stops working: its health becomes Degraded.", "应用出现异常：健康状态变为降级。"]],
  ["on-sync-failed", ["Sync failed", "同步失败"], ["A sync fails; once for each attempt.", "同步失败，每次尝试通知一次。"]],
  ["on-deployed", ["Deployed", "发布完成"], ["A sync has succeeded and the application is healthy; once for each sync.", "同步成功且应用健康，每次同步通知一次。"]],
];

/** An application as Argo CD would have it, as far as the invented rules look. */
function app(row: AppRow): Record<string, unknown> {
  return {
    metadata: { name: row.id.name, namespace: row.id.namespace, labels: { team: row.project } },
    spec: { project: row.project, destination: { name: row.id.server } },
    status: {
      health: { status: row.health, message: row.health_message }, sync: { status: row.sync, revision: row.revision },
      operationState: row.operation ? { phase: row.operation.phase, message: row.operation.message } : undefined,
    },
  };
}

/** Whether past states have this path. */
export const kept = (path: string): boolean => !path.startsWith("app.status.resources") && !path.startsWith("app.status.history");

function value(row: AppRow, path: string): unknown {
  return path.split(".").slice(1).reduce<unknown>((at, name) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[name] : undefined), app(row));
}

const place = (text: string, at: number) => ({ line: text.slice(0, at).split("\n").length, column: at - text.lastIndexOf("\n", at - 1) });

/** A single `=`, and brackets that do not close. */
export function checkExpression(field: string, text: string): FieldProblem[] {
  const single = /(?<![=!<>])=(?!=)/.exec(text);
  if (single) return [{ field, ...place(text, single.index), message: "unexpected token Operator(\"=\"). To compare, write ==." }];
  const open = text.split("(").length - text.split(")").length;
  return open > 0 ? [{ field, ...place(text, text.length), message: "unexpected token EOF. Something is missing at the end." }] : [];
}

/** `{{` without an end, and an empty action. */
export function checkTemplate(field: string, text: string): FieldProblem[] {
  const wrong = /\{\{(?![^{}]*\}\})|\{\{\s*\}\}/.exec(text);
  return wrong ? [{ field, ...place(text, wrong.index), message: wrong[0].endsWith("}}") ? "missing value for command" : "unclosed action" }] : [];
}

export const fill = (text: string, row: AppRow): string =>
  text.replace(/\{\{-?\s*\.(app[\w.]*)[^}]*\}\}/g, (_, path: string) => String(value(row, path) ?? "<no value>"));

/** Whether the invented condition holds: every `path == 'word'` in it does, and every `path in ['word']`. */
export function holds(text: string, row: AppRow): boolean {
  const parts = [...text.matchAll(/(app[\w.?]*)\s*(?:==\s*'([^']*)'|in\s*\[\s*'([^']*)'\s*\])/g)];
  return parts.length > 0 && parts.every(([, path = "", equal, within]) => value(row, path.replaceAll("?", "")) === (equal ?? within));
}

export const parts = (text: string, row: AppRow) =>
  [...new Set([...text.matchAll(/app(?:\??\.\w+)+/g)].map(([path]) => path.replaceAll("?", "")))].map((path) => {
    const found = value(row, path);
    return { text: path, value: found === undefined ? "nil" : typeof found === "string" ? `'${found}'` : String(found) };
  });

export function matches(rows: readonly AppRow[], test: (row: AppRow) => boolean): MatchView {
  const found = rows.filter(test);
  return { total: rows.length, matched: found.length, failed: 0, failure: "", rows: found.slice(0, 100), overtaken: false };
}

/** Only `name=value`, separated by commas. */
const selects = (selector: string, row: AppRow): boolean =>
  selector.split(",").map((part) => part.trim()).filter((part) => part !== "").every((part) => {
    const [name = "", wanted] = part.split("=");
    return name === "team" && wanted === row.project;
  });

/** Whether a subscription is about it. */
export const isMeant = (form: SubscriptionForm, row: AppRow): boolean =>
  (form.servers.length === 0 || form.servers.includes(row.id.server)) && (form.projects.length === 0 || form.projects.includes(row.project)) && selects(form.selector, row);

export function message(form: TemplateForm, row: AppRow, service: string): MessageView {
  const say = (text: string) => fill(text, row);
  const base = { service, robot: true, title: "", text: "", url: "", picture: "", buttons: [] as { title: string; url: string }[], horizontal: false, request: "POST", max_bytes: 20_000 };
  const d = form.dingtalk;
  let view: Omit<MessageView, "body" | "bytes">;
  if (d) {
    const buttons = d.buttons.length > 0 ? d.buttons : d.single_title ? [{ title: d.single_title, url: d.single_url }] : [];
    view = {
      ...base, msgtype: d.msgtype, title: say(d.title), text: say(d.text || form.message), url: say(d.message_url), picture: say(d.pic_url),
      buttons: buttons.map((one) => ({ title: say(one.title), url: say(one.url) })), horizontal: d.horizontal,
    };
  } else if (form.webhooks[0]) {
    const body = say(form.webhooks[0].body);
    try {
      const json = JSON.parse(body) as { text?: { content?: string } };
      view = { ...base, msgtype: json.text ? "text" : "other", text: json.text?.content ?? "" };
    } catch {
      view = { ...base, msgtype: "other" };
    }
    return { ...view, body, bytes: new TextEncoder().encode(body).length };
  } else {
    view = { ...base, msgtype: "text", text: say(form.message) };
  }
  const body = JSON.stringify({ msgtype: view.msgtype, [view.msgtype]: { title: view.title, text: view.text } });
  return { ...view, body, bytes: new TextEncoder().encode(body).length + 45 };
}

export function fieldsOf(rows: readonly AppRow[]): FieldsView {
  const first = rows[0];
  if (!first) return { fields: [], labels: [], projects: [] };
  const fields: FieldsView["fields"] = [];
  const walk = (path: string, at: unknown) => {
    if (at === undefined || at === null) return;
    const map = typeof at === "object";
    fields.push({ path, kind: map ? "map" : "string", example: map ? "" : String(at) });
    if (map) for (const [name, inner] of Object.entries(at)) walk(`${path}.${name}`, inner);
  };
  walk("app", app(first));
  const projects = [...new Set(rows.map((row) => row.project))].sort();
  return { fields, labels: [{ name: "team", values: projects }], projects };
}
