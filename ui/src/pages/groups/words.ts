// A group's state and security in words.
import type { Messages } from "../../i18n/en";
import type { GroupView } from "../../ipc";

export function stateWord(m: Messages, group: Pick<GroupView, "state">): string {
  if (group.state === "ready") return m.groups.ready;
  if (group.state === "retrying") return m.groups.retrying;
  return group.state === "throttled" ? m.groups.throttled : m.groups.refusing;
}

/** `Signing, Keyword`, or that it is no robot. */
export function security(m: Messages, group: Pick<GroupView, "robot" | "signed" | "keywords">): string {
  if (!group.robot) return m.groups.plain;
  const kinds = [group.signed ? m.groups.signing : "", group.keywords.length > 0 ? m.groups.keyword : ""].filter((kind) => kind !== "");
  return kinds.join(" + ") || m.groups.noSecurity;
}
