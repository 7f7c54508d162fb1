// A server's form while it is filled in: numbers and lists are text here. Rust checks what it means; here only what
// cannot be sent at all is caught.
import type { Messages } from "../../i18n/en";
import type { Auth, ServerForm } from "../../ipc";

export interface Draft {
  name: string; url: string; auth: Auth; username: string; secret: string; watch: boolean; interval: string; projects: string;
  selector: string; ca: string; pin: string; insecure: boolean; proxy: string;
}

export const blank: Draft = {
  name: "", url: "", auth: "token", username: "", secret: "", watch: true, interval: "30", projects: "", selector: "", ca: "", pin: "", insecure: false, proxy: "",
};

export function toDraft(form: ServerForm): Draft {
  return {
    name: form.name, url: form.url, auth: form.auth, username: form.username, secret: "", watch: form.watch, interval: String(form.poll_interval_s),
    projects: form.projects.join(", "), selector: form.selector, ca: form.ca_file, pin: form.certificate_sha256, insecure: form.insecure_skip_verify, proxy: form.proxy,
  };
}

/** An empty secret keeps the stored one. */
export function toForm(draft: Draft): ServerForm {
  return {
    name: draft.name.trim(), url: draft.url.trim(), auth: draft.auth, username: draft.auth === "password" ? draft.username.trim() : "",
    secret: draft.secret === "" || draft.auth === "none" ? null : draft.secret, watch: draft.watch, poll_interval_s: Number(draft.interval),
    projects: draft.projects.split(/[,，\s]+/).filter((project) => project !== ""), selector: draft.selector.trim(), ca_file: draft.ca.trim(), certificate_sha256: draft.pin.trim(),
    insecure_skip_verify: draft.insecure, proxy: draft.proxy.trim(),
  };
}

/** What is missing, by field. */
export function missing(m: Messages, draft: Draft): Partial<Record<"name" | "url" | "interval", string>> {
  const out: ReturnType<typeof missing> = {};
  if (draft.url.trim() === "") out.url = m.servers.needUrl;
  if (draft.name.trim() === "") out.name = m.servers.needName;
  if (!/^[1-9]\d{0,5}$/.test(draft.interval.trim())) out.interval = m.servers.needPoll;
  return out;
}

/** A name for a server from its address: the first word of the host that says which one it is. */
export function suggestName(url: string): string {
  const host = /^(?:[a-z]+:\/\/)?([^/:?#\s]+)/i.exec(url.trim())?.[1] ?? "";
  if (host === "" || host === "localhost" || !/[a-z]/i.test(host)) return host === "" ? "" : "argocd";
  return host.split(".").find((label) => !/^(argocd|argo-cd|argo|cd|www)$/i.test(label)) ?? "argocd";
}

/** Something stands under "More options" that differs from how a server starts. */
export const hasMore = (draft: Draft): boolean =>
  !draft.watch || draft.interval !== blank.interval || [draft.projects, draft.selector, draft.ca, draft.pin, draft.proxy].some((text) => text !== "") || draft.insecure;
