// A destination's form while it is filled in. Rust checks what it means; here only what cannot be sent at all is caught.
import type { Messages } from "../../i18n/en";
import type { GroupForm, GroupView, HeaderForm, PersonForm } from "../../ipc";

export interface Draft {
  name: string; webhook: string; keywords: string[]; secret: string; unsigned: boolean; people: PersonForm[]; slide: boolean;
  headers: HeaderForm[]; username: string; password: string; insecure: boolean;
}

/** `form` null: a new one. */
export const toDraft = (form: GroupForm | null): Draft => ({
  name: form?.name ?? "", webhook: "", keywords: form?.keywords ?? [], secret: "", unsigned: false, people: form?.mention ?? [], slide: form?.pc_slide ?? false,
  headers: form?.headers ?? [], username: form?.username ?? "", password: "", insecure: form?.insecure_skip_verify ?? false,
});

/** Null keeps what is stored; an empty signing secret says that the robot does not sign. */
export function toForm(draft: Draft, group: GroupView | null): GroupForm {
  const kept = group?.signed ? (draft.unsigned ? "" : null) : "";
  return {
    name: draft.name.trim(), webhook: draft.webhook.trim() === "" ? null : draft.webhook.trim(), keywords: [...draft.keywords],
    sign_secret: draft.secret.trim() === "" ? kept : draft.secret.trim(), mention: draft.people.map((person) => ({ ...person })), pc_slide: draft.slide,
    headers: draft.headers.map((header) => ({ ...header })), username: draft.username.trim(), password: draft.password === "" ? null : draft.password,
    insecure_skip_verify: draft.insecure,
  };
}

/** What is missing, by field. */
export const missing = (m: Messages, draft: Draft, group: GroupView | null): Record<"webhook" | "name", string | null> => ({
  webhook: group === null && draft.webhook.trim() === "" ? m.groups.needWebhook : null,
  name: draft.name.trim() === "" ? m.groups.needName : null,
});
