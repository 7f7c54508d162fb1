// The template form's own matters: what a new one says, and what changing its kind keeps.
import type { DingTalkForm, TemplateForm } from "../ipc";

export const kinds = ["markdown", "text", "link", "actionCard", "webhook", "message"] as const;
export type Kind = (typeof kinds)[number];

export const emptyBlock = (): DingTalkForm => ({
  msgtype: "markdown", title: "", text: "", message_url: "", pic_url: "", single_title: "", single_url: "", buttons: [], horizontal: false, mention: [], at_all: false,
});

/** A new template already says something, so that the preview shows what the fields do. */
export const newTemplate = (): TemplateForm => ({
  name: "",
  message: "{{.app.metadata.name}}: {{.app.status.health.status}}",
  dingtalk: { ...emptyBlock(), title: "{{.app.metadata.name}}", text: "### {{.app.metadata.name}}\n\n> {{.app.status.health.status}}, {{.app.status.sync.status}}\n" },
  webhooks: [],
});

export function kindOf(form: TemplateForm): Kind {
  if (form.dingtalk) return kinds.find((kind) => kind === form.dingtalk?.msgtype) ?? "markdown";
  return form.webhooks.length > 0 ? "webhook" : "message";
}

/** Changes the kind; what the other kinds need stays in `kept` for the way back. */
export function setKind(form: TemplateForm, kind: Kind, kept: { block: DingTalkForm | null }, services: readonly string[]): void {
  if (form.dingtalk) kept.block = form.dingtalk;
  if (kind === "webhook" || kind === "message") {
    form.dingtalk = null;
    if (kind === "webhook" && form.webhooks.length === 0) {
      form.webhooks = [{ service: services[0] ?? "dingtalk", method: "POST", path: "", body: '{"msgtype": "text", "text": {"content": {{.app.metadata.name | toJson}}}}\n' }];
    }
    return;
  }
  const block = kept.block ?? { ...emptyBlock(), text: form.message };
  form.dingtalk = { ...block, msgtype: kind };
  const page = "https://argocd.example.com/applications/{{.app.metadata.namespace}}/{{.app.metadata.name}}";
  if (kind === "link") form.dingtalk.message_url ||= page;
  if (kind === "actionCard" && form.dingtalk.buttons.length === 0) {
    form.dingtalk.single_title ||= "Argo CD";
    form.dingtalk.single_url ||= page;
  }
}
