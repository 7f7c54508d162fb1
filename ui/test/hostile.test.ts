// Names and messages from outside that try to be markup or addresses: on every page they stay text, and no link of the
// window leads out of it (what is outside is opened by the shell, which only knows configured servers).
import { render } from "@testing-library/svelte";
import { expect, test } from "vitest";
import App from "../src/App.svelte";
import { FakeBackend } from "../src/ipc/fake";
import { all, until } from "./harness";

const EVIL = `<img src=x onerror="document.title='owned'"><a href="https://evil.example">go</a><script>document.title='owned'</script>`;

/** What Argo CD, DingTalk or a file decides; names that addresses are made of keep their beginning. */
const words = new Set(["health_message", "message", "detail", "text", "revision", "project", "what", "todo", "description", "content", "trouble", "account", "version", "trigger", "service", "title", "kind", "by", "state_word", "value", "sends"]);

function soil(value: unknown, key = ""): unknown {
  if (typeof value === "string") return words.has(key) ? `${value} ${EVIL}` : value;
  if (Array.isArray(value)) return value.map((one) => soil(one, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, soil(one, name)]));
}

function hostile(backend: FakeBackend): FakeBackend {
  return new Proxy(backend, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name, target);
      if (typeof found !== "function") return found;
      return (...args: unknown[]) => {
        const answer: unknown = found.apply(target, args);
        return answer instanceof Promise ? answer.then((one) => (typeof one === "function" ? one : soil(one))) : answer;
      };
    },
  });
}

test.each([
  ["/overview", "attention"], ["/apps/prod-cn/argocd/payments-gateway", "app-resources"], ["/events", "event-row"], ["/groups/releases", "group-details"], ["/servers/prod-eu", "server-details"],
  ["/rules", "rules-problems"], ["/rules/triggers", "rule-row"], ["/rules/templates/app-health-degraded", "bubble"], ["/rules/catalog", "ready-row"],
])("%s", async (path, ready) => {
  document.title = "";
  history.replaceState(null, "", `/#${path}`);
  render(App, { backend: hostile(new FakeBackend()) });
  await until(() => expect(all(ready).length).toBeGreaterThan(0));
  expect(document.body.textContent).toContain("<img src=x");
  expect(document.querySelectorAll("img, script, iframe, object, embed, form[action], [onerror], [srcdoc]").length).toBe(0);
  const links = [...document.querySelectorAll("a[href], area[href]")].map((link) => link.getAttribute("href") ?? "");
  expect(links.filter((link) => !link.startsWith("#/"))).toEqual([]);
  expect(document.title).not.toContain("owned");
});
