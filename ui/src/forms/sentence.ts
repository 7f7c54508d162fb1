// A subscription in a sentence.
import type { Messages } from "../i18n/en";
import type { SubscriptionForm } from "../ipc";

/** Without triggers: only who gets it and about which applications. */
export function sentence(m: Messages, form: SubscriptionForm): string {
  const to = form.recipients.join(m.rules.comma) || m.rules.nobody;
  const about = m.rules.about(form.selector.trim(), form.projects.join(m.rules.or), form.servers.join(m.rules.or));
  if (form.triggers.length === 0) return m.rules.getsShort(to, about);
  // How many the default triggers are is not known here; they are spoken of as several.
  const triggers = form.triggers[0] === m.rules.defaults ? 2 : form.triggers.length;
  return m.rules.gets(to, form.triggers.join(m.rules.comma), about, form.recipients.length, triggers);
}
